-- One row per figure of a return and submission that gives it otherwise than the one before, or anew; whole, nothing hidden.
-- change: changed, new (no earlier submission of the same scope had it), or gone (nothing stands in its place)
-- why: resubmission, cumulative return, correction or withdrawal
with observations as (
    select
        *,
        coalesce(measure, prints) as of_what,
        prints is not null as is_reckoned,
        if(breakdown_type = 'rating', 'rating', breakdown) as part,
        -- Within what a submission says another's word again: its period, its financial year, or all there is.
        case
            when cumulative is null then return_period
            when cumulative = 'year' then 'year ' || year(return_period_end - interval 3 month)
            else 'series'
        end as scope
    from conformed.observations
    where is_accepted
),

-- Only where two submissions speak of the same, or one was withdrawn, is there anything to hold beside another.
scopes_compared as (
    select
        "return",
        scope
    from observations
    group by "return", scope
    having min(submission_id) <> max(submission_id) or bool_or(standing = 'withdrawn')
),

cells_counted as (
    select
        *,
        -- Two spellings of one code in one table are two parts of it; a figure in two cells of a table is said twice.
        if(
            label is null,
            row_number() over (
                partition by
                    submission_id, sheet, of_what, is_reckoned, area_code, provider, period_type, period, breakdown_type, part,
                    label is null
                order by row, cell
            ),
            0
        ) as occurrence
    from observations
    where
        exists (
            select 1 as there_is from scopes_compared
            where observations."return" = scopes_compared."return" and observations.scope = scopes_compared.scope
        )
),

statements as (
    select
        "return",
        scope,
        sheet,
        of_what,
        is_reckoned,
        area_code,
        provider,
        period_type,
        period,
        period_start,
        period_end,
        breakdown_type,
        part,
        occurrence,
        submission_id,
        arrival,
        standing,
        return_period,
        cumulative,
        min(breakdown) as breakdown,
        case when count(value) = count(*) then sum(value) end as value,
        case when count(*) = 1 then min(low) end as low,
        case when count(*) = 1 then min(high) end as high,
        string_agg(qualifier, '; ' order by row, cell) as qualifier,
        coalesce(min(status) filter (where status <> 'reported'), 'reported') as status,
        string_agg(printed, '; ' order by row, cell) as printed,
        string_agg(cell, '; ' order by row, cell) as cell,
        bool_and(is_public) as is_public
    from cells_counted
    group by
        "return", scope, sheet, of_what, is_reckoned, area_code, provider, period_type, period, period_start, period_end,
        breakdown_type, part, occurrence, submission_id, arrival, standing, return_period, cumulative
),

-- A blank in a file that repeats earlier months takes nothing back.
told as (
    select
        *,
        min(arrival) over (partition by "return", scope) as first_arrival,
        row_number() over (
            partition by
                "return", scope, sheet, of_what, is_reckoned, area_code, provider, period_type, period, breakdown_type, part,
                occurrence
            order by arrival
        ) as turn,
        count(*) over (
            partition by
                "return", scope, sheet, of_what, is_reckoned, area_code, provider, period_type, period, breakdown_type, part,
                occurrence
        ) as turns,
        row_number() over (
            partition by
                "return", scope, sheet, of_what, is_reckoned, area_code, provider, period_type, period, breakdown_type, part,
                occurrence, standing
            order by arrival desc
        ) as turns_left
    from statements
    where standing in ('accepted', 'superseded') and not (cumulative is not null and status = 'not_supplied')
),

sent as (
    select distinct
        "return",
        scope,
        submission_id,
        arrival
    from told
),

followed as (
    select
        earlier.value as value_before,
        later.value as value_after,
        earlier.printed as printed_before,
        later.printed as printed_after,
        earlier.status as status_before,
        later.status as status_after,
        earlier.submission_id as submission_before,
        later.submission_id as submission_after,
        earlier.cell as cell_before,
        later.cell as cell_after,
        later."return",
        later.of_what,
        later.is_reckoned,
        later.area_code,
        later.provider,
        later.period_type,
        later.period,
        later.period_start,
        later.period_end,
        later.breakdown_type,
        later.breakdown,
        later.is_public and coalesce(earlier.is_public, true) as is_public,
        if(earlier.submission_id is null, 'new', 'changed') as change,
        if(
            later.cumulative is null or earlier.return_period = later.return_period, 'resubmission', 'cumulative return'
        ) as why
    from told as later
    left join told as earlier
        on
            later."return" = earlier."return"
            and later.scope = earlier.scope
            and later.sheet = earlier.sheet
            and later.of_what = earlier.of_what
            and later.is_reckoned = earlier.is_reckoned
            and later.area_code = earlier.area_code
            and later.provider is not distinct from earlier.provider
            and later.period_type = earlier.period_type
            and later.period = earlier.period
            and later.breakdown_type is not distinct from earlier.breakdown_type
            and later.part is not distinct from earlier.part
            and later.occurrence = earlier.occurrence
            and later.turn = earlier.turn + 1
    where
        later.arrival > later.first_arrival
        and if(
            earlier.submission_id is null,
            later.status <> 'not_supplied',
            (earlier.value, earlier.low, earlier.high, earlier.status, earlier.qualifier, earlier.breakdown)
            is distinct from (later.value, later.low, later.high, later.status, later.qualifier, later.breakdown)
        )
),

