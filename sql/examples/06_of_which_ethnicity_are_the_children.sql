-- Of which ethnicity are the children, and for how many is it not known?
-- Not yet obtained, refused and not recorded are three different things, and are left out of the known.
with plans as (
    select
        *,
        breakdown in ('NOBT', 'REFU', 'not_recorded') as is_unknown
    from published.indicator_values
    where indicator = 'cp_plans_started' and breakdown_type = 'ethnicity'
)

select
    period,
    breakdown as ethnicity,
    value as plans,
    is_unknown,
    case
        when not is_unknown
            then round((100 * value / sum(value) filter (where not is_unknown) over (partition by period))::decimal(18, 10), 1)
    end as percent_of_known
from plans
order by period asc, is_unknown asc, plans desc, ethnicity asc
