-- One row per measure × council × period × breakdown that was counted from records: only where the records cover the period.
-- low, high: the least and the most that it can be, where some of the records leave it open
with measures as (
    select
        declared.measure,
        declared.subject,
        declared.kind,
        declared.unit
    from (
        values
        ('cp_plans_started', 'plans', 'flow', 'plans'),
        ('cp_plans_started_with_transfers', 'plans', 'flow', 'plans'),
        ('cp_plans_started_first', 'plans', 'flow', 'plans'),
        ('cp_transfers_in', 'plans', 'flow', 'plans'),
        ('cp_reregistrations', 'plans', 'flow', 'plans'),
        ('cp_reregistrations_with_transfers', 'plans', 'flow', 'plans'),
        ('cp_reregistrations_within_24_months', 'plans', 'flow', 'plans'),
        ('cp_reregistrations_within_24_months_with_transfers', 'plans', 'flow', 'plans'),
        ('cp_reregistrations_in_year', 'plans', 'flow', 'plans'),
        ('cp_reregistrations_in_year_with_transfers', 'plans', 'flow', 'plans'),
        ('cp_plans_ended', 'plans', 'flow', 'plans'),
        ('cp_plans_ended_two_years', 'plans', 'flow', 'plans'),
        ('cp_plans_open', 'plans', 'stock', 'children'),
        ('cp_plans_open_two_years', 'plans', 'stock', 'children'),
        ('cp_plans_open_three_months', 'plans', 'stock', 'children'),
        ('cp_plans_reviewed_in_time', 'reviews', 'stock', 'children'),
        ('icpc_held', 'conferences', 'flow', 'conferences'),
        ('icpc_within_15_days', 'conferences', 'flow', 'conferences'),
        ('assessments_completed', 'assessments', 'flow', 'assessments'),
        ('assessments_within_45_days', 'assessments', 'flow', 'assessments')
    ) as declared (measure, subject, kind, unit)
),

periods as (
    select * from conformed.periods
),

files as (
    select * from conformed.record_files
),

spans as (
    select * from conformed.records_coverage
),

flows as (
    select * from marts.cp_started
    union all
    select * from marts.cp_ended
    union all
    select * from marts.cp_timeliness
),

stocks as (
    select * from marts.cp_open
),

-- A month is of itself, of its quarter and of its year; a quarter is of itself and of its year.
periods_of_parts as (
    select
        period_type as part_type,
        period_start as part_start,
        period_type,
        period
    from periods
    where period_type <> 'year'
    union all
    select
        period_type as part_type,
        period_start as part_start,
        'quarter' as period_type,
        quarter as period
    from periods
    where period_type = 'month'
    union all
    select
        period_type as part_type,
        period_start as part_start,
        'year' as period_type,
        financial_year as period
    from periods
    where period_type <> 'year'
),

counted as (
    select
        flows.measure,
        flows.area_code,
        periods_of_parts.period_type,
        periods_of_parts.period,
        flows.breakdown_type,
        flows.breakdown,
        sum(flows.sure) as sure,
        sum(flows.unsure) as unsure,
        bool_and(flows.is_told) as is_told
    from flows
    inner join periods_of_parts
        on flows.period_type = periods_of_parts.part_type and flows.period_start = periods_of_parts.part_start
    group by
        flows.measure, flows.area_code, periods_of_parts.period_type, periods_of_parts.period,
        flows.breakdown_type, flows.breakdown
    union all
    select
        stocks.measure,
        stocks.area_code,
        periods.period_type,
        periods.period,
        stocks.breakdown_type,
        stocks.breakdown,
        stocks.sure,
        stocks.unsure,
        true as is_told
    from stocks
    inner join periods
        on
            stocks.period_end = periods.period_end
            and (stocks.breakdown_type is null or periods.period_type <> 'month')
),

-- A flow is known where all days of the period are covered, a stock where the last is.
periods_covered as (
    select
        spans.subject,
        spans.area_code,
        periods.period_type,
        periods.period,
        periods.period_start,
        periods.period_end,
        spans.covers_from <= periods.period_start as is_whole
    from spans
    inner join periods on spans.covers_from <= periods.period_end and spans.covers_to >= periods.period_end
),

sources as (
    select
        periods_covered.subject,
        periods_covered.area_code,
        periods_covered.period_type,
        periods_covered.period,
        string_agg(distinct files.submission_id, '; ' order by files.submission_id) as submission_id,
        string_agg(distinct files.cell, '; ' order by files.cell) as cell
    from periods_covered
    inner join files
        on
            periods_covered.subject = files.subject
            and periods_covered.area_code = files.area_code
            and periods_covered.period_end >= files.covers_from
            and periods_covered.period_start <= files.covers_to
    group by periods_covered.subject, periods_covered.area_code, periods_covered.period_type, periods_covered.period
),

-- What can be asked: every whole, and every part that a council has at all in months, quarters or years.
parts_known as (
    select distinct
        counted.measure,
        counted.area_code,
        counted.period_type,
        counted.breakdown_type,
        counted.breakdown
    from counted
    where counted.breakdown_type is not null
),

asked as (
    select
        measures.measure,
        measures.subject,
        measures.kind,
        measures.unit,
        periods_covered.area_code,
        periods_covered.period_type,
        periods_covered.period,
        periods_covered.period_start,
        periods_covered.period_end,
        null::varchar as breakdown_type,
        'all' as breakdown
    from measures
    inner join periods_covered
        on measures.subject = periods_covered.subject and (measures.kind = 'stock' or periods_covered.is_whole)
    union all
    select
        measures.measure,
        measures.subject,
        measures.kind,
        measures.unit,
        periods_covered.area_code,
        periods_covered.period_type,
        periods_covered.period,
        periods_covered.period_start,
        periods_covered.period_end,
        parts_known.breakdown_type,
        parts_known.breakdown
    from measures
    inner join periods_covered
        on measures.subject = periods_covered.subject and (measures.kind = 'stock' or periods_covered.is_whole)
    inner join parts_known
        on
            measures.measure = parts_known.measure
            and periods_covered.area_code = parts_known.area_code
            and periods_covered.period_type = parts_known.period_type
)

select
    asked.measure,
    asked.kind,
    asked.area_code,
    asked.period_type,
    asked.period,
    asked.period_start,
    asked.period_end,
    asked.breakdown_type,
    asked.breakdown,
    (case when coalesce(counted.unsure, 0) = 0 then coalesce(counted.sure, 0) end)::decimal(28, 10) as value,
    (case when counted.unsure > 0 then counted.sure end)::decimal(28, 10) as low,
    (case when counted.unsure > 0 then counted.sure + counted.unsure end)::decimal(28, 10) as high,
    asked.unit,
    case when counted.unsure > 0 then 'range' end as qualifier,
    'reported' as status,
    case
        when counted.unsure > 0
            then counted.unsure || ' of them may or may not be so: the records held do not reach back far enough to tell.'
    end as note,
    sources.submission_id,
    sources.cell
from asked
left join counted
    on
        asked.measure = counted.measure
        and asked.area_code = counted.area_code
        and asked.period_type = counted.period_type
        and asked.period = counted.period
        and asked.breakdown_type is not distinct from counted.breakdown_type
        and asked.breakdown = counted.breakdown
left join sources
    on
        asked.subject = sources.subject
        and asked.area_code = sources.area_code
        and asked.period_type = sources.period_type
        and asked.period = sources.period
where coalesce(counted.is_told, true)
order by asked.measure, asked.area_code, asked.period_start, asked.period_end, asked.breakdown_type, asked.breakdown
