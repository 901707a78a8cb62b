-- The judged indicators of every village of the home county over twenty-five months.
--
-- grain:   one row per indicator, village and month
-- params:  $month       last month
--          $indicators  ids in the catalogue, with commas between
-- columns: indicator, area_code, name, township, stat_month, numerator, denominator,
--          ytd_numerator, ytd_denominator, r12_numerator, r12_denominator
-- reads:   village_indicator, area
with
asked as (
    select unnest(string_split($indicators::VARCHAR, ',')) as id
)

select
    v.indicator,
    v.area_code,
    a.name,
    t.name as township,
    v.stat_month,
    v.numerator,
    v.denominator,
    v.ytd_numerator,
    v.ytd_denominator,
    v.r12_numerator,
    v.r12_denominator
from village_indicator as v
inner join area as a on v.area_code = a.area_code
inner join area as t on v.parent_code = t.area_code
where
    v.indicator in (select asked.id from asked)
    and v.stat_month <= $month
    and v.stat_month >= $month::DATE - interval 24 month
order by v.indicator, v.area_code, v.stat_month
