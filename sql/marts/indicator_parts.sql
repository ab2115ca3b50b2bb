-- One row per indicator × area × provider × period × breakdown: numerator and denominator, before anything is hidden, divided or rounded.
with indicators as (
    select * from staging.indicators
),

measures as (
    select * from marts.measures
),

populations as (
    select * from conformed.populations
),

numerator_parts as (
    select
        indicators.code as indicator,
        indicators.kind as indicator_kind,
        len(indicators.numerator) as parts_needed,
        measures.*
    from indicators
    inner join measures
        on
            list_contains(indicators.numerator, measures.measure)
            and (measures.breakdown_type is null or list_contains(indicators.breakdown_types, measures.breakdown_type))
            and (indicators.kind <> 'mean' or measures.period_type in ('quarter', 'year'))
),

numerators as (
    select
        indicator,
        indicator_kind,
        area_code,
        provider,
        period_type,
        period,
        period_start,
        period_end,
        breakdown_type,
        breakdown,
        case when count(value) = any_value(parts_needed) then sum(value) end as numerator,
        case when count(coalesce(value, low)) = any_value(parts_needed) then sum(coalesce(value, low)) end as low,
        case when count(coalesce(value, high)) = any_value(parts_needed) then sum(coalesce(value, high)) end as high,
        case
            when bool_and(status = 'reported') and count(*) = any_value(parts_needed) then 'reported'
            else coalesce(min(status) filter (where status <> 'reported'), 'not_supplied')
        end as status,
        case when any_value(parts_needed) = 1 then any_value(qualifier) when count(value) < count(*) then 'range' end as qualifier,
        string_agg(distinct note, ' ' order by note) as note,
        bool_and(is_public) as is_public,
        string_agg(distinct submission_id, '; ' order by submission_id) as submission_id,
        string_agg(cell, '; ' order by measure) as cell,
        case when any_value(parts_needed) = 1 then any_value(as_printed) end as as_printed,
        case when any_value(parts_needed) = 1 then any_value(places_printed) end as places_printed,
        case when any_value(parts_needed) = 1 then any_value(cell_printed) end as cell_printed,
        case when any_value(parts_needed) = 1 then any_value(submission_printed) end as submission_printed
    from numerator_parts
    group by all
),

denominator_parts as (
    select
        indicators.code as indicator,
        len(indicators.denominator) as parts_needed,
        measures.*
    from indicators
    inner join measures on list_contains(indicators.denominator, measures.measure)
),

denominators as (
    select
        indicator,
        area_code,
        provider,
        period,
        breakdown_type,
        breakdown,
        case when count(value) = any_value(parts_needed) then sum(value) end as denominator,
        bool_and(is_public) as is_public,
        string_agg(distinct submission_id, '; ' order by submission_id) as submission_id,
        string_agg(cell, '; ' order by measure) as cell
    from denominator_parts
    group by all
),

-- The estimate for the middle of the financial year's first calendar year, on the basis first used.
populations_first_used as (
    select
        area_code,
        reference_date,
        population,
        population_id,
        submission_id,
        cell
    from populations
    where age_range = '0-17' and sex = 'all'
    qualify row_number() over (partition by area_code, reference_date order by census_base) = 1
),

wholes as (
    select
        indicator,
        area_code,
        provider,
        period,
        breakdown_type,
        case when count(numerator) = count(*) then sum(numerator) end as whole
    from numerators
    where breakdown_type is not null
    group by all
),

divided as (
    select
        numerators.* exclude (submission_id, cell),
        array_to_string(
            list_sort(list_distinct(list_concat(
                string_split(numerators.submission_id, '; '),
                coalesce(string_split(denominators.submission_id, '; '), []),
                case when numerators.indicator_kind = 'rate' and populations_first_used.submission_id is not null then [populations_first_used.submission_id] else [] end
            ))),
            '; '
        ) as submission_id,
        concat_ws(
            '; ',
            numerators.cell,
            denominators.cell,
            case when numerators.indicator_kind = 'rate' then populations_first_used.cell end
        ) as cell,
        case numerators.indicator_kind
            when 'percent' then denominators.denominator
            when 'share' then wholes.whole
            when 'rate' then populations_first_used.population
            when 'mean' then datediff('month', numerators.period_start, numerators.period_end) + 1
        end as denominator,
        case when numerators.indicator_kind = 'rate' then populations_first_used.population_id end as population_id,
        coalesce(denominators.is_public, true) as denominator_is_public
    from numerators
    left join denominators
        on
            numerators.indicator = denominators.indicator
            and numerators.area_code = denominators.area_code
            and numerators.provider is not distinct from denominators.provider
            and numerators.period = denominators.period
            and numerators.breakdown_type is not distinct from denominators.breakdown_type
            and numerators.breakdown = denominators.breakdown
    left join wholes
        on
            numerators.indicator = wholes.indicator
            and numerators.area_code = wholes.area_code
            and numerators.provider is not distinct from wholes.provider
            and numerators.period = wholes.period
            and numerators.breakdown_type = wholes.breakdown_type
    left join populations_first_used
        on
            numerators.area_code = populations_first_used.area_code
            and populations_first_used.reference_date
            = make_date((year(numerators.period_end) - case when month(numerators.period_end) < 4 then 1 else 0 end)::bigint, 6, 30)
)

select *
from divided
where
    indicator_kind not in ('share') or breakdown_type is not null
order by indicator, area_code, provider, period_start, period_end, breakdown_type, breakdown
