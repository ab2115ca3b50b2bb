with plans as (
    select
        area_code,
        date_trunc('quarter', started)::date as quarter_start,
        case
            when is_unborn then 'unborn'
            when age < 1 then 'under_1'
            when age < 5 then '1_to_4'
            when age < 10 then '5_to_9'
            when age < 16 then '10_to_15'
            else '16_and_over'
        end as age,
        sex,
        ethnicity,
        category_initial,
        category_latest
    from {{ ref('plans') }}
)

{% for part in ['age', 'sex', 'ethnicity', 'category_initial', 'category_latest'] %}
select area_code, quarter_start, '{{ part }}' as breakdown_type, {{ part }} as breakdown, count(*) as started
from plans
group by all
{% if not loop.last %}union all{% endif %}
{% endfor %}
