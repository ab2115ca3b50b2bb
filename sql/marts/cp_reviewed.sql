-- One row per council, and months between which children were on a plan whose reviews had all been in time.
-- enters: the month at whose end they are first counted, as years × 12 + months; leaves: the month at whose end no longer
-- is_sure: false where reviews before the first day covered may have come late
with plans as (
    select
        area_code::varchar as area_code,
        child,
        started,
        open_until
    from conformed.cp_plans
    where is_counted and started + interval 3 month < open_until
),

reviews as (
    select * from conformed.cp_reviews
),

spans as (
    select * from conformed.records_coverage
    where subject = 'reviews'
),

reviews_in_turn as (
    select
        area_code,
        child,
        started,
        reviewed,
        lead(reviewed) over (partition by child, area_code, started order by reviewed) as next_reviewed
    from reviews
),

-- The first review is due three months after the start, each later one six months after the one before.
reviews_of_plans as (
    select
        area_code,
        child,
        started,
        min(reviewed) as first_reviewed,
        min((reviewed + interval 6 month)::date + 1) filter (
            where next_reviewed is null or next_reviewed > reviewed + interval 6 month
        ) as late_from
    from reviews_in_turn
    group by area_code, child, started
),

plans_judged as (
    select
        plans.area_code,
        (plans.started + interval 3 month)::date as counted_from,
        plans.open_until,
        plans.started >= spans.covers_from as is_sure,
        case
            when
                reviews_of_plans.first_reviewed <= greatest(
                    plans.started + interval 3 month,
                    case when plans.started < spans.covers_from then spans.covers_from + interval 6 month else plans.started end
                )
                then reviews_of_plans.late_from
            when plans.started < spans.covers_from and reviews_of_plans.first_reviewed is null
                then (spans.covers_from + interval 6 month)::date
            else plans.started
        end as late_from
    from plans
    inner join spans
        on
            plans.area_code = spans.area_code
            and plans.started <= spans.covers_to
            and plans.open_until > spans.covers_from
    left join reviews_of_plans
        on
            plans.area_code = reviews_of_plans.area_code
            and plans.child = reviews_of_plans.child
            and plans.started = reviews_of_plans.started
),

months as (
    select
        area_code,
        year(counted_from) * 12 + month(counted_from) as enters,
        year(least(late_from, open_until)) * 12 + month(least(late_from, open_until)) as leaves,
        is_sure
    from plans_judged
)

select
    area_code,
    enters,
    leaves,
    is_sure,
    count(*) as children
from months
where enters < leaves
group by area_code, enters, leaves, is_sure
order by area_code, enters, leaves, is_sure
