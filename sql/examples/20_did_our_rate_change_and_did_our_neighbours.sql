-- Did the rate of children on a plan change over the year, and did our neighbours' change with it?
-- Needs the DfE's tables of every council: d1.
-- We stand first, then our statistical neighbours, the closest first, of the set that was in force in that year.
-- Higher or lower only where the 95% limits of the difference leave nought out.
with changes as (
    select * from published.indicator_changes('cp_plans_open_per_10000')
    where period_type = 'year' and against = 'period before'
),

neighbours as (
    select * from conformed.groups
    where group_set like 'statistical_neighbours%'
),

ours as (
    select * from conformed.areas
    where is_own
),

asked as (
    select
        area_code,
        0 as closeness_rank,
        null::varchar as closeness,
        null::date as since,
        null::date as until
    from ours
    union all
    select
        neighbours.member_code,
        neighbours.member_rank,
        neighbours.closeness,
        neighbours.since,
        neighbours.until
    from neighbours
    inner join ours on neighbours.area_code = ours.area_code
)

select
    changes.period,
    changes.area,
    asked.closeness,
    changes.value as per_10000,
    changes.value_before as per_10000_before,
    changes.difference,
    changes.difference_lower_95,
    changes.difference_upper_95,
    changes.change,
    changes.why_none
from changes
inner join asked
    on
        changes.area_code = asked.area_code
        and (asked.since is null or changes.period_start >= asked.since)
        and (asked.until is null or changes.period_start <= asked.until)
order by changes.period, asked.closeness_rank
