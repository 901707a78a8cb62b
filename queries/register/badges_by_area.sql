-- The dated statuses and supporting units of an area in one month.
--
-- grain:   one row per status or support
-- params:  $area   the area's code
--          $month  first day of the month
-- columns: kind, label, valid_from, valid_to, source
-- reads:   status, support
with
statuses as (
    select
        '状态' as kind,
        status as label,
        valid_from,
        valid_to,
        source
    from status
    where area_code = $area
),

supports as (
    select
        role as kind,
        unit as label,
        valid_from,
        valid_to,
        source
    from support
    where area_code = $area
),

dated as (
    select * from statuses
    union all
    select * from supports
)

select *
from dated
where valid_from <= last_day($month::DATE) and (valid_to is null or valid_to >= $month)
order by kind, label, valid_from
