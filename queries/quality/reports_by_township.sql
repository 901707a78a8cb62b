-- Which monthly forms each township of a county has filed for a month, and when they
-- came.
--
-- grain:   one row per township and monthly form
-- params:  $county  the county's code
--          $month   first day of the month
-- columns: area_code, name, form, form_label, first_received, revisions
-- reads:   area, form, submission
with
townships as (
    select
        area_code,
        name
    from area
    where
        parent_code = $county and level = 'township'
        and valid_from <= $month and (valid_to is null or valid_to >= $month)
),

filed as (
    select
        area_code,
        form,
        min(received_at) as first_received,
        count(*) as revisions
    from submission
    where stat_month = $month
    group by area_code, form
)

select
    t.area_code,
    t.name,
    f.form,
    f.label as form_label,
    d.first_received,
    coalesce(d.revisions, 0) as revisions
from townships as t
cross join form as f
left join filed as d on t.area_code = d.area_code and f.form = d.form
where f.expected = 'month'
order by t.area_code, f.form
