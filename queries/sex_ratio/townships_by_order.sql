-- Male and female births of a county and its townships over a year and 12 to 36 months.
--
-- Windows longer than twelve months are sums of rolling twelve months; where the
-- history is shorter they are null. The silent columns count the months of a window in
-- which a report was due and none came.
--
-- grain:   one row per area and indicator
-- params:  $county      the county's code
--          $month       first day of the month
--          $year_month  first month of the statistical year
-- columns: area_code, name, level, indicator, expected, ytd_males, ytd_females,
--          ytd_silent, r12_males, r12_females, r12_silent, r24_males, r24_females,
--          r24_silent, r36_males, r36_females, r36_silent
-- reads:   indicator, area
with
ratios as (
    select
        *,
        expected > 0 and reported = 0 as silent
    from indicator
    where
        indicator like 'sex\_ratio%' escape '\'
        and stat_month <= $month
        and (area_code = $county or parent_code = $county)
),

latest as (
    select * from ratios
    where stat_month = $month
),

year_1 as (
    select * from ratios
    where stat_month = $month::DATE - interval 12 month
),

year_2 as (
    select * from ratios
    where stat_month = $month::DATE - interval 24 month
),

silences as (
    select
        area_code,
        indicator,
        count(*) filter (stat_month >= $year_month) as ytd_silent,
        count(*) filter (stat_month > $month::DATE - interval 12 month) as r12_silent,
        count(*) filter (stat_month > $month::DATE - interval 24 month) as r24_silent,
        count(*) filter (stat_month > $month::DATE - interval 36 month) as r36_silent
    from ratios
    where silent
    group by area_code, indicator
)

select
    l.area_code,
    a.name,
    l.level,
    l.indicator,
    l.expected,
    l.ytd_numerator as ytd_males,
    l.ytd_denominator::BIGINT as ytd_females,
    coalesce(s.ytd_silent, 0) as ytd_silent,
    l.r12_numerator as r12_males,
    l.r12_denominator::BIGINT as r12_females,
    coalesce(s.r12_silent, 0) as r12_silent,
    l.r12_numerator + y.r12_numerator as r24_males,
    (l.r12_denominator + y.r12_denominator)::BIGINT as r24_females,
    coalesce(s.r24_silent, 0) as r24_silent,
    l.r12_numerator + y.r12_numerator + z.r12_numerator as r36_males,
    (l.r12_denominator + y.r12_denominator + z.r12_denominator)::BIGINT as r36_females,
    coalesce(s.r36_silent, 0) as r36_silent
from latest as l
inner join area as a on l.area_code = a.area_code
left join year_1 as y on l.area_code = y.area_code and l.indicator = y.indicator
left join year_2 as z on l.area_code = z.area_code and l.indicator = z.indicator
left join silences as s on l.area_code = s.area_code and l.indicator = s.indicator
order by l.level, l.area_code, l.indicator
