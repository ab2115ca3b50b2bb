-- One row per signal: what the values of a series do that chance alone would seldom make them do.
-- signal: outside, seven on one side, seven rising or falling, two of three in the outer third
-- period: the last value that makes it; since: the first
-- direction: higher or lower
-- Sides are those of the mean without the values outside the limits: one that is outside has a cause of its own, and would put
-- others on a side. The outer third is within the limits: a value outside is a signal by itself.
with points as (
    select * from marts.indicator_points
),

limits as (
    select * from marts.indicator_limits
),

points_judged as (
    select
        points.*,
        limits.centre,
        limits.lower_limit,
        limits.upper_limit,
        case when points.value > limits.upper_limit then 1 when points.value < limits.lower_limit then -1 else 0 end as outside,
        sign(points.value_units - lag(points.value_units) over earlier)::integer as step
    from points
    inner join limits on points.series_number = limits.series_number
    window earlier as (partition by points.series_number order by points.place)
),

points_in_thirds as (
    select
        *,
        case
            when outside <> 0 then 0
            when 3 * (value - centre) > 2 * (upper_limit - centre) then 1
            when 3 * (centre - value) > 2 * (centre - lower_limit) then -1
            else 0
        end as outer_third,
        sum(value_units) filter (where outside = 0 and is_in_base) over (partition by series_number) as sum_inside,
        count(*) filter (where outside = 0 and is_in_base) over (partition by series_number) as counted_inside,
        sum(value_units) filter (where is_in_base) over (partition by series_number) as sum_of_all,
        count(*) filter (where is_in_base) over (partition by series_number) as counted_of_all
    from points_judged
),

points_on_sides as (
    select
        *,
        sign(
            if(
                counted_inside > 0,
                value_units * counted_inside - sum_inside,
                value_units * counted_of_all - sum_of_all
            )
        )::integer as side
    from points_in_thirds
),

points_in_runs as (
    select
        *,
        place - row_number() over (partition by series_number, side order by place) as run_of_side,
        place - row_number() over (partition by series_number, step order by place) as run_of_steps,
        count(*) filter (where outer_third = 1) over three as outer_above,
        count(*) filter (where outer_third = -1) over three as outer_below
    from points_on_sides
    window three as (partition by series_number order by place rows between 2 preceding and current row)
),

signals as (
    select
        series_number,
        'outside' as signal,
        place as first_place,
        place as last_place,
        outside as direction
    from points_in_runs
    where outside <> 0
    union all
    select
        series_number,
        'seven on one side' as signal,
        min(place) as first_place,
        max(place) as last_place,
        side as direction
    from points_in_runs
    where side <> 0
    group by series_number, side, run_of_side
    having count(*) >= 7
    union all
    -- Seven values that rise are six steps up.
    select
        series_number,
        'seven rising or falling' as signal,
        min(place) - 1 as first_place,
        max(place) as last_place,
        step as direction
    from points_in_runs
    where step <> 0
    group by series_number, step, run_of_steps
    having count(*) >= 6
    union all
    select
        series_number,
        'two of three in the outer third' as signal,
        place - 2 as first_place,
        place as last_place,
        outer_third as direction
    from points_in_runs
    where place >= 3 and ((outer_third = 1 and outer_above >= 2) or (outer_third = -1 and outer_below >= 2))
)

select
    signals.series_number,
    signals.signal,
    first_points.period as since,
    last_points.period,
    last_points.period_start,
    last_points.period_end,
    last_points.value,
    (signals.last_place - signals.first_place + 1)::integer as periods,
    if(signals.direction > 0, 'higher', 'lower') as direction
from signals
inner join points as first_points
    on signals.series_number = first_points.series_number and signals.first_place = first_points.place
inner join points as last_points
    on signals.series_number = last_points.series_number and signals.last_place = last_points.place
order by signals.series_number, signals.last_place, signals.signal
