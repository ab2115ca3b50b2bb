-- One row per count that must not be shown: 1 to 5 in a return that is not public, and what would give one away.
with recursive measures as (
    select
        *,
        if(kind = 'stock', 'day', period_type) as span
    from marts.measures
    where kind <> 'largest' and coalesce(unit, '') not in ('percent', 'rating', 'years', 'months', 'days', 'working days', 'text')
),

areas as (
    select * from conformed.areas
),

indicators as (
    select * from conformed.indicators
),

-- One measure of one council and part, through all periods: it is named once, and known by its number.
series as (
    select
        measure,
        area_code,
        provider,
        breakdown_type,
        breakdown,
        row_number() over (order by measure, area_code, provider, breakdown_type, breakdown) as series_number
    from measures
    group by measure, area_code, provider, breakdown_type, breakdown
),

-- Numbered from the smallest, so that the least number is the smallest count. A stock is that of its day: as the month's, the
-- quarter's and the year's that end with it, it is one count.
measures_numbered as (
    select
        series.series_number,
        measures.kind,
        measures.period_type,
        measures.period,
        measures.span,
        measures.period_end,
        measures.value,
        measures.low,
        measures.high,
        measures.is_public,
        measures.status,
        dense_rank() over (
            order by
                measures.value is null, abs(measures.value), series.series_number, measures.period_end, measures.span
        ) as count_number
    from measures
    inner join series
        on
            measures.measure = series.measure
            and measures.area_code = series.area_code
            and measures.provider is not distinct from series.provider
            and measures.breakdown_type is not distinct from series.breakdown_type
            and measures.breakdown = series.breakdown
),

counts as (
    select
        series_number,
        kind,
        span,
        period_end,
        count_number,
        value,
        max(high) as high,
        bool_and(is_public) as is_public,
        bool_or(status = 'suppressed') as is_suppressed,
        value is null as is_unknown,
        not bool_and(is_public) and max(coalesce(value, low, high)) <> 0 as can_be_hidden
    from measures_numbered
    group by series_number, kind, span, period_end, count_number, value
),

