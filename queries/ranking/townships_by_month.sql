-- One indicator for a county and its townships in one month, the month before and a
-- year before.
--
-- ytd_silent and r12_silent count the months of the window in which a report was due
-- and none came.
--
-- grain:   one row per area and month
-- params:  $indicator   id in the catalogue
--          $county      the county's code
--          $month       first day of the month
--          $year_month  first month of the statistical year
-- columns: area_code, name, level, stat_month, numerator, denominator, ytd_numerator,
--          ytd_denominator, r12_numerator, r12_denominator, expected, reported,
--          ytd_silent, r12_silent
-- reads:   indicator, area
with
own as (
    select *
    from indicator
    where indicator = $indicator and (area_code = $county or parent_code = $county)
),

months as (
    select unnest([
        $month::DATE,
        ($month::DATE - interval 1 month)::DATE,
        ($month::DATE - interval 12 month)::DATE,
    ]) as stat_month
),

silent as (
    select
        area_code,
        count(*) filter (stat_month >= $year_month) as ytd_silent,
        count(*) filter (stat_month > $month::DATE - interval 12 month) as r12_silent
    from own
    where stat_month <= $month and expected > 0 and reported = 0
    group by area_code
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
    coalesce(s.ytd_silent, 0) as ytd_silent,
    coalesce(s.r12_silent, 0) as r12_silent
from own as i
inner join area as a on i.area_code = a.area_code
left join silent as s on i.area_code = s.area_code
where i.stat_month in (select m.stat_month from months as m)
order by i.stat_month desc, i.level asc, i.area_code asc
