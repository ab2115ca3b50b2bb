-- One row per nought, or table of noughts, that may stand for nothing sent.
-- A run that drops to nought is doubted where chance (Poisson, of the mean of at least three earlier figures, none of them
-- nought) gives a nought less than once in a thousand: a mean of 7 or more.
with figures as (
    select
        *,
        status = 'reported' and value is not null as is_known
    from marts.figures
    where not is_reckoned and provider is null
),

indicators as (
    select * from conformed.indicators
    where kind in ('flow', 'stock', 'statement')
),

submissions as (
    select * from conformed.submissions
),

areas as (
    select * from conformed.areas
),

wholes as (
    select
        figures.*,
        indicators.title
    from figures
    inner join indicators on indicators.numerator = [figures.of_what]
    where figures.breakdown_type is null and figures.is_known
    qualify row_number() over (
        partition by figures.of_what, figures.area_code, figures.period_type, figures.period
        order by len(indicators.indicator), indicators.indicator
    ) = 1
),

-- Everything that a return gives of an area for a period.
tables_of_area as (
    select
        "return",
        area_code,
        period_type,
        period,
        period_start,
        count(*) as given,
        sum(abs(value)) as total,
        min(submission_id) as submission_id,
        min(cell) as cell
    from wholes
    group by "return", area_code, period_type, period, period_start
),

of_area as (
    select
        nought."return",
        nought.area_code,
        nought.period_type,
        nought.period,
        nought.given,
        nought.submission_id,
        nought.cell
    from tables_of_area as nought
    where
        nought.total = 0
        and nought.given >= 2
        and exists (
            select 1 as there_is from tables_of_area as others
            where
                others."return" = nought."return"
                and others.period_type = nought.period_type
                and others.total >= 7
                and others.given >= nought.given
                and (others.area_code = nought.area_code or others.period = nought.period)
        )
),

runs as (
    select
        *,
        count(*) over earlier as figures_before,
        min(value) over earlier as least_before,
        avg(value) over earlier as mean_before
    from wholes
    window earlier as (
        partition by of_what, area_code, period_type
        order by period_start rows between 12 preceding and 1 preceding
    )
),

dropped as (
    select runs.*
    from runs
    left join of_area
        on
            runs."return" = of_area."return"
            and runs.area_code = of_area.area_code
            and runs.period_type = of_area.period_type
            and runs.period = of_area.period
    where
        runs.value = 0
        and runs.figures_before >= 3
        and runs.least_before > 0
        and exp(-runs.mean_before::double) < 0.001
        and of_area.area_code is null
),

parts as (
    select
        of_what,
        area_code,
        period_type,
        period,
        period_start,
        breakdown_type,
        count(*) as parts,
        bool_and(is_known) as are_known,
        sum(abs(value)) filter (where is_known) as total,
        min(submission_id) as submission_id,
        min(cell) as cell
    from figures
    where breakdown_type is not null
    group by of_what, area_code, period_type, period, period_start, breakdown_type
),

parts_before as (
    select
        *,
        lag(total) over (
            partition by of_what, area_code, period_type, breakdown_type
            order by period_start
        ) as total_before
    from parts
),

parts_nought as (
    select
        parts_before.*,
        wholes.value as whole
    from parts_before
    left join wholes
        on
            parts_before.of_what = wholes.of_what
            and parts_before.area_code = wholes.area_code
            and parts_before.period_type = wholes.period_type
            and parts_before.period = wholes.period
    -- What is hidden or not known of a whole may be all of it.
    where
        parts_before.parts >= 2
        and parts_before.are_known
        and parts_before.total = 0
        and (wholes.value > 0 or (wholes.value is null and parts_before.total_before >= 7))
),

found as (
    select
        submission_id,
        cell,
        area_code,
        'figures' as "column",
        period || ': all ' || given || ' figures of the return are nought' as said
    from of_area
    union all
    select
        submission_id,
        cell,
        area_code,
        of_what as "column",
        period || ': ' || title || ' is nought, after ' || figures_before || ' figures of '
        || round(mean_before, 1)::decimal(18, 1) || ' on average and none of them nought' as said
    from dropped
    union all
    select
        submission_id,
        cell,
        area_code,
        of_what as "column",
        period || ': all ' || parts || ' parts by ' || replace(breakdown_type, '_', ' ') || ' are nought, and '
        || if(
            whole is null,
            'they were not before',
            'the whole is ' || format('{:,}', whole::bigint)
        ) as said
    from parts_nought
)

select
    submissions."return",
    submissions.period,
    found.submission_id as submission,
    submissions.file,
    split_part(split_part(found.cell, '; ', 1), '!', 2) as sheet,
    split_part(split_part(found.cell, '; ', 1), '!', 3) as cell,
    found."column",
    null::varchar as row,
    'zeros_doubted' as code,
    'query' as severity,
    coalesce(areas.area, found.area_code) || ', ' || found.said || '.' as message,
    'Say that there were none, or send what is missing: a figure that is not known is left blank, never nought.' as fix
from found
left join submissions on found.submission_id = submissions.submission_id
left join areas on found.area_code = areas.area_code
order by found.submission_id, found.cell, found."column"
