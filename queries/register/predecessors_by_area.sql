-- The areas that were merged or renamed into one area, with their dates.
--
-- grain:   one row per former area
-- params:  $area  the area's code
-- columns: area_code, name, valid_from, valid_to
-- reads:   successor, area
with recursive
former as (
    select s.old_code
    from successor as s
    where s.new_code = $area
    union
    select s.old_code
    from successor as s
    inner join former as f on s.new_code = f.old_code
)

select
    a.area_code,
    a.name,
    a.valid_from,
    a.valid_to
from former as f
inner join area as a on f.old_code = a.area_code
order by a.area_code