-- What a submission said and the one that took its place has no cell for.
left_out as (
    select
        gone.value as value_before,
        null::decimal as value_after,
        gone.printed as printed_before,
        null::varchar as printed_after,
        gone.status as status_before,
        null::varchar as status_after,
        gone.submission_id as submission_before,
        instead.submission_id as submission_after,
        gone.cell as cell_before,
        null::varchar as cell_after,
        gone."return",
        gone.of_what,
        gone.is_reckoned,
        gone.area_code,
        gone.provider,
        gone.period_type,
        gone.period,
        gone.period_start,
        gone.period_end,
        gone.breakdown_type,
        gone.breakdown,
        gone.is_public,
        'gone' as change,
        'resubmission' as why
    from told as gone
    asof inner join sent as instead
        on gone."return" = instead."return" and gone.scope = instead.scope and gone.arrival < instead.arrival
    where
        gone.standing = 'superseded'
        and gone.cumulative is null
        and gone.status <> 'not_supplied'
        and gone.turn = gone.turns
),

-- What a withdrawn submission said, beside what stands now.
stepped_back as (
    select
        gone.value as value_before,
        stands.value as value_after,
        gone.printed as printed_before,
        stands.printed as printed_after,
        gone.status as status_before,
        stands.status as status_after,
        gone.submission_id as submission_before,
        stands.submission_id as submission_after,
        gone.cell as cell_before,
        stands.cell as cell_after,
        gone."return",
        gone.of_what,
        gone.is_reckoned,
        gone.area_code,
        gone.provider,
        gone.period_type,
        gone.period,
        gone.period_start,
        gone.period_end,
        gone.breakdown_type,
        gone.breakdown,
        gone.is_public and coalesce(stands.is_public, true) as is_public,
        if(stands.submission_id is null, 'gone', 'changed') as change,
        'withdrawal' as why
    from statements as gone
    left join told as stands
        on
            gone."return" = stands."return"
            and gone.scope = stands.scope
            and gone.sheet = stands.sheet
            and gone.of_what = stands.of_what
            and gone.is_reckoned = stands.is_reckoned
            and gone.area_code = stands.area_code
            and gone.provider is not distinct from stands.provider
            and gone.period_type = stands.period_type
            and gone.period = stands.period
            and gone.breakdown_type is not distinct from stands.breakdown_type
            and gone.part is not distinct from stands.part
            and gone.occurrence = stands.occurrence
            and stands.standing = 'accepted'
            and stands.turns_left = 1
    where
        gone.standing = 'withdrawn'
        and gone.status <> 'not_supplied'
        and (gone.value, gone.low, gone.high, gone.status, gone.qualifier, gone.breakdown)
        is distinct from (stands.value, stands.low, stands.high, stands.status, stands.qualifier, stands.breakdown)
),

-- Few, and taken by themselves: of all others nothing that is printed is read as a number.
observations_corrected as materialized (
    select * from observations
    where corrected is not null and standing in ('accepted', 'superseded')
),

corrected as (
    select
        try_cast(regexp_replace(printed, '[,% ]', '', 'g') as decimal(28, 10)) as value_before,
        value as value_after,
        printed as printed_before,
        null::varchar as printed_after,
        null::varchar as status_before,
        status as status_after,
        submission_id as submission_before,
        submission_id as submission_after,
        cell as cell_before,
        cell as cell_after,
        "return",
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
        is_public,
        'changed' as change,
        'correction' as why
    from observations_corrected
),

together as (
    select * from followed
    union all
    select * from left_out
    union all
    select * from stepped_back
    union all
    select *
    from corrected
    where value_before is distinct from value_after
)

select
    "return",
    of_what as measure,
    is_reckoned,
    area_code,
    provider,
    period_type,
    period,
    period_start,
    period_end,
    breakdown_type,
    breakdown,
    change,
    why,
    value_before,
    value_after,
    value_after - value_before as difference,
    printed_before,
    printed_after,
    status_before,
    status_after,
    submission_before,
    submission_after,
    cell_before,
    cell_after,
    is_public
from together
order by
    "return", measure, is_reckoned, area_code, provider, period_start, period_end, breakdown_type, breakdown,
    submission_after, submission_before, cell_after, cell_before, why
