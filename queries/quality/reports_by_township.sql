-- Which of the forms due for a month each township of a county has filed, and when they
-- came; quarterly ones are due for the last month of a quarter.
--
-- grain:   one row per township and form
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
where
    f.expected = 'month'
    or (f.expected = 'quarter' and extract(month from $month::DATE) % 3 = 0)
order by t.area_code, f.form
