-- One indicator for every peer county in each month: counted and published, cumulative
-- over the statistical year.
--
-- Counts are the bulletin's where it has them, so that like stands beside like (the
-- county's own may rest on other samples, or be newer), else those of the peer's own
-- villages that report here; the published value and rank are kept beside them.
--
-- grain:   one row per month and peer county
-- params:  $indicator    id in the catalogue
--          $first_month  first month that is shown
--          $month        last month that is shown
-- columns: stat_month, area_code, name, region, numerator, denominator,
--          published_value, published_rank
-- reads:   peer, peer_month, peer_indicator
with
bulletin as (
    select *
    from peer_month
    where indicator = $indicator and stat_month between $first_month and $month
),

own as (
    select
        area_code,
        stat_month,
        ytd_numerator,
        ytd_denominator
    from peer_indicator
    where
        indicator = $indicator and level = 'county'
        and stat_month between $first_month and $month and ytd_numerator is not null
),

months as (
    select
        area_code,
        stat_month
    from bulletin
    union
    select
        area_code,
        stat_month
    from own
)

select
    m.stat_month,
    p.area_code,
    p.name,
    p.region,
    coalesce(b.numerator, o.ytd_numerator) as numerator,
    if(
        b.numerator is null, o.ytd_denominator, b.denominator::DOUBLE
    ) as denominator,
    b.value as published_value,
    b.published_rank
from months as m
inner join peer as p
    on
        m.area_code = p.area_code
        and m.stat_month >= p.valid_from
        and (p.valid_to is null or m.stat_month <= p.valid_to)
left join bulletin as b on m.area_code = b.area_code and m.stat_month = b.stat_month
left join own as o on m.area_code = o.area_code and m.stat_month = o.stat_month
order by m.stat_month, p.area_code
