-- One row per indicator that the Board has declared.
-- definition_sha256: of its words and its parts: another one where a figure of it would mean something else
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
    left_out,
    places,
    definition,
    source,
    polarity,
    breakdown_types,
    caveats,
    sha256(
        concat_ws('|', title, kind, unit, numerator::varchar, denominator::varchar, parts::varchar, places, definition, source)
    ) as definition_sha256
from staging.indicators
order by code
