-- Why does our count of plans started differ from the DfE's?
-- The Board leaves out children who transfer in with a plan; the DfE counts them. Ours plus transfers is theirs.
select
    period,
    max(value) filter (where indicator = 'cp_plans_started') as started_as_the_board_counts,
    max(value) filter (where indicator = 'cp_transfers_in') as transfers_in,
    max(value) filter (where indicator = 'cp_plans_started_with_transfers') as started_as_the_dfe_counts
from published.indicator_values
where
    indicator in ('cp_plans_started', 'cp_transfers_in', 'cp_plans_started_with_transfers')
    and period_type in ('quarter', 'year')
    and breakdown = 'all'
group by period, period_start, period_end
order by period_end asc, period_start desc
