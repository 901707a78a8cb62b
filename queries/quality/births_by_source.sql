-- Births by department over the statistical year to a month, beside what was reported.
--
-- grain:   one row per township
-- params:  $county      the county's code
--          $month       last month
--          $year_month  first month of the statistical year
-- columns: area_code, name, hospital, vaccination, registered, largest, excess
-- reads:   cross_source, indicator, area
with
sources as (
    select
        area_code,
        sum(births_hospital)::BIGINT as hospital,
        sum(births_vaccination)::BIGINT as vaccination,
        sum(births_registered)::BIGINT as registered
    from cross_source
    where stat_month between $year_month and $month
    group by area_code
)

select
    a.area_code,
    a.name,
    s.hospital,
    s.vaccination,
    s.registered,
    i.ytd_denominator as largest,
    i.ytd_numerator as excess
from area as a
inner join sources as s on a.area_code = s.area_code
left join indicator as i
    on
        s.area_code = i.area_code
        and i.indicator = 'cross_source_gap'
        and i.stat_month = $month
where a.parent_code = $county and a.level = 'township'
order by a.area_code
