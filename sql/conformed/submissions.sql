-- One row per submission: a file received for one period, whatever became of it.
select
    submission_id,
    "return",
    agency,
    title,
    period,
    period_start,
    period_end,
    file,
    sha256,
    received_at,
    received_by,
    contract_sha256,
    standing,
    rows_received,
    rows_accepted,
    rows_rejected,
    withdrawn_at,
    withdrawn_by,
    withdrawn_for,
    public is not null as is_public,
    coalesce(is_publishers, false) as is_publishers
from staging.submissions
order by submission_id
