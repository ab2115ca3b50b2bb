-- One row per figure of a return that a publisher prints otherwise: neither takes the other's place in silence.
-- Counts that two returns give with different values are in said_twice; here are those beside a publisher's rounded one.
with beside as (
    select * from marts.publishers_beside
    where differs and agency <> 'The Board' and (is_reckoned or published is null)
),

indicators as (
    select * from conformed.indicators
),

submissions as (
    select * from conformed.submissions
),

areas as (
    select
        area_code,
        if(is_own or kind = 'inside the Board', '', area || ', ') as said
    from conformed.areas
),

worded as (
    select
        beside.*,
        coalesce(indicators.title, replace(beside.of_what, '_', ' ')) as title,
        coalesce(areas.said, '') as of_area,
        format('{:,.' || beside.places || 'f}', beside.printed::double) as printed_said,
        coalesce(
            format('{:,.' || beside.published_places || 'f}', beside.published::double),
            format('{:,}', beside.published_low::bigint) || ' to ' || format('{:,}', beside.published_high::bigint)
        ) as published_said
    from beside
    left join indicators on beside.of_what = indicators.indicator
    left join areas on beside.area_code = areas.area_code
)

select
    submissions."return",
    submissions.period,
    worded.submission_id as submission,
    submissions.file,
    split_part(worded.cell, '!', 2) as sheet,
    split_part(worded.cell, '!', 3) as cell,
    worded.of_what as "column",
    null::varchar as row,
    'publisher_differs' as code,
    'query' as severity,
    worded.title || ', ' || worded.of_area || worded.period || ': printed ' || worded.printed_said || ', where '
    || worded.publisher || ' prints ' || worded.published_said || '.' as message,
    concat_ws(' ', 'Say why the two differ, or correct this one.', worded.explained) as fix
from worded
left join submissions on worded.submission_id = submissions.submission_id
qualify row_number() over (partition by worded.cell, worded.of_what, worded.publisher order by worded.publisher_return) = 1
order by worded.submission_id, worded.cell, worded.of_what, worded.publisher
