-- One row per published figure and cell that it came from, above the line and below it.
-- A figure counted from records names their file and sheet, not a million cells: conformed.record_files has those.
with figures as (
    select * from published.indicator_values
),

observations as (
    select * from conformed.observations
),

populations as (
    select * from conformed.populations
),

cells_named as (
    select
        indicator,
        area_code,
        provider,
        period_type,
        period,
        breakdown_type,
        breakdown,
        value,
        status,
        unnest(list_distinct(string_split(cell, '; '))) as cell
    from figures
    where cell like '%!%!%'
),

-- What is hidden in one figure is not shown in the cells of another.
cells_hidden as (
    select distinct cell
    from cells_named
    where status = 'suppressed'
),

cells_read as (
    select
        observations.cell,
        observations.submission_id,
        observations.file,
        case when cells_hidden.cell is null or observations.is_public then observations.printed end as printed,
        coalesce(observations.measure, observations.prints) as of_what
    from observations
    left join cells_hidden on observations.cell = cells_hidden.cell
    union
    select
        cell,
        submission_id,
        split_part(cell, '!', 1) as file,
        population::varchar as printed,
        'population' as of_what
    from populations
)

select
    cells_named.indicator,
    cells_named.area_code,
    cells_named.provider,
    cells_named.period_type,
    cells_named.period,
    cells_named.breakdown_type,
    cells_named.breakdown,
    cells_named.value,
    cells_read.submission_id,
    cells_read.file,
    cells_named.cell,
    cells_read.printed,
    cells_read.of_what
from cells_named
left join cells_read on cells_named.cell = cells_read.cell
where cells_named.cell like '%!%!%'
order by
    cells_named.indicator, cells_named.area_code, cells_named.provider, cells_named.period_type, cells_named.period,
    cells_named.breakdown_type,
    cells_named.breakdown, cells_named.cell, cells_read.submission_id, cells_read.of_what, cells_read.printed
