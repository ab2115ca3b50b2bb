-- One row per figure that a supplier printed and that is worked out here as well, with the whole numbers that compare the two.
-- difference: printed less ours, ours rounded half-up to the places that were printed
-- printed_id: a number for the cell and what it prints; is_divided: whether the figure has something below the line
-- slack: by how much a count may be off, where the supplier rounds its counts to tens
with figures as (
    select * from marts.indicator_figures
    where is_ours and as_printed is not null and numerator is not null
),

counts_in_tens as (
    select * from marts.counts_in_tens
),

indicators as (
    select * from conformed.indicators
),

submissions as (
    select * from conformed.submissions
),

printed as (
    select
        figures.*,
        indicators.title,
        indicators.kind as indicator_kind,
        indicators.kind in ('percent', 'share', 'rate', 'mean') as is_divided,
        submissions.agency,
        case
            when figures.places_printed is not null then figures.places_printed
            when figures.as_printed = floor(figures.as_printed) then 0
            else 4
        end as places
    from figures
    inner join indicators on figures.indicator = indicators.indicator
    left join submissions on figures.submission_printed = submissions.submission_id
    -- One figure a cell: what is printed for a day stands for the periods that it closes, too.
    qualify row_number() over (
        partition by figures.indicator, figures.area_code, figures.cell_printed
        order by figures.period_end - figures.period_start, figures.breakdown
    ) = 1
),

-- Ten thousandths above and below, so that no binary fraction makes or hides a difference.
in_units as (
    select
        printed.*,
        (10 ** printed.places)::hugeint as step,
        (printed.as_printed * 10 ** printed.places)::hugeint as printed_steps,
        (printed.numerator * 10000)::hugeint as count_units,
        if(printed.is_divided, printed.denominator * 10000, 10000)::hugeint as base_units,
        if(
            exists (
                select 1 as there_is from counts_in_tens
                where
                    counts_in_tens.area_code = printed.area_code
                    and list_contains(string_split(printed.submission_id, '; '), counts_in_tens.submission_id)
            ),
            5,
            0
        ) as slack
    from printed
),

rounded as (
    select
        *,
        sign(count_units)::hugeint * ((abs(count_units) * scale * step * 2 + base_units) // (base_units * 2)) as our_steps,
        slack * 10000 * if(is_divided, 1, len(string_split(cell, '; ')) + 1) as slack_units
    from in_units
    where base_units > 0
)

select
    row_number() over (order by indicator, area_code, provider, cell_printed) as printed_id,
    indicator,
    title,
    indicator_kind,
    is_divided,
    unit,
    agency,
    area_code,
    area,
    provider,
    period_type,
    period,
    period_start,
    period_end,
    breakdown_type,
    breakdown,
    numerator,
    denominator,
    population_id,
    value,
    as_printed,
    places,
    scale,
    step,
    count_units,
    base_units,
    printed_steps,
    our_steps,
    slack,
    (printed_steps - our_steps)::decimal(18, 0) / step::decimal(18, 0) as difference,
    our_steps <> printed_steps
    and not (
        slack > 0
        and (count_units + slack_units) * scale * step * 2
        >= (printed_steps * 2 - 1) * greatest(base_units - if(indicator_kind in ('percent', 'share'), slack_units, 0), 1)
        and (count_units - slack_units) * scale * step * 2
        <= (printed_steps * 2 + 1) * (base_units + if(indicator_kind in ('percent', 'share'), slack_units, 0))
    ) as differs,
    cell,
    submission_id,
    cell_printed,
    submission_printed
from rounded
order by indicator, area_code, provider, period_start, period_end, breakdown_type, breakdown
