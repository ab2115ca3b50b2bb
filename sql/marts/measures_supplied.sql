-- One row per measure × area × provider × period × breakdown given as totals: as supplied, and carried to longer periods.
with figures as (
    select * from marts.figures
    where not is_reckoned
),

periods as (
    select * from conformed.periods
),

indicators as (
    select * from conformed.indicators
),

measures_named as (
    select
        indicator,
        kind,
        len(numerator) = 1 and kind in ('flow', 'stock', 'largest', 'statement') as is_alone,
        unnest(list_concat(numerator, denominator)) as measure
    from indicators
    where kind <> 'rate'
),

kinds_declared as (
    select
        measure,
        min(kind) as kind
    from measures_named
    where is_alone
    group by measure
),

-- What is only a part of an indicator goes as the indicator does; a part of a percentage as its other part does, or is summed.
kinds_inherited as (
    select
        measures_named.measure,
        coalesce(
            min(measures_named.kind) filter (where measures_named.kind in ('flow', 'stock', 'largest')),
            min(kinds_declared.kind),
            'flow'
        ) as kind
    from measures_named
    inner join measures_named as beside on measures_named.indicator = beside.indicator
    left join kinds_declared on beside.measure = kinds_declared.measure
    left join kinds_declared as its_own on measures_named.measure = its_own.measure
    where its_own.measure is null
    group by measures_named.measure
),

measure_kinds as (
    select
        measure,
        kind
    from kinds_declared
    union all
    select
        measure,
        kind
    from kinds_inherited
),

supplied as (
    select
        figures.of_what as measure,
        coalesce(measure_kinds.kind, if(figures.period_type = 'date', 'stock', 'statement')) as kind,
        figures.area_code,
        figures.provider,
        figures.period_type,
        figures.period,
        figures.period_start,
        figures.period_end,
        figures.breakdown_type,
        figures.breakdown,
        figures.value,
        figures.low,
        figures.high,
        figures.places,
        figures.unit,
        figures.qualifier,
        figures.status,
        figures.note,
        figures.query,
        figures.is_public,
        figures.is_publishers,
        figures.submission_id,
        figures.cell
    from figures
    left join measure_kinds on figures.of_what = measure_kinds.measure
),

-- Flows are summed, a largest is the largest; a part that is not known makes the whole not known.
quarters_of_months as (
    select
        supplied.measure,
        supplied.kind,
        supplied.area_code,
        supplied.provider,
        periods.quarter as period,
        supplied.breakdown_type,
        supplied.breakdown,
        case
            when count(supplied.value) < 3 then null
            when supplied.kind = 'flow' then sum(supplied.value)
            else max(supplied.value)
        end as value,
        case
            when supplied.kind = 'flow' then sum(coalesce(supplied.value, supplied.low, 0))
            else max(coalesce(supplied.value, supplied.low))
        end as low,
        case
            when count(coalesce(supplied.value, supplied.high)) < 3 then null
            when supplied.kind = 'flow' then sum(coalesce(supplied.value, supplied.high))
            else max(coalesce(supplied.value, supplied.high))
        end as high,
        case
            when count(*) < 3 or bool_or(supplied.status = 'not_supplied') then 'not_supplied'
            else coalesce(max(supplied.status) filter (where supplied.status <> 'reported'), 'reported')
        end as status,
        count(*) filter (where supplied.status in ('reported', 'provisional')) as months_known,
        max(supplied.unit) as unit,
        string_agg(distinct supplied.note, ' ' order by supplied.note) as note,
        string_agg(distinct supplied.query, ' ' order by supplied.query) as query,
        bool_and(supplied.is_public) as is_public,
        bool_or(supplied.is_publishers) as is_publishers,
        string_agg(distinct supplied.submission_id, '; ' order by supplied.submission_id) as submission_id,
        string_agg(supplied.cell, '; ' order by supplied.period_start) as cell
    from supplied
    inner join periods on supplied.period = periods.period and periods.period_type = 'month'
    where supplied.period_type = 'month' and supplied.kind in ('flow', 'largest')
    group by
        supplied.measure, supplied.kind, supplied.area_code, supplied.provider, periods.quarter,
        supplied.breakdown_type, supplied.breakdown
),

