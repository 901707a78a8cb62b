-- Recounted births by sex over a span of months, beside the reported ones.
--
-- grain:   one row per township
-- params:  $county       the county's code
--          $first_month  first birth month
--          $month        last birth month
-- columns: area_code, name, males, females, reported_males, reported_females
-- reads:   recount, indicator, area
with
again as (
    select
        area_code,
        sum(males)::BIGINT as males,
        sum(females)::BIGINT as females
    from recount
    where stat_month between $first_month and $month
    group by area_code
)

select
    a.area_code,
    a.name,
    r.males,
    r.females,
    i.ytd_numerator as reported_males,
    i.ytd_denominator::BIGINT as reported_females
from area as a
inner join again as r on a.area_code = r.area_code
left join indicator as i
    on
        r.area_code = i.area_code
        and i.indicator = 'sex_ratio_at_birth'
        and i.stat_month = $month
where a.parent_code = $county and a.level = 'township'
order by a.area_code
