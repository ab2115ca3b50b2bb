-- One row per indicator × area × provider × period × breakdown: hidden, divided, then rounded half-up, here and nowhere else.
with parts as (
    select * from marts.indicator_parts
),

indicators as (
    select * from conformed.indicators
),

areas as (
    select * from conformed.areas
),

periods as (
    select * from conformed.periods
),

printed as (
    select * from marts.figures
    where is_reckoned
),

shown as (
    select
        parts.indicator,
        parts.area_code,
        parts.provider,
        parts.period_type,
        parts.period,
        parts.period_start,
        parts.period_end,
        parts.breakdown_type,
        parts.breakdown,
        parts.is_hidden,
        case when not parts.is_hidden then parts.numerator end as numerator,
        case when not parts.is_hidden then parts.low end as low,
        case when not parts.is_hidden then parts.high end as high,
        case
            when parts.is_hidden then null
            when indicators.kind in ('percent', 'share', 'rate', 'mean') then parts.denominator
            else 1
        end as divisor,
        case when not parts.is_hidden and parts.status <> 'not_supplied' then parts.denominator end as denominator,
        case when not parts.is_hidden then parts.denominator_low end as divisor_low,
        case when not parts.is_hidden then parts.denominator_high end as divisor_high,
        case when parts.is_hidden then 'suppressed' else parts.status end as status,
        case when not parts.is_hidden then parts.qualifier end as qualifier,
        case when parts.is_hidden then 'Hidden to protect a small count.' else parts.note end as note,
        case
            when parts.is_hidden or parts.query is null then null
            when parts.is_public then parts.query
            else
                concat_ws(
                    ' ',
                    case when contains(parts.query, 'Corrected from ') then 'Corrected by agreement: see audit.corrections.' end,
                    case when contains(parts.query, 'Query: ') then 'The supplier was asked about it: see the findings.' end
                )
        end as query,
        case when not parts.is_hidden then parts.as_printed end as as_printed,
        case when not parts.is_hidden then parts.places_printed end as places_printed,
        case when not parts.is_hidden then parts.cell_printed end as cell_printed,
        case when not parts.is_hidden then parts.submission_printed end as submission_printed,
        parts.population_id,
        parts.submission_id,
        parts.cell,
        indicators.scale,
        indicators.places
    from parts
    inner join indicators on parts.indicator = indicators.indicator
),

-- A range where one of the two is not known: its ends are divided as a value is.
shown_with_ends as (
    select
        *,
        case when numerator is null or divisor is null then low end as low_dividend,
        coalesce(divisor, divisor_high) as low_divisor,
        case when numerator is null or divisor is null then high end as high_dividend,
        coalesce(divisor, divisor_low) as high_divisor
    from shown
),

-- Most figures are few numbers again and again: each is divided once.
quotients as (
    select
        numerator as dividend,
        divisor,
        scale,
        places
    from shown_with_ends
    union
    select
        low_dividend as dividend,
        low_divisor as divisor,
        scale,
        places
    from shown_with_ends
    union
    select
        high_dividend as dividend,
        high_divisor as divisor,
        scale,
        places
    from shown_with_ends
),

-- Ten thousandths above and below, so that whole numbers do the division: a binary fraction would not round halves alike.
quotients_in_units as (
    select
        dividend,
        divisor,
        scale,
        places,
        (dividend * 10000)::hugeint as dividend_units,
        (divisor * 10000)::hugeint as divisor_units,
        case places when 0 then 1 when 1 then 10 else 100 end * scale as scale_units
    from quotients
    where dividend is not null and divisor > 0
),

