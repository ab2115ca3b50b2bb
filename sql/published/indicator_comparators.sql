-- One row per figure of `asked_indicator` for `asked_area` (code or name) × group of areas × basis: beside what others have.
-- asked with asked_indicator, asked_area
-- Each pair is of one indicator, one period and one breakdown. Only rates and percentages are compared.
-- indicator: code; published.indicators says what it means
-- area_code, area: the area asked for
-- period_type, period, period_start, period_end: the period of both
-- breakdown_type, breakdown: the part that both are for
-- unit: what both are measured in
-- value, lower_95, upper_95, status: the area's own
-- group_set: england, regions, statistical_neighbours_2025, or as the Board declares it
-- group_title: what the group is called
-- basis: published (as its publisher gives it), pooled (sum over sum of the members) or median (of the members' own)
-- group_value: the group's
-- members_known: the members of which it is made; blank where it is published
-- members: the members that the group has
-- comparison: higher, lower or similar: is the group's within the 95% limits of the area's own? blank where it has none
-- note: what keeps the two from being quite alike
with figures as (
    select * from published.indicator_values
    where indicator = asked_indicator and provider is null
),

indicators as (
    select * from published.indicators
    where kind in ('percent', 'rate', 'share')
),

groups as (
    select * from conformed.groups
),

asked as (
    select asked_area as area
),

own as (
    select
        figures.*,
        indicators.places,
        indicators.scale,
        regexp_extract(figures.population_id, ':base-([0-9]+)', 1) as census_base
    from figures
    inner join indicators on figures.indicator = indicators.indicator
    inner join asked on figures.area_code = asked.area or lower(figures.area) = lower(asked.area)
),

-- A group of its own for each area, or the one that the area is a member of.
groups_of_own as (
    select distinct
        own.area_code as own_code,
        groups.group_set,
        groups.title,
        groups.group_code,
        groups.area_code,
        groups.since,
        groups.until
    from own
    inner join groups on own.area_code = groups.area_code or (groups.area_code is null and own.area_code = groups.member_code)
),

figures_of_members as (
    select
        groups_of_own.own_code,
        groups_of_own.group_set,
        coalesce(groups.member_rank::varchar, groups.member_code) as member,
        figures.period_type,
        figures.period,
        figures.breakdown_type,
        figures.breakdown,
        figures.numerator,
        figures.denominator,
        figures.value,
        regexp_extract(figures.population_id, ':base-([0-9]+)', 1) as census_base
    from groups_of_own
    inner join groups
        on
            groups_of_own.group_set = groups.group_set
            and groups_of_own.group_code is not distinct from groups.group_code
            and groups_of_own.area_code is not distinct from groups.area_code
    inner join figures on groups.member_code = figures.area_code
),

-- One council has had several codes: it is one member, by whichever it has a figure under.
made_of_members as (
    select
        own_code,
        group_set,
        period_type,
        period,
        breakdown_type,
        breakdown,
        count(distinct member) as members,
        count(distinct member) filter (where value is not null and denominator > 0) as members_pooled,
        count(distinct member) filter (where value is not null) as members_valued,
        sum((numerator * 100)::hugeint) filter (where value is not null and denominator > 0) as numerator,
        sum((denominator * 100)::hugeint) filter (where value is not null and denominator > 0) as denominator,
        list_sort(list((value * 100)::hugeint) filter (where value is not null)) as values_sorted,
        list(distinct census_base) as bases
    from figures_of_members
    group by own_code, group_set, period_type, period, breakdown_type, breakdown
),

-- Halves are rounded up.
pooled as (
    select
        *,
        'pooled' as basis,
        numerator * scale * factor * 2 as dividend,
        denominator * 2 as divisor,
        members_pooled as members_known
    from (
        select
            made_of_members.*,
            own.scale,
            own.places,
            (10 ** own.places)::hugeint as factor
        from made_of_members
        inner join own
            on
                made_of_members.own_code = own.area_code
                and made_of_members.period_type = own.period_type
                and made_of_members.period = own.period
                and made_of_members.breakdown_type is not distinct from own.breakdown_type
                and made_of_members.breakdown = own.breakdown
    ) as members_scaled
    where denominator > 0
),

figures_of_groups as (
    select
        own_code,
        group_set,
        period_type,
        period,
        breakdown_type,
        breakdown,
        basis,
        (((dividend + denominator) // divisor)::decimal(28, 2) / factor)::decimal(18, 2) as group_value,
        members_known,
        members,
        bases
    from pooled
    union all
    select
        own_code,
        group_set,
        period_type,
        period,
        breakdown_type,
        breakdown,
        'median' as basis,
        ((values_sorted[(members_valued + 1) // 2] + values_sorted[members_valued // 2 + 1] + 1) // 2 / 100)::decimal(18, 2)
            as group_value,
        members_valued as members_known,
        members,
        bases
    from made_of_members
    where members_valued > 0
    union all
    select
        groups_of_own.own_code,
        groups_of_own.group_set,
        figures.period_type,
        figures.period,
        figures.breakdown_type,
        figures.breakdown,
        'published' as basis,
        coalesce(figures.value, figures.as_printed)::decimal(18, 2) as group_value,
        null as members_known,
        null as members,
        [regexp_extract(figures.population_id, ':base-([0-9]+)', 1)] as bases
    from groups_of_own
    inner join figures on groups_of_own.group_code = figures.area_code
    where coalesce(figures.value, figures.as_printed) is not null
)

select
    own.indicator,
    own.area_code,
    own.area,
    own.period_type,
    own.period,
    own.period_start,
    own.period_end,
    own.breakdown_type,
    own.breakdown,
    own.unit,
    own.value,
    own.lower_95,
    own.upper_95,
    own.status,
    groups_of_own.group_set,
    groups_of_own.title as group_title,
    figures_of_groups.basis,
    figures_of_groups.group_value,
    figures_of_groups.members_known,
    figures_of_groups.members,
    case
        when own.lower_95 > figures_of_groups.group_value then 'higher'
        when own.upper_95 < figures_of_groups.group_value then 'lower'
        when own.lower_95 is not null and own.upper_95 is not null then 'similar'
    end as comparison,
    nullif(
        concat_ws(
            ' ',
            case
                when own.period_end < groups_of_own.since
                    then 'The group was made later, in ' || year(groups_of_own.since) || '.'
                when own.period_end > groups_of_own.until
                    then 'Since ' || (groups_of_own.until + 1)::date || ' another group holds.'
            end,
            case
                when figures_of_groups.members_known < figures_of_groups.members
                    then
                        'Of ' || figures_of_groups.members_known || ' of its ' || figures_of_groups.members
                        || ' members: the others'' figures are hidden or not known.'
            end,
            case
                when len(list_distinct(list_append(figures_of_groups.bases, own.census_base))) > 1
                    then
                        'The populations are of different censuses: '
                        || array_to_string(list_sort(list_distinct(list_append(figures_of_groups.bases, own.census_base))), ', ')
                        || '.'
            end
        ),
        ''
    ) as note
from own
inner join groups_of_own on own.area_code = groups_of_own.own_code
inner join figures_of_groups
    on
        own.area_code = figures_of_groups.own_code
        and groups_of_own.group_set = figures_of_groups.group_set
        and own.period_type = figures_of_groups.period_type
        and own.period = figures_of_groups.period
        and own.breakdown_type is not distinct from figures_of_groups.breakdown_type
        and own.breakdown = figures_of_groups.breakdown
order by
    own.area, own.period_start, own.period_end, own.breakdown_type, own.breakdown, groups_of_own.group_set,
    figures_of_groups.basis
