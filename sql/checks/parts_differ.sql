-- One row per breakdown whose parts do not add up to the whole that was reported.
with measures as (
    select * from marts.measures
    where kind in ('flow', 'stock')
),

indicators as (
    select * from conformed.indicators
    where kind in ('flow', 'stock') and len(numerator) = 1
),

submissions as (
    select * from conformed.submissions
),

-- Whose figure it is, where it is another council's, a region's or England's.
areas as (
    select
        area_code,
        if(is_own or kind = 'inside the Board', '', area || ', ') as said
    from conformed.areas
),

parts as (
    select
        measure,
        area_code,
        provider,
        period_type,
        period,
        breakdown_type,
        sum(value) as parts_sum,
        count(*) as parts,
        split_part(min(submission_id), '; ', 1) as submission_id,
        split_part(min(cell), '; ', 1) as first_cell
    from measures
    where breakdown_type is not null
    group by measure, area_code, provider, period_type, period, breakdown_type
    having count(*) = count(value)
),

differing as (
    select
        parts.measure,
        parts.area_code,
        parts.period,
        parts.breakdown_type,
        parts.parts_sum,
        parts.parts,
        parts.submission_id,
        parts.first_cell,
        wholes.value as whole
    from parts
    inner join measures as wholes
        on
            parts.measure = wholes.measure
            and parts.area_code = wholes.area_code
            and parts.provider is not distinct from wholes.provider
            and parts.period_type = wholes.period_type
            and parts.period = wholes.period
            and wholes.breakdown_type is null
    where
        parts.parts_sum <> wholes.value
        and not exists (
            select 1 as there_is from indicators
            where
                parts.measure = indicators.numerator[1]
                and list_contains(indicators.left_out, parts.breakdown_type)
                and parts.parts_sum < wholes.value
        )
    -- One finding a table: what differs in a month differs in its quarter and its year.
    qualify row_number() over (
        partition by parts.measure, parts.breakdown_type, parts.first_cell
        order by wholes.period_end - wholes.period_start
    ) = 1
)

select
    submissions."return",
    submissions.period,
    differing.submission_id as submission,
    submissions.file,
    split_part(differing.first_cell, '!', 2) as sheet,
    split_part(differing.first_cell, '!', 3) as cell,
    indicators.indicator as "column",
    null::varchar as row,
    'parts_differ' as code,
    'query' as severity,
    indicators.title || ', ' || coalesce(areas.said, '') || differing.period
    || ': the ' || differing.parts || ' parts by ' || replace(differing.breakdown_type, '_', ' ') || ' add up to '
    || format('{:,}', differing.parts_sum::bigint)
    || ', the whole is ' || format('{:,}', differing.whole::bigint) || '.' as message,
    'Correct the part or the whole that is wrong, or say what one counts and the other does not.' as fix
from differing
inner join indicators on differing.measure = indicators.numerator[1]
left join areas on differing.area_code = areas.area_code
left join submissions on differing.submission_id = submissions.submission_id
order by differing.submission_id, differing.first_cell, indicators.indicator, differing.breakdown_type
