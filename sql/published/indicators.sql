-- One row per indicator: the dictionary of what each published number means.
-- indicator: code, in the Board's words; `_percent` and `_per_10000` stand last and mark what is worked out
-- topic: subject that it belongs to
-- title: its name for people
-- kind: flow (events, summed over months), stock (open on a day), largest, percent, share, rate, mean, or statement
-- unit: what it counts or is measured in
-- numerator, denominator: measures added up above and below the line; a rate has its population below
-- population: the residents that a rate is of, by the mid-year estimate of the calendar year in which the financial year begins
-- scale: what a figure is for each how many of: 10,000 of a rate per 10,000, 100 of a percentage, 1 of all else
-- parts: measures that make up the whole of it, where they are supplied; each list is one way of parting it
-- places: decimal places that it is shown with, halves rounded up
-- definition: what is counted, and what is not
-- source: where the definition comes from
-- polarity: whether higher or lower is better, or neither
-- breakdown_types: the ways in which it is broken down
-- caveats: what to bear in mind wherever it is shown
select
    indicator,
    topic,
    title,
    kind,
    unit,
    numerator,
    denominator,
    people as population,
    scale,
    parts,
    places,
    definition,
    source,
    polarity,
    breakdown_types,
    caveats
from conformed.indicators
order by topic, indicator
