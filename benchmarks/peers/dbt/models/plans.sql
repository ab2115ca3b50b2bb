select
    area_code,
    child,
    sex,
    ethnicity,
    category_initial,
    category_latest,
    transfer_in,
    previous_plans,
    started,
    ended,
    date_diff('year', born, started) - (strftime(started, '%m%d') < strftime(born, '%m%d'))::integer as age,
    born > started as is_unborn,
    row_number() over in_turn as plan_number,
    lag(ended) over in_turn as previous_ended
from {{ ref('stg_plans') }}
window in_turn as (partition by area_code, child order by started)
