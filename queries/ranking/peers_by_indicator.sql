-- Every indicator for every peer county over the statistical year to a month, and to
-- the month before: counted and published.
--
-- The same figures as peers_by_county, all indicators at once and with the month that
-- a move is measured from: a page that shows several asks once. A month that the
-- bulletin does not have returns the last one it has before it, of each indicator its
-- own, in the same statistical year; in its first month there is no month before.
--
-- grain:   one row per month, indicator and peer county
-- params:  $month       first day of the month
--          $year_month  first month of the statistical year
-- columns: as_of, indicator, area_code, name, region, stat_month, numerator,
--          denominator, published_value, published_rank
-- reads:   card, peer, peer_month, peer_indicator
with
moments as (
    select m.as_of::DATE as as_of
    from (values ($month::DATE), ($month::DATE - interval 1 month)) as m (as_of)
    where m.as_of >= $year_month
),

peers as (
    select
        m.as_of,
        c.indicator,
        p.area_code,
        p.name,
        p.region
    from moments as m
    inner join peer as p
        on m.as_of >= p.valid_from and (p.valid_to is null or m.as_of <= p.valid_to)
    cross join card as c
),

bulletin as (
    select
        m.as_of,
        p.*
    from moments as m
    inner join peer_month as p on p.stat_month between $year_month and m.as_of
    qualify
        rank() over (partition by m.as_of, p.indicator order by p.stat_month desc) = 1
),

own as (
    select
        stat_month as as_of,
        indicator,
        area_code,
        ytd_numerator,
        ytd_denominator
    from peer_indicator
    where
        level = 'county'
        and stat_month in (select m.as_of from moments as m)
        and ytd_numerator is not null
)

select
    p.as_of,
    p.indicator,
    p.area_code,
    p.name,
    p.region,
    coalesce(b.stat_month, p.as_of) as stat_month,
    coalesce(b.numerator, o.ytd_numerator) as numerator,
    if(
        b.numerator is null, o.ytd_denominator, b.denominator::DOUBLE
    ) as denominator,
    b.value as published_value,
    b.published_rank
from peers as p
left join bulletin as b
    on
        p.as_of = b.as_of
        and p.indicator = b.indicator
        and p.area_code = b.area_code
left join own as o
    on
        p.as_of = o.as_of
        and p.indicator = o.indicator
        and p.area_code = o.area_code
order by p.as_of, p.indicator, p.area_code
