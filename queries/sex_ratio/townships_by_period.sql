-- Male and female births of a county and its townships over twelve months, half-yearly.
--
-- Periods that the history does not fill are left out; an area that did not report in a
-- whole period has nulls.
--
-- grain:   one row per area and month
-- params:  $indicator  id in the catalogue
--          $county     the county's code
--          $month      last month to return
-- columns: area_code, name, level, stat_month, males, females, expected
-- reads:   indicator, area
with
history as (
    select min(stat_month) as first_month
    from indicator
    where indicator = $indicator and area_code = $county
)

select
    i.area_code,
    a.name,
    i.level,
    i.stat_month,
    i.r12_numerator as males,
    i.r12_denominator::BIGINT as females,
    i.expected
from indicator as i
inner join area as a on i.area_code = a.area_code
cross join history as h
where
    i.indicator = $indicator
    and (i.area_code = $county or i.parent_code = $county)
    and i.stat_month between h.first_month + interval 11 month and $month
    and (
        (year($month::DATE) - year(i.stat_month)) * 12
        + month($month::DATE)
        - month(i.stat_month)
    ) % 6 = 0
order by i.level, i.area_code, i.stat_month
