-- One row per printed figure that differs from ours and thing that might stand behind it: tried in marts.printed_explained.
-- explanation: what kind of thing; said: the same in words; distance: how far from what was to be expected, within its kind
-- count_instead, base_instead: what would stand above and below the line; blank where that is as it is
-- factor: by what all of it would be multiplied
with differing as (
    select * from marts.printed_compared
    where differs
),

figures as (
    select * from marts.indicator_figures
    where numerator is not null and indicator in (select differing.indicator from differing)
),

counts as (
    select * from marts.measures
    where breakdown_type is null and value > 0 and area_code in (select differing.area_code from differing)
),

observations as (
    select * from conformed.observations
    where standing = 'accepted' and is_accepted and measure is not null and value is not null
),

indicators as (
    select
        *,
        if(kind = 'share', numerator, denominator) as below
    from conformed.indicators
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

-- The same of the same part, for a period of the kind within a year, or of years and days within two: further away one is as
-- likely to be the same by chance.
other_periods as (
    select
        differing.printed_id,
        differing.indicator_kind,
        differing.denominator as base,
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
    where
        abs(others.period_start - differing.period_start)
        <= if(differing.period_type in ('month', 'quarter'), 366, 731)
),

-- Of an area of the same file: one row's for another's. Of more than twenty one has the same by chance.
other_areas as (
    select
        differing.printed_id,
        others.area,
        others.numerator,
        others.denominator
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
            and differing.submission_id = others.submission_id
    qualify count(*) over (partition by differing.printed_id) <= 20
),

-- The months of a quarter or year, where they add up to it; and what the whole is broken down into.
pieces as (
    select
        differing.printed_id,
        'month' as kind,
        months.period as piece,
        months.numerator,
        months.denominator,
        months.value,
        sum(months.numerator) over (partition by differing.printed_id) as whole,
        differing.indicator_kind,
        differing.numerator as total,
        differing.denominator as base
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
    where months.period_type = 'month' and differing.period_type in ('quarter', 'year') and differing.indicator_kind <> 'mean'
    union all
    select
        differing.printed_id,
        'month' as kind,
        months.period as piece,
        months.value as numerator,
        1 as denominator,
        null as value,
        sum(months.value) over (partition by differing.printed_id) as whole,
        differing.indicator_kind,
        differing.numerator as total,
        differing.denominator as base
    from differing
    inner join indicators on differing.indicator = indicators.indicator
    inner join counts as months
        on
            indicators.numerator = [months.measure]
            and differing.area_code = months.area_code
            and differing.provider is not distinct from months.provider
            and differing.period_start <= months.period_start
            and differing.period_end >= months.period_end
    where months.period_type = 'month' and differing.indicator_kind = 'mean' and differing.breakdown_type is null
    union all
    select
        differing.printed_id,
        'part' as kind,
        parts.breakdown as piece,
        parts.numerator,
        parts.denominator,
        null as value,
        sum(parts.numerator) over (partition by differing.printed_id, parts.breakdown_type) as whole,
        differing.indicator_kind,
        differing.numerator as total,
        differing.denominator as base
    from differing
    inner join figures as parts
        on
            differing.indicator = parts.indicator
            and differing.area_code = parts.area_code
            and differing.provider is not distinct from parts.provider
            and differing.period_type = parts.period_type
            and differing.period = parts.period
    where differing.breakdown_type is null and parts.breakdown_type is not null
),

pieces_of_wholes as (
    select
        *,
        'the ' || kind || ' ' || piece || ' (' || format('{:,}', numerator::bigint) || ')' as said
    from pieces
    where whole = total and numerator <> 0
),

-- What stands beside the counts in the same place and period.
beside as (
    select
        differing.printed_id,
        differing.indicator_kind,
        differing.numerator as count_ours,
        differing.denominator as base_ours,
        list_contains(indicators.numerator, counts.measure) as is_above,
        list_contains(indicators.below, counts.measure) as is_below,
        indicators.numerator = [counts.measure] as is_all_above,
        indicators.denominator = [counts.measure] as is_all_below,
        counts.unit in (
            select wholes.unit from counts as wholes
            where list_contains(indicators.below, wholes.measure)
        ) as is_of_the_unit,
        counts.measure,
        counts.value,
        counts.as_printed
    from differing
    inner join indicators on differing.indicator = indicators.indicator
    inner join counts
        on
            differing.area_code = counts.area_code
            and differing.provider is not distinct from counts.provider
            and differing.period_type = counts.period_type
            and differing.period = counts.period
    where differing.is_divided and (differing.breakdown_type is null or differing.indicator_kind = 'share')
)

select
    printed_id,
    'another period' as explanation,
    'the count of ' || period as said,
    distance,
    numerator as count_instead,
    null as base_instead,
    1.0 as factor
from other_periods
where denominator is null or denominator <> base  -- else it is the figure of that period
union all
select
    printed_id,
    'another period' as explanation,
    'what it is divided by in ' || period as said,
    distance + 1 as distance,
    null as count_instead,
    denominator as base_instead,
    1.0 as factor
from other_periods
where denominator <> base and indicator_kind <> 'rate'  -- whose populations are tried below
union all
select
    printed_id,
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
    differing.printed_id,
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
    printed_id,
    'another area' as explanation,
    'the figure of ' || area as said,
    0 as distance,
    numerator as count_instead,
    denominator as base_instead,
    1.0 as factor
from other_areas
where denominator is not null
union all
-- What another table, or another return, gives of the same.
select
    differing.printed_id,
    'another count' as explanation,
    'the count of ' || format('{:,}', observations.value::bigint) || ' that is given of it, too' as said,
    0 as distance,
    observations.value as count_instead,
    null as base_instead,
    1.0 as factor
from differing
inner join indicators on differing.indicator = indicators.indicator
inner join observations
    on
        indicators.numerator = [observations.measure]
        and differing.area_code = observations.area_code
        and differing.provider is not distinct from observations.provider
        and differing.period_end = observations.period_end
        and differing.breakdown_type is not distinct from observations.breakdown_type
        and differing.breakdown = observations.breakdown
        and (differing.period_type = observations.period_type or observations.period_type = 'date')
where
    differing.is_divided and observations.value <> differing.numerator
    and not exists (
        select 1 as there_is from beside
        where differing.printed_id = beside.printed_id and observations.value = beside.as_printed
    )
union all
select
    printed_id,
    'another denominator' as explanation,
    'division by ' || measure || ' (' || format('{:,}', value::bigint) || ')' as said,
    abs(value - base_ours) as distance,
    null as count_instead,
    value as base_instead,
    1.0 as factor
from beside
where
    is_of_the_unit and value >= count_ours and value <> base_ours
    and ((indicator_kind = 'percent' and not is_above and not is_below) or indicator_kind = 'share')
union all
select
    differing.printed_id,
    'another denominator' as explanation,
    'division by ' || (differing.denominator + months.more)::bigint || ' months' as said,
    0 as distance,
    null as count_instead,
    differing.denominator + months.more as base_instead,
    1.0 as factor
from differing
cross join (values (-1), (1)) as months (more)
where differing.indicator_kind = 'mean'
union all
select
    printed_id,
    'a total that is not the sum' as explanation,
    'the printed total of ' || measure || ' (' || format('{:,}', as_printed::bigint) || ', where its parts add up to '
    || format('{:,}', value::bigint) || ')' as said,
    0 as distance,
    if(is_all_above and indicator_kind <> 'share', as_printed, null) as count_instead,
    if(is_all_above and indicator_kind <> 'share', null, as_printed) as base_instead,
    1.0 as factor
from beside
where (is_all_above or is_all_below) and as_printed > 0 and as_printed <> value
union all
select
    differing.printed_id,
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
    printed_id,
    'a part left out' as explanation,
    said || ' left out' as said,
    0 as distance,
    total - numerator as count_instead,
    null as base_instead,
    1.0 as factor
from pieces_of_wholes
union all
select
    printed_id,
    'a part left out' as explanation,
    said || ' left out above and below the line' as said,
    1 as distance,
    total - numerator as count_instead,
    base - denominator as base_instead,
    1.0 as factor
from pieces_of_wholes
where indicator_kind in ('percent', 'mean') and denominator < base
union all
-- Of a share: the whole without one of its other parts.
select
    differing.printed_id,
    'a part left out' as explanation,
    'the part ' || parts.breakdown || ' (' || format('{:,}', parts.numerator::bigint) || ') left out of the whole' as said,
    0 as distance,
    null as count_instead,
    differing.denominator - parts.numerator as base_instead,
    1.0 as factor
from differing
inner join figures as parts
    on
        differing.indicator = parts.indicator
        and differing.area_code = parts.area_code
        and differing.provider is not distinct from parts.provider
        and differing.period_type = parts.period_type
        and differing.period = parts.period
        and differing.breakdown_type = parts.breakdown_type
        and differing.breakdown <> parts.breakdown
where differing.indicator_kind = 'share' and parts.numerator > 0
union all
select
    printed_id,
    'a part counted twice' as explanation,
    said || ' counted twice' as said,
    0 as distance,
    total + numerator as count_instead,
    null as base_instead,
    1.0 as factor
from pieces_of_wholes
union all
-- Percentages added up and divided by how many there are.
select
    printed_id,
    'a mean of months' as explanation,
    'the mean of the ' || count(*) || ' months'' figures, instead of all of them taken together' as said,
    0 as distance,
    sum(value) as count_instead,
    count(*) * 100 as base_instead,
    1.0 as factor
from pieces
where kind = 'month' and indicator_kind = 'percent' and value is not null
group by printed_id
having count(*) > 1
order by printed_id, explanation, distance, said
