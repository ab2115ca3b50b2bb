-- One row per return and period that was owed: whether it was received, and which submission stands.
with expected as (
    select * from staging.expected
),

submissions as (
    select * from staging.submissions
),

received as (
    select
        "return",
        period,
        count(*) as submissions,
        count(*) filter (where standing = 'withdrawn') as submissions_withdrawn,
        max(submission_id) filter (where standing = 'accepted') as standing_submission,
        min(received_at) as first_received_at
    from submissions
    group by "return", period
)

select
    expected."return",
    expected.agency,
    expected.title,
    expected.period,
    expected.period_start,
    expected.period_end,
    expected.due,
    coalesce(received.submissions, 0) as submissions,
    received.standing_submission,
    received.first_received_at,
    case
        when received.submissions is null then 'missing'
        when received.standing_submission is null and received.submissions = received.submissions_withdrawn then 'withdrawn'
        when received.standing_submission is null then 'refused'
        else 'accepted'
    end as outcome
from expected
left join received on expected."return" = received."return" and expected.period = received.period
order by expected.period_start, expected.period_end, expected."return"
