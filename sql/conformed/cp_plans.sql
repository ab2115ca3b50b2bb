-- One row per child protection plan, as the latest standing submission that has it gives it, with its place among the child's.
-- open_until: the day that it ended; of an open plan the first day of which the submission no longer speaks
-- plan_number: 1, 2 … among the counted plans of the child in this council that are held
-- previous_ended: the day until which the child's counted plan before was open
-- why_not: why it is not counted; doubled (the same child and start twice in a submission: the first row holds) or overlapping
-- is_latest: whether it is the last of the child's plans that are held
-- rows_sent: how many rows of standing submissions are this plan, older versions included
with recursive submissions as (
    select * from conformed.standing_submissions
),

board as (
    select * from staging.board
),

rows_sent as (
    select
        submission_id,
        row,
        area_code,
        child,
        sex,
        ethnicity,
        birth_month,
        age_at_start,
        age_at_end,
        disability,
        started,
        ended,
        category_initial,
        category_latest,
        previous_plans,
        transfer_in
    from staging.csc__annex_a_list_7
    where accepted
    union all
    select
        submission_id,
        row,
        area_code,
        child,
        sex,
        ethnicity,
        coalesce(birth_month, expected_birth_month) as birth_month,
        coalesce(age_at_start, expected_age_at_start) as age_at_start,
        age_at_end,
        null::varchar as disability,
        started,
        ended,
        category_initial,
        category_latest,
        previous_plans,
        null::varchar as transfer_in
    from staging.csc__cin_census__plans
    where accepted
),

-- Codes are held as numbers that show themselves as what they stand for: text is many times as dear to write.
rows_coded as (
    select
        submissions.submission_rank,
        rows_sent.submission_id::staging.submission as submission_id,
        rows_sent.row,
        coalesce(rows_sent.area_code, board.area_code)::staging.code as area_code,
        rows_sent.child,
        rows_sent.sex::staging.code as sex,
        rows_sent.ethnicity::staging.code as ethnicity,
        rows_sent.birth_month,
        rows_sent.age_at_start,
        rows_sent.age_at_end,
        rows_sent.disability = 'Y' as disability,
        rows_sent.started,
        rows_sent.ended,
        coalesce(rows_sent.ended, submissions.period_end + 1) as open_until,
        rows_sent.category_initial::staging.code as category_initial,
        rows_sent.category_latest::staging.code as category_latest,
        rows_sent.previous_plans::integer as previous_plans,
        rows_sent.transfer_in = 'Y' as transfer_in
    from rows_sent
    inner join submissions on rows_sent.submission_id = submissions.submission_id
    cross join board
    where not list_contains(submissions.areas_superseded, coalesce(rows_sent.area_code, board.area_code))
),

rows_in_turn as (
    select
        *,
        row_number() over in_turn as plan_number,
        lag(started) over in_turn as previous_started,
        lag(open_until) over in_turn as previous_ended,
        lead(started) over in_turn is null as is_latest
    from rows_coded
    window in_turn as (partition by child, area_code order by started, submission_rank, row)
),

children_sent_twice as (
    select distinct
        child,
        area_code
    from rows_in_turn
    where started = previous_started
),

versions as (
    select
        rows_in_turn.*,
        count(*) over same_plan as rows_of_plan,
        first_value(rows_in_turn.submission_rank) over same_plan as latest_rank,
        row_number() over same_plan as version
    from rows_in_turn
    inner join children_sent_twice
        on rows_in_turn.child = children_sent_twice.child and rows_in_turn.area_code = children_sent_twice.area_code
    window same_plan as (
        partition by rows_in_turn.child, rows_in_turn.area_code, rows_in_turn.started
        order by rows_in_turn.submission_rank, rows_in_turn.row
        rows between unbounded preceding and unbounded following
    )
),

plans_once as (
    select
        submission_id,
        row,
        area_code,
        child,
        sex,
        ethnicity,
        birth_month,
        age_at_start,
        age_at_end,
        disability,
        started,
        ended,
        open_until,
        category_initial,
        category_latest,
        previous_plans,
        transfer_in,
        plan_number,
        previous_ended,
        is_latest,
        1 as rows_sent
    from rows_in_turn
    where
        not exists (
            select 1 as there_is from children_sent_twice
            where rows_in_turn.child = children_sent_twice.child and rows_in_turn.area_code = children_sent_twice.area_code
        )
    union all
    select
        submission_id,
        row,
        area_code,
        child,
        sex,
        ethnicity,
        birth_month,
        age_at_start,
        age_at_end,
        disability,
        started,
        ended,
        open_until,
        category_initial,
        category_latest,
        previous_plans,
        transfer_in,
        row_number() over once as plan_number,
        lag(open_until) over once as previous_ended,
        lead(started) over once is null as is_latest,
        rows_of_plan as rows_sent
    from versions
    where version = 1
    window once as (partition by child, area_code order by started)
),

