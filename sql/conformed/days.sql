-- One row per day from 1900 to 2149: its month, quarter and year, and when a plan that starts on it has lasted how long.
-- month_number: years × 12 + months
-- months_3, months_6, months_12, months_24: the day so many months later; of 31 January, 3 months later is 30 April
-- enters_…: the month at whose end a plan that started on the day has lasted so long
-- like_day: the first day of which all the enters_… are the same
with every_day as (
    select unnest(generate_series(date '1900-01-01', date '2149-12-31', interval 1 day))::date as day
),

days as (
    select
        day,
        (day + interval 3 month)::date as months_3,
        (day + interval 6 month)::date as months_6,
        (day + interval 12 month)::date as months_12,
        (day + interval 24 month)::date as months_24
    from every_day
),

days_reckoned as (
    select
        *,
        (year(day) * 12 + month(day))::integer as month_number,
        (year(months_3) * 12 + month(months_3))::integer as enters_three_months,
        (year(months_3 + 1) * 12 + month(months_3 + 1))::integer as enters_over_three,
        (year(months_6 + 1) * 12 + month(months_6 + 1))::integer as enters_over_six,
        (year(months_12) * 12 + month(months_12))::integer as enters_one_year,
        (year(day + 729) * 12 + month(day + 729))::integer as enters_two_years
    from days
)

select
    day,
    date_trunc('month', day)::date as month_start,
    date_trunc('quarter', day)::date as quarter_start,
    make_date((year(day) - if(month(day) < 4, 1, 0))::integer, 4, 1) as year_start,
    months_3,
    months_6,
    months_12,
    months_24,
    month_number,
    (month_number + (36000 - month_number) % 3)::integer as quarter_number,
    enters_three_months,
    enters_over_three,
    enters_over_six,
    enters_one_year,
    enters_two_years,
    min(day) over (
        partition by
            month_number, enters_three_months, enters_over_three, enters_over_six, enters_one_year, enters_two_years
    ) as like_day
from days_reckoned
order by day
