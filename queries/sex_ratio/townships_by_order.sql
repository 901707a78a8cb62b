-- Male and female births of a county and its townships over 12, 24 and 36 months and the year.
--
-- Windows longer than twelve months are sums of rolling twelve months; where the history is shorter
-- they are null.
--
-- grain:   one row per area and indicator
-- params:  $county  the county's code
--          $month   first day of the month
-- columns: area_code, name, level, indicator, ytd_males, ytd_females, r12_males, r12_females,
--          r24_males, r24_females, r36_males, r36_females
-- reads:   indicator, area
with
ratios as (
    select *
    from indicator
    where
        indicator like 'sex\_ratio%' escape '\'
        and (area_code = $county or parent_code = $county)
),

latest as (select * from ratios where stat_month = $month),

year_1 as (select * from ratios where stat_month = $month::DATE - interval 12 month),

year_2 as (select * from ratios where stat_month = $month::DATE - interval 24 month)

select
    l.area_code,
    a.name,
    l.level,
    l.indicator,
    l.ytd_numerator as ytd_males,
    l.ytd_denominator::BIGINT as ytd_females,
    l.r12_numerator as r12_males,
    l.r12_denominator::BIGINT as r12_females,
    l.r12_numerator + y.r12_numerator as r24_males,
    (l.r12_denominator + y.r12_denominator)::BIGINT as r24_females,
    l.r12_numerator + y.r12_numerator + z.r12_numerator as r36_males,
    (l.r12_denominator + y.r12_denominator + z.r12_denominator)::BIGINT as r36_females,
from latest as l
inner join area as a on l.area_code = a.area_code
left join year_1 as y on l.area_code = y.area_code and l.indicator = y.indicator
left join year_2 as z on l.area_code = z.area_code and l.indicator = z.indicator
order by l.level, l.area_code, l.indicator
