-- Every monthly form that each township of a county owed for each month to one, when it
-- first came, and how often it was revised.
--
-- grain:   one row per township, form and month
-- params:  $county  the county's code
--          $month   last month that is shown
-- columns: area_code, name, form, form_label, stat_month, first_received, revisions
-- reads:   area, form, submission
with
months as (
    select distinct stat_month
    from submission
    where stat_month <= $month
),

filed as (
    select
        area_code,
        form,
        stat_month,
        min(received_at) as first_received,
        count(*) as revisions
    from submission
    group by area_code, form, stat_month
)

select
    a.area_code,
    a.name,
    f.form,
    f.label as form_label,
    m.stat_month,
    d.first_received,
    coalesce(d.revisions, 0) as revisions
from area as a
cross join form as f
inner join months as m
    on
        a.valid_from <= m.stat_month
        and (a.valid_to is null or a.valid_to >= m.stat_month)
left join filed as d
    on a.area_code = d.area_code and f.form = d.form and m.stat_month = d.stat_month
where a.parent_code = $county and a.level = 'township' and f.expected = 'month'
order by a.area_code, f.form, m.stat_month
