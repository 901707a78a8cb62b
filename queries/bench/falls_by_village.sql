-- Which villages' rate of an indicator fell two months running after a change of a
-- reporting form, or after a month that is named.
--
-- grain:   one row per village and second month of a fall
-- params:  $changed    first month of the new form; null for the newest change recorded
--          $form       the form that was changed
--          $indicator  id in the catalogue
-- columns: township, name, area_code, stat_month, earlier, previous, rate
-- reads:   form_version, village_indicator, area, card
with
form_change as (
    select coalesce($changed::DATE, max(stat_month)) as first_month
    from form_version
    where form = $form and previous is not null
),

rates as (
    select
        v.area_code,
        v.stat_month,
        c.factor * v.numerator / nullif(v.denominator, 0) as rate,
        lag(rate) over months as previous,
        lag(rate, 2) over months as earlier
    from village_indicator as v
    inner join card as c on v.indicator = c.indicator
    where v.indicator = $indicator
    window months as (partition by v.area_code order by v.stat_month)
)

select
    t.name as township,
    a.name,
    r.area_code,
    r.stat_month,
    r.earlier,
    r.previous,
    r.rate
from rates as r
inner join form_change as f on r.stat_month >= f.first_month + interval 1 month
inner join area as a on r.area_code = a.area_code
inner join area as t on a.parent_code = t.area_code
where r.rate < r.previous and r.previous < r.earlier
order by r.stat_month, r.area_code
