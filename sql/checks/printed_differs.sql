-- One row per figure that the supplier printed and that its own parts do not give, at the places it was printed with.
with differing as (
    select * from marts.printed_compared
    where differs
),

explanations as (
    select
        printed_id,
        string_agg(
            said || if(others > 0, ' (or ' || others || ' more of the kind)', ''), '; '
            order by explanation
        ) as said
    from marts.printed_explained
    where choice = 1
    group by printed_id
),

figures_of_rounded_counts as (
    select * from marts.indicator_figures
    where as_printed is not null and qualifier = 'rounded' and not is_ours
),

indicators as (
    select * from conformed.indicators
),

submissions as (
    select * from conformed.submissions
),

-- Whose figure it is, where it is another council's, a region's or England's.
areas as (
    select
        area_code,
        if(is_own or kind = 'inside the Board', '', area || ', ') as said
    from conformed.areas
),

worded as (
    select
        differing.*,
        explanations.said as explained,
        0.5 / differing.step as half_step,
        coalesce(nullif(regexp_extract(differing.unit, '^per [0-9,]+ (.+)$', 1), ''), 'residents') as whom,
        rtrim(rtrim(differing.value::decimal(18, 2)::varchar, '0'), '.') as ours,
        format('{:,}', differing.numerator::bigint) as counted,
        format('{:,}', coalesce(differing.denominator::bigint, 0)) as divided_by,
        rtrim(rtrim(abs(differing.difference)::decimal(18, 4)::varchar, '0'), '.') as apart
    from differing
    left join explanations on differing.printed_id = explanations.printed_id
),

-- Beside the question, not in it: what else becomes known does not ask an answered question again.
questions as (
    select
        indicator,
        title,
        area_code,
        period,
        breakdown,
        as_printed,
        places,
        submission_printed,
        cell_printed,
        case indicator_kind
            when 'rate'
                then
                    counted || ' per ' || divided_by || ' ' || whom || ' is ' || ours || ' for each ' || format('{:,}', scale)
                    || '. A population of ' || format('{:,}', ceil(numerator * scale / (as_printed + half_step))::bigint)
                    || ' to ' || format('{:,}', floor(numerator * scale / greatest(as_printed - half_step, 0.0001))::bigint)
                    || ' would give the printed rate.'
            when 'flow' then 'its parts add up to ' || ours || '.'
            when 'largest' then 'the largest of its months is ' || ours || '.'
            when 'stock' then 'the figure for its last day is ' || ours || '.'
            when 'mean' then counted || ' over ' || divided_by || ' months is ' || ours || '.'
            else counted || ' of ' || divided_by || ' is ' || ours || '%.'
        end as but,
        'It is ' || apart || if(difference > 0, ' more', ' less') || ' than ours; '
        || coalesce('this would give it: ' || explained || '.', 'nothing that is known here gives it.') as explained
    from worded
    union all
    -- Rounded counts give a range, whose ends are rounded to two places here.
    select
        figures_of_rounded_counts.indicator,
        indicators.title,
        figures_of_rounded_counts.area_code,
        figures_of_rounded_counts.period,
        figures_of_rounded_counts.breakdown,
        figures_of_rounded_counts.as_printed,
        figures_of_rounded_counts.places_printed as places,
        figures_of_rounded_counts.submission_printed,
        figures_of_rounded_counts.cell_printed,
        'the rounded counts give ' || figures_of_rounded_counts.low::decimal(18, 2) || ' to '
        || figures_of_rounded_counts.high::decimal(18, 2) || '.' as but,
        null as explained
    from figures_of_rounded_counts
    inner join indicators on figures_of_rounded_counts.indicator = indicators.indicator
    where
        figures_of_rounded_counts.as_printed
        not between figures_of_rounded_counts.low - 0.5 / (10 ** figures_of_rounded_counts.places_printed) - 0.005
        and figures_of_rounded_counts.high + 0.5 / (10 ** figures_of_rounded_counts.places_printed) + 0.005
    qualify row_number() over (
        partition by figures_of_rounded_counts.indicator, figures_of_rounded_counts.cell_printed
        order by figures_of_rounded_counts.period_end - figures_of_rounded_counts.period_start
    ) = 1
)

select
    submissions."return",
    submissions.period,
    questions.submission_printed as submission,
    submissions.file,
    split_part(questions.cell_printed, '!', 2) as sheet,
    split_part(questions.cell_printed, '!', 3) as cell,
    questions.indicator as "column",
    null::varchar as row,
    'printed_differs' as code,
    'query' as severity,
    questions.title || ', ' || coalesce(areas.said, '') || questions.period
    || if(questions.breakdown <> 'all', ', ' || questions.breakdown, '')
    || ': printed ' || format('{:.' || questions.places || 'f}', questions.as_printed::double) || ', but ' || questions.but
        as message,
    concat_ws(' ', 'Say what the printed figure was worked out from, or correct it.', questions.explained) as fix
from questions
left join areas on questions.area_code = areas.area_code
left join submissions on questions.submission_printed = submissions.submission_id
order by questions.submission_printed, questions.cell_printed, questions.indicator
