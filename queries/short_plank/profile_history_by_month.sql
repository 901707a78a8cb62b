-- One indicator's months for one village, its township and its county.
--
-- Before a merger the village is the sum of those merged into it; a month in which one
-- of them is unreported or banded is null, and a banded one is shown as 不公布.
--
-- grain:   one row per area and month
-- params:  $indicator  id in the catalogue
--          $village    the village's code
--          $month      last month to return
-- columns: area_code, level, name, stat_month, numerator, denominator, ytd_numerator,
--          ytd_denominator, r12_numerator, r12_denominator, expected, reported, shown
-- reads:   village_indicator, indicator, successor, area
with recursive
parts as (
    select $village as area_code
    union
    select s.old_code as area_code
    from parts as p
    inner join successor as s on p.area_code = s.new_code
    inner join area as o on s.old_code = o.area_code
    where o.valid_to < $month
),

township as (
    select
        t.area_code,
        t.parent_code
    from area as v
    inner join area as t on v.parent_code = t.area_code
    where v.area_code = $village
),

summed as (
    select
        stat_month,
        count(*) as parts,
        count(numerator) as numerators,
        sum(numerator)::BIGINT as numerator,
        count(denominator) as denominators,
        sum(denominator) as denominator,
        count(ytd_numerator) as ytd_numerators,
        sum(ytd_numerator)::BIGINT as ytd_numerator,
        count(ytd_denominator) as ytd_denominators,
        sum(ytd_denominator) as ytd_denominator,
        count(r12_numerator) as r12_numerators,
        sum(r12_numerator)::BIGINT as r12_numerator,
        count(r12_denominator) as r12_denominators,
        sum(r12_denominator) as r12_denominator,
        max(expected) as expected,
        min(reported) as reported,
        case when count(*) = 1 then max(shown) when count(shown) > 0 then '不公布' end
            as shown
    from village_indicator
    where indicator = $indicator and area_code in (select p.area_code from parts as p)
    group by stat_month
),

own as (
    select
        $village as area_code,
        'village' as level,
        stat_month,
        case when numerators = parts then numerator end as numerator,
        case when denominators = parts then denominator end as denominator,
        case when ytd_numerators = parts then ytd_numerator end as ytd_numerator,
        case when ytd_denominators = parts then ytd_denominator end as ytd_denominator,
        case when r12_numerators = parts then r12_numerator end as r12_numerator,
        case when r12_denominators = parts then r12_denominator end as r12_denominator,
        expected,
        reported,
        shown
    from summed
),

above as (
    select
        area_code,
        level,
        stat_month,
        numerator,
        denominator,
        ytd_numerator,
        ytd_denominator,
        r12_numerator,
        r12_denominator,
        expected,
        reported,
        case when reported is null then '不公布' end as shown
    from indicator
    where
        indicator = $indicator
        and (
            area_code in (select t.area_code from township as t)
            or area_code in (select t.parent_code from township as t)
        )
),

history as (
    select * from own
    union all
    select * from above
)

select
    h.area_code,
    h.level,
    a.name,
    h.stat_month,
    h.numerator,
    h.denominator,
    h.ytd_numerator,
    h.ytd_denominator,
    h.r12_numerator,
    h.r12_denominator,
    h.expected,
    h.reported,
    h.shown
from history as h
inner join area as a on h.area_code = a.area_code
where h.stat_month <= $month
order by h.level desc, h.area_code asc, h.stat_month asc
