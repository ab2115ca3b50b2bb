-- One row per version of a published figure: what readers saw of it from one load until the load that changed it.
-- definition_sha256: what its indicator meant then; audit.indicator_versions has the words
-- is_published: false since a load that no longer publishes it
-- known_from: when that load was made, in UTC
-- known_until: when another version took its place; blank for the one that stands
with known_before as (
    select * from staging.figures_known
),

known_last as (
    select * from staging.figures_known_last
),

figures as (
    select * from published.indicator_values
),

indicators as (
    select * from conformed.indicators
),

build as (
    select * from staging.build
),

changed as (
    select
        figures.indicator,
        figures.area_code,
        figures.area,
        figures.provider,
        figures.period_type,
        figures.period,
        figures.period_start,
        figures.period_end,
        figures.breakdown_type,
        figures.breakdown,
        figures.unit,
        figures.numerator,
        figures.denominator,
        figures.value,
        figures.lower_95,
        figures.upper_95,
        figures.lower_998,
        figures.upper_998,
        figures.status,
        figures.qualifier,
        figures.note,
        figures.as_printed,
        figures.population_id,
        figures.submission_id,
        figures.cell,
        indicators.definition_sha256,
        true as is_published
    from figures
    inner join indicators on figures.indicator = indicators.indicator
    left join known_last
        on
            figures.indicator = known_last.indicator
            and figures.area_code is not distinct from known_last.area_code
            and figures.provider is not distinct from known_last.provider
            and figures.period_type = known_last.period_type
            and figures.period = known_last.period
            and figures.breakdown_type is not distinct from known_last.breakdown_type
            and figures.breakdown = known_last.breakdown
    where
        known_last.indicator is null
        or (
            figures.area, figures.period_start, figures.period_end, figures.unit, figures.numerator, figures.denominator,
            figures.value, figures.lower_95, figures.upper_95, figures.lower_998, figures.upper_998, figures.status,
            figures.qualifier, figures.note, figures.as_printed, figures.population_id, figures.submission_id, figures.cell,
            indicators.definition_sha256, true
        )
        is distinct from (
            known_last.area, known_last.period_start, known_last.period_end, known_last.unit, known_last.numerator,
            known_last.denominator, known_last.value, known_last.lower_95, known_last.upper_95, known_last.lower_998,
            known_last.upper_998, known_last.status, known_last.qualifier, known_last.note, known_last.as_printed,
            known_last.population_id, known_last.submission_id, known_last.cell, known_last.definition_sha256,
            known_last.is_published
        )
),

gone as (
    select
        known_last.indicator,
        known_last.area_code,
        known_last.area,
        known_last.provider,
        known_last.period_type,
        known_last.period,
        known_last.period_start,
        known_last.period_end,
        known_last.breakdown_type,
        known_last.breakdown,
        known_last.unit,
        known_last.numerator,
        known_last.denominator,
        known_last.value,
        known_last.lower_95,
        known_last.upper_95,
        known_last.lower_998,
        known_last.upper_998,
        known_last.status,
        known_last.qualifier,
        known_last.note,
        known_last.as_printed,
        known_last.population_id,
        known_last.submission_id,
        known_last.cell,
        known_last.definition_sha256,
        false as is_published
    from known_last
    where
        known_last.is_published
        and not exists (
            select 1 as there_is from figures
            where
                known_last.indicator = figures.indicator
                and known_last.area_code is not distinct from figures.area_code
                and known_last.provider is not distinct from figures.provider
                and known_last.period_type = figures.period_type
                and known_last.period = figures.period
                and known_last.breakdown_type is not distinct from figures.breakdown_type
                and known_last.breakdown = figures.breakdown
        )
),

news as (
    select * from changed
    union all
    select * from gone
),

versions as (
    select
        known_before.*,
        coalesce(
            lead(known_before.known_from) over (
                partition by
                    known_before.indicator, known_before.area_code, known_before.provider, known_before.period_type,
                    known_before.period, known_before.breakdown_type, known_before.breakdown
                order by known_before.known_from
            ),
            if(news.indicator is null, null, build.built_at)
        ) as known_until
    from known_before
    cross join build
    left join news
        on
            known_before.indicator = news.indicator
            and known_before.area_code is not distinct from news.area_code
            and known_before.provider is not distinct from news.provider
            and known_before.period_type = news.period_type
            and known_before.period = news.period
            and known_before.breakdown_type is not distinct from news.breakdown_type
            and known_before.breakdown = news.breakdown
    union all
    select
        news.*,
        build.built_at as known_from,
        null as known_until
    from news
    cross join build
)

select
    indicator,
    area_code,
    area,
    provider,
    period_type,
    period,
    period_start,
    period_end,
    breakdown_type,
    breakdown,
    unit,
    numerator,
    denominator,
    value,
    lower_95,
    upper_95,
    lower_998,
    upper_998,
    status,
    qualifier,
    note,
    as_printed,
    population_id,
    submission_id,
    cell,
    definition_sha256,
    is_published,
    known_from,
    known_until
from versions
order by indicator, area, provider, period_start, period_end, breakdown_type, breakdown, known_from
