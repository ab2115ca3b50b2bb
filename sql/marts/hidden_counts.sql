-- One row per count that must not be shown: 1 to 5 in a return that is not public, and what would give one away.
with recursive measures as (
    select * from marts.measures
),

areas as (
    select * from conformed.areas
),

indicators as (
    select * from conformed.indicators
),

-- Numbered from the smallest, so that the least number is the smallest count. A stock is that of its day: as the month's, the
-- quarter's and the year's that end with it, it is one count.
measures_numbered as (
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
        low,
        high,
        is_public,
        status,
        if(kind = 'stock', 'day', period_type) as span,
        period_end,
        dense_rank() over (
            order by
                value is null, abs(value), measure, area_code, provider, breakdown_type, breakdown, period_end,
                if(kind = 'stock', 'day', period_type)
        ) as count_number
    from measures
    where kind <> 'largest' and coalesce(unit, '') not in ('percent', 'rating', 'years', 'months', 'days', 'working days', 'text')
),

counts as (
    select
        measure,
        kind,
        area_code,
        provider,
        span,
        period_end,
        breakdown_type,
        breakdown,
        count_number,
        value,
        max(high) as high,
        bool_and(is_public) as is_public,
        bool_or(status = 'suppressed') as is_suppressed,
        value is null as is_unknown,
        not bool_and(is_public) and max(coalesce(value, low, high)) <> 0 as can_be_hidden
    from measures_numbered
    group by measure, kind, area_code, provider, span, period_end, breakdown_type, breakdown, count_number, value
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
        len(parting) as parts_needed,
        600 + row_number() over (order by whole, parting) as way,
        unnest(parting) as part
    from partings
),

-- Measures are matched before figures are: all that is counted of one council and month is many times what is asked.
wholes_parted as materialized (
    select
        wholes.*,
        partings.part,
        partings.parts_needed,
        partings.way
    from partings_numbered as partings
    inner join counts as wholes on partings.whole = wholes.measure
),

parting_sums as (
    select
        wholes.count_number * 1000 + wholes.way as sum_number,
        parts.count_number as part_number,
        wholes.count_number as whole_number
    from wholes_parted as wholes
    inner join counts as parts
        on
            wholes.part = parts.measure
            and wholes.area_code = parts.area_code
            and wholes.provider is not distinct from parts.provider
            and wholes.span = parts.span
            and wholes.period_end = parts.period_end
            and wholes.breakdown_type is not distinct from parts.breakdown_type
            and wholes.breakdown = parts.breakdown
    qualify count(*) over (partition by wholes.count_number, wholes.way) = wholes.parts_needed
),

-- What is counted by itself and is also a part, or some parts, of a breakdown.
bands as (
    select
        bands_declared.measure,
        bands_declared.broken_down,
        bands_declared.breakdown
    from (
        values
        ('cp_plans_open_two_years', 'cp_plans_open', '2_years_and_over'),
        ('cp_plans_ended_two_years', 'cp_plans_ended', '2_years_and_over'),
        ('icpc_within_15_days', 'icpc_held', '0_to_10'),
        ('icpc_within_15_days', 'icpc_held', '11_to_15')
    ) as bands_declared (measure, broken_down, breakdown)
),

wholes_banded as materialized (
    select
        wholes.*,
        bands.broken_down,
        bands.breakdown as band
    from bands
    inner join wholes on bands.measure = wholes.measure
),

band_sums as (
    select
        wholes.count_number * 1000 + 502 as sum_number,
        parts.count_number as part_number,
        wholes.count_number as whole_number
    from wholes_banded as wholes
    inner join counts as parts
        on
            wholes.broken_down = parts.measure
            and wholes.band = parts.breakdown
            and wholes.area_code = parts.area_code
            and wholes.provider is not distinct from parts.provider
            and wholes.span = parts.span
            and wholes.period_end = parts.period_end
),

place_sums as (
    select
        wholes.count_number * 1000 + 503 as sum_number,
        parts.count_number as part_number,
        wholes.count_number as whole_number
    from counts as parts
    inner join areas as areas_inside on parts.area_code = areas_inside.area_code and areas_inside.kind = 'inside the Board'
    inner join counts as wholes
        on
            parts.measure = wholes.measure
            and parts.provider is not distinct from wholes.provider
            and parts.span = wholes.span
            and parts.period_end = wholes.period_end
            and parts.breakdown_type is not distinct from wholes.breakdown_type
            and parts.breakdown = wholes.breakdown
    inner join areas as own_areas on wholes.area_code = own_areas.area_code and own_areas.is_own
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

parts_with_wholes as materialized (
    select
        parts.*,
        parts_of_wholes.whole
    from parts_of_wholes
    inner join counts as parts on parts_of_wholes.part = parts.measure
    where not parts.is_public and parts.value <> 0
),

small_counts as (
    select count_number
    from counts
    where
        not is_public
        and (abs(value) between 1 and 5 or (value is null and (high between 1 and 5 or is_suppressed)))
    union
    select parts.count_number
    from parts_with_wholes as parts
    inner join counts as wholes
        on
            parts.whole = wholes.measure
            and parts.area_code = wholes.area_code
            and parts.provider is not distinct from wholes.provider
            and parts.span = wholes.span
            and parts.period_end = wholes.period_end
            and parts.breakdown_type is not distinct from wholes.breakdown_type
            and parts.breakdown = wholes.breakdown
    where abs(wholes.value - parts.value) between 1 and 5
),

members as materialized (
    select
        sums.sum_number,
        counts.count_number,
        false as is_whole,
        counts.is_unknown,
        counts.can_be_hidden
    from sums
    inner join counts on sums.part_number = counts.count_number
    union
    select
        sums.sum_number,
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
            group by members.sum_number
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
    measures_numbered.measure,
    measures_numbered.area_code,
    measures_numbered.provider,
    measures_numbered.period_type,
    measures_numbered.period,
    measures_numbered.breakdown_type,
    measures_numbered.breakdown,
    if(small_counts.count_number is null, 'beside a small count', 'small count') as why
from hidden_at_last
inner join measures_numbered on hidden_at_last.count_number = measures_numbered.count_number
left join small_counts on hidden_at_last.count_number = small_counts.count_number
-- What the supplier itself gave as a bound or left out keeps the supplier's word.
where measures_numbered.value is not null or small_counts.count_number is null
order by
    measures_numbered.measure, measures_numbered.area_code, measures_numbered.provider, measures_numbered.period_type,
    measures_numbered.period, measures_numbered.breakdown_type, measures_numbered.breakdown
