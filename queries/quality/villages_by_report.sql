-- Which villages of the home county stood in their townships' reports, month by month.
--
-- grain:   one row per village and month
-- params:  $indicator  id of an indicator that rests on the villages' monthly report
--          $month      last month that is shown
-- columns: area_code, name, township, stat_month, expected, reported
-- reads:   village_indicator, area
select
    v.area_code,
    a.name,
    t.name as township,
    v.stat_month,
    v.expected,
    v.reported
from village_indicator as v
inner join area as a on v.area_code = a.area_code
inner join area as t on v.parent_code = t.area_code
where v.indicator = $indicator and v.stat_month <= $month
order by t.area_code, v.area_code, v.stat_month
