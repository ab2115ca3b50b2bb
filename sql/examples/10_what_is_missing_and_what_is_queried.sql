-- What is missing, and what have we asked our partners about?
-- One row per return and period: whether it came, and how many questions are open on it.
with expected as (
    select * from audit.expected
),

findings as (
    select
        "return",
        period,
        count(*) filter (where severity = 'query' and code <> 'return_missing') as open_queries,
        count(*) filter (where severity = 'error') as rows_set_aside,
        count(*) filter (where code = 'printed_differs') as printed_figures_that_differ
    from audit.findings
    group by "return", period
)

select
    expected.period,
    expected.title,
    expected.outcome,
    expected.due,
    coalesce(findings.open_queries, 0) as open_queries,
    coalesce(findings.rows_set_aside, 0) as rows_set_aside,
    coalesce(findings.printed_figures_that_differ, 0) as printed_figures_that_differ
from expected
left join findings on expected."return" = findings."return" and expected.period = findings.period
order by expected.period_end asc, expected.period_start desc, expected.title asc
