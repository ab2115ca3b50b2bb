-- One row per submission: its receipt, its counts (received = accepted + rejected), and whether it stands.
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
    is_public
from conformed.submissions
order by period_start, "return", received_at, submission_id
