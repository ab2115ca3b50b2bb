-- One row per indicator × area × provider × period × breakdown: what stands above and below the line, not yet divided.
with indicators as (
    select * from conformed.indicators
),

measures as (
    select * from marts.measures
),

hidden_counts as (
    select * from marts.hidden_counts
),

populations as (
    select * from conformed.populations
),

measures_judged as (
    select
        measures.*,
        measures.status in ('reported', 'provisional') as is_known,
        hidden_counts.measure is not null as is_hidden
    from measures
    left join hidden_counts
        on
            measures.measure = hidden_counts.measure
            and measures.area_code = hidden_counts.area_code
            and measures.provider is not distinct from hidden_counts.provider
            and measures.period_type = hidden_counts.period_type
            and measures.period = hidden_counts.period
            and measures.breakdown_type is not distinct from hidden_counts.breakdown_type
            and measures.breakdown = hidden_counts.breakdown
),

lines as (
    select
        indicator,
        kind as indicator_kind,
        breakdown_types,
        numerator as measures_named,
        len(numerator) as parts_needed,
        true as is_numerator
    from indicators
    union all
    select
        indicator,
        kind as indicator_kind,
        breakdown_types,
        denominator as measures_named,
        len(denominator) as parts_needed,
        false as is_numerator
    from indicators
    where kind = 'percent'
    union all
    -- A sum of measures that was counted as one from records needs no adding up.
    select
        indicator,
        kind as indicator_kind,
        breakdown_types,
        [indicator] as measures_named,
        1 as parts_needed,
        true as is_numerator
    from indicators
    where len(numerator) > 1
),

lines_named as (
    select
        *,
        unnest(measures_named) as measure
    from lines
),

sums_of_lines as (
    select
        lines.indicator,
        lines.indicator_kind,
        lines.is_numerator,
        measures.area_code,
        measures.provider,
        measures.period_type,
        measures.period,
        measures.period_start,
        measures.period_end,
        measures.breakdown_type,
        measures.breakdown,
        -- What the Board has and what a publisher says are not added up.
        case
            when bool_and(measures.is_publishers) = bool_or(measures.is_publishers) and count(measures.value) = lines.parts_needed
                then sum(measures.value)
        end as value,
        case
            when
                bool_and(measures.is_publishers) = bool_or(measures.is_publishers)
                and count(*) filter (where measures.is_known) = lines.parts_needed
                then sum(coalesce(measures.value, measures.low, 0))
        end as low,
        case
            when
                bool_and(measures.is_publishers) = bool_or(measures.is_publishers)
                and count(coalesce(measures.value, measures.high)) = lines.parts_needed
                then sum(coalesce(measures.value, measures.high))
        end as high,
        case
            when count(*) < lines.parts_needed or bool_or(measures.status = 'not_supplied') then 'not_supplied'
            when bool_and(measures.is_publishers) <> bool_or(measures.is_publishers) then 'not_supplied'
            else coalesce(max(measures.status) filter (where measures.status <> 'reported'), 'reported')
        end as status,
        case
            when count(measures.value) < lines.parts_needed and count(*) filter (where measures.is_known) = lines.parts_needed
                then 'range'
        end as qualifier,
        string_agg(distinct measures.note, ' ' order by measures.note) as note,
        string_agg(distinct measures.query, ' ' order by measures.query) as query,
        bool_and(measures.is_public) as is_public,
        bool_or(measures.is_hidden) as is_hidden,
        bool_and(measures.is_publishers) as is_publishers,
        string_agg(distinct measures.submission_id, '; ' order by measures.submission_id) as submission_id,
        string_agg(measures.cell, '; ' order by measures.measure) as cell
    from lines_named as lines
    inner join measures_judged as measures on lines.measure = measures.measure
    where
        lines.parts_needed > 1
        and (measures.breakdown_type is null or list_contains(lines.breakdown_types, measures.breakdown_type))
        and (lines.indicator_kind <> 'mean' or measures.period_type in ('quarter', 'year'))
        and (lines.indicator_kind <> 'share' or measures.breakdown_type is not null)
    group by
        lines.indicator, lines.indicator_kind, lines.is_numerator, lines.parts_needed,
        measures.area_code, measures.provider, measures.period_type, measures.period, measures.period_start, measures.period_end,
        measures.breakdown_type, measures.breakdown
    -- A sum is broken down only where all that it is made of are.
    having measures.breakdown_type is null or count(*) = lines.parts_needed
),

