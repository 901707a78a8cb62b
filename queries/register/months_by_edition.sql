-- The months that the edition covers, and how complete the county's reports are in
-- each.
--
-- grain:   one row per month
-- params:  $county  the county's code
-- columns: stat_month, expected, reported
-- reads:   indicator
with
counted as (
    select
        stat_month,
        max(expected) as expected,
        max(case when expected is not null then reported end) as reported
    from indicator
    where area_code = $county
    group by stat_month
)

select * from counted
order by stat_month
