-- The targets of an indicator by area and statistical year.
--
-- grain:   one row per area and statistical year
-- params:  $indicator  id in the catalogue
-- columns: area_code, statistical_year, target, source
-- reads:   target
select
    area_code,
    statistical_year,
    target,
    source
from target
where indicator = $indicator
order by area_code, statistical_year
