-- Are health staff trained to safeguard children, provider by provider?
-- A range is kept as a range in the note; nothing is put in its middle.
with ratings as (
    select * from published.indicator_values
    where indicator = 'health_rating_17c'
),

levels as (
    select * from published.indicator_values
    where indicator = 'safeguarding_training_percent'
)

select
    ratings.provider,
    ratings.period,
    ratings.breakdown as rating,
    max(levels.value) filter (where levels.breakdown = '1') as level_1,
    max(levels.value) filter (where levels.breakdown = '2') as level_2,
    max(levels.value) filter (where levels.breakdown = '3') as level_3,
    max(levels.value) filter (where levels.breakdown = '4') as level_4,
    max(levels.note) filter (where levels.qualifier = 'range') as given_as_a_range
from ratings
left join levels on ratings.provider = levels.provider and ratings.period = levels.period
group by ratings.provider, ratings.period, ratings.breakdown
order by ratings.period, ratings.provider
