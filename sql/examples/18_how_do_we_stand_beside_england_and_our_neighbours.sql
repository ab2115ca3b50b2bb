-- How do we stand beside England, our region and our statistical neighbours?
-- Needs the DfE's tables of every council: d1.
-- Published is the publisher's own, pooled the sum of its councils over the sum of their children, median the middle council.
-- The three differ, and one can be higher where another is similar: say which one is meant.
with ours as (
    select area from conformed.areas
    where is_own
),

compared as (
    select * from published.indicator_comparators('cp_plans_open_per_10000', (select area from ours))
    where period_type = 'date'
)

select
    area,
    period,
    value as per_10000,
    lower_95,
    upper_95,
    group_title as beside,
    basis,
    group_value as theirs,
    members_known,
    members,
    comparison,
    note
from compared
order by period, group_set, basis
