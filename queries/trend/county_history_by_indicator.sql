-- Every indicator of one county or township over the months since a start.
--
-- grain:   one row per indicator and month
-- params:  $area         the area's code
--          $first_month  first month to return
--          $month        last month to return
-- columns: indicator, stat_month, numerator, denominator, ytd_numerator,
--          ytd_denominator, r12_numerator, r12_denominator, expected, reported
-- reads:   indicator
select
    indicator,
    stat_month,
    numerator,
    denominator,
    ytd_numerator,
    ytd_denominator,
    r12_numerator,
    r12_denominator,
    expected,
    reported
from indicator
where area_code = $area and stat_month between $first_month and $month
order by indicator, stat_month
