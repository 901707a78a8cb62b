-- In how many of the last twelve months each village stood below a line.
--
-- Only for indicators that are not about births: a viewer has no monthly births.
--
-- grain:   one row per village
-- params:  $indicator  id in the catalogue
--          $month      last of the twelve months
--          $line       the line, in the indicator's unit
--          $factor     the indicator's factor
-- columns: area_code, months_below, months_known
-- reads:   village_indicator
with
months as (
    select
        area_code,
        numerator,
        denominator
    from village_indicator
    where
        indicator = $indicator
        and stat_month <= $month and stat_month > $month::DATE - interval 12 month
        and denominator > 0
)

select
    area_code,
    count(*) filter ($factor::DOUBLE * numerator / nullif(denominator, 0) < $line)
        as months_below,
    count(*) as months_known
from months
group by area_code
order by area_code
