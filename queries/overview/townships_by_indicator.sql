-- Every indicator of a county and its townships in one month, to see what needs
-- attention.
--
-- grain:   one row per indicator and area
-- params:  $county  the county's code
--          $month   first day of the month
-- columns: indicator, area_code, name, level, numerator, denominator, ytd_numerator,
--          ytd_denominator, r12_numerator, r12_denominator, expected, reported
-- reads:   indicator, area
select
    i.indicator,
    i.area_code,
    a.name,
    i.level,
    i.numerator,
    i.denominator,
    i.ytd_numerator,
    i.ytd_denominator,
    i.r12_numerator,
    i.r12_denominator,
    i.expected,
    i.reported
from indicator as i
inner join area as a on i.area_code = a.area_code
where
    i.stat_month = $month
    and (i.area_code = $county or i.parent_code = $county)
order by i.indicator, i.level, i.area_code
