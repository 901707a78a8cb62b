-- One indicator's months for a county and its townships, and the reports behind them.
--
-- ytd_reported of ytd_expected and r12_reported of r12_expected are the reports behind
-- the cumulative and the rolling figures; a report beyond those expected is not
-- counted.
--
-- grain:   one row per area and month
-- params:  $indicator   id in the catalogue
--          $county      the county's code
--          $month       last month to return
--          $year_opens  number of the month that a statistical year opens with
-- columns: area_code, name, level, stat_month, statistical_year, numerator,
--          denominator, ytd_numerator, ytd_denominator, r12_numerator, r12_denominator,
--          expected, reported, ytd_expected, ytd_reported, r12_expected, r12_reported
-- reads:   indicator, area
with
own as (
    select
        *,
        case
            when $year_opens::INT = 1 then year(stat_month)
            else year(stat_month + to_months(13 - $year_opens::INT))
        end as statistical_year
    from indicator
    where
        indicator = $indicator
        and stat_month <= $month
        and (area_code = $county or parent_code = $county)
)

select
    i.area_code,
    a.name,
    i.level,
    i.stat_month,
    i.statistical_year::INT as statistical_year,
    i.numerator,
    i.denominator,
    i.ytd_numerator,
    i.ytd_denominator,
    i.r12_numerator,
    i.r12_denominator,
    i.expected,
    i.reported,
    (sum(i.expected) over passed)::BIGINT as ytd_expected,
    (sum(least(i.reported, i.expected)) over passed)::BIGINT as ytd_reported,
    (sum(i.expected) over rolling)::BIGINT as r12_expected,
    (sum(least(i.reported, i.expected)) over rolling)::BIGINT as r12_reported
from own as i
inner join area as a on i.area_code = a.area_code
window
    passed as (
        partition by i.area_code, i.statistical_year
        order by i.stat_month
    ),
    rolling as (
        partition by i.area_code
        order by i.stat_month
        range between interval 11 month preceding and current row
    )
order by i.level, i.area_code, i.stat_month
