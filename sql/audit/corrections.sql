-- One row per value corrected by agreement and submission that it could be used in: what became of it there.
-- outcome: in_use, met (the supplier sends the right value), disputed (it sends another), ended, replaced, or not_read
with corrections as (
    select * from staging.corrections
),

submissions as (
    select * from conformed.submissions
)

select
    corrections."return",
    corrections.period,
    corrections.sheet,
    corrections.cell,
    corrections.was,
    corrections.becomes,
    corrections.reason,
    corrections.agreed_by,
    corrections.until,
    corrections.decided_at,
    corrections.decided_by,
    corrections.submission_id,
    corrections.outcome,
    corrections.outcome = 'in_use' and submissions.standing = 'accepted' as is_in_use
from corrections
inner join submissions on corrections.submission_id = submissions.submission_id
order by
    corrections.period, corrections."return", corrections.decided_at, corrections.sheet, corrections.cell,
    submissions.received_at, corrections.submission_id
