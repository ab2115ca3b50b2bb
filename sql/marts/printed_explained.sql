-- One row per printed figure that differs from ours and thing that would give it as printed, to its own places.
-- explanation: what kind of thing; said: the same in words; choice: 1 for the likeliest of its kind
-- others: how many more of the same kind would give it too
with differing as (
    select
        *,
        indicator_kind in ('percent', 'share', 'rate', 'mean') as is_divided
    from marts.printed_compared
    where differs
),

figures as (
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
        as_printed
    from marts.indicator_figures
    where indicator in (select differing.indicator from differing)
),

counts as (
    select * from marts.measures
    where breakdown_type is null and value > 0 and area_code in (select differing.area_code from differing)
),

indicators as (
    select * from conformed.indicators
),

populations as (
    select * from conformed.populations
),

-- Between which populations most rates of the same agency divide: one that lies outside did not give this one either.
agreed as (
    select
        indicator,
        area_code,
        cell_printed,
        agreed_least,
        coalesce(agreed_most, 9223372036854775807) as agreed_most
    from marts.populations_implied
    where is_agreed
),

-- The same indicator of the same part, for other periods of the kind.
other_periods as (
    select
        differing.indicator,
        differing.area_code,
        differing.cell_printed,
        others.period,
        others.numerator,
        others.denominator,
        abs(others.period_start - differing.period_start) as distance
    from differing
    inner join figures as others
        on
            differing.indicator = others.indicator
            and differing.area_code = others.area_code
            and differing.provider is not distinct from others.provider
            and differing.period_type = others.period_type
            and differing.period <> others.period
            and differing.breakdown_type is not distinct from others.breakdown_type
            and differing.breakdown = others.breakdown
    where others.numerator is not null
),

-- The months of a quarter or year, where they add up to it; and what the whole is broken down into.
pieces as (
    select
        differing.indicator,
        differing.area_code,
        differing.cell_printed,
        months.period as piece,
        months.numerator,
        months.value,
        sum(months.numerator) over (partition by differing.indicator, differing.area_code, differing.cell_printed) as whole,
        differing.numerator as total,
        'month' as kind
    from differing
    inner join figures as months
        on
            differing.indicator = months.indicator
            and differing.area_code = months.area_code
            and differing.provider is not distinct from months.provider
            and differing.breakdown_type is not distinct from months.breakdown_type
            and differing.breakdown = months.breakdown
            and differing.period_start <= months.period_start
            and differing.period_end >= months.period_end
    where months.period_type = 'month' and differing.period_type in ('quarter', 'year') and months.numerator is not null
    union all
    select
        differing.indicator,
        differing.area_code,
        differing.cell_printed,
        parts.breakdown as piece,
        parts.numerator,
        null as value,
        sum(parts.numerator) over (
            partition by differing.indicator, differing.area_code, differing.cell_printed, parts.breakdown_type
        ) as whole,
        differing.numerator as total,
        'part' as kind
    from differing
    inner join figures as parts
        on
            differing.indicator = parts.indicator
            and differing.area_code = parts.area_code
            and differing.provider is not distinct from parts.provider
            and differing.period_type = parts.period_type
            and differing.period = parts.period
    where differing.breakdown_type is null and parts.breakdown_type is not null and parts.numerator is not null
),