-- For the year, a quarter whose months are not all known is the supplier's own total for it, where there is one.
quarters_either as (
    select
        measure,
        kind,
        area_code,
        provider,
        period,
        breakdown_type,
        breakdown,
        value,
        low,
        high,
        status,
        months_known,
        unit,
        note,
        query,
        is_public,
        is_publishers,
        submission_id,
        cell,
        1 as preference
    from quarters_of_months
    union all
    select
        measure,
        kind,
        area_code,
        provider,
        period,
        breakdown_type,
        breakdown,
        value,
        low,
        high,
        status,
        case when status in ('reported', 'provisional') then 3 else 0 end as months_known,
        unit,
        note,
        query,
        is_public,
        is_publishers,
        submission_id,
        cell,
        2 as preference
    from supplied
    where period_type = 'quarter' and kind in ('flow', 'largest')
),

-- One figure a quarter, whichever side of the union it came from.
quarters_settled as (
    select *
    from quarters_either
    qualify row_number() over (
        partition by measure, area_code, provider, period, breakdown_type, breakdown
        order by value is null asc, months_known desc, preference asc
    ) = 1
),

years_of_quarters as (
    select
        settled.measure,
        settled.kind,
        settled.area_code,
        settled.provider,
        periods.financial_year as period,
        settled.breakdown_type,
        settled.breakdown,
        case
            when count(settled.value) < 4 then null
            when settled.kind = 'flow' then sum(settled.value)
            else max(settled.value)
        end as value,
        case
            when settled.kind = 'flow' then sum(coalesce(settled.value, settled.low, 0))
            else max(coalesce(settled.value, settled.low))
        end as low,
        case
            when count(coalesce(settled.value, settled.high)) < 4 then null
            when settled.kind = 'flow' then sum(coalesce(settled.value, settled.high))
            else max(coalesce(settled.value, settled.high))
        end as high,
        case
            when count(*) < 4 or bool_or(settled.status = 'not_supplied') then 'not_supplied'
            else coalesce(max(settled.status) filter (where settled.status <> 'reported'), 'reported')
        end as status,
        sum(settled.months_known) as months_known,
        max(settled.unit) as unit,
        string_agg(distinct settled.note, ' ' order by settled.note) as note,
        string_agg(distinct settled.query, ' ' order by settled.query) as query,
        bool_and(settled.is_public) as is_public,
        bool_or(settled.is_publishers) as is_publishers,
        string_agg(distinct settled.submission_id, '; ' order by settled.submission_id) as submission_id,
        string_agg(settled.cell, '; ' order by settled.period) as cell
    from quarters_settled as settled
    inner join periods on settled.period = periods.period and periods.period_type = 'quarter'
    group by
        settled.measure, settled.kind, settled.area_code, settled.provider, periods.financial_year,
        settled.breakdown_type, settled.breakdown
),

carried as (
    select
        *,
        3 as months_whole
    from quarters_of_months
    union all
    select
        *,
        12 as months_whole
    from years_of_quarters
),

-- A stock is its last day's; where that is not known the period's is not.
stocks_in_longer_periods as (
    select
        supplied.measure,
        supplied.area_code,
        supplied.provider,
        periods.period_type,
        periods.period,
        periods.period_start,
        periods.period_end,
        supplied.breakdown_type,
        supplied.breakdown,
        supplied.period_end = periods.period_end as is_last_day,
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
        supplied.cell
    from supplied
    inner join periods
        on
            supplied.period_start >= periods.period_start
            and supplied.period_end <= periods.period_end
            and supplied.period_type <> periods.period_type
    where supplied.kind = 'stock'
    qualify row_number() over (
        partition by
            supplied.measure, supplied.area_code, supplied.provider, periods.period_type, periods.period,
            supplied.breakdown_type, supplied.breakdown
        order by
            supplied.period_end desc, supplied.status = 'reported' desc, supplied.is_publishers asc, supplied.period_start desc
    ) = 1
),

