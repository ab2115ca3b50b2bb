-- One row per health provider.
select
    code as provider,
    label as title
from staging.codes
where list = 'providers'
order by provider
