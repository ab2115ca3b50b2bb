-- One row per submission: its receipt, its counts (received = accepted + rejected), and whether it stands.
select * from conformed.submissions
order by period_start, "return", received_at, submission_id
