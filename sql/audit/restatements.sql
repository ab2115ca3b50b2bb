-- One row per published figure that a later load changed: from what to what, between which submissions, and why.
-- change: changed, added (of a time for which figures were known before) or taken away
-- difference: by how much the value rose; blank where one of the two is not a number
-- why: what the change follows from; submissions, definitions and populations are named where they were others
-- known_from: since when the later figure is known, in UTC
with versions as (
    select
        *,
        indicator || '|' || coalesce(area_code, '') || '|' || period_type as series
    from audit.figure_versions
),

submissions as (
    select * from conformed.submissions
),

loads as (
    select
        series,
        known_from,
        max(max(period_end)) over (
            partition by series order by known_from rows between unbounded preceding and 1 preceding
        ) as known_to
    from versions
    where is_published
    group by series, known_from
),

-- Of what was loaded once nothing was restated.
series_known_before as (
    select series
    from versions
    group by series
    having min(known_from) < max(known_from)
),

steps as (
    select
        versions.*,
        lag(versions.value) over earlier as value_before,
        lag(versions.numerator) over earlier as numerator_before,
        lag(versions.denominator) over earlier as denominator_before,
        lag(versions.status) over earlier as status_before,
        lag(versions.qualifier) over earlier as qualifier_before,
        lag(versions.as_printed) over earlier as as_printed_before,
        lag(versions.population_id) over earlier as population_before,
        lag(versions.submission_id) over earlier as submission_before,
        lag(versions.cell) over earlier as cell_before,
        lag(versions.definition_sha256) over earlier as definition_before,
        lag(versions.is_published) over earlier as was_published
    from versions
    where versions.series in (select series_known_before.series from series_known_before)
    window earlier as (
        partition by indicator, area_code, provider, period_type, period, breakdown_type, breakdown
        order by known_from
    )
),

changes as (
    select
        steps.*,
        case
            when not steps.is_published then 'taken away'
            when coalesce(steps.was_published, false) then 'changed'
            else 'added'
        end as change,
        steps.definition_before <> steps.definition_sha256 as is_redefined,
        steps.population_before <> coalesce(steps.population_id, '') as is_rebased,
        steps.submission_before <> coalesce(steps.submission_id, '') as is_resubmitted
    from steps
    left join loads on steps.series = loads.series and steps.known_from = loads.known_from
    where
        not steps.is_published
        or (not coalesce(steps.was_published, false) and steps.period_end <= loads.known_to)
        or (
            steps.was_published
            and (
                steps.value is distinct from steps.value_before
                or steps.numerator is distinct from steps.numerator_before
                or steps.denominator is distinct from steps.denominator_before
                or steps.status is distinct from steps.status_before
                or steps.qualifier is distinct from steps.qualifier_before
                or steps.as_printed is distinct from steps.as_printed_before
            )
        )
),

submissions_before as (
    select distinct
        changes.submission_before,
        unnest(string_split(changes.submission_before, '; ')) as submission_id
    from changes
    where changes.submission_before is not null
),

withdrawals as (
    select
        submissions_before.submission_before,
        string_agg(
            submissions.submission_id || ' was withdrawn: ' || submissions.withdrawn_for, '; '
            order by submissions.submission_id
        ) as said
    from submissions_before
    inner join submissions on submissions_before.submission_id = submissions.submission_id
    where submissions.withdrawn_for is not null
    group by submissions_before.submission_before
)

select
    changes.indicator,
    changes.area_code,
    changes.area,
    changes.provider,
    changes.period_type,
    changes.period,
    changes.breakdown_type,
    changes.breakdown,
    changes.change,
    changes.value_before,
    case when changes.is_published then changes.value end as value,
    case when changes.is_published then changes.value - changes.value_before end as difference,
    changes.numerator_before,
    case when changes.is_published then changes.numerator end as numerator,
    changes.denominator_before,
    case when changes.is_published then changes.denominator end as denominator,
    changes.status_before,
    case when changes.is_published then changes.status end as status,
    changes.submission_before,
    case when changes.is_published then changes.submission_id end as submission_id,
    changes.cell_before,
    case when changes.is_published then changes.cell end as cell,
    coalesce(
        nullif(
            concat_ws(
                '; ',
                case when changes.is_redefined then 'the definition of ' || changes.indicator || ' changed' end,
                withdrawals.said,
                case
                    when not changes.is_published then 'nothing that stands gives it any longer'
                    when changes.is_resubmitted
                        then
                            'it was ' || changes.submission_before || ', and is '
                            || coalesce(changes.submission_id, 'nothing that stands')
                    when changes.change = 'added' then 'it came with ' || coalesce(changes.submission_id, 'no submission')
                end,
                case
                    when changes.is_rebased
                        then
                            'the population was ' || changes.population_before || ', and is '
                            || coalesce(changes.population_id, 'none')
                end
            ),
            ''
        ),
        'the same submissions are read otherwise: by another contract, a correction, or what else is known now'
    ) as why,
    changes.known_from
from changes
left join withdrawals on changes.submission_before = withdrawals.submission_before
order by
    changes.known_from, changes.indicator, changes.area, changes.provider, changes.period_start, changes.period_end,
    changes.breakdown_type, changes.breakdown
