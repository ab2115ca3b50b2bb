-- One row per month and measure in which the records and the supplied total differ, with the plans that could be why.
with counts as (
    select * from marts.cp_counts
    where period_type = 'month' and breakdown_type is null and value is not null
),

supplied as (
    select * from marts.measures_supplied
    where period_type in ('month', 'date') and breakdown_type is null and provider is null and value is not null
),

submissions as (
    select * from conformed.submissions
),

plans as (
    select * from conformed.cp_plans
),

differing as (
    select
        counts.measure,
        counts.area_code,
        supplied.period,
        counts.period_start,
        counts.period_end,
        counts.kind,
        counts.value as counted,
        supplied.value as supplied,
        counts.submission_id as counted_from,
        supplied.submission_id,
        supplied.cell
    from counts
    inner join supplied
        on
            counts.measure = supplied.measure
            and counts.area_code = supplied.area_code
            and (
                (counts.period_type = supplied.period_type and counts.period_start = supplied.period_start)
                or (counts.kind = 'stock' and supplied.period_type = 'date' and counts.period_end = supplied.period_end)
            )
    where counts.value <> supplied.value
    -- A day's total stands for the month that it closes, too: one finding.
    qualify row_number() over (
        partition by counts.measure, counts.area_code, counts.period_start
        order by supplied.period_type desc
    ) = 1
),

months_near as (
    select
        differing.measure,
        differing.kind,
        differing.area_code::staging.code as area_code,
        differing.period,
        differing.period_start,
        differing.period_end,
        submissions.received_at,
        (differing.period_start + to_months(steps.step))::date as month_start
    from differing
    left join submissions on split_part(differing.submission_id, '; ', 1) = submissions.submission_id
    cross join (values (-1), (0), (1)) as steps (step)
    where starts_with(differing.measure, 'cp_')
),

set_aside as (
    select
        near.measure,
        near.area_code,
        near.period,
        plans.child,
        plans.started,
        'set aside as ' || plans.why_not as why
    from months_near as near
    inner join plans on near.area_code = plans.area_code and plans.why_not is not null
    where
        near.month_start = near.period_start
        and plans.started <= near.period_end
        and if(near.kind = 'stock', plans.open_until > near.period_end, plans.started >= near.period_start)
),

started_near as (
    select
        near.measure,
        near.area_code,
        near.period,
        plans.child,
        plans.started,
        case
            when
                plans.started between near.period_start - 2 and near.period_start + 1
                or plans.started between near.period_end - 1 and near.period_end + 2
                then 'started within two days of the month''s edge'
            when plans.started not between near.period_start and near.period_end then null
            when plans.transfer_in then 'a transfer-in'
            when plans.rows_sent = 1 and submissions.received_at > near.received_at then 'received after the total'
        end as why
    from months_near as near
    inner join plans
        on near.area_code = plans.area_code and near.month_start = date_trunc('month', plans.started) and plans.is_counted
    left join submissions on plans.submission_id::varchar = submissions.submission_id
),

ended_near as (
    select
        near.measure,
        near.area_code,
        near.period,
        plans.child,
        plans.started,
        'ended within two days of the month''s edge' as why
    from months_near as near
    inner join plans
        on near.area_code = plans.area_code and near.month_start = date_trunc('month', plans.ended) and plans.is_counted
    where
        (near.kind = 'stock' or starts_with(near.measure, 'cp_plans_ended'))
        and (
            plans.ended between near.period_start - 2 and near.period_start + 1
            or plans.ended between near.period_end - 1 and near.period_end + 2
        )
),

-- Why a plan may be in the one count and not in the other.
possible as (
    select * from set_aside
    union all
    select * from started_near
    where why is not null
    union all
    select * from ended_near
),

possible_counted as (
    select
        measure,
        area_code,
        period,
        why,
        count(*) as plans
    from possible
    group by measure, area_code, period, why
),

possible_ranked as (
    select
        *,
        row_number() over (partition by measure, area_code, period, why order by started, child) as place
    from possible
),

-- The first ten of a reason are named, all of them counted.
reasons as (
    select
        possible_ranked.measure,
        possible_ranked.area_code,
        possible_ranked.period,
        possible_counted.plans || ' ' || possible_ranked.why || ' ('
        || string_agg(
            possible_ranked.child::varchar || ' from ' || strftime(possible_ranked.started, '%d/%m/%Y'), ', '
            order by possible_ranked.started, possible_ranked.child
        )
        || if(possible_counted.plans > 10, ' …', '') || ')' as reason
    from possible_ranked
    inner join possible_counted
        on
            possible_ranked.measure = possible_counted.measure
            and possible_ranked.area_code = possible_counted.area_code
            and possible_ranked.period = possible_counted.period
            and possible_ranked.why = possible_counted.why
    where possible_ranked.place <= 10
    group by
        possible_ranked.measure, possible_ranked.area_code, possible_ranked.period, possible_ranked.why, possible_counted.plans
),

reasons_together as (
    select
        measure,
        area_code,
        period,
        string_agg(reason, '; ' order by reason) as reasons
    from reasons
    group by measure, area_code, period
)

select
    submissions."return",
    submissions.period,
    differing.submission_id as submission,
    submissions.file,
    split_part(differing.cell, '!', 2) as sheet,
    split_part(split_part(differing.cell, '!', 3), ';', 1) as cell,
    differing.measure as "column",
    null::varchar as row,
    'records_differ' as code,
    'query' as severity,
    replace(differing.measure, '_', ' ') || ', ' || differing.area_code || ', ' || differing.period || ': the records give '
    || format('{:,}', differing.counted::bigint) || ', the total supplied is ' || format('{:,}', differing.supplied::bigint)
    || '. '
    || coalesce('It could be for: ' || reasons_together.reasons || '.', 'No plan was found that could be why.') as message,
    'Say which is right; correct the total, or the records that are wrong.' as fix
from differing
left join reasons_together
    on
        differing.measure = reasons_together.measure
        and differing.area_code = reasons_together.area_code::varchar
        and differing.period = reasons_together.period
left join submissions on split_part(differing.submission_id, '; ', 1) = submissions.submission_id
order by differing.measure, differing.area_code, differing.period
