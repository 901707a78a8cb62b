-- Male and female births of a county and its townships over rolling twelve months, half-yearly.
--
-- grain:   one row per area and month
-- params:  $indicator  id in the catalogue
--          $county     the county's code
--          $month      last month to return
-- columns: area_code, name, level, stat_month, males, females
-- reads:   indicator, area
select
    i.area_code,
    a.name,
    i.level,
    i.stat_month,
    i.r12_numerator as males,
    i.r12_denominator::BIGINT as females,
from indicator as i
inner join area as a on i.area_code = a.area_code
where
    i.indicator = $indicator
    and (i.area_code = $county or i.parent_code = $county)
    and i.stat_month <= $month
    and (
        (year($month::DATE) - year(i.stat_month)) * 12 + month($month::DATE) - month(i.stat_month)
    ) % 6 = 0
    and i.r12_numerator is not null
order by i.level, i.area_code, i.stat_month