-- What is published of a sum serves where its parts are not known; where they are it stands beside.
sums_known as (
    select * from sums_of_lines
    where is_numerator and value is not null
),

sums_published as (
    select
        sums_known.indicator,
        sums_known.area_code,
        sums_known.provider,
        sums_known.period_type,
        sums_known.period,
        sums_known.breakdown_type,
        sums_known.breakdown,
        measures.value,
        measures.cell,
        measures.submission_id
    from sums_known
    inner join measures
        on
            sums_known.indicator = measures.measure
            and sums_known.area_code = measures.area_code
            and sums_known.provider is not distinct from measures.provider
            and sums_known.period_type = measures.period_type
            and sums_known.period = measures.period
            and sums_known.breakdown_type is not distinct from measures.breakdown_type
            and sums_known.breakdown = measures.breakdown
    where measures.is_publishers
),

-- Most lines are of one measure; it stands there as it is.
line_totals as (
    select
        lines.indicator,
        lines.indicator_kind,
        lines.is_numerator,
        measures.area_code,
        measures.provider,
        measures.period_type,
        measures.period,
        measures.period_start,
        measures.period_end,
        measures.breakdown_type,
        measures.breakdown,
        measures.value,
        case when measures.is_known then coalesce(measures.value, measures.low) end as low,
        coalesce(measures.value, measures.high) as high,
        measures.status,
        measures.qualifier,
        measures.note,
        measures.query,
        measures.is_public,
        measures.is_hidden,
        measures.is_publishers,
        measures.submission_id,
        measures.cell,
        measures.as_printed,
        measures.places_printed,
        measures.cell_printed,
        measures.submission_printed
    from lines_named as lines
    inner join measures_judged as measures on lines.measure = measures.measure
    left join sums_published
        on
            lines.indicator = sums_published.indicator
            and if(lines.measure = lines.indicator, measures.cell, null) = sums_published.cell
            and measures.period = sums_published.period
    where
        lines.parts_needed = 1
        and sums_published.indicator is null
        and (measures.breakdown_type is null or list_contains(lines.breakdown_types, measures.breakdown_type))
        and (lines.indicator_kind <> 'mean' or measures.period_type in ('quarter', 'year'))
        and (lines.indicator_kind <> 'share' or measures.breakdown_type is not null)
    union all
    select
        sums.indicator,
        sums.indicator_kind,
        sums.is_numerator,
        sums.area_code,
        sums.provider,
        sums.period_type,
        sums.period,
        sums.period_start,
        sums.period_end,
        sums.breakdown_type,
        sums.breakdown,
        sums.value,
        sums.low,
        sums.high,
        sums.status,
        sums.qualifier,
        sums.note,
        sums.query,
        sums.is_public,
        sums.is_hidden,
        sums.is_publishers,
        sums.submission_id,
        sums.cell,
        sums_published.value as as_printed,
        if(sums_published.value is null, null, 0) as places_printed,
        sums_published.cell as cell_printed,
        sums_published.submission_id as submission_printed
    from sums_of_lines as sums
    left join sums_published
        on
            sums.is_numerator
            and sums.indicator = sums_published.indicator
            and sums.area_code = sums_published.area_code
            and sums.provider is not distinct from sums_published.provider
            and sums.period_type = sums_published.period_type
            and sums.period = sums_published.period
            and sums.breakdown_type is not distinct from sums_published.breakdown_type
            and sums.breakdown = sums_published.breakdown
    where
        sums_published.indicator is not null
        or not exists (
            select 1 as there_is from measures
            where
                sums.is_numerator
                and sums.indicator = measures.measure
                and sums.area_code = measures.area_code
                and sums.provider is not distinct from measures.provider
                and sums.period_type = measures.period_type
                and sums.period = measures.period
                and sums.breakdown_type is not distinct from measures.breakdown_type
                and sums.breakdown = measures.breakdown
        )
),

