-- One row per count that must not be shown: 1 to 5 in a return that is not public, and what would give one away.
with recursive measures as (
    select * from marts.measures
),

periods as (
    select * from conformed.periods
),

areas as (
    select * from conformed.areas
),

indicators as (
    select * from conformed.indicators
),

-- Numbered from the smallest, so that the least number is the smallest count.
counts as (
    select
        measure,
        kind,
        area_code,
        provider,
        period_type,
        period,
        breakdown_type,
        breakdown,
        value,
        high,
        is_public,
        status,
        value is null as is_unknown,
        not is_public and coalesce(value, low, high) <> 0 as can_be_hidden,
        row_number() over (
            order by value is null, abs(value), measure, area_code, provider, breakdown_type, breakdown, period
        ) as count_number
    from measures
    where kind <> 'largest' and coalesce(unit, '') not in ('percent', 'rating', 'years', 'months', 'days', 'working days', 'text')
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

-- A whole that is shown, or can be had by adding up a share's parts.
breakdown_sums as (
    select
        concat_ws(
            '|', 'breakdown', parts.breakdown_type, parts.measure, parts.area_code, parts.provider, parts.period
        ) as sum_name,
        parts.count_number as part_number,
        wholes.count_number as whole_number
    from counts as parts
    left join wholes
        on
            parts.measure = wholes.measure
            and parts.area_code = wholes.area_code
            and parts.provider is not distinct from wholes.provider
            and parts.period = wholes.period
    where
        parts.breakdown_type is not null
        and (
            wholes.measure is not null
            or parts.measure in (select measures_shared.measure from measures_shared)
        )
),

period_sums as (
    select
        concat_ws(
            '|', 'period', wholes.period, wholes.measure, wholes.area_code, wholes.provider,
            wholes.breakdown_type, wholes.breakdown
        ) as sum_name,
        parts.count_number as part_number,
        wholes.count_number as whole_number
    from counts as parts
    inner join periods on parts.period = periods.period
    inner join counts as wholes
        on
            parts.measure = wholes.measure
            and parts.area_code = wholes.area_code
            and parts.provider is not distinct from wholes.provider
            and parts.breakdown_type is not distinct from wholes.breakdown_type
            and parts.breakdown = wholes.breakdown
            and wholes.period = if(parts.period_type = 'month', periods.quarter, periods.financial_year)
    where parts.kind = 'flow' and parts.period_type in ('month', 'quarter')
    -- A part that was never supplied hides the others.
    qualify count(*) over (partition by sum_name) = if(parts.period_type = 'month', 3, 4)
),

partings as (
    select
        numerator[1] as whole,
        unnest(parts) as parting
    from indicators
),

parting_sums as (
    select
        concat_ws(
            '|', 'parting', partings.parting::varchar, wholes.measure, wholes.area_code, wholes.provider, wholes.period,
            wholes.breakdown_type, wholes.breakdown
        ) as sum_name,
        parts.count_number as part_number,
        wholes.count_number as whole_number
    from partings
    inner join counts as wholes on partings.whole = wholes.measure
    inner join counts as parts
        on
            list_contains(partings.parting, parts.measure)
            and wholes.area_code = parts.area_code
            and wholes.provider is not distinct from parts.provider
            and wholes.period = parts.period
            and wholes.breakdown_type is not distinct from parts.breakdown_type
            and wholes.breakdown = parts.breakdown
    qualify count(*) over (partition by sum_name) = len(partings.parting)
),

place_sums as (
    select
        concat_ws(
            '|', 'area', wholes.measure, wholes.provider, wholes.period, wholes.breakdown_type, wholes.breakdown
        ) as sum_name,
        parts.count_number as part_number,
        wholes.count_number as whole_number
    from counts as parts
    inner join areas as areas_inside on parts.area_code = areas_inside.area_code and areas_inside.kind = 'inside the Board'
    inner join counts as wholes
        on
            parts.measure = wholes.measure
            and parts.provider is not distinct from wholes.provider
            and parts.period = wholes.period
            and parts.breakdown_type is not distinct from wholes.breakdown_type
            and parts.breakdown = wholes.breakdown
    inner join areas as own_areas on wholes.area_code = own_areas.area_code and own_areas.is_own
    qualify sum(parts.value) over (partition by sum_name) = wholes.value
    union all
    select
        concat_ws(
            '|', 'provider', wholes.measure, wholes.area_code, wholes.period, wholes.breakdown_type, wholes.breakdown
        ) as sum_name,
        parts.count_number as part_number,
        wholes.count_number as whole_number
    from counts as parts
    inner join counts as wholes
        on
            parts.measure = wholes.measure
            and parts.area_code = wholes.area_code
            and parts.period = wholes.period
            and parts.breakdown_type is not distinct from wholes.breakdown_type
            and parts.breakdown = wholes.breakdown
    where parts.provider is not null and wholes.provider is null
    qualify sum(parts.value) over (partition by sum_name) = wholes.value
),

sums as (
    select * from breakdown_sums
    union all
    select * from period_sums
    union all
    select * from parting_sums
    union all
    select * from place_sums
),

-- Of a share of a whole what is left over is a count, too: 3 of 23 not, where 20 of 23 are.
left_over_sums as (
    select
        parts.count_number,
        abs(wholes.value - parts.value) as left_over
    from indicators
    inner join counts as parts on parts.measure = indicators.numerator[1]
    inner join counts as wholes
        on
            wholes.measure = indicators.denominator[1]
            and parts.area_code = wholes.area_code
            and parts.provider is not distinct from wholes.provider
            and parts.period = wholes.period
            and parts.breakdown_type is not distinct from wholes.breakdown_type
            and parts.breakdown = wholes.breakdown
    where indicators.kind = 'percent' and len(indicators.numerator) = 1 and len(indicators.denominator) = 1
),

small_counts as (
    select count_number
    from counts
    where
        not is_public
        and (abs(value) between 1 and 5 or (value is null and (high between 1 and 5 or status = 'suppressed')))
    union
    select left_over_sums.count_number
    from left_over_sums
    inner join counts on left_over_sums.count_number = counts.count_number
    where not counts.is_public and left_over_sums.left_over between 1 and 5 and counts.value <> 0
),

members as (
    select
        sums.sum_name,
        counts.count_number,
        false as is_whole,
        counts.is_unknown,
        counts.can_be_hidden
    from sums
    inner join counts on sums.part_number = counts.count_number
    union
    select
        sums.sum_name,
        counts.count_number,
        true as is_whole,
        counts.is_unknown,
        counts.can_be_hidden
    from sums
    inner join counts on sums.whole_number = counts.count_number
),

-- In rounds, until one adds nothing: where one count of a sum is hidden alone, the smallest beside it is hidden with it; a sum
-- given as a range is hidden with any part of it, for its ends would tell. No one sum then gives a count away; several together
-- might, where months, parts and areas cross. (Plain joins only: DuckDB 1.5 loses rounds of a lateral join, now and then.)
rounds as (
    select
        1 as round,
        count_number
    from small_counts
    union all
    (
        with hidden_so_far as (
            select
                round,
                count_number
            from rounds
        ),

        chosen as (
            select
                case
                    when
                        count(hidden_so_far.count_number) filter (where not members.is_unknown) > 0
                        and bool_or(
                            members.is_whole
                            and members.is_unknown
                            and members.can_be_hidden
                            and hidden_so_far.count_number is null
                        )
                        then min(members.count_number) filter (where members.is_whole)
                    when
                        count(hidden_so_far.count_number) = 1
                        and count(*) filter (where members.is_unknown and hidden_so_far.count_number is null) = 0
                        then
                            coalesce(
                                min(members.count_number) filter (
                                    where
                                    not members.is_whole
                                    and members.can_be_hidden
                                    and hidden_so_far.count_number is null
                                ),
                                min(members.count_number) filter (
                                    where members.can_be_hidden and hidden_so_far.count_number is null
                                )
                            )
                end as count_number
            from members
            left join hidden_so_far on members.count_number = hidden_so_far.count_number
            group by members.sum_name
        ),

        added as (
            select count_number
            from chosen
            where count_number is not null
        ),

        hidden_now as (
            select count_number
            from hidden_so_far
            where exists (select 1 as there_are from added)
            union
            select count_number
            from added
        )

        select
            (select max(hidden_so_far.round) from hidden_so_far) + 1 as round,
            count_number
        from hidden_now
    )
),

hidden_at_last as (
    select distinct count_number
    from rounds
)

select
    counts.measure,
    counts.area_code,
    counts.provider,
    counts.period_type,
    counts.period,
    counts.breakdown_type,
    counts.breakdown,
    if(small_counts.count_number is null, 'beside a small count', 'small count') as why
from hidden_at_last
inner join counts on hidden_at_last.count_number = counts.count_number
left join small_counts on counts.count_number = small_counts.count_number
-- What the supplier itself gave as a bound or left out keeps the supplier's word.
where counts.value is not null or small_counts.count_number is null
order by counts.measure, counts.area_code, counts.provider, counts.period, counts.breakdown_type, counts.breakdown
