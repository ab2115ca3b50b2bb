-- One row per figure of an area that a publisher gives and that a return gives, too, or the Board works out from its returns.
-- agency: whose it is; 'The Board' where it is worked out here
-- differs: whether they differ beyond the places of the one that was printed to fewer, or the range of one that was rounded
-- explained: which counts, populations, periods and standings are behind the two, as far as they are known
with given as (
    select
        agency,
        "return",
        is_publishers,
        coalesce(measure, prints) as of_what,
        prints is not null as is_reckoned,
        area_code,
        period_type,
        period,
        period_end,
        value,
        coalesce(value, low) as low,
        coalesce(value, high) as high,
        coalesce(places, 0) as places,
        status,
        submission_id,
        cell
    from conformed.observations
    where
        standing = 'accepted' and is_accepted and breakdown_type is null and breakdown = 'all' and provider is null
        and coalesce(value, low, high) is not null
    -- Of files that repeat what went before, what was given last.
    qualify row_number() over (
        partition by "return", measure, prints, area_code, period_type, period
        order by arrival desc, places desc, sheet asc, row asc
    ) = 1
),

indicators as (
    select * from conformed.indicators
),

populations as (
    select * from conformed.populations
),

submissions as (
    select * from conformed.submissions
),

-- What is worked out here from what the area's own returns give, and from no publisher's.
worked_out as (
    select
        figures.indicator as of_what,
        figures.area_code,
        figures.period_type,
        figures.period,
        figures.period_end,
        figures.numerator,
        figures.value,
        indicators.places,
        figures.status,
        figures.population_id,
        figures.submission_id,
        figures.cell
    from marts.indicator_figures as figures
    inner join indicators on figures.indicator = indicators.indicator
    where
        figures.is_ours and figures.scale > 1 and figures.breakdown_type is null and figures.provider is null
        and figures.area_code in (
            select given.area_code from given
            where not given.is_publishers
        )
        and not exists (
            select 1 as there_is from submissions
            where
                submissions.is_publishers
                and list_contains(string_split(figures.submission_id, '; '), submissions.submission_id)
        )
),

held as (
    select
        of_what,
        is_reckoned,
        area_code,
        period_type,
        period,
        period_end,
        agency,
        value,
        places,
        status,
        submission_id,
        cell
    from given
    where not is_publishers and value is not null
    union all
    select
        of_what,
        true as is_reckoned,
        area_code,
        period_type,
        period,
        period_end,
        'The Board' as agency,
        value,
        places,
        status,
        submission_id,
        cell
    from worked_out
),

pairs as (
    select
        own.of_what,
        own.is_reckoned,
        own.area_code,
        own.period,
        own.period_end,
        own.agency,
        own.value,
        own.places,
        own.status,
        own.submission_id,
        own.cell,
        theirs.agency as publisher,
        theirs."return" as publisher_return,
        theirs.value as published,
        theirs.low as published_low,
        theirs.high as published_high,
        theirs.places as published_places,
        theirs.status as published_status,
        theirs.cell as published_cell,
        (10 ** least(own.places, theirs.places))::hugeint as step
    from held as own
    inner join given as theirs
        on
            own.of_what = theirs.of_what
            and own.is_reckoned = theirs.is_reckoned
            and own.area_code = theirs.area_code
            and own.period_end = theirs.period_end
            -- What is for a day is for the periods that it closes, too.
            and (own.period = theirs.period or 'date' in (own.period_type, theirs.period_type))
    where theirs.is_publishers
    qualify row_number() over (
        partition by own.of_what, own.agency, own.cell, theirs.cell
        order by own.period = theirs.period desc, own.period_type, own.period asc
    ) = 1
),

differing as (
    select
        *,
        case
            when published is null then value not between published_low and published_high
            else
                ((value * 10000)::hugeint * step * 2 + 10000) // 20000
                <> ((published * 10000)::hugeint * step * 2 + 10000) // 20000
        end as differs
    from pairs
),

-- The count of each that its rate or percentage is of.
counts as (
    select
        given.agency,
        indicators.indicator,
        given.area_code,
        given.period_end,
        min(given.low) as low,
        max(given.high) as high
    from given
    inner join indicators on indicators.numerator = [given.of_what]
    where not given.is_reckoned and indicators.scale > 1
    group by given.agency, indicators.indicator, given.area_code, given.period_end
),

-- Each side of a differing rate: the count, and the populations that it leaves.
sides as (
    select distinct
        of_what,
        area_code,
        period_end,
        agency,
        value as printed,
        places
    from differing
    where differs and is_reckoned
    union
    select distinct
        of_what,
        area_code,
        period_end,
        publisher as agency,
        published as printed,
        published_places as places
    from differing
    where differs and is_reckoned and published is not null
),

