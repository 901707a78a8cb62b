-- One indicator for a county and its townships in one month, the month before and a year before.
--
-- grain:   one row per area and month
-- params:  $indicator  id in the catalogue
--          $county     the county's code
--          $month      first day of the month
-- columns: area_code, name, level, stat_month, numerator, denominator, ytd_numerator,
--          ytd_denominator, r12_numerator, r12_denominator, expected, reported
-- reads:   indicator, area
with
months as (
    select unnest([
        $month::DATE,
        ($month::DATE - interval 1 month)::DATE,
        ($month::DATE - interval 12 month)::DATE,
    ]) as stat_month
)

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
where
    i.indicator = $indicator
    and (i.area_code = $county or i.parent_code = $county)
    and i.stat_month in (select m.stat_month from months as m)
order by i.stat_month desc, i.level, i.area_code
