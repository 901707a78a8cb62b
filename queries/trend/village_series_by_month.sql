-- One indicator's months for one village.
--
-- grain:   one row per month
-- params:  $indicator  id in the catalogue
--          $village    the village's code
-- columns: stat_month, numerator, denominator, ytd_numerator, ytd_denominator,
--          r12_numerator, r12_denominator, expected, reported, shown
-- reads:   village_indicator
select
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
order by stat_month
