-- The dated statuses and supporting units of every area in one month.
--
-- grain:   one row per area and status or support
-- params:  $month  first day of the month
-- columns: area_code, kind, label, valid_from, valid_to, source
-- reads:   status, support
with
statuses as (
    select
        area_code,
        '状态' as kind,
        status as label,
        valid_from,
        valid_to,
        source
    from status
),

supports as (
    select
        area_code,
        role as kind,
        unit as label,
        valid_from,
        valid_to,
        source
    from support
),

dated as (
    select * from statuses
    union all
    select * from supports
)

select *
from dated
where valid_from <= last_day($month::DATE) and (valid_to is null or valid_to >= $month)
order by area_code, kind, label, valid_from
