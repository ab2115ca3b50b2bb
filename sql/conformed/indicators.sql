-- One row per indicator that the Board has declared.
select
    code as indicator,
    topic,
    title,
    kind,
    unit,
    numerator,
    denominator,
    parts,
    part_of,
    places,
    definition,
    source,
    polarity,
    breakdown_types,
    caveats
from staging.indicators
order by code
