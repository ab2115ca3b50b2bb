-- One row per figure that the supplier printed and that its own parts do not give, at the places it was printed with.
with differing as (
    select * from marts.printed_compared
    where differs
),

explanations as (
    select
        indicator,
        area_code,
        cell_printed,
        string_agg(
            said || if(others > 0, ' (or ' || others || ' more of the kind)', ''), '; '
            order by explanation
        ) as said
    from marts.printed_explained
    where choice = 1
    group by indicator, area_code, cell_printed
),

submissions as (
    select * from conformed.submissions
),

worded as (
    select
        differing.*,
        explanations.said as explained,
        0.5 / differing.step as half_step,
        rtrim(rtrim(differing.value::decimal(18, 2)::varchar, '0'), '.') as ours,
        format('{:,}', differing.numerator::bigint) as counted,
        format('{:,}', coalesce(differing.denominator::bigint, 0)) as divided_by,
        rtrim(rtrim(abs(differing.difference)::decimal(18, 4)::varchar, '0'), '.') as apart
    from differing
    left join explanations
        on
            differing.indicator = explanations.indicator
            and differing.area_code = explanations.area_code
            and differing.cell_printed = explanations.cell_printed
)

select
    submissions."return",
    submissions.period,
    worded.submission_printed as submission,
    submissions.file,
    split_part(worded.cell_printed, '!', 2) as sheet,
    split_part(worded.cell_printed, '!', 3) as cell,
    worded.indicator as "column",
    null::varchar as row,
    'printed_differs' as code,
    'query' as severity,
    worded.title || ', ' || worded.period || if(worded.breakdown <> 'all', ', ' || worded.breakdown, '')
    || ': printed ' || format('{:.' || worded.places || 'f}', worded.as_printed::double) || ', but '
    || case worded.indicator_kind
        when 'rate'
            then
                worded.counted || ' per ' || worded.divided_by || ' children is ' || worded.ours
                || ' for each 10,000. A population of '
                || format('{:,}', ceil(worded.numerator * 10000 / (worded.as_printed + worded.half_step))::bigint) || ' to '
                || format(
                    '{:,}',
                    floor(worded.numerator * 10000 / greatest(worded.as_printed - worded.half_step, 0.0001))::bigint
                )
                || ' would give the printed rate.'
        when 'flow' then 'its parts add up to ' || worded.ours || '.'
        when 'largest' then 'the largest of its months is ' || worded.ours || '.'
        when 'stock' then 'the figure for its last day is ' || worded.ours || '.'
        when 'mean' then worded.counted || ' over ' || worded.divided_by || ' months is ' || worded.ours || '.'
        else worded.counted || ' of ' || worded.divided_by || ' is ' || worded.ours || '%.'
    end as message,
    -- Beside the question, not in it: what else becomes known does not ask an answered question again.
    'Say what the printed figure was worked out from, or correct it. It is ' || worded.apart
    || if(worded.difference > 0, ' more', ' less') || ' than ours; '
    || coalesce('this would give it: ' || worded.explained || '.', 'nothing that is known here gives it.') as fix
from worded
left join submissions on worded.submission_printed = submissions.submission_id
order by worded.submission_printed, worded.cell_printed, worded.indicator
