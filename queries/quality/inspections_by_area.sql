-- What inspections and checks found, to one month. For viewers births stand for the
-- whole county: a sample point is a village.
--
-- grain:   one row per inspection and area
-- params:  $month  last month that is shown
-- columns: area_code, name, stat_month, inspection_id, date, inspected_by, kind,
--          subject, verified, omitted, duplicate, fabricated, misclassified, listed,
--          confirmed
-- reads:   inspection, area
select
    i.area_code,
    a.name,
    i.stat_month,
    i.inspection_id,
    i.date,
    i.level as inspected_by,
    i.kind,
    i.subject,
    i.verified,
    i.omitted,
    i.duplicate,
    i."false" as fabricated,
    i.misclassified,
    i.listed,
    i.confirmed
from inspection as i
inner join area as a on i.area_code = a.area_code
where i.stat_month <= $month
order by i.date, i.inspection_id, i.area_code
