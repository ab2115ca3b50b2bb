select
    area_code,
    date_trunc('month', started)::date as month_start,
    count(*) as started,
    count(*) filter (where transfer_in = 'Y') as transfers_in,
    count(*) filter (where plan_number > 1 or previous_plans > 0) as again,
    count(*) filter (where previous_ended + interval 24 month >= started) as again_within_24_months
from {{ ref('plans') }}
group by all
