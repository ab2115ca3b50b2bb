-- One row per sum that a reader can do, and count in it: whoever knows all others of a sum knows the last.
-- sum_number: of the sum; its whole or its part, and the way in which it is made
-- count_number: of the count; below nought of what is left over and published nowhere
-- sign: 1 of a part, -1 of the whole and of what is taken away: the counts of a sum, so added, make nought
-- is_whole: whether it is what the others make
with counts as (
    select * from marts.counts
),

areas as (
    select * from conformed.areas
),

indicators as (
    select * from conformed.indicators
),

wholes as (
    select * from counts
    where breakdown_type is null
),

measures_shared as (
    select unnest(numerator) as measure
    from indicators
    where kind = 'share'
),

-- Each sum has a number: of its whole, and of the way in which it is parted.
breakdown_types as (
    select
        breakdown_type,
        row_number() over (order by breakdown_type) as way
    from counts
    where breakdown_type is not null
    group by breakdown_type
),

-- A whole that is shown, or can be had by adding up a share's parts.
breakdown_sums as (
    select
        coalesce(
            wholes.count_number,
            -min(parts.count_number) over (
                partition by parts.measure, parts.area_code, parts.provider, parts.span, parts.period_end
            )
        ) * 1000 + breakdown_types.way as sum_number,
        parts.count_number as part_number,
        wholes.count_number as whole_number
    from counts as parts
    inner join breakdown_types on parts.breakdown_type = breakdown_types.breakdown_type
    left join wholes
        on
            parts.measure = wholes.measure
            and parts.area_code = wholes.area_code
            and parts.provider is not distinct from wholes.provider
            and parts.span = wholes.span
            and parts.period_end = wholes.period_end
    where
        wholes.measure is not null
        or parts.measure in (select measures_shared.measure from measures_shared)
),

parts_of_periods as (
    select
        *,
        if(span = 'month', 'quarter', 'year') as whole_span,
        if(
            span = 'month',
            last_day((date_trunc('quarter', period_end) + interval 2 month)::date),
            last_day((date_trunc('year', period_end + interval 9 month) + interval 2 month)::date)
        ) as whole_end
    from counts
    where kind = 'flow' and span in ('month', 'quarter')
),

period_sums as (
    select
        wholes.count_number * 1000 + 501 as sum_number,
        parts.count_number as part_number,
        wholes.count_number as whole_number
    from parts_of_periods as parts
    inner join counts as wholes
        on
            parts.measure = wholes.measure
            and parts.area_code = wholes.area_code
            and parts.provider is not distinct from wholes.provider
            and parts.breakdown_type is not distinct from wholes.breakdown_type
            and parts.breakdown = wholes.breakdown
            and parts.whole_span = wholes.span
            and parts.whole_end = wholes.period_end
    -- A part that was never supplied hides the others.
    qualify count(*) over (partition by wholes.count_number) = if(parts.span = 'month', 3, 4)
),

partings as (
    select
        numerator[1] as whole,
        unnest(parts) as parting
    from indicators
    where len(numerator) = 1
    union
    select
        indicator as whole,
        numerator as parting
    from indicators
    where len(numerator) > 1
),

partings_numbered as (
    select
        whole,
        parting,
        600 + row_number() over (order by whole, parting) as way
    from partings
),

parting_sums as (
    select
        wholes.count_number * 1000 + partings.way as sum_number,
        parts.count_number as part_number,
        wholes.count_number as whole_number
    from partings_numbered as partings
    inner join counts as wholes on partings.whole = wholes.measure
    inner join counts as parts
        on
            list_contains(partings.parting, parts.measure)
            and wholes.area_code = parts.area_code
            and wholes.provider is not distinct from parts.provider
            and wholes.span = parts.span
            and wholes.period_end = parts.period_end
            and wholes.breakdown_type is not distinct from parts.breakdown_type
            and wholes.breakdown = parts.breakdown
    qualify count(*) over (partition by wholes.count_number, partings.way) = len(partings.parting)
),

-- What is counted by itself and is also a part, or some parts, of a breakdown: said so only where the figures agree, for a
-- plan of three months to the day is also in the band below.
bands as (
    select
        bands_declared.measure,
        bands_declared.broken_down,
        bands_declared.breakdown
    from (
        values
        ('cp_plans_open_two_years', 'cp_plans_open', '2_years_and_over'),
        ('cp_plans_ended_two_years', 'cp_plans_ended', '2_years_and_over'),
        ('cp_plans_open_three_months', 'cp_plans_open', 'over_3_to_6_months'),
        ('cp_plans_open_three_months', 'cp_plans_open', 'over_6_months_to_1_year'),
        ('cp_plans_open_three_months', 'cp_plans_open', '1_to_2_years'),
        ('cp_plans_open_three_months', 'cp_plans_open', '2_years_and_over'),
        ('icpc_within_15_days', 'icpc_held', '0_to_10'),
        ('icpc_within_15_days', 'icpc_held', '11_to_15')
    ) as bands_declared (measure, broken_down, breakdown)
),

band_sums as (
    select
        wholes.count_number * 1000 + 502 as sum_number,
        parts.count_number as part_number,
        wholes.count_number as whole_number
    from bands
    inner join wholes on bands.measure = wholes.measure
    inner join counts as parts
        on
            bands.broken_down = parts.measure
            and bands.breakdown = parts.breakdown
            and wholes.area_code = parts.area_code
            and wholes.provider is not distinct from parts.provider
            and wholes.span = parts.span
            and wholes.period_end = parts.period_end
    qualify sum(parts.value) over (partition by wholes.count_number) = wholes.value
),

