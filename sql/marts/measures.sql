-- One row per measure × area × provider × period × breakdown: as supplied, and carried to quarters and years.
with figures as (
    select * from marts.figures
),

periods as (
    select * from conformed.periods
),

indicators as (
    select * from staging.indicators
),

-- A flow is summed, a stock is its last day's, a largest is the largest.
measure_kinds as (
    select
        numerator[1] as measure,
        min(kind) as kind
    from indicators
    where kind in ('flow', 'stock', 'largest') and len(numerator) = 1
    group by numerator[1]
),

supplied as (
    select
        figures.*,
        coalesce(measure_kinds.kind, 'statement') as kind
    from figures
    left join measure_kinds on figures.of_what = measure_kinds.measure
    where not figures.is_reckoned
),

months_supplied as (
    select
        supplied.*,
        month_periods.quarter,
        month_periods.financial_year
    from supplied
    inner join periods as month_periods on supplied.period = month_periods.period and month_periods.period_type = 'month'
    where supplied.period_type = 'month' and supplied.kind in ('flow', 'largest')
),

months_in_longer_periods as (
    select
        quarter as longer_period,
        3 as months_whole,
        *
    from months_supplied
    union all
    select
        financial_year as longer_period,
        12 as months_whole,
        *
    from months_supplied
),

carried as (
    select
        of_what,
        kind,
        area_code,
        provider,
        longer_period as period,
        breakdown_type,
        breakdown,
        any_value(months_whole) as whole,
        count(*) filter (where status = 'reported') as months_known,
        count(*) filter (where value is not null) as months_exact,
        case when any_value(kind) = 'flow' then sum(value) else max(value) end as total,
        case when any_value(kind) = 'flow' then sum(coalesce(value, low, 0)) else max(coalesce(value, low)) end as total_low,
        case when any_value(kind) = 'flow' then sum(coalesce(value, high)) else max(coalesce(value, high)) end as total_high,
        count(coalesce(value, high)) as months_bounded,
        max(unit) as unit,
        string_agg(distinct note, ' ' order by note) as note,
        bool_and(is_public) as is_public,
        string_agg(distinct submission_id, '; ' order by submission_id) as submission_id,
        string_agg(cell, '; ' order by period_start) as cell
    from months_in_longer_periods
    group by all
),

carried_whole as (
    select
        carried.of_what,
        carried.kind,
        carried.area_code,
        carried.provider,
        periods.period_type,
        carried.period,
        periods.period_start,
        periods.period_end,
        carried.breakdown_type,
        carried.breakdown,
        case when months_exact = whole then total end as value,
        case when months_known = whole then total_low end as low,
        case when months_known = whole and months_bounded = whole then total_high end as high,
        carried.unit,
        case when months_exact < whole and months_known = whole then 'range' end as qualifier,
        case when months_known = whole then 'reported' else 'not_supplied' end as status,
        concat_ws(' ', carried.note, case when months_known < whole then months_known || ' of ' || whole || ' months were supplied.' end) as note,
        carried.is_public,
        carried.submission_id,
        carried.cell
    from carried
    inner join periods on carried.period = periods.period
),

stocks_at_period_ends as (
    select
        supplied.of_what,
        supplied.kind,
        supplied.area_code,
        supplied.provider,
        periods.period_type,
        periods.period,
        periods.period_start,
        periods.period_end,
        supplied.breakdown_type,
        supplied.breakdown,
        supplied.value,
        supplied.low,
        supplied.high,
        supplied.unit,
        supplied.qualifier,
        supplied.status,
        supplied.note,
        supplied.is_public,
        supplied.submission_id,
        supplied.cell
    from supplied
    inner join periods on supplied.period_end = periods.period_end
    where supplied.kind = 'stock' and supplied.period_type = 'date'
),

reckoned as (
    from carried_whole
    union all by name
    from stocks_at_period_ends
),

-- A figure reckoned from part of its months gives way to the supplier's own for the period, where there is one.
with_ours as (
    select
        reckoned.*,
        reckoned.status = 'reported' or supplied.of_what is null as is_ours
    from reckoned
    left join supplied
        on
            reckoned.of_what = supplied.of_what
            and reckoned.area_code = supplied.area_code
            and reckoned.provider is not distinct from supplied.provider
            and reckoned.period = supplied.period
            and reckoned.breakdown_type is not distinct from supplied.breakdown_type
            and reckoned.breakdown = supplied.breakdown
),

-- Ours where it could be reckoned whole; else the supplier's own for that period; the supplier's beside ours where both are.
combined as (
    select
        coalesce(reckoned.of_what, supplied.of_what) as measure,
        coalesce(reckoned.kind, supplied.kind) as kind,
        coalesce(reckoned.area_code, supplied.area_code) as area_code,
        coalesce(reckoned.provider, supplied.provider) as provider,
        coalesce(reckoned.period_type, supplied.period_type) as period_type,
        coalesce(reckoned.period, supplied.period) as period,
        coalesce(reckoned.period_start, supplied.period_start) as period_start,
        coalesce(reckoned.period_end, supplied.period_end) as period_end,
        coalesce(reckoned.breakdown_type, supplied.breakdown_type) as breakdown_type,
        coalesce(reckoned.breakdown, supplied.breakdown) as breakdown,
        case when reckoned.is_ours then reckoned.value else supplied.value end as value,
        case when reckoned.is_ours then reckoned.low else supplied.low end as low,
        case when reckoned.is_ours then reckoned.high else supplied.high end as high,
        case when reckoned.is_ours then reckoned.unit else supplied.unit end as unit,
        case when reckoned.is_ours then reckoned.qualifier else supplied.qualifier end as qualifier,
        case when reckoned.is_ours then reckoned.status else supplied.status end as status,
        nullif(case when reckoned.is_ours then reckoned.note else supplied.note end, '') as note,
        coalesce(reckoned.is_public, true) and coalesce(supplied.is_public, true) as is_public,
        case when reckoned.is_ours then reckoned.submission_id else supplied.submission_id end as submission_id,
        case when reckoned.is_ours then reckoned.cell else supplied.cell end as cell,
        case when reckoned.is_ours then supplied.value end as as_printed,
        case when reckoned.is_ours then supplied.places end as places_printed,
        case when reckoned.is_ours then supplied.cell end as cell_printed,
        case when reckoned.is_ours then supplied.submission_id end as submission_printed
    from with_ours as reckoned
    full join supplied
        on
            reckoned.of_what = supplied.of_what
            and reckoned.area_code = supplied.area_code
            and reckoned.provider is not distinct from supplied.provider
            and reckoned.period = supplied.period
            and reckoned.breakdown_type is not distinct from supplied.breakdown_type
            and reckoned.breakdown = supplied.breakdown
)

select *
from combined
order by measure, area_code, provider, period_start, period_end, breakdown_type, breakdown
