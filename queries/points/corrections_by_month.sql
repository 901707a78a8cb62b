-- How many reports each township corrected in each month, of months before it.
--
-- grain:   one row per township and month in which corrections came
-- params:  $county  the county's code
--          $month   last month that is shown
-- columns: area_code, received_month, corrections
-- reads:   submission, area
with
own as (
    select
        s.area_code,
        date_trunc('month', s.received_at)::DATE as received_month,
        s.stat_month
    from submission as s
    inner join area as a on s.area_code = a.area_code
    where a.parent_code = $county and a.level = 'township' and s.revision > 1
)

select
    area_code,
    received_month,
    count(*) as corrections
from own
where received_month <= $month and stat_month < received_month
group by area_code, received_month
order by area_code, received_month
