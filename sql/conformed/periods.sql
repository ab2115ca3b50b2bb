-- One row per month, quarter and financial year (April to March) that the figures and the records reach into.
with reaches as (
    select
        period_start as first_day,
        period_end as last_day
    from staging.figures
    union all
    select
        covers_from as first_day,
        covers_to as last_day
    from conformed.records_coverage
),

span as (
    select
        date_trunc('month', min(first_day)) as first_month,
        date_trunc('month', max(last_day)) as last_month
    from reaches
),

months as (
    select unnest(generate_series(first_month, last_month, interval 1 month))::date as month_start
    from span
),

months_in_years as (
    select
        month_start,
        year(month_start) - case when month(month_start) < 4 then 1 else 0 end as first_year,
        (quarter(month_start) + 2) % 4 + 1 as quarter_number
    from months
),

months_named as (
    select
        month_start,
        first_year,
        quarter_number,
        first_year || '-' || right((first_year + 1)::varchar, 2) as financial_year,
        first_year || '-' || right((first_year + 1)::varchar, 2) || ' Q' || quarter_number as quarter_name,
        date_trunc('quarter', month_start)::date as quarter_start
    from months_in_years
)

select
    strftime(month_start, '%Y-%m') as period,
    'month' as period_type,
    month_start as period_start,
    last_day(month_start) as period_end,
    quarter_name as quarter,
    financial_year
from months_named
union all
select distinct
    quarter_name as period,
    'quarter' as period_type,
    quarter_start as period_start,
    last_day((quarter_start + interval 2 month)::date) as period_end,
    quarter_name as quarter,
    financial_year
from months_named
union all
select distinct
    financial_year as period,
    'year' as period_type,
    make_date(first_year::integer, 4, 1) as period_start,
    make_date(first_year::integer + 1, 3, 31) as period_end,
    null as quarter,
    financial_year
from months_named
order by period_start, period_end