-- Ways in which a whole is parted, each with a number of its own: by breakdowns, bands, places and measures.
breakdown_types as (
    select
        breakdown_type,
        row_number() over (order by breakdown_type) as way
    from series
    where breakdown_type is not null
    group by breakdown_type
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

-- parts_needed: all of which must be there, for a part that was never supplied hides the others
-- must_add_up: places make up a whole only where their counts do
series_in_sums as (
    select
        parts.series_number as part_series,
        wholes.series_number as whole_series,
        breakdown_types.way,
        null as parts_needed,
        false as must_add_up
    from series as parts
    inner join breakdown_types on parts.breakdown_type = breakdown_types.breakdown_type
    inner join series as wholes
        on
            parts.measure = wholes.measure
            and parts.area_code = wholes.area_code
            and parts.provider is not distinct from wholes.provider
    where wholes.breakdown_type is null
    union
    select
        parts.series_number as part_series,
        wholes.series_number as whole_series,
        502 as way,
        null as parts_needed,
        false as must_add_up
    from bands
    inner join series as wholes on bands.measure = wholes.measure
    inner join series as parts
        on
            bands.broken_down = parts.measure
            and bands.breakdown = parts.breakdown
            and wholes.area_code = parts.area_code
            and wholes.provider is not distinct from parts.provider
    where wholes.breakdown_type is null
    union
    select
        parts.series_number as part_series,
        wholes.series_number as whole_series,
        503 as way,
        null as parts_needed,
        true as must_add_up
    from series as parts
    inner join areas as areas_inside on parts.area_code = areas_inside.area_code and areas_inside.kind = 'inside the Board'
    inner join series as wholes
        on
            parts.measure = wholes.measure
            and parts.provider is not distinct from wholes.provider
            and parts.breakdown_type is not distinct from wholes.breakdown_type
            and parts.breakdown = wholes.breakdown
    inner join areas as own_areas on wholes.area_code = own_areas.area_code and own_areas.is_own
    union
    select
        parts.series_number as part_series,
        wholes.series_number as whole_series,
        504 as way,
        null as parts_needed,
        true as must_add_up
    from series as parts
    inner join series as wholes
        on
            parts.measure = wholes.measure
            and parts.area_code = wholes.area_code
            and parts.breakdown_type is not distinct from wholes.breakdown_type
            and parts.breakdown = wholes.breakdown
    where parts.provider is not null and wholes.provider is null
    union
    select
        parts.series_number as part_series,
        wholes.series_number as whole_series,
        partings.way,
        partings.parts_needed,
        false as must_add_up
    from partings_numbered as partings
    inner join series as wholes on partings.whole = wholes.measure
    inner join series as parts
        on
            partings.part = parts.measure
            and wholes.area_code = parts.area_code
            and wholes.provider is not distinct from parts.provider
            and wholes.breakdown_type is not distinct from parts.breakdown_type
            and wholes.breakdown = parts.breakdown
),

-- Made before wholes are looked for: the other way about, all that is counted of one period is held against itself.
parts_in_sums as materialized (
    select
        parts.count_number,
        parts.span,
        parts.period_end,
        parts.value,
        series_in_sums.whole_series,
        series_in_sums.way,
        series_in_sums.parts_needed,
        series_in_sums.must_add_up
    from counts as parts
    inner join series_in_sums on parts.series_number = series_in_sums.part_series
),

sums_possible as (
    select
        wholes.count_number * 1000 + parts.way as sum_number,
        parts.count_number as part_number,
        wholes.count_number as whole_number,
        parts.parts_needed,
        parts.must_add_up,
        parts.value as part_value,
        wholes.value as whole_value
    from parts_in_sums as parts
    inner join counts as wholes
        on
            parts.whole_series = wholes.series_number
            and parts.span = wholes.span
            and parts.period_end = wholes.period_end
),

measures_shared as (
    select unnest(numerator) as measure
    from indicators
    where kind = 'share'
),

-- The whole of a share can be had by adding up its parts, where it is not shown.
shares as (
    select
        parts.series_number,
        parts.measure,
        parts.area_code,
        parts.provider,
        breakdown_types.way,
        wholes.series_number as whole_series
    from series as parts
    inner join breakdown_types on parts.breakdown_type = breakdown_types.breakdown_type
    left join series as wholes
        on
            parts.measure = wholes.measure
            and parts.area_code = wholes.area_code
            and parts.provider is not distinct from wholes.provider
            and wholes.breakdown_type is null
    where parts.measure in (select measures_shared.measure from measures_shared)
),

sums_of_shares as (
    select
        -min(parts.count_number) over (
            partition by shares.measure, shares.area_code, shares.provider, parts.span, parts.period_end
        ) * 1000 + shares.way as sum_number,
        parts.count_number as part_number,
        null as whole_number
    from shares
    inner join counts as parts on shares.series_number = parts.series_number
    left join counts as wholes
        on
            shares.whole_series = wholes.series_number
            and parts.span = wholes.span
            and parts.period_end = wholes.period_end
    where wholes.count_number is null
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

sums_of_periods as (
    select
        wholes.count_number * 1000 + 501 as sum_number,
        parts.count_number as part_number,
        wholes.count_number as whole_number
    from parts_of_periods as parts
    inner join counts as wholes
        on
            parts.series_number = wholes.series_number
            and parts.whole_span = wholes.span
            and parts.whole_end = wholes.period_end
    -- A part that was never supplied hides the others.
    qualify count(*) over (partition by wholes.count_number) = if(parts.span = 'month', 3, 4)
),

sums as (
    select
        sum_number,
        part_number,
        whole_number
    from sums_possible
    where parts_needed is null and not must_add_up
    union all
    select
        sum_number,
        part_number,
        whole_number
    from sums_possible
    where parts_needed is not null
    qualify count(*) over (partition by sum_number) = parts_needed
    union all
    select
        sum_number,
        part_number,
        whole_number
    from sums_possible
    where must_add_up
    qualify sum(part_value) over (partition by sum_number) = whole_value
    union all
    select * from sums_of_shares
    union all
    select * from sums_of_periods
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

series_in_wholes as (
    select distinct
        parts.series_number as part_series,
        wholes.series_number as whole_series
    from parts_of_wholes
    inner join series as parts on parts_of_wholes.part = parts.measure
    inner join series as wholes
        on
            parts_of_wholes.whole = wholes.measure
            and parts.area_code = wholes.area_code
            and parts.provider is not distinct from wholes.provider
            and parts.breakdown_type is not distinct from wholes.breakdown_type
            and parts.breakdown = wholes.breakdown
),

parts_in_wholes as materialized (
    select
        parts.count_number,
        parts.span,
        parts.period_end,
        parts.value,
        series_in_wholes.whole_series
    from counts as parts
    inner join series_in_wholes on parts.series_number = series_in_wholes.part_series
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
    from parts_in_wholes as parts
    inner join counts as wholes
        on
            parts.whole_series = wholes.series_number
            and parts.span = wholes.span
            and parts.period_end = wholes.period_end
    where abs(wholes.value - parts.value) between 1 and 5
),

members_named as (
    select
        sum_number,
        part_number as count_number,
        false as is_whole
    from sums
    union all
    select distinct
        sum_number,
        whole_number as count_number,
        true as is_whole
    from sums
    where whole_number is not null
),

members as materialized (
    select
        members_named.sum_number,
        members_named.count_number,
        members_named.is_whole,
        counts.is_unknown,
        counts.can_be_hidden
    from members_named
    inner join counts on members_named.count_number = counts.count_number
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
    series.measure,
    series.area_code,
    series.provider,
    measures_numbered.period_type,
    measures_numbered.period,
    series.breakdown_type,
    series.breakdown,
    if(small_counts.count_number is null, 'beside a small count', 'small count') as why
from hidden_at_last
inner join measures_numbered on hidden_at_last.count_number = measures_numbered.count_number
inner join series on measures_numbered.series_number = series.series_number
left join small_counts on hidden_at_last.count_number = small_counts.count_number
-- What the supplier itself gave as a bound or left out keeps the supplier's word.
where measures_numbered.value is not null or small_counts.count_number is null
order by
    series.measure, series.area_code, series.provider, measures_numbered.period_type, measures_numbered.period,
    series.breakdown_type, series.breakdown
