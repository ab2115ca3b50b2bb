-- One row per published figure and cell that it came from, above the line and below it.
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
        period,
        breakdown_type,
        breakdown,
        value,
        unnest(string_split(cell, '; ')) as cell
    from figures
    where cell is not null
),

cells_read as (
    select distinct
        cell,
        submission_id,
        file,
        printed,
        coalesce(measure, prints) as of_what
    from observations
    union all
    select
        cell,
        submission_id,
        split_part(cell, '!', 1) as file,
        population::varchar as printed,
        'population' as of_what
    from populations
)

select distinct
    cells_named.indicator,
    cells_named.area_code,
    cells_named.provider,
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
order by all
