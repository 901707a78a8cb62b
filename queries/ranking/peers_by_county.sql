-- One indicator for every peer county over the statistical year to a month: counted and
-- published.
--
-- Counts are the bulletin's where it has them, so that like stands beside like (the
-- county's own may rest on other samples, or be newer), else those of the peer's own
-- villages that report here; the published value and rank are kept beside them. A
-- month that the bulletin does not have returns the last one it has before it, in the
-- same statistical year.
--
-- grain:   one row per peer county
-- params:  $indicator   id in the catalogue
--          $month       first day of the month
--          $year_month  first month of the statistical year
-- columns: area_code, name, class, region, stat_month, numerator, denominator,
--          published_value, published_rank, computed
-- reads:   peer, peer_month, peer_indicator
with
peers as (
    select
        area_code,
        name,
        class,
        region
    from peer
    where valid_from <= $month and (valid_to is null or valid_to >= $month)
),

bulletin as (
    select *
    from peer_month
    where indicator = $indicator and stat_month between $year_month and $month
    qualify rank() over (order by stat_month desc) = 1
),

own as (
    select
        area_code,
        ytd_numerator,
        ytd_denominator
    from peer_indicator
    where
        indicator = $indicator and level = 'county' and stat_month = $month
        and ytd_numerator is not null
)

select
    p.area_code,
    p.name,
    p.class,
    p.region,
    coalesce(b.stat_month, $month::DATE) as stat_month,
    coalesce(b.numerator, o.ytd_numerator) as numerator,
    if(
        b.numerator is null, o.ytd_denominator, b.denominator::DOUBLE
    ) as denominator,
    b.value as published_value,
    b.published_rank,
    b.numerator is null and o.area_code is not null as computed
from peers as p
left join bulletin as b on p.area_code = b.area_code
left join own as o on p.area_code = o.area_code
order by p.area_code
