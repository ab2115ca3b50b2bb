-- What comes of child abuse crimes and of domestic abuse crimes?
-- Net of outcomes moved to earlier months, so that a month can be below nought. Read the note with the numbers.
select
    indicator,
    period,
    max(value) filter (where breakdown = 'prosecution_possible') as prosecution_possible,
    max(value) filter (where breakdown = 'prosecution_prevented') as prosecution_prevented,
    max(value) filter (where breakdown = 'prosecution_not_in_public_interest') as not_in_public_interest,
    max(value) filter (where breakdown = 'prosecution_not_possible') as prosecution_not_possible,
    sum(value) as outcomes,
    bool_or(contains(note, 'Query:')) as has_an_open_query
from published.indicator_values
where
    indicator in ('child_abuse_outcomes', 'domestic_abuse_outcomes')
    and period_type in ('quarter', 'year')
group by indicator, period, period_start, period_end
order by indicator asc, period_end asc, period_start desc