-- Taken by themselves first: of 153 councils every count would be put beside every other.
counts_of_places as materialized (
    select counts.*
    from counts
    inner join areas on counts.area_code = areas.area_code
    where areas.kind = 'inside the Board'
),

counts_of_own_area as materialized (
    select counts.*
    from counts
    inner join areas on counts.area_code = areas.area_code
    where areas.is_own
),

place_sums as (
    select
        wholes.count_number * 1000 + 503 as sum_number,
        parts.count_number as part_number,
        wholes.count_number as whole_number
    from counts_of_places as parts
    inner join counts_of_own_area as wholes
        on
            parts.measure = wholes.measure
            and parts.provider is not distinct from wholes.provider
            and parts.span = wholes.span
            and parts.period_end = wholes.period_end
            and parts.breakdown_type is not distinct from wholes.breakdown_type
            and parts.breakdown = wholes.breakdown
    qualify sum(parts.value) over (partition by wholes.count_number) = wholes.value
    union all
    select
        wholes.count_number * 1000 + 504 as sum_number,
        parts.count_number as part_number,
        wholes.count_number as whole_number
    from counts as parts
    inner join counts as wholes
        on
            parts.measure = wholes.measure
            and parts.area_code = wholes.area_code
            and parts.span = wholes.span
            and parts.period_end = wholes.period_end
            and parts.breakdown_type is not distinct from wholes.breakdown_type
            and parts.breakdown = wholes.breakdown
    where parts.provider is not null and wholes.provider is null
    qualify sum(parts.value) over (partition by wholes.count_number) = wholes.value
),

-- Who is on a plan is who was, and who came, without who left; said so only where the figures agree.
balances as (
    select
        opened.count_number * 1000 + case flows.span when 'month' then 511 when 'quarter' then 512 else 513 end as sum_number,
        opened.count_number as whole_number,
        before.count_number as before_number,
        flows.count_number as came_number,
        departed.count_number as left_number
    from (
        values
        ('cp_plans_open', 'cp_plans_started_with_transfers', 'cp_plans_ended')
    ) as balances_declared (open_on_day, came, departed)
    inner join wholes as flows on balances_declared.came = flows.measure
    inner join wholes as departed
        on
            balances_declared.departed = departed.measure
            and flows.area_code = departed.area_code
            and flows.provider is not distinct from departed.provider
            and flows.span = departed.span
            and flows.period_end = departed.period_end
    inner join wholes as opened
        on
            balances_declared.open_on_day = opened.measure
            and flows.area_code = opened.area_code
            and flows.provider is not distinct from opened.provider
            and opened.span = 'day'
            and flows.period_end = opened.period_end
    inner join wholes as before
        on
            balances_declared.open_on_day = before.measure
            and flows.area_code = before.area_code
            and flows.provider is not distinct from before.provider
            and before.span = 'day'
            and before.period_end = case flows.span
                when 'month' then last_day((flows.period_end - interval 1 month)::date)
                when 'quarter' then last_day((flows.period_end - interval 3 month)::date)
                when 'year' then last_day((flows.period_end - interval 12 month)::date)
            end
    where opened.value = before.value + flows.value - departed.value
),

-- Of a share of a whole what is left over is a count, too: 3 of 23 not, where 20 of 23 are.
parts_of_wholes as (
    select
        numerator[1] as part,
        denominator[1] as whole
    from indicators
    where kind = 'percent' and len(numerator) = 1 and len(denominator) = 1
    union
    select
        numerator[1] as part,
        unnest(part_of) as whole
    from indicators
    union
    select
        unnest(numerator) as part,
        indicator as whole
    from indicators
    where len(numerator) > 1
),

parts_of_wholes_numbered as (
    select
        part,
        whole,
        700 + row_number() over (order by part, whole) as way
    from parts_of_wholes
),

left_over as (
    select
        parts.count_number * 1000 + pairs.way as sum_number,
        parts.count_number as part_number,
        wholes.count_number as whole_number
    from parts_of_wholes_numbered as pairs
    inner join counts as parts on pairs.part = parts.measure
    inner join counts as wholes
        on
            pairs.whole = wholes.measure
            and parts.area_code = wholes.area_code
            and parts.provider is not distinct from wholes.provider
            and parts.span = wholes.span
            and parts.period_end = wholes.period_end
            and parts.breakdown_type is not distinct from wholes.breakdown_type
            and parts.breakdown = wholes.breakdown
    where not parts.is_public and abs(wholes.value - parts.value) between 1 and 5 and parts.value <> 0
),

sums as (
    select * from breakdown_sums
    union all
    select * from period_sums
    union all
    select * from parting_sums
    union all
    select * from band_sums
    union all
    select * from place_sums
),

members as (
    select
        sum_number,
        part_number as count_number,
        1 as sign,
        false as is_whole
    from sums
    union all
    select distinct
        sum_number,
        whole_number as count_number,
        -1 as sign,
        true as is_whole
    from sums
    where whole_number is not null
    union all
    select
        balances.sum_number,
        unnest([balances.whole_number, balances.before_number, balances.came_number, balances.left_number]) as count_number,
        unnest([-1, 1, 1, -1]) as sign,
        unnest([true, false, false, false]) as is_whole
    from balances
    union all
    select
        left_over.sum_number,
        unnest([left_over.whole_number, left_over.part_number, -left_over.sum_number]) as count_number,
        unnest([-1, 1, 1]) as sign,
        unnest([true, false, false]) as is_whole
    from left_over
)

select
    sum_number,
    count_number,
    sign,
    is_whole
from members
order by sum_number, count_number
