-- Every area of the register with its level and the dates between which it exists.
--
-- grain:   one row per area
-- params:
-- columns: area_code, parent_code, level, name, kind, valid_from, valid_to
-- reads:   area
select
    area_code,
    parent_code,
    level,
    name,
    kind,
    valid_from,
    valid_to
from area
order by area_code
