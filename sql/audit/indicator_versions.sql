-- One row per version of an indicator: what it meant from one load until the load that changed it.
-- definition_sha256: of its words and its parts, as audit.figure_versions names it
-- known_from: when that load was published, in UTC
-- known_until: when another version took its place; blank for the one that stands
with known_before as (
    select * from staging.indicators_known
),

indicators as (
    select * from conformed.indicators
),

build as (
    select * from staging.build
),

known_last as (
    select * from staging.indicators_known_last
),

changed as (
    select
        indicator,
        title,
        kind,
        unit,
        numerator,
        denominator,
        places,
        definition,
        source,
        caveats,
        definition_sha256
    from indicators
    except
    select * from known_last
),

versions as (
    select * from known_before
    union all
    select
        changed.*,
        build.built_at as known_from
    from changed
    cross join build
)

select
    indicator,
    title,
    kind,
    unit,
    numerator,
    denominator,
    places,
    definition,
    source,
    caveats,
    definition_sha256,
    known_from,
    lead(known_from) over (partition by indicator order by known_from) as known_until
from versions
order by indicator, known_from
