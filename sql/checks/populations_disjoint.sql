-- One row per pair of agencies whose printed rates no one population gives, and per agency whose own rates none gives.
with implied as (
    select * from marts.populations_implied
),

populations as (
    select * from conformed.populations
),

areas as (
    select * from conformed.areas
),

submissions as (
    select * from conformed.submissions
),

agencies as (
    select
        agency,
        people,
        age_range,
        sex,
        area_code,
        provider,
        reference_date,
        max(agreed_least) as least,
        max(agreed_most) as most,
        max(rates) as rates,
        max(shared_by) as shared_by,
        min(submission_printed) filter (where is_agreed) as submission_agreed,
        min(cell_printed) filter (where is_agreed) as cell_agreed,
        min(submission_printed) filter (where not is_agreed) as submission_apart,
        min(cell_printed) filter (where not is_agreed) as cell_apart
    from implied
    group by agency, people, age_range, sex, area_code, provider, reference_date
),

between_two as (
    select
        one.area_code,
        one.people,
        one.reference_date,
        two.submission_agreed as submission_id,
        two.cell_agreed as cell,
        one.agency,
        two.agency as other,
        one.least,
        one.most,
        two.least as other_least,
        two.most as other_most
    from agencies as one
    inner join agencies as two
        on
            one.area_code = two.area_code
            and one.people = two.people
            and one.provider is not distinct from two.provider
            and one.reference_date = two.reference_date
            and one.agency < two.agency
    where one.most < two.least or two.most < one.least
),

ends as (
    select
        agency,
        people,
        age_range,
        sex,
        area_code,
        reference_date,
        least,
        most
    from agencies
    where least is not null and most is not null
),

nearest as (
    select
        ends.agency,
        ends.people,
        ends.area_code,
        ends.reference_date,
        format('{:,}', populations.population) || ' of ' || strftime(populations.reference_date, '%d/%m/%Y') || ' on the '
        || populations.census_base || ' base' as said
    from ends
    inner join populations
        on
            ends.area_code = populations.area_code
            and ends.age_range = populations.age_range
            and ends.sex = populations.sex
    qualify row_number() over (
        partition by ends.agency, ends.people, ends.area_code, ends.reference_date
        order by
            greatest(ends.least - populations.population, populations.population - ends.most, 0),
            abs(populations.reference_date - ends.reference_date),
            populations.census_base
    ) = 1
),

found as (
    select
        between_two.area_code,
        between_two.reference_date,
        between_two.submission_id,
        between_two.cell,
        'The rates of ' || between_two.agency || ' and ' || between_two.other || ' for '
        || coalesce(areas.area, between_two.area_code)
        || ' are of different populations: ' || between_two.agency || ' divides by ' || format('{:,}', between_two.least)
        || ' to '
        || coalesce(format('{:,}', between_two.most), 'any more') || ', ' || between_two.other || ' by '
        || format('{:,}', between_two.other_least) || ' to ' || coalesce(format('{:,}', between_two.other_most), 'any more')
        || '.' as message,
        'Ask both which population they divided by. '
        || coalesce('The nearest that is known to ' || between_two.agency || '''s is ' || one.said || '. ', '')
        || coalesce('The nearest that is known to ' || between_two.other || '''s is ' || two.said || '.', '') as fix
    from between_two
    left join areas on between_two.area_code = areas.area_code
    left join nearest as one
        on
            between_two.agency = one.agency
            and between_two.people = one.people
            and between_two.area_code = one.area_code
            and between_two.reference_date = one.reference_date
    left join nearest as two
        on
            between_two.other = two.agency
            and between_two.people = two.people
            and between_two.area_code = two.area_code
            and between_two.reference_date = two.reference_date
    union all
    select
        agencies.area_code,
        agencies.reference_date,
        agencies.submission_apart as submission_id,
        agencies.cell_apart as cell,
        'No one population gives the ' || agencies.rates || ' rates of ' || agencies.agency || ' for '
        || coalesce(areas.area, agencies.area_code)
        || if(
            agencies.least is null,
            ': no more than half of them share one.',
            ': ' || agencies.shared_by || ' share ' || format('{:,}', agencies.least) || ' to '
            || coalesce(format('{:,}', agencies.most), 'any more') || ', the one in this cell does not.'
        ) as message,
        'Say which population each was divided by, or correct the rate or the count that is wrong.' as fix
    from agencies
    left join areas on agencies.area_code = areas.area_code
    where agencies.submission_apart is not null
)

select
    submissions."return",
    submissions.period,
    found.submission_id as submission,
    submissions.file,
    split_part(found.cell, '!', 2) as sheet,
    split_part(found.cell, '!', 3) as cell,
    'population' as "column",
    null::varchar as row,
    'populations_disjoint' as code,
    'query' as severity,
    found.message,
    found.fix
from found
left join submissions on found.submission_id = submissions.submission_id
order by found.area_code, found.reference_date, found.submission_id, found.message
