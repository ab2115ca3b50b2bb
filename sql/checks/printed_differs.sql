-- One row per figure that the supplier printed and that its own parts do not give, at the places it was printed with.
with figures as (
    select * from marts.indicator_figures
    where is_ours and as_printed is not null
),

indicators as (
    select * from conformed.indicators
),

submissions as (
    select * from conformed.submissions
),

-- Ten thousandths on both sides: whole numbers, so that no binary fraction makes or hides a difference.
compared as (
    select
        figures.*,
        indicators.title,
        indicators.kind as indicator_kind,
        case indicators.kind when 'percent' then 100 when 'share' then 100 when 'rate' then 10000 else 1 end as scale,
        (10 ** figures.places_printed)::hugeint as step,
        (coalesce(figures.denominator, 1) * 10000)::hugeint as base,
        (figures.numerator * 10000)::hugeint as count_units,
        (figures.as_printed * 10000)::hugeint as printed_units
    from figures
    inner join indicators on figures.indicator = indicators.indicator
),

differing as (
    select
        indicator,
        title,
        indicator_kind,
        unit,
        period,
        breakdown,
        value,
        numerator,
        as_printed,
        places_printed,
        cell_printed,
        submission_printed,
        denominator,
        0.5 / step as half_step
    from compared
    where abs(printed_units * base - count_units * scale * 10000) * 2 * step > base * 10000
    -- One finding a cell: a figure for a day stands for the periods that it closes, too.
    qualify row_number() over (partition by indicator, cell_printed order by period_end - period_start) = 1
),

worded as (
    select
        *,
        rtrim(rtrim(value::varchar, '0'), '.') as ours,
        format('{:,}', numerator::bigint) as counted,
        format('{:,}', coalesce(denominator::bigint, 0)) as divided_by,
        format('{:,}', ceil(numerator * 10000 / (as_printed + half_step))::bigint) as least_population,
        format('{:,}', floor(numerator * 10000 / greatest(as_printed - half_step, 0.0001))::bigint) as most_population
    from differing
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
    || ': printed ' || format('{:.' || worded.places_printed || 'f}', worded.as_printed::double) || ', but '
    || case worded.indicator_kind
        when 'rate'
            then
                worded.counted || ' per ' || worded.divided_by || ' children is ' || worded.ours
                || ' for each 10,000. A population of ' || worded.least_population
                || ' to ' || worded.most_population || ' would give the printed rate.'
        when 'flow' then 'its parts add up to ' || worded.ours || '.'
        when 'largest' then 'the largest of its months is ' || worded.ours || '.'
        when 'stock' then 'the figure for its last day is ' || worded.ours || '.'
        when 'mean' then worded.counted || ' over ' || worded.divided_by || ' months is ' || worded.ours || '.'
        else worded.counted || ' of ' || worded.divided_by || ' is ' || worded.ours || '%.'
    end as message,
    'Say what the printed figure was worked out from, or correct it.' as fix
from worded
left join submissions on worded.submission_printed = submissions.submission_id
order by worded.submission_printed, worded.cell_printed, worded.indicator
