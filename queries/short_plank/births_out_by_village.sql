-- Out-of-policy births of every village over the statistical year to a month.
--
-- A viewer sees closed statistical years only, with small counts banded: births_out is
-- null and births_out_shown says the band.
--
-- grain:   one row per village
-- params:  $month  first day of the month
-- columns: area_code, name, township, births_out, births_out_shown
-- reads:   village_indicator, area
select
    v.area_code,
    a.name,
    t.name as township,
    v.ytd_numerator as births_out,
    coalesce(v.shown, v.ytd_numerator::VARCHAR) as births_out_shown
from village_indicator as v
inner join area as a on v.area_code = a.area_code
inner join area as t on v.parent_code = t.area_code
where v.indicator = 'births_out' and v.stat_month = $month
order by v.area_code