children_overlapping as (
    select distinct
        child,
        area_code
    from plans_once
    where started < previous_ended
),

plans_beside_others as (
    select plans_once.*
    from plans_once
    inner join children_overlapping
        on plans_once.child = children_overlapping.child and plans_once.area_code = children_overlapping.area_code
),

-- From a counted plan to the first that starts when it has ended; those passed over overlap it.
following as (
    select
        plans.child,
        plans.area_code,
        plans.started,
        min(later.started) as next_started
    from plans_beside_others as plans
    inner join plans_beside_others as later
        on
            plans.child = later.child
            and plans.area_code = later.area_code
            and plans.started < later.started
            and plans.open_until <= later.started
    group by plans.child, plans.area_code, plans.started
),

in_line as (
    select
        child,
        area_code,
        min(started) as started
    from plans_beside_others
    group by child, area_code
    union all
    select
        following.child,
        following.area_code,
        following.next_started as started
    from in_line
    inner join following
        on
            in_line.child = following.child
            and in_line.area_code = following.area_code
            and in_line.started = following.started
),

plans_judged as (
    select
        plans.*,
        in_line.started is not null as is_counted,
        count(in_line.started) over by_start as counted_so_far,
        -- The counted plans of a child end in the order in which they start.
        max(plans.open_until) filter (where in_line.started is not null) over (
            partition by plans.child, plans.area_code
            order by plans.started
            rows between unbounded preceding and 1 preceding
        ) as counted_ended
    from plans_beside_others as plans
    left join in_line
        on plans.child = in_line.child and plans.area_code = in_line.area_code and plans.started = in_line.started
    window by_start as (partition by plans.child, plans.area_code order by plans.started)
),

-- Together: plans without a fault, those of children with overlapping plans, and rows that say a plan again.
together as (
    select
        submission_id,
        row,
        area_code,
        child,
        sex,
        ethnicity,
        birth_month,
        age_at_start,
        age_at_end,
        disability,
        started,
        ended,
        open_until,
        category_initial,
        category_latest,
        previous_plans,
        transfer_in,
        plan_number,
        previous_ended,
        is_latest,
        rows_sent,
        true as is_counted,
        null as why_not
    from plans_once
    where
        not exists (
            select 1 as there_is from children_overlapping
            where plans_once.child = children_overlapping.child and plans_once.area_code = children_overlapping.area_code
        )
    union all
    select
        submission_id,
        row,
        area_code,
        child,
        sex,
        ethnicity,
        birth_month,
        age_at_start,
        age_at_end,
        disability,
        started,
        ended,
        open_until,
        category_initial,
        category_latest,
        previous_plans,
        transfer_in,
        case when is_counted then counted_so_far end as plan_number,
        case when is_counted then counted_ended end as previous_ended,
        is_latest,
        rows_sent,
        is_counted,
        case when not is_counted then 'overlapping' end as why_not
    from plans_judged
    union all
    select
        submission_id,
        row,
        area_code,
        child,
        sex,
        ethnicity,
        birth_month,
        age_at_start,
        age_at_end,
        disability,
        started,
        ended,
        open_until,
        category_initial,
        category_latest,
        previous_plans,
        transfer_in,
        null as plan_number,
        null as previous_ended,
        false as is_latest,
        0 as rows_sent,
        false as is_counted,
        'doubled' as why_not
    from versions
    where version > 1 and submission_rank = latest_rank
)

select
    area_code,
    child,
    started,
    ended,
    open_until,
    category_initial,
    category_latest,
    previous_plans,
    transfer_in,
    sex,
    ethnicity,
    birth_month,
    age_at_start,
    age_at_end,
    disability,
    plan_number::integer as plan_number,
    previous_ended,
    is_latest,
    is_counted,
    why_not,
    rows_sent::integer as rows_sent,
    submission_id,
    row
from together
