-- One row per figure cell of every submission that was accepted, superseded ones and rows set aside included.
with figures as (
    select * from staging.figures
),

submissions as (
    select * from staging.submissions
),

findings as (
    select * from staging.findings
),

answers as (
    select * from staging.answers
),

-- What was asked about a cell stays with its figure until it is answered, and the answer from then on.
questions as (
    select
        submissions.file || '!' || findings.sheet || '!' || findings.cell as cell,
        case
            when answers.finding_id is null then 'Query: ' || findings.message
            else 'Explained: ' || answers.explanation || ' (Asked: ' || findings.message || ')'
        end as said
    from findings
    inner join submissions on findings.submission = submissions.submission_id
    left join answers on findings.finding_id = answers.finding_id
    where findings.severity = 'query' and findings.cell is not null
),

queries as (
    select
        cell,
        string_agg(distinct said, ' ' order by said) as query
    from questions
    group by cell
)

select
    figures.submission_id,
    figures."return",
    submissions.agency,
    submissions.standing,
    submissions.cumulative,
    submissions.arrival,
    submissions.received_at,
    submissions.period as return_period,
    submissions.period_end as return_period_end,
    submissions.public is not null as is_public,
    coalesce(submissions.is_publishers, false) as is_publishers,
    figures.sheet,
    figures.row,
    figures.accepted as is_accepted,
    figures.measure,
    figures.prints,
    figures.area_code,
    figures.provider,
    figures.period_type,
    figures.period,
    figures.period_start,
    figures.period_end,
    figures.breakdown_type,
    figures.breakdown,
    figures.label,
    figures.printed,
    case when figures.accepted then figures.value end as value,
    case when figures.accepted then figures.low end as low,
    case when figures.accepted then figures.high end as high,
    figures.places,
    figures.unit,
    case when figures.accepted then figures.qualifier end as qualifier,
    case when figures.accepted then figures.status else 'unreliable' end as status,
    figures.note,
    nullif(concat_ws(' ', figures.corrected, queries.query), '') as query,
    figures.corrected,
    figures.file,
    figures.cell
from figures
inner join submissions on figures.submission_id = submissions.submission_id
left join queries on figures.cell = queries.cell
where figures.period is not null and figures.area_code is not null
order by figures.submission_id, figures.sheet, figures.row, figures.cell, figures.measure, figures.breakdown