together as (
    select
        measure,
        kind,
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
        null as gap,
        is_public,
        is_publishers,
        submission_id,
        cell,
        true as is_supplied
    from supplied
    union all
    select
        carried.measure,
        carried.kind,
        carried.area_code,
        carried.provider,
        periods.period_type,
        carried.period,
        periods.period_start,
        periods.period_end,
        carried.breakdown_type,
        carried.breakdown,
        carried.value,
        case when carried.months_known = carried.months_whole then carried.low end as low,
        case when carried.months_known = carried.months_whole then carried.high end as high,
        null as places,
        carried.unit,
        case
            when carried.value is null and carried.months_known = carried.months_whole
                then if(carried.high is null, '>=', 'range')
        end as qualifier,
        carried.status,
        carried.note,
        carried.query,
        case
            when carried.months_known < carried.months_whole
                then
                    carried.months_known || ' of ' || carried.months_whole || ' months were '
                    || if(carried.status = 'not_supplied', 'supplied.', 'given as figures.')
        end as gap,
        carried.is_public,
        carried.is_publishers,
        carried.submission_id,
        carried.cell,
        false as is_supplied
    from carried
    inner join periods
        on carried.period = periods.period and periods.period_type = if(carried.months_whole = 3, 'quarter', 'year')
    union all
    select
        measure,
        'stock' as kind,
        area_code,
        provider,
        period_type,
        period,
        period_start,
        period_end,
        breakdown_type,
        breakdown,
        case when is_last_day then value end as value,
        case when is_last_day then low end as low,
        case when is_last_day then high end as high,
        null as places,
        unit,
        case when is_last_day then qualifier end as qualifier,
        case when is_last_day then status else 'not_supplied' end as status,
        note,
        case when is_last_day then query end as query,
        case when not is_last_day then 'The figure for the last day was not supplied.' end as gap,
        is_public,
        is_publishers,
        submission_id,
        cell,
        false as is_supplied
    from stocks_in_longer_periods
),

-- Ours where it is a number; else the supplier's own for the period; the supplier's beside ours where both are.
side_by_side as (
    select
        *,
        row_number() over (
            partition by measure, area_code, provider, period_type, period, breakdown_type, breakdown
            order by
                value is null asc,
                status in ('reported', 'provisional') desc,
                is_publishers asc,
                -- A sum of rounded counts is less sure than its own rounded count.
                coalesce(qualifier = 'rounded', false) desc,
                is_supplied asc
        ) as choice,
        max(gap) over same_figure as gap_in_ours,
        bool_and(is_public) over same_figure as both_are_public,
        max(value) filter (where is_supplied) over same_figure as as_printed,
        max(places) filter (where is_supplied) over same_figure as places_printed,
        max(cell) filter (where is_supplied) over same_figure as cell_printed,
        max(submission_id) filter (where is_supplied) over same_figure as submission_printed
    from together
    window same_figure as (partition by measure, area_code, provider, period_type, period, breakdown_type, breakdown)
)

select
    measure,
    kind,
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
    unit,
    qualifier,
    status,
    nullif(
        concat_ws(
            ' ', note, case when is_supplied and gap_in_ours is not null then 'The supplier''s own figure.' end, gap_in_ours
        ),
        ''
    ) as note,
    query,
    both_are_public as is_public,
    is_publishers,
    submission_id,
    cell,
    case when not is_supplied then as_printed end as as_printed,
    case when not is_supplied then places_printed end as places_printed,
    case when not is_supplied then cell_printed end as cell_printed,
    case when not is_supplied then submission_printed end as submission_printed
from side_by_side
where choice = 1
order by measure, area_code, provider, period_start, period_end, breakdown_type, breakdown