-- What would stand above and below the line instead; blank where it is as it is.
candidates as (
    select
        indicator,
        area_code,
        cell_printed,
        'another period' as explanation,
        'the count of ' || period as said,
        distance,
        numerator as count_instead,
        null as base_instead,
        1.0 as factor
    from other_periods
    union all
    select
        indicator,
        area_code,
        cell_printed,
        'another period' as explanation,
        'what it is divided by in ' || period as said,
        distance + 1 as distance,
        null as count_instead,
        denominator as base_instead,
        1.0 as factor
    from other_periods
    where denominator is not null
    union all
    select
        indicator,
        area_code,
        cell_printed,
        'another period' as explanation,
        'the figure of ' || period as said,
        distance + 2 as distance,
        numerator as count_instead,
        denominator as base_instead,
        1.0 as factor
    from other_periods
    where denominator is not null
    union all
    select
        differing.indicator,
        differing.area_code,
        differing.cell_printed,
        case
            when populations.area_code <> differing.area_code then 'another area''s population'
            when populations.age_range <> used.age_range or populations.sex <> used.sex then 'another population'
            when populations.reference_date <> used.reference_date then 'another year''s population'
            else 'another base'
        end as explanation,
        'the population of ' || populations.area || ' aged ' || populations.age_range
        || if(populations.sex = 'all', '', ', ' || populations.sex) || ' of ' || strftime(populations.reference_date, '%d/%m/%Y')
        || ' on the ' || populations.census_base || ' base (' || format('{:,}', populations.population) || ')' as said,
        abs(populations.reference_date - used.reference_date) as distance,
        null as count_instead,
        populations.population as base_instead,
        1.0 as factor
    from differing
    inner join populations as used on differing.population_id = used.population_id
    inner join populations
        on
            used.population_id <> populations.population_id
            and (
                used.area_code = populations.area_code
                or (
                    used.reference_date = populations.reference_date
                    and used.age_range = populations.age_range
                    and used.sex = populations.sex
                    and used.census_base = populations.census_base
                )
            )
    left join agreed
        on
            differing.indicator = agreed.indicator
            and differing.area_code = agreed.area_code
            and differing.cell_printed = agreed.cell_printed
    where
        differing.indicator_kind = 'rate'
        and coalesce(populations.population between agreed.agreed_least and agreed.agreed_most, true)
    union all
    select
        differing.indicator,
        differing.area_code,
        differing.cell_printed,
        'another area' as explanation,
        'the figure of ' || others.area as said,
        0 as distance,
        others.numerator as count_instead,
        others.denominator as base_instead,
        1.0 as factor
    from differing
    inner join figures as others
        on
            differing.indicator = others.indicator
            and differing.area_code <> others.area_code
            and differing.provider is not distinct from others.provider
            and differing.period_type = others.period_type
            and differing.period = others.period
            and differing.breakdown_type is not distinct from others.breakdown_type
            and differing.breakdown = others.breakdown
    where differing.is_divided and others.numerator is not null and others.denominator is not null
    union all
    select
        differing.indicator,
        differing.area_code,
        differing.cell_printed,
        'another denominator' as explanation,
        'division by ' || counts.measure || ' (' || format('{:,}', counts.value::bigint) || ')' as said,
        abs(counts.value - differing.denominator) as distance,
        null as count_instead,
        counts.value as base_instead,
        1.0 as factor
    from differing
    inner join indicators on differing.indicator = indicators.indicator
    inner join counts
        on
            differing.area_code = counts.area_code
            and differing.provider is not distinct from counts.provider
            and differing.period_type = counts.period_type
            and differing.period = counts.period
            and not list_contains(indicators.numerator, counts.measure)
            and not list_contains(indicators.denominator, counts.measure)
    where
        differing.indicator_kind = 'percent'
        and differing.breakdown_type is null
        and counts.value >= differing.numerator
        and counts.unit in (
            select wholes.unit from counts as wholes
            where list_contains(indicators.denominator, wholes.measure)
        )
    union all
    select
        differing.indicator,
        differing.area_code,
        differing.cell_printed,
        'a total that is not the sum' as explanation,
        'the printed total of ' || counts.measure || ' (' || format('{:,}', counts.as_printed::bigint)
        || ', where its parts add up to ' || format('{:,}', counts.value::bigint) || ')' as said,
        0 as distance,
        if(list_contains(indicators.numerator, counts.measure), counts.as_printed, null) as count_instead,
        if(list_contains(indicators.numerator, counts.measure), null, counts.as_printed) as base_instead,
        1.0 as factor
    from differing
    inner join indicators on differing.indicator = indicators.indicator
    inner join counts
        on
            differing.area_code = counts.area_code
            and differing.provider is not distinct from counts.provider
            and differing.period_type = counts.period_type
            and differing.period = counts.period
            and (
                indicators.numerator = [counts.measure]
                or indicators.denominator = [counts.measure]
            )
    where
        differing.is_divided and differing.breakdown_type is null and counts.as_printed > 0 and counts.as_printed <> counts.value
    union all
    select
        differing.indicator,
        differing.area_code,
        differing.cell_printed,
        'a factor of ' || factors.times as explanation,
        if(factors.factor > 1, factors.times || ' times the figure', 'the figure divided by ' || factors.times) as said,
        0 as distance,
        null as count_instead,
        null as base_instead,
        factors.factor
    from differing
    cross join
        (values (10.0, '10'), (100.0, '100'), (1000.0, '1,000'), (0.1, '10'), (0.01, '100'), (0.001, '1,000'))
            as factors (factor, times)
    union all
    select
        indicator,
        area_code,
        cell_printed,
        'a part left out' as explanation,
        'the ' || kind || ' ' || piece || ' (' || format('{:,}', numerator::bigint) || ') left out' as said,
        0 as distance,
        total - numerator as count_instead,
        null as base_instead,
        1.0 as factor
    from pieces
    where whole = total and numerator <> 0
    union all
    select
        indicator,
        area_code,
        cell_printed,
        'a part counted twice' as explanation,
        'the ' || kind || ' ' || piece || ' (' || format('{:,}', numerator::bigint) || ') counted twice' as said,
        0 as distance,
        total + numerator as count_instead,
        null as base_instead,
        1.0 as factor
    from pieces
    where whole = total and numerator <> 0
),

