-- One indicator's months for one village, its township and its county.
--
-- grain:   one row per area and month
-- params:  $indicator  id in the catalogue
--          $village    the village's code
--          $month      last month to return
-- columns: area_code, level, name, stat_month, numerator, denominator, ytd_numerator,
--          ytd_denominator, r12_numerator, r12_denominator, expected, reported, shown
-- reads:   village_indicator, indicator, area
with
township as (
    select
        t.area_code,
        t.parent_code
    from area as v
    inner join area as t on v.parent_code = t.area_code
    where v.area_code = $village
),

own as (
    select
        area_code,
        level,
        stat_month,
        numerator,
        denominator,
        ytd_numerator,
        ytd_denominator,
        r12_numerator,
        r12_denominator,
        expected,
        reported,
        shown
    from village_indicator
    where indicator = $indicator and area_code = $village
),

above as (
    select
        area_code,
        level,
        stat_month,
        numerator,
        denominator,
        ytd_numerator,
        ytd_denominator,
        r12_numerator,
        r12_denominator,
        expected,
        reported,
        null::VARCHAR as shown
    from indicator
    where
        indicator = $indicator
        and (
            area_code in (select t.area_code from township as t)
            or area_code in (select t.parent_code from township as t)
        )
),

history as (
    select * from own
    union all
    select * from above
)

select
    h.area_code,
    h.level,
    a.name,
    h.stat_month,
    h.numerator,
    h.denominator,
    h.ytd_numerator,
    h.ytd_denominator,
    h.r12_numerator,
    h.r12_denominator,
    h.expected,
    h.reported,
    h.shown
from history as h
inner join area as a on h.area_code = a.area_code
where h.stat_month <= $month
order by h.level desc, h.area_code asc, h.stat_month asc