numerators as (
    select * from line_totals
    where is_numerator
),

denominators as (
    select * from line_totals
    where not is_numerator
),

measures_shared as (
    select
        indicator,
        unnest(numerator) as measure
    from indicators
    where kind = 'share'
),

wholes_hidden as (
    select distinct
        measures_shared.indicator,
        hidden_counts.area_code,
        hidden_counts.provider,
        hidden_counts.period_type,
        hidden_counts.period
    from measures_shared
    inner join hidden_counts on measures_shared.measure = hidden_counts.measure
    where hidden_counts.breakdown_type is null
),

-- A share is of what the same table gives; where the whole of it is hidden, its sum would tell it.
shared_wholes as (
    select
        numerators.indicator,
        numerators.area_code,
        numerators.provider,
        numerators.period_type,
        numerators.period,
        numerators.breakdown_type,
        case
            when count(numerators.value) = count(*) and bool_and(numerators.is_publishers) = bool_or(numerators.is_publishers)
                then sum(numerators.value)
        end as value,
        case
            when bool_and(numerators.is_publishers) <> bool_or(numerators.is_publishers) then 'not_supplied'
            when count(numerators.value) = count(*) then 'reported'
            when bool_or(numerators.status = 'unreliable') then 'unreliable'
            else 'not_supplied'
        end as status,
        bool_or(wholes_hidden.indicator is not null) as is_hidden
    from numerators
    left join wholes_hidden
        on
            numerators.indicator = wholes_hidden.indicator
            and numerators.area_code = wholes_hidden.area_code
            and numerators.provider is not distinct from wholes_hidden.provider
            and numerators.period_type = wholes_hidden.period_type
            and numerators.period = wholes_hidden.period
    where numerators.indicator_kind = 'share'
    group by
        numerators.indicator, numerators.area_code, numerators.provider, numerators.period_type, numerators.period,
        numerators.breakdown_type
),

-- The estimate for the middle of the financial year's first calendar year, of the people that the rate is of and of no others:
-- on the base that it names, or else the base first used.
populations_of_rates as (
    select
        indicators.indicator,
        populations.population_id,
        populations.area_code,
        populations.reference_date,
        populations.population,
        populations.submission_id,
        populations.cell
    from indicators
    inner join populations
        on
            indicators.age_range = populations.age_range
            and indicators.sex = populations.sex
            and coalesce(indicators.census_base, populations.census_base) = populations.census_base
    where indicators.kind = 'rate'
    qualify row_number() over (
        partition by indicators.indicator, populations.area_code, populations.reference_date
        order by populations.census_base
    ) = 1
),

over_the_line as (
    select
        *,
        indicator_kind not in ('percent', 'share', 'rate', 'mean') as is_count,
        make_date((year(period_end) - if(month(period_end) < 4, 1, 0))::integer, 6, 30) as population_date
    from numerators
),

