-- One indicator's months for a county and all its townships.
--
-- grain:   one row per area and month
-- params:  $indicator  id in the catalogue
--          $county     the county's code
-- columns: area_code, name, level, stat_month, numerator, denominator, ytd_numerator,
--          ytd_denominator, r12_numerator, r12_denominator, expected, reported
-- reads:   indicator, area
select
    i.area_code,
    a.name,
    i.level,
    i.stat_month,
    i.numerator,
    i.denominator,
    i.ytd_numerator,
    i.ytd_denominator,
    i.r12_numerator,
    i.r12_denominator,
    i.expected,
    i.reported,
from indicator as i
inner join area as a on i.area_code = a.area_code
where i.indicator = $indicator and (i.area_code = $county or i.parent_code = $county)
order by i.level, i.area_code, i.stat_month
