-- One row per measure × area × provider × period × breakdown: counted from records where they cover it, else as totals supplied.
with supplied as (
    select * from marts.measures_supplied
),

counts as (
    select * from marts.cp_counts
),

-- A total for a day stands beside the count for the month that the day closes.
counts_for_days as (
    select
        counts.measure,
        counts.kind,
        counts.area_code,
        supplied.period_type,
        supplied.period,
        supplied.period_start,
        supplied.period_end,
        counts.breakdown_type,
        counts.breakdown,
        counts.value,
        counts.low,
        counts.high,
        counts.unit,
        counts.qualifier,
        counts.status,
        counts.note,
        counts.submission_id,
        counts.cell
    from supplied
    inner join counts
        on
            supplied.measure = counts.measure
            and supplied.area_code = counts.area_code
            and supplied.period_end = counts.period_end
            and supplied.breakdown_type is not distinct from counts.breakdown_type
            and supplied.breakdown = counts.breakdown
    where
        supplied.period_type = 'date'
        and supplied.provider is null
        and counts.kind = 'stock'
        and counts.period_type = if(counts.breakdown_type is null, 'month', 'quarter')
),

counted as (
    select * from counts
    union all
    select * from counts_for_days
),

beside_counts as (
    select supplied.*
    from supplied
    inner join counted
        on
            supplied.measure = counted.measure
            and supplied.area_code = counted.area_code
            and supplied.period_type = counted.period_type
            and supplied.period = counted.period
            and supplied.breakdown_type is not distinct from counted.breakdown_type
            and supplied.breakdown = counted.breakdown
    where supplied.provider is null
)

select
    supplied.measure,
    supplied.kind,
    supplied.area_code,
    supplied.provider,
    supplied.period_type,
    supplied.period,
    supplied.period_start,
    supplied.period_end,
    supplied.breakdown_type,
    supplied.breakdown,
    supplied.value,
    supplied.low,
    supplied.high,
    supplied.unit,
    supplied.qualifier,
    supplied.status,
    supplied.note,
    supplied.query,
    supplied.is_public,
    supplied.is_publishers,
    supplied.submission_id,
    supplied.cell,
    supplied.as_printed,
    supplied.places_printed,
    supplied.cell_printed,
    supplied.submission_printed,
    false as is_counted
from supplied
where
    supplied.provider is not null
    or not exists (
        select 1 as there_is from counted
        where
            supplied.measure = counted.measure
            and supplied.area_code = counted.area_code
            and supplied.period_type = counted.period_type
            and supplied.period = counted.period
            and supplied.breakdown_type is not distinct from counted.breakdown_type
            and supplied.breakdown = counted.breakdown
    )
union all
select
    counted.measure,
    counted.kind,
    counted.area_code,
    null::varchar as provider,
    counted.period_type,
    counted.period,
    counted.period_start,
    counted.period_end,
    counted.breakdown_type,
    counted.breakdown,
    counted.value,
    counted.low,
    counted.high,
    counted.unit,
    counted.qualifier,
    counted.status,
    counted.note,
    beside_counts.query,
    false as is_public,
    false as is_publishers,
    counted.submission_id,
    counted.cell,
    -- A small total in a return that is not public would be shown beside our count.
    case when beside_counts.is_public or abs(beside_counts.value) not between 1 and 5 then beside_counts.value end as as_printed,
    null::integer as places_printed,
    beside_counts.cell as cell_printed,
    beside_counts.submission_id as submission_printed,
    true as is_counted
from counted
left join beside_counts
    on
        counted.measure = beside_counts.measure
        and counted.area_code = beside_counts.area_code
        and counted.period_type = beside_counts.period_type
        and counted.period = beside_counts.period
        and counted.breakdown_type is not distinct from beside_counts.breakdown_type
        and counted.breakdown = beside_counts.breakdown
order by measure, area_code, provider, period_start, period_end, breakdown_type, breakdown
