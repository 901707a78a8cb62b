-- A county's male and female births by birth order over its statistical years.
--
-- The year that holds the month runs to that month, the others to their end; months
-- says how many months of the year the edition has.
--
-- grain:   one row per statistical year and indicator
-- params:  $county      the county's code
--          $month       last month to return
--          $year_opens  number of the month that a statistical year opens with
-- columns: statistical_year, indicator, stat_month, males, females, expected, months
-- reads:   indicator
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
        indicator like 'sex\_ratio%' escape '\'
        and area_code = $county
        and stat_month <= $month
)

select
    statistical_year::INT as statistical_year,
    indicator,
    max(stat_month) as stat_month,
    max_by(ytd_numerator, stat_month) as males,
    max_by(ytd_denominator, stat_month)::BIGINT as females,
    max_by(expected, stat_month) as expected,
    count(*) as months
from own
group by statistical_year, indicator
order by statistical_year, indicator
