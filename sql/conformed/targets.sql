-- One row per target that was set for an indicator, by whom, and from when until when.
-- target: of its indicator the first, second …, as declared
-- area_code: the area that it is for; blank where it is for every area
-- rule: the colours that were set and the values that have them; blank where none were
select
    target,
    indicator,
    area_code,
    says,
    set_by,
    source,
    rule,
    valid_from,
    valid_until
from staging.targets
order by target
