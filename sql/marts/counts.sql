-- One row per count behind the figures: a stock's month, quarter and year that end with one day are one count.
-- count_number: from the smallest count on
-- span: of a flow month, quarter or year; of a stock day
-- is_small: what must not be shown, 1 to 5 in a return that is not public
-- can_be_hidden: whether it may be hidden beside a small one: nought is shown, and so is what is public
with measures as (
    select * from marts.measures
),

measures_numbered as (
    select
        measure,
        kind,
        area_code,
        provider,
        if(kind = 'stock', 'day', period_type) as span,
        period_end,
        breakdown_type,
        breakdown,
        value,
        low,
        high,
        is_public,
        status,
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
        count_number,
        measure,
        kind,
        area_code,
        provider,
        span,
        period_end,
        breakdown_type,
        breakdown,
        value,
        max(high) as high,
        bool_and(is_public) as is_public,
        bool_or(status = 'suppressed') as is_suppressed,
        not bool_and(is_public) and max(coalesce(value, low, high)) <> 0 as can_be_hidden
    from measures_numbered
    group by count_number, measure, kind, area_code, provider, span, period_end, breakdown_type, breakdown, value
)

select
    count_number,
    measure,
    kind,
    area_code,
    provider,
    span,
    period_end,
    breakdown_type,
    breakdown,
    value,
    is_public,
    coalesce(
        not is_public and (abs(value) between 1 and 5 or (value is null and (high between 1 and 5 or is_suppressed))), false
    ) as is_small,
    coalesce(can_be_hidden, false) as can_be_hidden
from counts
order by count_number