whole as (
    select
        numerators.indicator,
        numerators.indicator_kind,
        numerators.area_code,
        numerators.provider,
        numerators.period_type,
        numerators.period,
        numerators.period_start,
        numerators.period_end,
        numerators.breakdown_type,
        numerators.breakdown,
        numerators.population_date,
        indicators.people,
        numerators.value as numerator,
        numerators.low,
        numerators.high,
        case numerators.indicator_kind
            when 'percent' then denominators.value
            when 'share' then shared_wholes.value
            when 'rate' then populations.population
            when 'mean' then datediff('month', numerators.period_start, numerators.period_end) + 1
        end as denominator,
        denominators.low as denominator_low,
        denominators.high as denominator_high,
        numerators.status,
        case numerators.indicator_kind
            when 'percent' then coalesce(denominators.status, 'not_supplied')
            when 'share' then shared_wholes.status
            when 'rate' then if(populations.population is null, 'not_supplied', 'reported')
            else 'reported'
        end as denominator_status,
        coalesce(numerators.qualifier, if(denominators.value is null, denominators.qualifier, null)) as qualifier,
        numerators.note,
        concat_ws(' ', numerators.query, denominators.query) as query,
        numerators.is_public and coalesce(denominators.is_public, true) as is_public,
        numerators.is_hidden or coalesce(denominators.is_hidden, false) or coalesce(shared_wholes.is_hidden, false) as is_hidden,
        populations.population_id,
        concat_ws(
            '; ',
            numerators.submission_id,
            denominators.submission_id,
            populations.submission_id
        ) as submissions_named,
        concat_ws(
            '; ',
            numerators.cell,
            denominators.cell,
            populations.cell
        ) as cell,
        -- A printed count stands beside a count: it is no percentage, share, rate or mean of it.
        case when numerators.is_count then numerators.as_printed end as as_printed,
        case when numerators.is_count then numerators.places_printed end as places_printed,
        case when numerators.is_count then numerators.cell_printed end as cell_printed,
        case when numerators.is_count then numerators.submission_printed end as submission_printed
    from over_the_line as numerators
    inner join indicators on numerators.indicator = indicators.indicator
    -- What the Board has is not divided by what a publisher says, nor the other way round.
    left join denominators
        on
            numerators.indicator = denominators.indicator
            and numerators.is_publishers = denominators.is_publishers
            and numerators.area_code = denominators.area_code
            and numerators.provider is not distinct from denominators.provider
            and numerators.period_type = denominators.period_type
            and numerators.period = denominators.period
            and numerators.breakdown_type is not distinct from denominators.breakdown_type
            and numerators.breakdown = denominators.breakdown
    left join shared_wholes
        on
            numerators.indicator = shared_wholes.indicator
            and numerators.area_code = shared_wholes.area_code
            and numerators.provider is not distinct from shared_wholes.provider
            and numerators.period_type = shared_wholes.period_type
            and numerators.period = shared_wholes.period
            and numerators.breakdown_type = shared_wholes.breakdown_type
    left join populations_of_rates as populations
        on
            numerators.indicator = populations.indicator
            and numerators.area_code = populations.area_code
            and numerators.population_date = populations.reference_date
)

select
    indicator,
    area_code,
    provider,
    period_type,
    period,
    period_start,
    period_end,
    breakdown_type,
    breakdown,
    numerator,
    low,
    high,
    denominator,
    denominator_low,
    denominator_high,
    case
        when status not in ('reported', 'provisional') then status
        when denominator_status not in ('reported', 'provisional') then denominator_status
        when denominator = 0 then 'not_applicable'
        else if(status = 'reported', denominator_status, status)
    end as status,
    qualifier,
    nullif(concat_ws(
        ' ',
        note,
        case
            when status not in ('reported', 'provisional') then null
            when denominator = 0 then 'There is nothing to take it of: the figure below the line is nought.'
            when denominator_status in ('reported', 'provisional') then null
            when indicator_kind = 'rate' then 'There is no population to divide by: ' || people || '.'
            when denominator_status = 'unreliable' then 'What it is to be divided by is not known.'
            else 'What it is to be divided by was not supplied.'
        end
    ), '') as note,
    nullif(query, '') as query,
    is_public,
    is_hidden,
    population_date,
    population_id,
    case
        when contains(submissions_named, '; ')
            then array_to_string(list_sort(list_distinct(string_split(submissions_named, '; '))), '; ')
        else submissions_named
    end as submission_id,
    cell,
    as_printed,
    places_printed,
    cell_printed,
    submission_printed
from whole
order by indicator, area_code, provider, period_start, period_end, breakdown_type, breakdown
