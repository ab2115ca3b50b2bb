-- One row per agency that owes the Board a return.
select
    agency,
    count(*) as returns_expected
from staging.expected
group by agency
order by agency
