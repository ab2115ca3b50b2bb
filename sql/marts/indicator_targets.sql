-- One row per figure and target in force on its last day: the colour that the rule gives it, and why.
-- No colour where no rule was set, or the value is not known. A target is of the whole, not of its parts.
with figures as (
    select * from marts.indicator_figures
    where breakdown_type is null
),

intervals as (
    select * from marts.intervals
),

targets as (
    select * from conformed.targets
),

bands as (
    select * from conformed.target_bands
),

figures_with_targets as (
    select
        figures.*,
        targets.target,
        targets.says,
        targets.set_by,
        targets.source,
        targets.rule,
        targets.valid_from,
        targets.valid_until,
        intervals.lower_95,
        intervals.upper_95
    from figures
    inner join targets
        on
            figures.indicator = targets.indicator
            and figures.area_code = coalesce(targets.area_code, figures.area_code)
            and figures.period_end between targets.valid_from and coalesce(targets.valid_until, figures.period_end)
    left join intervals
        on
            figures.interval_basis = intervals.basis
            and figures.numerator = intervals.numerator
            and coalesce(figures.denominator, 1) = intervals.denominator
),

bands_that_hold as (
    select
        figures.indicator,
        figures.area_code,
        figures.provider,
        figures.period_type,
        figures.period,
        bands.target,
        bands.place,
        bands.colour,
        bands.words
    from figures_with_targets as figures
    inner join bands
        on
            figures.target = bands.target
            and figures.value >= coalesce(bands.at_least, figures.value)
            and figures.value <= coalesce(bands.at_most, figures.value)
            and (bands.above is null or figures.value > bands.above)
            and (bands.below is null or figures.value < bands.below)
    qualify row_number() over (
        partition by
            figures.indicator, figures.area_code, figures.provider, figures.period_type, figures.period, bands.target
        order by bands.place
    ) = 1
),

bounds as (
    select
        target,
        coalesce(at_least, above) as bound
    from bands
    union
    select
        target,
        coalesce(at_most, below) as bound
    from bands
),

coloured as (
    select
        figures.*,
        bands_that_hold.colour,
        bands_that_hold.words,
        (
            select count(*) from bounds
            where figures.target = bounds.target and bounds.bound > figures.lower_95 and bounds.bound < figures.upper_95
        ) > 0 as is_unsure
    from figures_with_targets as figures
    left join bands_that_hold
        on
            figures.target = bands_that_hold.target
            and figures.indicator = bands_that_hold.indicator
            and figures.area_code = bands_that_hold.area_code
            and figures.provider is not distinct from bands_that_hold.provider
            and figures.period_type = bands_that_hold.period_type
            and figures.period = bands_that_hold.period
)

select
    indicator,
    area_code,
    area,
    provider,
    period_type,
    period,
    period_start,
    period_end,
    unit,
    value,
    lower_95,
    upper_95,
    target,
    says,
    set_by,
    source,
    valid_from,
    valid_until,
    rule,
    colour,
    case
        when rule is null then 'No colour: who set the target set no rule for one.'
        when value is null then 'No colour: the value is not known (' || status || ').'
        when colour is null then 'No colour: the rule has no band that holds it.'
        else
            concat_ws(
                ' ',
                rtrim(rtrim(value::decimal(18, 2)::varchar, '0'), '.')
                || if(words = 'otherwise', ' is in none of the bands before.', ' is ' || words || '.'),
                case
                    when is_unsure
                        then
                            'By chance alone it could be in another band: its 95% limits are ' || lower_95::decimal(18, 2)
                            || ' and ' || upper_95::decimal(18, 2) || '.'
                end
            )
    end as reason
from coloured
order by indicator, area_code, provider, period_start, period_end, target
