-- One row per indicator × area × provider × period × breakdown: hidden, then divided, then rounded half-up, here and nowhere else.
with parts as (
    select * from marts.indicator_parts
),

hidden_counts as (
    select * from marts.hidden_counts
),

indicators as (
    select * from staging.indicators
),

periods as (
    select * from conformed.periods
),

reckoned_by_suppliers as (
    select * from marts.figures
    where is_reckoned
),

judged as (
    select
        parts.*,
        indicators.unit,
        indicators.places,
        hidden_counts.why,
        hidden_counts.why is not null as is_hidden
    from parts
    inner join indicators on parts.indicator = indicators.code
    left join hidden_counts
        on
            parts.indicator = hidden_counts.indicator
            and parts.area_code = hidden_counts.area_code
            and parts.provider is not distinct from hidden_counts.provider
            and parts.period = hidden_counts.period
            and parts.breakdown_type is not distinct from hidden_counts.breakdown_type
            and parts.breakdown = hidden_counts.breakdown
),

hidden as (
    select
        indicator,
        indicator_kind,
        unit,
        places,
        area_code,
        provider,
        period_type,
        period,
        period_start,
        period_end,
        breakdown_type,
        breakdown,
        case when not is_hidden then numerator end as numerator,
        case when not is_hidden then denominator end as denominator,
        case when not is_hidden then low end as low,
        case when not is_hidden then high end as high,
        case when is_hidden then 'suppressed' else status end as status,
        case when not is_hidden then qualifier end as qualifier,
        case when not is_hidden then as_printed end as as_printed,
        case when not is_hidden then places_printed end as places_printed,
        concat_ws(' ', note, case when is_hidden then 'Hidden: ' || why || '.' end) as note,
        is_public,
        population_id,
        submission_id,
        cell,
        cell_printed,
        submission_printed,
        is_hidden
    from judged
),

scaled as (
    select
        *,
        (10 ** places)::hugeint * case indicator_kind when 'percent' then 100 when 'share' then 100 when 'rate' then 10000 else 1 end as scale,
        -- Ten thousandths, so that whole numbers do the division: a binary fraction would not round halves alike.
        (numerator * 10000)::hugeint as numerator_units,
        (coalesce(denominator, case when indicator_kind in ('flow', 'stock', 'largest', 'statement') then 1 end) * 10000)::hugeint
        as denominator_units
    from hidden
),

divided as (
    select
        *,
        case
            when denominator_units > 0
                then sign(numerator_units) * ((abs(numerator_units) * scale * 2 + denominator_units) // (denominator_units * 2))
        end::decimal(18, 0) as rounded_units
    from scaled
),

ours as (
    select
        *,
        case places
            when 0 then rounded_units * 1.0000
            when 1 then rounded_units * 0.1000
            when 2 then rounded_units * 0.0100
            when 3 then rounded_units * 0.0010
            else rounded_units * 0.0001
        end as value
    from divided
),

-- What is printed for a day is printed for the month, quarter and year that it closes.
theirs as (
    select
        of_what as indicator,
        * exclude (of_what)
    from reckoned_by_suppliers
    union all by name
    select
        reckoned_by_suppliers.of_what as indicator,
        reckoned_by_suppliers.* exclude (of_what, period_type, period, period_start, period_end),
        periods.period_type,
        periods.period,
        periods.period_start,
        periods.period_end
    from reckoned_by_suppliers
    inner join periods on reckoned_by_suppliers.period_end = periods.period_end
    where reckoned_by_suppliers.period_type = 'date'
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
        ours.numerator,
        ours.denominator,
        ours.value as our_value,
        theirs.indicator is not null and not coalesce(ours.is_hidden, false)
        and coalesce(ours.value, ours.low, ours.high) is null as is_theirs_alone,
        coalesce(ours.is_hidden, false) as is_hidden,
        ours.low as our_low,
        ours.high as our_high,
        ours.qualifier as our_qualifier,
        ours.status as our_status,
        ours.note as our_note,
        ours.population_id as our_population,
        ours.submission_id as our_submission,
        ours.cell as our_cell,
        theirs.value as their_value,
        theirs.places as their_places,
        theirs.low as their_low,
        theirs.high as their_high,
        theirs.qualifier as their_qualifier,
        theirs.status as their_status,
        theirs.note as their_note,
        theirs.submission_id as their_submission,
        theirs.cell as their_cell,
        theirs.is_public as theirs_is_public,
        ours.as_printed as total_printed,
        ours.places_printed as total_places,
        ours.cell_printed as total_cell,
        ours.submission_printed as total_submission
    from ours
    full join theirs
        on
            ours.indicator = theirs.indicator
            and ours.area_code = theirs.area_code
            and ours.provider is not distinct from theirs.provider
            and ours.period = theirs.period
            and ours.breakdown_type is not distinct from theirs.breakdown_type
            and ours.breakdown = theirs.breakdown
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
    case when our_value is not null then denominator end as denominator,
    case when is_theirs_alone and theirs_is_public then their_value else our_value end::decimal(18, 4) as value,
    case when is_theirs_alone then their_low else our_low end as low,
    case when is_theirs_alone then their_high else our_high end as high,
    case when is_theirs_alone then coalesce(their_status, our_status) else our_status end as status,
    case when is_theirs_alone then their_qualifier else our_qualifier end as qualifier,
    nullif(
        concat_ws(
            ' ',
            our_note,
            their_note,
            case when is_theirs_alone and their_value is not null then 'As the supplier worked it out; the counts behind it were not supplied.' end
        ),
        ''
    ) as note,
    case when not is_hidden then coalesce(their_value, total_printed) end as as_printed,
    coalesce(their_places, total_places) as places_printed,
    coalesce(their_cell, total_cell) as cell_printed,
    coalesce(their_submission, total_submission) as submission_printed,
    case when our_value is not null then our_population end as population_id,
    coalesce(our_submission, their_submission) as submission_id,
    coalesce(our_cell, their_cell) as cell,
    our_value is not null as is_ours
from side_by_side
order by indicator, area_code, provider, period_start, period_end, breakdown_type, breakdown
