-- One row per figure that the supplier printed and that its own parts do not give, at the places it was printed with.
with figures as (
    select * from marts.indicator_figures
    where as_printed is not null and (is_ours or qualifier = 'rounded')
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
        low,
        high,
        qualifier,
        area_code,
        0.5 / step as half_step
    from compared
    where
        case
            when is_ours then abs(printed_units * base - count_units * scale * 10000) * 2 * step > base * 10000
            -- Rounded counts give a range, whose ends are rounded to two places here.
            else as_printed not between low - 0.5 / step - 0.005 and high + 0.5 / step + 0.005
        end
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
    worded.title || ', ' || coalesce(areas.said, '') || worded.period
    || if(worded.breakdown <> 'all', ', ' || worded.breakdown, '')
    || ': printed ' || format('{:.' || worded.places_printed || 'f}', worded.as_printed::double) || ', but '
    || case
        when worded.qualifier = 'rounded'
            then 'the rounded counts give ' || worded.low || ' to ' || worded.high || '.'
        when worded.indicator_kind = 'rate'
            then
                worded.counted || ' per ' || worded.divided_by || ' children is ' || worded.ours
                || ' for each 10,000. A population of ' || worded.least_population
                || ' to ' || worded.most_population || ' would give the printed rate.'
        when worded.indicator_kind = 'flow' then 'its parts add up to ' || worded.ours || '.'
        when worded.indicator_kind = 'largest' then 'the largest of its months is ' || worded.ours || '.'
        when worded.indicator_kind = 'stock' then 'the figure for its last day is ' || worded.ours || '.'
        when worded.indicator_kind = 'mean'
            then worded.counted || ' over ' || worded.divided_by || ' months is ' || worded.ours || '.'
        else worded.counted || ' of ' || worded.divided_by || ' is ' || worded.ours || '%.'
    end as message,
    'Say what the printed figure was worked out from, or correct it.' as fix
from worded
left join areas on worded.area_code = areas.area_code
left join submissions on worded.submission_printed = submissions.submission_id
order by worded.submission_printed, worded.cell_printed, worded.indicator
