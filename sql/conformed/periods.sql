-- One row per month, quarter and financial year (April to March) that the figures reach into.
with figures as (
    select * from staging.figures
),

span as (
    select
        date_trunc('month', min(period_start)) as first_month,
        date_trunc('month', max(period_end)) as last_month
    from figures
    where accepted
),

months as (
    select
        unnest(generate_series(first_month, last_month, interval 1 month))::date as month_start
    from span
),

months_of_years as (
    select
        month_start,
        year(month_start) - case when month(month_start) < 4 then 1 else 0 end as first_year,
        ((month(month_start) + 8) % 12) // 3 + 1 as quarter_number
    from months
),

named as (
    select
        strftime(month_start, '%Y-%m') as month,
        month_start,
        last_day(month_start) as month_end,
        first_year || '-' || right((first_year + 1)::varchar, 2) as financial_year,
        financial_year || ' Q' || quarter_number as quarter,
        make_date(first_year, 4, 1) as year_start,
        make_date(first_year + 1, 3, 31) as year_end,
        (make_date(first_year, 4, 1) + to_months(3 * (quarter_number::integer - 1)))::date as quarter_start
    from months_of_years
)

select
    month as period,
    'month' as period_type,
    month_start as period_start,
    month_end as period_end,
    quarter,
    financial_year
from named
union all
select distinct
    quarter as period,
    'quarter' as period_type,
    quarter_start as period_start,
    last_day((quarter_start + to_months(2))::date) as period_end,
    quarter,
    financial_year
from named
union all
select distinct
    financial_year as period,
    'year' as period_type,
    year_start as period_start,
    year_end as period_end,
    null as quarter,
    financial_year
from named
order by period_start, period_end
