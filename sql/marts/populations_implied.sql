-- One row per printed rate and the interval of populations that its count and its places leave.
-- least, most: the fewest and the most people that give the rate as printed; blank where there is no most
-- people: whom the rate is of, by its definition: intervals of other people are not held against each other
-- is_agreed: it shares one interval with most of its agency's rates for the area and day
-- agreed_least, agreed_most: that interval; blank where no more than half of the rates share one
with figures as (
    select * from marts.indicator_figures
    where as_printed is not null and numerator > 0 and places_printed is not null and breakdown_type is null
),

parts as (
    select * from marts.indicator_parts
    where breakdown_type is null and population_date is not null
),

rates as (
    select
        indicator,
        people,
        age_range,
        sex
    from conformed.indicators
    where kind = 'rate'
),

submissions as (
    select * from conformed.submissions
),

counts_in_tens as (
    select * from marts.counts_in_tens
),

-- A rate implies a population only beside a count of the same agency.
printed as (
    select
        figures.indicator,
        rates.people,
        rates.age_range,
        rates.sex,
        submissions.agency,
        figures.area_code,
        figures.provider,
        parts.population_date as reference_date,
        figures.period,
        figures.numerator,
        figures.scale,
        figures.as_printed,
        figures.places_printed,
        figures.cell_printed,
        figures.submission_printed,
        if(
            exists (
                select 1 as there_is from counts_in_tens
                where
                    counts_in_tens.area_code = figures.area_code
                    and list_contains(string_split(parts.submission_id, '; '), counts_in_tens.submission_id)
            ),
            5,
            0
        ) as slack,
        (figures.as_printed * 2 * 10 ** figures.places_printed)::hugeint as twice_steps,
        2 * (10 ** figures.places_printed)::hugeint as twice_step
    from figures
    inner join rates on figures.indicator = rates.indicator
    inner join parts
        on
            figures.indicator = parts.indicator
            and figures.area_code = parts.area_code
            and figures.provider is not distinct from parts.provider
            and figures.period_type = parts.period_type
            and figures.period = parts.period
    inner join submissions on figures.submission_printed = submissions.submission_id
    where
        exists (
            select 1 as there_is from submissions as counted
            where
                counted.agency = submissions.agency
                and list_contains(string_split(parts.submission_id, '; '), counted.submission_id)
        )
    qualify row_number() over (
        partition by figures.indicator, figures.area_code, figures.provider, figures.cell_printed
        order by figures.period_end - figures.period_start
    ) = 1
),

intervals as (
    select
        *,
        ceil((numerator - slack) * scale * twice_step / (twice_steps + 1))::bigint as least,
        case
            when twice_steps > 1 then floor((numerator + slack) * scale * twice_step / (twice_steps - 1))::bigint
        end as most
    from printed
),

-- Where intervals overlap most, the overlap begins at the least of one of them.
begun as (
    select
        starts.agency,
        starts.people,
        starts.area_code,
        starts.provider,
        starts.reference_date,
        starts.least as beginning,
        count(distinct others.cell_printed) as shared_by,
        min(others.most) as ending
    from intervals as starts
    inner join intervals as others
        on
            starts.agency = others.agency
            and starts.people = others.people
            and starts.area_code = others.area_code
            and starts.provider is not distinct from others.provider
            and starts.reference_date = others.reference_date
            and starts.least >= others.least
            and (starts.least <= others.most or others.most is null)
    group by starts.agency, starts.people, starts.area_code, starts.provider, starts.reference_date, starts.least
    qualify row_number() over (
        partition by starts.agency, starts.people, starts.area_code, starts.provider, starts.reference_date
        order by shared_by desc, beginning asc
    ) = 1
),

rates_given as (
    select
        agency,
        people,
        area_code,
        provider,
        reference_date,
        count(distinct cell_printed) as rates
    from intervals
    group by agency, people, area_code, provider, reference_date
)

select
    intervals.indicator,
    intervals.people,
    intervals.age_range,
    intervals.sex,
    intervals.agency,
    intervals.area_code,
    intervals.provider,
    intervals.reference_date,
    intervals.period,
    intervals.numerator,
    intervals.as_printed,
    intervals.places_printed,
    intervals.least,
    intervals.most,
    begun.shared_by,
    rates_given.rates,
    begun.shared_by * 2 > rates_given.rates
    and intervals.least <= begun.beginning
    and (intervals.most >= begun.beginning or intervals.most is null) as is_agreed,
    case when begun.shared_by * 2 > rates_given.rates then begun.beginning end as agreed_least,
    case when begun.shared_by * 2 > rates_given.rates then begun.ending end as agreed_most,
    intervals.cell_printed,
    intervals.submission_printed
from intervals
inner join begun
    on
        intervals.agency = begun.agency
        and intervals.people = begun.people
        and intervals.area_code = begun.area_code
        and intervals.provider is not distinct from begun.provider
        and intervals.reference_date = begun.reference_date
inner join rates_given
    on
        intervals.agency = rates_given.agency
        and intervals.people = rates_given.people
        and intervals.area_code = rates_given.area_code
        and intervals.provider is not distinct from rates_given.provider
        and intervals.reference_date = rates_given.reference_date
order by intervals.agency, intervals.area_code, intervals.reference_date, intervals.indicator, intervals.period
