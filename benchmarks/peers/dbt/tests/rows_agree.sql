-- The contract's rules between columns, and of a value: rows that break one.
select 1 as broken
from {{ ref('stg_plans') }}
where
    not regexp_full_match(child, '[A-Za-z0-9][A-Za-z0-9/_.-]{0,39}')
    or started > date '{{ var("period_end") }}'
    or started < date '1990-01-01'
    or ended <= started
    or ended > date '{{ var("period_end") }}'
    or started - born not between -280 and 6575
    or previous_plans not between 0 and 50
