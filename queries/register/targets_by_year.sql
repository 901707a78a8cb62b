-- The targets of every area and indicator in one statistical year.
--
-- grain:   one row per area and indicator
-- params:  $year  the statistical year
-- columns: area_code, indicator, target, source
-- reads:   target
select
    area_code,
    indicator,
    target,
    source
from target
where statistical_year = $year
order by area_code, indicator
