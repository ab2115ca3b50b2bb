-- One row per count that must not be shown: 1 to 5 in a return that is not public, and what would give one away.
with measures as (
    select * from marts.measures
),

hidden as (
    select
        counts.*,
        if(counts.is_small, 'small count', 'beside a small count') as why
    from marts.counts as counts
    inner join marts.counts_hidden as counts_hidden on counts.count_number = counts_hidden.count_number
    -- What the supplier itself gave as a bound or left out keeps the supplier's word.
    where counts.value is not null or not counts.is_small
)

select
    measures.measure,
    measures.area_code,
    measures.provider,
    measures.period_type,
    measures.period,
    measures.breakdown_type,
    measures.breakdown,
    hidden.why
from hidden
inner join measures
    on
        hidden.measure = measures.measure
        and hidden.area_code = measures.area_code
        and hidden.provider is not distinct from measures.provider
        and hidden.span = if(measures.kind = 'stock', 'day', measures.period_type)
        and hidden.period_end = measures.period_end
        and hidden.breakdown_type is not distinct from measures.breakdown_type
        and hidden.breakdown = measures.breakdown
        and hidden.value is not distinct from measures.value
order by
    measures.measure, measures.area_code, measures.provider, measures.period_type,
    measures.period, measures.breakdown_type, measures.breakdown
