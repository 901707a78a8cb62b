-- The judged indicators of a county and its townships over the last thirty-six months.
--
-- grain:   one row per indicator, area and month
-- params:  $county      the county's code
--          $month       last month
--          $indicators  ids in the catalogue, with commas between
-- columns: indicator, level, area_code, name, stat_month, numerator, denominator,
--          ytd_numerator, ytd_denominator, r12_numerator, r12_denominator
-- reads:   indicator, area
with
asked as (
    select unnest(string_split($indicators::VARCHAR, ',')) as id
)

select
    i.indicator,
    i.level,
    i.area_code,
    a.name,
    i.stat_month,
    i.numerator,
    i.denominator,
    i.ytd_numerator,
    i.ytd_denominator,
    i.r12_numerator,
    i.r12_denominator
from indicator as i
inner join area as a on i.area_code = a.area_code
where
    i.indicator in (select asked.id from asked)
    and i.stat_month <= $month
    and i.stat_month > $month::DATE - interval 36 month
    and (i.area_code = $county or i.parent_code = $county)
order by i.indicator, i.level, i.area_code, i.stat_month
