-- One row per area and submission whose counts are taken as rounded to tens, though its contract does not say which are.
-- Countries and regions are published in tens; so is any area all of whose counts, five at least, end in nought. Where a contract
-- says which counts are rounded (`rounded`), those are ranges, and the others are what they are.
with counts as (
    select
        area_code,
        submission_id,
        value,
        qualifier
    from marts.figures
    where not is_reckoned and breakdown_type is null
),

areas as (
    select * from conformed.areas
),

declared as (
    select distinct submission_id
    from counts
    where qualifier = 'rounded'
)

select
    counts.area_code,
    counts.submission_id
from counts
left join areas on counts.area_code = areas.area_code
where counts.value <> 0 and counts.submission_id not in (select declared.submission_id from declared)
group by counts.area_code, counts.submission_id
having bool_and(counts.value % 10 = 0) and (count(*) >= 5 or bool_or(areas.kind in ('country', 'region')))
order by counts.area_code, counts.submission_id
