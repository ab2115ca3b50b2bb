-- One row per breakdown whose parts do not add up to the whole that was reported.
with figures as (
    select * from marts.indicator_figures
),

indicators as (
    select * from staging.indicators
    where kind in ('flow', 'stock')
),

submissions as (
    select * from staging.submissions
),

parts as (
    select
        indicator,
        area_code,
        provider,
        period,
        breakdown_type,
        sum(value) as parts_sum,
        count(*) as parts,
        min(submission_id) as submission_id,
        min(cell) as first_cell
    from figures
    where breakdown_type is not null
    group by all
    having count(*) = count(value)
),

wholes as (
    select * from figures
    where breakdown_type is null and value is not null
)

select
    submissions."return",
    submissions.period,
    parts.submission_id as submission,
    submissions.file,
    split_part(parts.first_cell, '!', 2) as sheet,
    split_part(split_part(parts.first_cell, '!', 3), ';', 1) as cell,
    parts.indicator as "column",
    null::varchar as row,
    'parts_differ' as code,
    'query' as severity,
    indicators.title || ', ' || parts.period || ': the ' || parts.parts || ' parts by ' || replace(parts.breakdown_type, '_', ' ')
    || ' add up to ' || format('{:,}', parts.parts_sum::bigint) || ', the whole is ' || format('{:,}', wholes.value::bigint) || '.' as message,
    'Correct the part or the whole that is wrong, or say what one counts and the other does not.' as fix
from parts
inner join wholes
    on
        parts.indicator = wholes.indicator
        and parts.area_code = wholes.area_code
        and parts.provider is not distinct from wholes.provider
        and parts.period = wholes.period
inner join indicators on parts.indicator = indicators.code
left join submissions on parts.submission_id = submissions.submission_id
where parts.parts_sum <> wholes.value
order by all
