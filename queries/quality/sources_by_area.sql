-- The reports that a township filed for a month: file, sheet and the map to its cells.
--
-- grain:   one row per form and revision
-- params:  $area   the township's code, or that of one of its villages
--          $month  first day of the month
-- columns: form, form_label, revision, received_at, file_sha256, sheet, cells
-- reads:   submission, form, area
with
township as (
    select case when level = 'village' then parent_code else area_code end as code
    from area
    where area_code = $area
)

select
    s.form,
    f.label as form_label,
    s.revision,
    s.received_at,
    s.file_sha256,
    s.sheet,
    s.cells
from submission as s
inner join township as t on s.area_code = t.code
inner join form as f on s.form = f.form
where s.stat_month = $month
order by s.form, s.revision
