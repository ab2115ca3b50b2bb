-- One row per submission that stands, with the order in which one's word goes before another's.
-- submission_rank: 1 is the one for the latest period; of one period, the one received last
select
    submission_id,
    period_end,
    (row_number() over (order by period_end desc, received_at desc, submission_id desc))::integer as submission_rank
from staging.submissions
where standing = 'accepted'
order by submission_rank
