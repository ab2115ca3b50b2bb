-- One row per indicator that the Board has declared.
-- scale: what a figure is for each how many of: 100 of a percentage, what it declares of a rate, 1 of all else
-- people: whom a rate is of, in words; age_range, sex, census_base: which population, on the base first used where none is named
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
    case when kind in ('percent', 'share') then 100 when kind = 'rate' then per else 1 end as scale,
    people,
    age_range,
    sex,
    census_base,
    definition,
    source,
    polarity,
    breakdown_types,
    caveats,
    sha256(
        concat_ws(
            '|', title, kind, unit, numerator::varchar, denominator::varchar, parts::varchar, places, definition, source,
            -- What every rate was of before any declared it says nothing new.
            nullif(nullif(concat_ws(' ', per, age_range, sex, census_base), ''), '10000 0-17 all')
        )
    ) as definition_sha256
from staging.indicators
order by code
