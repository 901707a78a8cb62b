-- Every indicator for every village of the home county in one month, with its township.
--
-- The figures of villages_by_indicator, all indicators at once: a composite asks once.
--
-- grain:   one row per indicator and village
-- params:  $month  first day of the month
-- columns: indicator, area_code, name, township_code, township, numerator,
--          denominator, ytd_numerator, ytd_denominator, r12_numerator,
--          r12_denominator, expected, reported, shown,
--          band, band_low
-- reads:   village_indicator, area
select
    v.indicator,
    v.area_code,
    a.name,
    t.area_code as township_code,
    t.name as township,
    v.numerator,
    v.denominator,
    v.ytd_numerator,
    v.ytd_denominator,
    v.r12_numerator,
    v.r12_denominator,
    v.expected,
    v.reported,
    v.shown,
    v.band,
    v.band_low
from village_indicator as v
inner join area as a on v.area_code = a.area_code
inner join area as t on v.parent_code = t.area_code
where v.stat_month = $month
order by v.indicator, t.area_code, v.area_code
