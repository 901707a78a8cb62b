-- In how many of the last twelve months each village stood below a line.
--
-- And in how many one after the other up to the last; a month without a report ends
-- such a run. Above a ceiling where the signs of both $line and $factor are turned.
--
-- Before a merger the village is the sum of those merged into it; a month in which one
-- of them is unreported counts for neither.
-- Only for indicators that are not about births: a viewer has no monthly births.
--
-- grain:   one row per village
-- params:  $indicator  id in the catalogue
--          $month      last of the twelve months
--          $line       the line, in the indicator's unit
--          $factor     the indicator's factor
-- columns: area_code, months_below, months_known, months_running
-- reads:   village_indicator, successor, area
with recursive
own as (
    select
        area_code,
        stat_month,
        numerator,
        denominator
    from village_indicator
    where
        indicator = $indicator
        and stat_month <= $month and stat_month > $month::DATE - interval 12 month
),

parts as (
    select distinct
        area_code,
        area_code as part
    from own
    where stat_month = $month
    union
    select
        p.area_code,
        s.old_code as part
    from parts as p
    inner join successor as s on p.part = s.new_code
    inner join area as o on s.old_code = o.area_code
    where o.valid_to < $month
),

months as (
    select
        p.area_code,
        o.stat_month,
        sum(o.numerator) as numerator,
        sum(o.denominator) as denominator
    from own as o
    inner join parts as p on o.area_code = p.part
    group by p.area_code, o.stat_month
    having count(*) = count(o.numerator) and sum(o.denominator) > 0
),

sides as (
    select
        area_code,
        stat_month,
        $factor::DOUBLE * numerator / nullif(denominator, 0) < $line as below
    from months
),

-- The months below, the last one first: in a run up to the last month they are as many
-- as the months that have passed since.
runs as (
    select
        area_code,
        below,
        datediff('month', stat_month, $month::DATE) as months_ago,
        row_number() over (
            partition by area_code, below order by stat_month desc
        ) as place
    from sides
)

select
    area_code,
    count(*) filter (where below) as months_below,
    count(*) as months_known,
    count(*) filter (where below and months_ago = place - 1) as months_running
from runs
group by area_code
order by area_code