-- Half-up, in whole numbers: only what gives the printed figure to its own places.
reproducing as (
    select
        candidates.indicator,
        candidates.area_code,
        candidates.cell_printed,
        candidates.explanation,
        candidates.said,
        candidates.distance
    from candidates
    inner join differing
        on
            candidates.indicator = differing.indicator
            and candidates.area_code = differing.area_code
            and candidates.cell_printed = differing.cell_printed
    where
        coalesce((candidates.base_instead * 10000)::hugeint, differing.base_units) > 0
        and differing.printed_steps = (
            (
                coalesce((candidates.count_instead * 10000)::hugeint, differing.count_units)
                * (differing.scale * candidates.factor * 1000)::hugeint * differing.step * 2
                + if(differing.is_divided, coalesce((candidates.base_instead * 10000)::hugeint, differing.base_units), 10000)
                * 1000
            )
            // (
                if(differing.is_divided, coalesce((candidates.base_instead * 10000)::hugeint, differing.base_units), 10000) * 2000
            )
        )
),

-- Our figure in digits, at the printed places; two neighbours exchanged.
digits as (
    select
        indicator,
        area_code,
        cell_printed,
        lpad(our_steps::varchar, greatest(len(our_steps::varchar), len(printed_steps::varchar))::integer, '0') as ours,
        lpad(printed_steps::varchar, greatest(len(our_steps::varchar), len(printed_steps::varchar))::integer, '0') as theirs
    from differing
    where our_steps > 0 and printed_steps > 0
),

exchanged as (
    select
        digits.indicator,
        digits.area_code,
        digits.cell_printed,
        'digits exchanged' as explanation,
        'the digits ' || substr(digits.ours, places.place, 1) || ' and ' || substr(digits.ours, places.place + 1, 1)
        || ' exchanged' as said,
        0 as distance
    from digits
    cross join (values (1), (2), (3), (4), (5), (6), (7), (8), (9)) as places (place)
    where
        places.place < len(digits.ours)
        and digits.theirs
        = left(digits.ours, places.place - 1) || substr(digits.ours, places.place + 1, 1) || substr(digits.ours, places.place, 1)
        || substr(digits.ours, places.place + 2)
),

-- Twice what stands above the line, in steps of the printed places; what is left of it over the base is the fraction.
dividing as (
    select
        *,
        count_units * scale * step as dividend
    from differing
    where is_divided and count_units > 0
),

roundings as (
    select
        indicator,
        area_code,
        cell_printed,
        'rounding' as explanation,
        case
            when (dividend % base_units) * 2 = base_units and printed_steps % 2 = 0 and printed_steps = dividend // base_units
                then 'a half rounded to the even digit, or cut off'
            when printed_steps = dividend // base_units then 'places cut off instead of rounded'
            when printed_steps = (dividend + base_units - 1) // base_units then 'rounding up'
            when printed_steps = ((dividend * 20 + base_units) // (base_units * 2) + 5) // 10 then 'rounding twice'
        end as said,
        0 as distance
    from dividing
),

means as (
    select
        pieces.indicator,
        pieces.area_code,
        pieces.cell_printed,
        'a mean of months' as explanation,
        'the mean of the ' || count(*) || ' months'' figures, instead of all of them taken together' as said,
        0 as distance
    from pieces
    inner join differing
        on
            pieces.indicator = differing.indicator
            and pieces.area_code = differing.area_code
            and pieces.cell_printed = differing.cell_printed
    where pieces.kind = 'month' and differing.indicator_kind = 'percent' and pieces.value is not null
    group by pieces.indicator, pieces.area_code, pieces.cell_printed
    having
        count(*) > 1
        and max(differing.printed_steps)
        = (sum((pieces.value * 10000)::hugeint) * max(differing.step) * 2 + count(*) * 10000) // (count(*) * 20000)
),

explained as (
    select * from reproducing
    union all
    select * from exchanged
    union all
    select * from roundings
    where said is not null
    union all
    select * from means
)

select
    indicator,
    area_code,
    cell_printed,
    explanation,
    said,
    row_number() over (
        partition by indicator, area_code, cell_printed, explanation
        order by distance, said
    ) as choice,
    count(*) over (partition by indicator, area_code, cell_printed, explanation) - 1 as others
from explained
order by indicator, area_code, cell_printed, explanation, choice