rounded as (
    select
        dividend,
        divisor,
        scale,
        places,
        (sign(dividend_units) * ((abs(dividend_units) * scale_units * 2 + divisor_units) // (divisor_units * 2)))::decimal(18, 0)
        * case places when 0 then 1.00 when 1 then 0.10 else 0.01 end as value
    from quotients_in_units
),

ours as (
    select
        shown.indicator,
        shown.area_code,
        shown.provider,
        shown.period_type,
        shown.period,
        shown.period_start,
        shown.period_end,
        shown.breakdown_type,
        shown.breakdown,
        shown.is_hidden,
        shown.numerator,
        shown.denominator,
        rounded.value,
        rounded_low.value as low,
        rounded_high.value as high,
        shown.status,
        shown.qualifier,
        shown.note,
        shown.query,
        shown.as_printed,
        shown.places_printed,
        shown.cell_printed,
        shown.submission_printed,
        shown.population_id,
        shown.submission_id,
        shown.cell
    from shown_with_ends as shown
    left join rounded
        on
            shown.numerator = rounded.dividend
            and shown.divisor = rounded.divisor
            and shown.scale = rounded.scale
            and shown.places = rounded.places
    left join rounded as rounded_low
        on
            shown.low_dividend = rounded_low.dividend
            and shown.low_divisor = rounded_low.divisor
            and shown.scale = rounded_low.scale
            and shown.places = rounded_low.places
    left join rounded as rounded_high
        on
            shown.high_dividend = rounded_high.dividend
            and shown.high_divisor = rounded_high.divisor
            and shown.scale = rounded_high.scale
            and shown.places = rounded_high.places
),

-- What is printed for a day is printed for the month, quarter and year that it closes.
printed_for_periods as (
    select
        printed.of_what as indicator,
        printed.area_code,
        printed.provider,
        coalesce(periods.period_type, printed.period_type) as period_type,
        coalesce(periods.period, printed.period) as period,
        coalesce(periods.period_start, printed.period_start) as period_start,
        coalesce(periods.period_end, printed.period_end) as period_end,
        printed.breakdown_type,
        printed.breakdown,
        printed.value,
        printed.low,
        printed.high,
        printed.places,
        printed.qualifier,
        printed.status,
        printed.note,
        printed.query,
        printed.is_public,
        printed.submission_id,
        printed.cell
    from printed
    cross join (values (true), (false)) as copies (is_itself)
    left join periods on not copies.is_itself and printed.period_end = periods.period_end
    where copies.is_itself or (printed.period_type = 'date' and periods.period is not null)
    qualify row_number() over (
        partition by
            printed.of_what, printed.area_code, printed.provider, coalesce(periods.period_type, printed.period_type),
            coalesce(periods.period, printed.period),
            printed.breakdown_type, printed.breakdown
        order by copies.is_itself desc
    ) = 1
),

-- Without the counts behind it nobody can tell whether a printed figure would give a small one away.
theirs as (
    select
        printed_for_periods.*,
        printed_for_periods.is_public or coalesce(areas.kind in ('country', 'region', 'group'), false) as can_be_shown
    from printed_for_periods
    inner join indicators on printed_for_periods.indicator = indicators.indicator
    left join areas on printed_for_periods.area_code = areas.area_code
),

side_by_side as (
    select
        coalesce(ours.indicator, theirs.indicator) as indicator,
        coalesce(ours.area_code, theirs.area_code) as area_code,
        coalesce(ours.provider, theirs.provider) as provider,
        coalesce(ours.period_type, theirs.period_type) as period_type,
        coalesce(ours.period, theirs.period) as period,
        coalesce(ours.period_start, theirs.period_start) as period_start,
        coalesce(ours.period_end, theirs.period_end) as period_end,
        coalesce(ours.breakdown_type, theirs.breakdown_type) as breakdown_type,
        coalesce(ours.breakdown, theirs.breakdown) as breakdown,
        coalesce(ours.is_hidden, false) as is_hidden,
        ours.numerator,
        ours.denominator,
        ours.value,
        ours.low,
        ours.high,
        ours.status,
        ours.qualifier,
        ours.note,
        ours.query,
        ours.as_printed as total_printed,
        ours.places_printed as total_places,
        ours.cell_printed as total_cell,
        ours.submission_printed as total_submission,
        ours.population_id,
        ours.submission_id,
        ours.cell,
        theirs.indicator is not null
        and not coalesce(ours.is_hidden, false)
        and ours.value is null
        -- Rounded counts give a range; what their publisher worked out, from the counts as they were, is the better figure.
        and (coalesce(ours.low, ours.high) is null or (ours.qualifier = 'rounded' and theirs.value is not null))
            as is_theirs_alone,
        theirs.value as their_value,
        theirs.low as their_low,
        theirs.high as their_high,
        theirs.places as their_places,
        theirs.qualifier as their_qualifier,
        theirs.status as their_status,
        theirs.note as their_note,
        theirs.query as their_query,
        theirs.submission_id as their_submission,
        theirs.cell as their_cell,
        theirs.is_public as theirs_is_public,
        theirs.can_be_shown
    from ours
    full outer join theirs
        on
            ours.indicator = theirs.indicator
            and ours.area_code = theirs.area_code
            and ours.provider is not distinct from theirs.provider
            and ours.period_type = theirs.period_type
            and ours.period = theirs.period
            and ours.breakdown_type is not distinct from theirs.breakdown_type
            and ours.breakdown = theirs.breakdown
),

settled as (
    select
        *,
        is_theirs_alone and can_be_shown as takes_theirs,
        is_theirs_alone and not can_be_shown and coalesce(their_value, their_low, their_high) is not null as hides_theirs,
        if(is_theirs_alone, coalesce(their_qualifier, if(qualifier = 'rounded', qualifier, null)), qualifier) as sign_of,
        case
            when value is null
                then
                    rtrim(
                        rtrim((if(is_theirs_alone and their_value is null, their_low, low))::decimal(18, 2)::varchar, '0'), '.'
                    )
        end as low_worded,
        case
            when value is null
                then
                    rtrim(
                        rtrim((if(is_theirs_alone and their_value is null, their_high, high))::decimal(18, 2)::varchar, '0'), '.'
                    )
        end as high_worded
    from side_by_side
)

select
    settled.indicator,
    settled.area_code,
    coalesce(areas.area, settled.area_code) as area,
    settled.provider,
    settled.period_type,
    settled.period,
    settled.period_start,
    settled.period_end,
    settled.breakdown_type,
    settled.breakdown,
    indicators.unit,
    indicators.scale,
    settled.numerator,
    settled.denominator,
    case
        when indicators.kind <> 'largest' and (indicators.unit <> 'percent' or settled.denominator is not null)
            then round(settled.numerator, 2)::decimal(18, 2)
    end as numerator_shown,
    round(settled.denominator, 2)::decimal(18, 2) as denominator_shown,
    case when settled.takes_theirs then settled.their_value::decimal(18, 4) else settled.value::decimal(18, 4) end as value,
    case when settled.takes_theirs then coalesce(settled.their_low, settled.low) else settled.low end as low,
    case when settled.takes_theirs then coalesce(settled.their_high, settled.high) else settled.high end as high,
    case
        when settled.takes_theirs then settled.their_status
        when settled.hides_theirs then 'suppressed'
        else coalesce(settled.status, settled.their_status)
    end as status,
    case
        when settled.hides_theirs then null
        else settled.sign_of
    end as qualifier,
    nullif(
        concat_ws(
            ' ',
            case
                when settled.hides_theirs or (settled.is_theirs_alone and settled.their_value is not null) then null
                when settled.low_worded is not null and settled.high_worded is not null
                    then 'Between ' || settled.low_worded || ' and ' || settled.high_worded || '.'
                when settled.low_worded is not null
                    then if(settled.sign_of = '>', 'More than ', 'At least ') || settled.low_worded || '.'
                when settled.high_worded is not null
                    then if(settled.sign_of = '<', 'Fewer than ', 'At most ') || settled.high_worded || '.'
            end,
            settled.note,
            case when not settled.is_hidden then settled.their_note end,
            case
                when settled.hides_theirs
                    then 'Hidden: the supplier gives it without the counts behind it, which may be small.'
                when settled.takes_theirs and settled.their_value is null then null
                when settled.takes_theirs and settled.numerator is null
                    then 'As the supplier worked it out; the counts behind it were not supplied.'
                when settled.takes_theirs
                    then 'As the supplier worked it out.'
            end,
            settled.query,
            case when not settled.is_hidden and settled.theirs_is_public then settled.their_query end,
            indicators.caveats,
            areas.series_note
        ),
        ''
    ) as note,
    case
        when not settled.is_hidden and not settled.hides_theirs
            then
                coalesce(
                    settled.their_value,
                    settled.total_printed,
                    case
                        when settled.qualifier = 'rounded' and indicators.kind in ('flow', 'stock', 'statement', 'largest')
                            then (settled.low + settled.high) / 2
                    end
                )
    end as as_printed,
    coalesce(settled.their_places, settled.total_places) as places_printed,
    coalesce(settled.their_cell, settled.total_cell) as cell_printed,
    coalesce(settled.their_submission, settled.total_submission) as submission_printed,
    case when settled.value is not null then settled.population_id end as population_id,
    case when settled.is_theirs_alone then settled.their_submission else settled.submission_id end as submission_id,
    case when settled.is_theirs_alone then settled.their_cell else settled.cell end as cell,
    settled.value is not null as is_ours,
    -- What its limits are made by: none of a mean, an age, a statement, or of what is no whole count.
    case
        when settled.value is null or settled.numerator < 0 or settled.numerator <> floor(settled.numerator) then null
        when indicators.kind in ('flow', 'stock') then 'count'
        when indicators.kind = 'rate' then 'rate'
        when indicators.kind in ('percent', 'share') and settled.numerator <= settled.denominator then 'proportion'
    end as interval_basis
from settled
inner join indicators on settled.indicator = indicators.indicator
left join areas on settled.area_code = areas.area_code
order by
    settled.indicator, settled.area_code, settled.provider, settled.period_start, settled.period_end,
    settled.breakdown_type, settled.breakdown
