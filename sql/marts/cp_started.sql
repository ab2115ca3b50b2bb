-- One row per measure of plans that started × council × month, or quarter where broken down: surely are, or may be.
-- sure: plans of which it is known
-- unsure: plans of which it may be so: what is held and what is declared leave it open
-- is_told: false where nothing can be said, for the supplier does not say which plans are transfers-in
with started as (
    select * from marts.cp_starts
),

months as (
    select
        area_code,
        month_start,
        count(*) as started,
        count(*) filter (where transfer_in) as transfers,
        count(*) filter (where transfer_in is null) as transfers_unsure,
        count(*) filter (where is_subsequent) as again,
        count(*) filter (where is_subsequent is null) as again_unsure,
        count(*) filter (where is_within_24_months) as within,
        count(*) filter (where is_within_24_months is null) as within_unsure,
        count(*) filter (where is_in_year) as in_year,
        count(*) filter (where is_in_year is null) as in_year_unsure,
        count(*) filter (where is_subsequent and not transfer_in) as own_again,
        count(*) filter (where is_subsequent is null and not transfer_in) as own_again_unsure,
        count(*) filter (where is_within_24_months and not transfer_in) as own_within,
        count(*) filter (where is_within_24_months is null and not transfer_in) as own_within_unsure,
        count(*) filter (where is_in_year and not transfer_in) as own_in_year,
        count(*) filter (where is_in_year is null and not transfer_in) as own_in_year_unsure
    from started
    group by area_code, month_start
),

-- The DfE's count only is broken down: beside it the Board's own would give away the transfers-in of each part.
breakdowns as (
    select
        area_code,
        quarter_start,
        'age' as breakdown_type,
        age as breakdown,
        count(*) as started
    from started
    group by area_code, quarter_start, age
    union all
    select
        area_code,
        quarter_start,
        'sex' as breakdown_type,
        coalesce(sex::varchar, 'U') as breakdown,
        count(*) as started
    from started
    group by area_code, quarter_start, sex
    union all
    select
        area_code,
        quarter_start,
        'ethnicity' as breakdown_type,
        coalesce(ethnicity::varchar, 'not_known') as breakdown,
        count(*) as started
    from started
    group by area_code, quarter_start, ethnicity
    union all
    select
        area_code,
        quarter_start,
        'category_initial' as breakdown_type,
        coalesce(category_initial::varchar, 'not_known') as breakdown,
        count(*) as started
    from started
    group by area_code, quarter_start, category_initial
    union all
    select
        area_code,
        quarter_start,
        'category_of_abuse' as breakdown_type,
        coalesce(category_latest::varchar, 'not_known') as breakdown,
        count(*) as started
    from started
    group by area_code, quarter_start, category_latest
)

select
    measures.measure,
    months.area_code::varchar as area_code,
    'month' as period_type,
    months.month_start as period_start,
    null::varchar as breakdown_type,
    'all' as breakdown,
    case measures.measure
        when 'cp_plans_started_with_transfers' then months.started
        when 'cp_plans_started' then months.started - months.transfers
        when 'cp_transfers_in' then months.transfers
        when 'cp_plans_started_first' then months.started - months.transfers - months.own_again - months.own_again_unsure
        when 'cp_reregistrations_with_transfers' then months.again
        when 'cp_reregistrations' then months.own_again
        when 'cp_reregistrations_within_24_months_with_transfers' then months.within
        when 'cp_reregistrations_within_24_months' then months.own_within
        when 'cp_reregistrations_in_year_with_transfers' then months.in_year
        when 'cp_reregistrations_in_year' then months.own_in_year
    end as sure,
    case measures.measure
        when 'cp_plans_started_first' then months.own_again_unsure
        when 'cp_reregistrations_with_transfers' then months.again_unsure
        when 'cp_reregistrations' then months.own_again_unsure
        when 'cp_reregistrations_within_24_months_with_transfers' then months.within_unsure
        when 'cp_reregistrations_within_24_months' then months.own_within_unsure
        when 'cp_reregistrations_in_year_with_transfers' then months.in_year_unsure
        when 'cp_reregistrations_in_year' then months.own_in_year_unsure
        else 0
    end as unsure,
    measures.measure like '%with_transfers%' or months.transfers_unsure = 0 as is_told
from months
cross join (
    values
    ('cp_plans_started_with_transfers'),
    ('cp_plans_started'),
    ('cp_transfers_in'),
    ('cp_plans_started_first'),
    ('cp_reregistrations_with_transfers'),
    ('cp_reregistrations'),
    ('cp_reregistrations_within_24_months_with_transfers'),
    ('cp_reregistrations_within_24_months'),
    ('cp_reregistrations_in_year_with_transfers'),
    ('cp_reregistrations_in_year')
) as measures (measure)
union all
select
    'cp_plans_started_with_transfers' as measure,
    area_code::varchar as area_code,
    'quarter' as period_type,
    quarter_start as period_start,
    breakdown_type,
    breakdown,
    started as sure,
    0 as unsure,
    true as is_told
from breakdowns
order by measure, area_code, period_start, breakdown_type, breakdown
