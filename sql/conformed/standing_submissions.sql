-- One row per submission that stands, with the order in which one's word goes before another's.
-- areas_superseded: the councils for which a later submission of the same return and period has taken its place
-- submission_rank: 1 is the one for the latest period; of one period, the one received last
select
    submission_id,
    period_end,
    areas_superseded,
    (row_number() over (order by period_end desc, received_at desc, submission_id desc))::integer as submission_rank
from staging.submissions
where standing = 'accepted'
order by submission_rank
