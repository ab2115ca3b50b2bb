-- One row per decision to reckon a chart's limits anew, from a period on.
-- area_code: the area whose charts it is about; blank for every area's
-- based_until: last day of what the limits are reckoned from; blank where all that follows is
select
    indicator,
    area_code,
    period,
    based_from,
    based_until,
    decided_on,
    decided_by,
    reason
from staging.rebased
order by indicator, area_code, based_from
