-- One row per figure that stands: measure, or indicator reckoned by the supplier, × area × provider × period × breakdown.
with observations as (
    select * from conformed.observations
),

standing_figures as (
    select
        *,
        coalesce(measure, prints) as of_what,
        prints is not null as is_reckoned,
        -- Two spellings of one code in one table are two parts of it; one figure in two tables is said twice.
        case when label is null then cell else sheet end as said_in
    from observations
    where standing = 'accepted'
),

-- A row set aside whose part could not be read may belong to any part that its table gives.
tables_incomplete as (
    select distinct
        submission_id,
        sheet,
        of_what,
        period
    from standing_figures
    where breakdown is null
),

figures_placed as (
    select
        standing_figures.*,
        tables_incomplete.sheet is not null and standing_figures.breakdown_type is not null as is_incomplete
    from standing_figures
    left join tables_incomplete
        on
            standing_figures.submission_id = tables_incomplete.submission_id
            and standing_figures.sheet = tables_incomplete.sheet
            and standing_figures.of_what = tables_incomplete.of_what
            and standing_figures.period = tables_incomplete.period
    where standing_figures.breakdown is not null
),

spellings_added as (
    select
        of_what,
        is_reckoned,
        area_code,
        provider,
        period_type,
        period,
        period_start,
        period_end,
        breakdown_type,
        breakdown,
        submission_id,
        "return",
        sheet,
        min(row) as first_row,
        bool_and(is_accepted) as is_accepted,
        max(cumulative) as cumulative,
        max(arrival) as arrival,
        min(received_at) as received_at,
        bool_or(return_period_end >= period_end and period_start >= return_period_end - interval 1 year) as is_own_period,
        bool_and(is_public) as is_public,
        bool_or(is_publishers) as is_publishers,
        case when count(value) = count(*) and not bool_or(is_incomplete) then sum(value) end as value,
        case when count(coalesce(value, low)) = count(*) and not bool_or(is_incomplete) then sum(coalesce(value, low)) end as low,
        case when count(coalesce(value, high)) = count(*) and not bool_or(is_incomplete) then sum(coalesce(value, high)) end
            as high,
        max(places) as places,
        case
            when bool_or(is_incomplete) then null
            when count(*) = 1 then min(qualifier)
            when count(value) < count(*) then 'range'
        end as qualifier,
        case
            when bool_or(is_incomplete) then 'unreliable'
            else coalesce(min(status) filter (where status <> 'reported'), 'reported')
        end as status,
        nullif(concat_ws(
            ' ',
            nullif(array_to_string(list_sort(list_distinct(list(note))), ' '), ''),
            case when bool_or(is_incomplete) then 'A row of the same table was set aside, and may be part of this.' end
        ), '') as note,
        -- Lists, sorted when they are whole: nearly every group has one cell, and an aggregate in order sorts for each.
        nullif(array_to_string(list_sort(list_distinct(list(query))), ' '), '') as query,
        nullif(array_to_string(list_sort(list_distinct(list(unit))), ', '), '') as unit,
        array_to_string(list_transform(list_sort(list((row, cell))), lambda one: one[2]), '; ') as cell
    from figures_placed
    group by
        of_what, is_reckoned, area_code, provider, period_type, period, period_start, period_end, breakdown_type, breakdown,
        submission_id, "return", sheet, said_in
),

-- Of a cumulative return what was given again later takes the place of what was given before.
not_restated as (
    select *
    from spellings_added
    qualify
        cumulative is null
        or arrival >= coalesce(
            max(arrival) filter (where is_accepted and status <> 'not_supplied') over (
                partition by
                    "return", sheet, of_what, is_reckoned, area_code, provider, period_type, period, breakdown_type,
                    if(breakdown_type = 'rating', '', breakdown)
            ),
            arrival
        )
),

ranked as (
    select
        *,
        row_number() over (
            partition by of_what, is_reckoned, area_code, provider, period_type, period, breakdown_type, breakdown
            order by
                status = 'reported' desc,
                -- What is published of an area serves where its own return has nothing.
                is_publishers asc,
                is_own_period desc,
                places desc nulls last,
                received_at desc,
                arrival desc,
                submission_id asc,
                sheet asc,
                first_row asc,
                len(cell) asc,
                cell asc
        ) as choice,
        -- Ranges that have a number in common may be one figure.
        case
            when max(low) over one_figure > min(high) over one_figure then count(distinct low) over one_figure
            else 1
        end as values_said
    from not_restated
    window one_figure as (
        partition by of_what, is_reckoned, area_code, provider, period_type, period, breakdown_type, breakdown
    )
)

select
    of_what,
    is_reckoned,
    area_code,
    provider,
    period_type,
    period,
    period_start,
    period_end,
    breakdown_type,
    breakdown,
    value,
    low,
    high,
    places,
    unit,
    qualifier,
    status,
    note,
    query,
    is_public,
    is_publishers,
    "return",
    submission_id,
    cell,
    values_said
from ranked
where choice = 1
order by of_what, is_reckoned, area_code, provider, period_start, period_end, breakdown_type, breakdown
