-- Every indicator of one village in one month, beside its township and county.
--
-- grain:   one row per indicator and area
-- params:  $village  the village's code
--          $month    first day of the month
-- columns: indicator, level, name, numerator, denominator, ytd_numerator,
--          ytd_denominator, r12_numerator, r12_denominator, expected, shown
-- reads:   village_indicator, indicator, area
with
village as (
    select *
    from area
    where area_code = $village
),

township as (
    select *
    from area
    where area_code in (select v.parent_code from village as v)
),

own as (
    select
        indicator,
        level,
        area_code,
        numerator,
        denominator,
        ytd_numerator,
        ytd_denominator,
        r12_numerator,
        r12_denominator,
        expected,
        shown
    from village_indicator
    where area_code = $village and stat_month = $month
),

above as (
    select
        indicator,
        level,
        area_code,
        numerator,
        denominator,
        ytd_numerator,
        ytd_denominator,
        r12_numerator,
        r12_denominator,
        expected,
        case when reported is null then '不公布' end as shown
    from indicator
    where
        stat_month = $month
        and (
            area_code in (select t.area_code from township as t)
            or area_code in (select t.parent_code from township as t)
        )
        and indicator in (select o.indicator from own as o)
),

profile as (
    select * from own
    union all
    select * from above
)

select
    p.indicator,
    p.level,
    a.name,
    p.numerator,
    p.denominator,
    p.ytd_numerator,
    p.ytd_denominator,
    p.r12_numerator,
    p.r12_denominator,
    p.expected,
    p.shown
from profile as p
inner join area as a on p.area_code = a.area_code
order by p.indicator asc, p.level desc
