-- One row per figure of an indicator and an earlier one of its series, the period before or the year before: is it another?
-- asked with asked_indicator
-- indicator: code; published.indicators says what it means
-- area_code, area: the area that it is for
-- provider: the health provider, where the figure is for one
-- period_type: month, quarter or year
-- period: of the later figure
-- period_start: its first day
-- breakdown_type: what it is broken down by; blank for the whole
-- breakdown: the part, or `all`
-- against: period before, or year before
-- period_before: the period that it is held against
-- value, value_before: the two figures
-- difference: by how much it rose
-- difference_lower_95, difference_upper_95: 95% confidence limits of the difference
-- change: higher, lower or similar; similar where the limits of the difference have nought between them
-- judged: better or worse, where the indicator says which way is better
-- why_none: why there is no answer
-- Source: Newcombe (1998, method 10) for proportions, Zou and Donner (2008) for rates and counts: the limits of the difference
-- are made of the limits of both. Whether two intervals overlap is no test: they can, though chance makes such a difference once
-- in a hundred times.
with figures as (
    select * from published.indicator_values
    where indicator = asked_indicator and period_type in ('month', 'quarter', 'year')
),

indicators as (
    select * from published.indicators
),

figures_exact as (
    select
        figures.*,
        indicators.polarity,
        case
            when figures.population_id is not null then substr(figures.population_id, strpos(figures.population_id, ':base-'))
        end as base,
        case
            when figures.lower_95 is null then null
            when figures.denominator is null then figures.numerator::double
            else indicators.scale * figures.numerator::double / figures.denominator::double
        end as exact
    from figures
    inner join indicators on figures.indicator = indicators.indicator
),

steps as (
    select
        steps_named.against,
        steps_named.period_type,
        steps_named.months
    from (
        values
        ('period before', 'month', 1),
        ('year before', 'month', 12),
        ('period before', 'quarter', 3),
        ('year before', 'quarter', 12),
        ('period before', 'year', 12)
    ) as steps_named (against, period_type, months)
),

pairs as (
    select
        later.*,
        steps.against,
        earlier.period as period_before,
        earlier.value as value_before,
        earlier.exact as exact_before,
        earlier.lower_95 as lower_before,
        earlier.upper_95 as upper_before,
        earlier.status as status_before,
        earlier.base as base_before
    from figures_exact as later
    inner join steps on later.period_type = steps.period_type
    inner join figures_exact as earlier
        on
            later.area_code = earlier.area_code
            and later.provider is not distinct from earlier.provider
            and later.period_type = earlier.period_type
            and later.breakdown_type is not distinct from earlier.breakdown_type
            and later.breakdown = earlier.breakdown
            and datediff('month', earlier.period_start, later.period_start) = steps.months
),

differences as (
    select
        *,
        case
            when value is null or value_before is null then 'One of the two is not known.'
            when exact is null or exact_before is null then 'One of the two has no limits.'
            when coalesce(base, '') <> coalesce(base_before, '') then 'The two are over populations of other census bases.'
        end as why_none,
        exact - exact_before as difference,
        exact - exact_before
        - sqrt(pow(exact - lower_95::double, 2) + pow(upper_before::double - exact_before, 2)) as difference_lower,
        exact - exact_before
        + sqrt(pow(upper_95::double - exact, 2) + pow(exact_before - lower_before::double, 2)) as difference_upper
    from pairs
),

changes as (
    select
        *,
        case
            when why_none is not null then null
            when difference_lower > 0 then 'higher'
            when difference_upper < 0 then 'lower'
            else 'similar'
        end as change
    from differences
)

select
    indicator,
    area_code,
    area,
    provider,
    period_type,
    period,
    period_start,
    breakdown_type,
    breakdown,
    against,
    period_before,
    value,
    value_before,
    case when why_none is null then value - value_before end as difference,
    case when why_none is null then floor(difference_lower * 100 + 0.5)::decimal(18, 0) * 0.01 end as difference_lower_95,
    case when why_none is null then floor(difference_upper * 100 + 0.5)::decimal(18, 0) * 0.01 end as difference_upper_95,
    change,
    case
        when polarity = 'neither' or change = 'similar' or change is null then null
        when polarity = change || ' is better' then 'better'
        else 'worse'
    end as judged,
    why_none
from changes
order by area, provider, breakdown_type, breakdown, period_type, period_start, against
