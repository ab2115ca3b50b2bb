-- One row per series that has limits (an XmR chart): mean ± 2.66 × mean moving range, halves rounded up.
-- moving_range: mean of those that are kept
-- ranges_screened: moving ranges at or above 3.267 × the mean of all, which are left out first
-- Source: Wheeler, Understanding Variation; NHS England, Making Data Count.
with points as (
    select * from marts.indicator_points
    where is_in_base
),

ranges_added as (
    select
        series_number,
        sum(value_units)::hugeint as sum_of_values,
        count(*) as values_counted,
        sum(moving_range)::hugeint as sum_of_ranges,
        count(moving_range) as ranges_counted
    from points
    group by series_number
),

-- Whole numbers throughout: 3.267 is held as 3,267 thousandths.
screened as (
    select
        points.series_number,
        coalesce(sum(points.moving_range), 0)::hugeint as sum_kept,
        count(points.moving_range) as kept
    from points
    inner join ranges_added on points.series_number = ranges_added.series_number
    where
        points.moving_range * ranges_added.ranges_counted * 1000 < 3267 * ranges_added.sum_of_ranges
        or ranges_added.sum_of_ranges = 0
    group by points.series_number
),

limits_in_parts as (
    select
        ranges_added.series_number,
        ranges_added.values_counted,
        ranges_added.ranges_counted - screened.kept as ranges_screened,
        ranges_added.sum_of_values,
        screened.sum_kept,
        screened.kept,
        100 * ranges_added.values_counted * screened.kept as divisor,
        100 * ranges_added.sum_of_values * screened.kept as centre_dividend,
        266 * screened.sum_kept * ranges_added.values_counted as reach_dividend
    from ranges_added
    inner join screened on ranges_added.series_number = screened.series_number
    where screened.kept > 0 and ranges_added.values_counted >= 8
),

limits_in_units as (
    select
        series_number,
        values_counted,
        ranges_screened,
        divisor,
        centre_dividend,
        centre_dividend - reach_dividend as lower_dividend,
        centre_dividend + reach_dividend as upper_dividend,
        (sum_kept * 2 + kept) // (kept * 2) as moving_range_units
    from limits_in_parts
)

select
    series_number,
    values_counted,
    ranges_screened,
    (sign(centre_dividend) * ((abs(centre_dividend) * 2 + divisor) // (divisor * 2)))::decimal(18, 0) * 0.01 as centre,
    moving_range_units::decimal(18, 0) * 0.01 as moving_range,
    (sign(lower_dividend) * ((abs(lower_dividend) * 2 + divisor) // (divisor * 2)))::decimal(18, 0) * 0.01 as lower_limit,
    (sign(upper_dividend) * ((abs(upper_dividend) * 2 + divisor) // (divisor * 2)))::decimal(18, 0) * 0.01 as upper_limit
from limits_in_units
order by series_number
