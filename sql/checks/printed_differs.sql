-- One row per figure that the supplier printed and that its own parts do not give, at the places it was printed with.
with figures as (
    select * from marts.indicator_figures
    where is_ours and as_printed is not null
),

indicators as (
    select * from staging.indicators
),

submissions as (
    select * from staging.submissions
),

-- Ten thousandths on both sides: whole numbers, so that no binary fraction makes or hides a difference.
compared as (
    select
        figures.*,
        indicators.title,
        indicators.kind,
        indicators.unit,
        case indicators.kind when 'percent' then 100 when 'share' then 100 when 'rate' then 10000 else 1 end as scale,
        (10 ** figures.places_printed)::hugeint as step,
        (coalesce(figures.denominator, 1) * 10000)::hugeint as base,
        (figures.numerator * 10000)::hugeint as count_units,
        (figures.as_printed * 10000)::hugeint as printed_units
    from figures
    inner join indicators on figures.indicator = indicators.code
),

differing as (
    select
        *,
        count_units * scale * 10000 as exact_units
    from compared
    where abs(printed_units * base - exact_units) * 2 * step > base * 10000
    -- One finding a cell: a figure for a day stands for the periods that it closes, too.
    qualify row_number() over (partition by indicator, cell_printed order by period_end - period_start) = 1
),

worded as (
    select
        *,
        rtrim(rtrim(value::varchar, '0'), '.') as ours,
        numerator::bigint as counted,
        coalesce(denominator::bigint, 0) as divided_by,
        0.5 / step as half_step
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
    worded.title || ', ' || worded.period || case when worded.breakdown <> 'all' then ', ' || worded.breakdown else '' end
    || ': printed ' || format('{:.' || worded.places_printed || 'f}', worded.as_printed::double) || ', but '
    || case worded.kind
        when 'rate'
            then
                format('{:,}', worded.counted) || ' per ' || format('{:,}', worded.divided_by) || ' children is ' || worded.ours
                || ' for each 10,000. A population of '
                || format('{:,}', ceil(worded.counted * 10000 / (worded.as_printed + worded.half_step))::bigint) || ' to '
                || format('{:,}', floor(worded.counted * 10000 / greatest(worded.as_printed - worded.half_step, 0.0001))::bigint)
                || ' would give the printed rate.'
        when 'flow' then 'its months add up to ' || worded.ours || '.'
        when 'largest' then 'the largest of its months is ' || worded.ours || '.'
        when 'stock' then 'the figure for its last day is ' || worded.ours || '.'
        when 'mean' then format('{:,}', worded.counted) || ' over ' || worded.divided_by || ' months is ' || worded.ours || '.'
        else format('{:,}', worded.counted) || ' of ' || format('{:,}', worded.divided_by) || ' is ' || worded.ours || '%.'
    end as message,
    'Say what the printed figure was worked out from, or correct it.' as fix
from worded
left join submissions on worded.submission_printed = submissions.submission_id
order by all
