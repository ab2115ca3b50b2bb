-- One row per version of what was said beside a published figure: its signal, its standing among councils, its target.
-- remark: signal, councils or target
-- name: which signal; what is aimed at
-- verdict: higher or lower; within, above or below; the colour
-- centre, lower_limit, upper_limit: of a chart; of councils the pooled value and its 95% limits
-- is_said: false since a load that no longer says it
-- known_from: when that load was made, in UTC
-- known_until: when another version took its place; blank for the one that stands
with known_before as (
    select * from staging.remarks_known
),

known_last as (
    select * from staging.remarks_known_last
),

signals as (
    select * from published.indicator_signals
),

funnels as (
    select * from published.indicator_funnels
),

targets as (
    select * from published.indicator_targets
),

build as (
    select * from staging.build
),

remarks as (
    select
        'signal' as remark,
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
        signal as name,
        direction as verdict,
        judged,
        value,
        centre,
        lower_limit,
        upper_limit,
        null::decimal(18, 2) as lower_998,
        null::decimal(18, 2) as upper_998,
        since,
        periods,
        null::bigint as councils,
        null::bigint as hidden,
        null::boolean as is_far_out,
        null::varchar as unit,
        null::varchar as set_by,
        null::varchar as source,
        null::date as valid_from,
        null::date as valid_until,
        null::varchar as rule,
        says,
        true as is_said
    from signals
    union all
    select
        'councils' as remark,
        indicator,
        area_code,
        area,
        null::varchar as provider,
        period_type,
        period,
        period_start,
        period_end,
        breakdown_type,
        breakdown,
        null::varchar as name,
        standing as verdict,
        judged,
        value,
        pooled_value as centre,
        lower_95 as lower_limit,
        upper_95 as upper_limit,
        lower_998,
        upper_998,
        null::varchar as since,
        null::integer as periods,
        councils,
        hidden,
        is_far_out,
        null::varchar as unit,
        null::varchar as set_by,
        null::varchar as source,
        null::date as valid_from,
        null::date as valid_until,
        null::varchar as rule,
        null::varchar as says,
        true as is_said
    from funnels
    union all
    select
        'target' as remark,
        indicator,
        area_code,
        area,
        provider,
        period_type,
        period,
        period_start,
        period_end,
        null::varchar as breakdown_type,
        'all' as breakdown,
        says as name,
        colour as verdict,
        null::varchar as judged,
        value,
        null::decimal(18, 2) as centre,
        null::decimal(18, 2) as lower_limit,
        null::decimal(18, 2) as upper_limit,
        null::decimal(18, 2) as lower_998,
        null::decimal(18, 2) as upper_998,
        null::varchar as since,
        null::integer as periods,
        null::bigint as councils,
        null::bigint as hidden,
        null::boolean as is_far_out,
        unit,
        set_by,
        source,
        valid_from,
        valid_until,
        rule,
        reason as says,
        true as is_said
    from targets
),

changed as (
    select * from remarks
    except
    select * from known_last
),

gone as (
    select
        known_last.remark,
        known_last.indicator,
        known_last.area_code,
        known_last.area,
        known_last.provider,
        known_last.period_type,
        known_last.period,
        known_last.period_start,
        known_last.period_end,
        known_last.breakdown_type,
        known_last.breakdown,
        known_last.name,
        known_last.verdict,
        known_last.judged,
        known_last.value,
        known_last.centre,
        known_last.lower_limit,
        known_last.upper_limit,
        known_last.lower_998,
        known_last.upper_998,
        known_last.since,
        known_last.periods,
        known_last.councils,
        known_last.hidden,
        known_last.is_far_out,
        known_last.unit,
        known_last.set_by,
        known_last.source,
        known_last.valid_from,
        known_last.valid_until,
        known_last.rule,
        known_last.says,
        false as is_said
    from known_last
    where
        known_last.is_said
        and not exists (
            select 1 as there_is from remarks
            where
                known_last.remark = remarks.remark
                and known_last.indicator = remarks.indicator
                and known_last.area_code is not distinct from remarks.area_code
                and known_last.provider is not distinct from remarks.provider
                and known_last.period_type = remarks.period_type
                and known_last.period = remarks.period
                and known_last.breakdown_type is not distinct from remarks.breakdown_type
                and known_last.breakdown = remarks.breakdown
                and known_last.name is not distinct from remarks.name
                and known_last.set_by is not distinct from remarks.set_by
                and known_last.valid_from is not distinct from remarks.valid_from
        )
),

news as (
    select * from changed
    union all
    select * from gone
),

versions as (
    select * from known_before
    union all
    select
        news.*,
        build.built_at as known_from
    from news
    cross join build
)

select
    remark,
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
    name,
    verdict,
    judged,
    value,
    centre,
    lower_limit,
    upper_limit,
    lower_998,
    upper_998,
    since,
    periods,
    councils,
    hidden,
    is_far_out,
    unit,
    set_by,
    source,
    valid_from,
    valid_until,
    rule,
    says,
    is_said,
    known_from,
    lead(known_from) over (
        partition by
            remark, indicator, area_code, provider, period_type, period, breakdown_type, breakdown, name, set_by, valid_from
        order by known_from
    ) as known_until
from versions
order by
    remark, indicator, area, provider, period_start, period_end, breakdown_type, breakdown, name, set_by, valid_from, known_from