sides_counted as (
    select
        sides.of_what,
        sides.area_code,
        sides.period_end,
        sides.agency,
        sides.printed,
        indicators.age_range,
        indicators.sex,
        if(counts.low = counts.high, format('{:,}', counts.low::bigint), null) as counted,
        case
            when indicators.kind = 'rate'
                then ceil(counts.low * indicators.scale * 2 * 10 ** sides.places / (sides.printed * 2 * 10 ** sides.places + 1))
        end as least,
        case
            when indicators.kind = 'rate' and sides.printed * 2 * 10 ** sides.places > 1
                then floor(counts.high * indicators.scale * 2 * 10 ** sides.places / (sides.printed * 2 * 10 ** sides.places - 1))
        end as most
    from sides
    inner join indicators on sides.of_what = indicators.indicator
    inner join counts
        on
            sides.of_what = counts.indicator
            and sides.area_code = counts.area_code
            and sides.period_end = counts.period_end
            and sides.agency = counts.agency
),

sides_of_all as (
    select * from sides_counted
    union all
    select
        worked_out.of_what,
        worked_out.area_code,
        worked_out.period_end,
        'The Board' as agency,
        worked_out.value as printed,
        populations.age_range,
        populations.sex,
        format('{:,}', worked_out.numerator::bigint) as counted,
        populations.population::double as least,
        populations.population::double as most
    from worked_out
    inner join sides
        on
            worked_out.of_what = sides.of_what
            and worked_out.area_code = sides.area_code
            and worked_out.period_end = sides.period_end
            and sides.agency = 'The Board'
    left join populations on worked_out.population_id = populations.population_id
),

sides_said as (
    select
        sides.of_what,
        sides.area_code,
        sides.period_end,
        sides.agency,
        sides.printed,
        sides.counted,
        sides.agency || ' divides by '
        || if(
            sides.least = sides.most,
            '',
            format('{:,}', sides.least::bigint) || ' to ' || coalesce(format('{:,}', sides.most::bigint), 'any more') || ', '
        )
        || coalesce(
            if(sides.least = sides.most, 'the ', 'such as the ') || format('{:,}', populations.population) || ' of '
            || strftime(populations.reference_date, '%d/%m/%Y') || ' on the ' || populations.census_base || ' base',
            'which no population that is known is'
        ) as divides
    from sides_of_all as sides
    left join populations
        on
            sides.area_code = populations.area_code
            and sides.age_range = populations.age_range
            and sides.sex = populations.sex
            and sides.least <= populations.population
            and (sides.most >= populations.population or sides.most is null)
    qualify row_number() over (
        partition by sides.of_what, sides.area_code, sides.period_end, sides.agency, sides.printed
        order by abs(populations.reference_date - sides.period_end), populations.census_base
    ) = 1
),

-- What the publisher gives of the two years before or after, where it is what the return has.
other_periods as (
    select
        differing.of_what,
        differing.area_code,
        differing.period,
        differing.agency,
        differing.cell,
        differing.publisher_return,
        given.period as other_period
    from differing
    inner join given
        on
            differing.of_what = given.of_what
            and differing.is_reckoned = given.is_reckoned
            and differing.area_code = given.area_code
            and differing.publisher_return = given."return"
            and differing.period <> given.period
            and abs(differing.period_end - given.period_end) between 1 and 731
    where
        differing.differs
        and ((differing.value * 10000)::hugeint * differing.step * 2 + 10000) // 20000
        = ((given.value * 10000)::hugeint * differing.step * 2 + 10000) // 20000
    qualify row_number() over (
        partition by differing.of_what, differing.cell, differing.publisher_return, differing.published_cell
        order by abs(differing.period_end - given.period_end), given.period
    ) = 1
)

select
    differing.of_what,
    differing.is_reckoned,
    differing.area_code,
    differing.period,
    differing.agency,
    differing.value as printed,
    differing.places,
    differing.publisher,
    differing.publisher_return,
    differing.published,
    differing.published_low,
    differing.published_high,
    differing.published_places,
    differing.value - differing.published as difference,
    differing.differs,
    nullif(
        concat_ws(
            ' ',
            case
                when not differing.differs or own.counted is null or theirs.counted is null then null
                when own.counted = theirs.counted then 'Both count ' || own.counted || '.'
                else differing.agency || ' counts ' || own.counted || ', ' || differing.publisher || ' ' || theirs.counted || '.'
            end,
            own.divides || '; ' || theirs.divides || '.',
            differing.publisher || ' gives it for ' || other_periods.other_period || '.',
            case
                when differing.differs and differing.status <> differing.published_status
                    then
                        differing.agency || '''s is ' || differing.status || ', ' || differing.publisher || '''s '
                        || differing.published_status || '.'
            end
        ),
        ''
    ) as explained,
    differing.submission_id,
    differing.cell,
    differing.published_cell
from differing
left join sides_said as own
    on
        differing.differs
        and differing.of_what = own.of_what
        and differing.area_code = own.area_code
        and differing.period_end = own.period_end
        and differing.agency = own.agency
        and differing.value = own.printed
left join sides_said as theirs
    on
        differing.differs
        and differing.of_what = theirs.of_what
        and differing.area_code = theirs.area_code
        and differing.period_end = theirs.period_end
        and differing.publisher = theirs.agency
        and differing.published = theirs.printed
left join other_periods
    on
        differing.of_what = other_periods.of_what
        and differing.cell = other_periods.cell
        and differing.publisher_return = other_periods.publisher_return
        and differing.period = other_periods.period
order by differing.of_what, differing.area_code, differing.period, differing.cell, differing.publisher_return
