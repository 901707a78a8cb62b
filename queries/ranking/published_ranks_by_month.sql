-- The ranks that the province's bulletin published for one county, by indicator and
-- month.
--
-- grain:   one row per indicator and month
-- params:  $county       the county's code
--          $first_month  first month to return
--          $month        last month to return
-- columns: indicator, stat_month, value, published_rank, peers
-- reads:   peer_month
with
counted as (
    select
        indicator,
        stat_month,
        count(*) as peers
    from peer_month
    where stat_month between $first_month and $month
    group by indicator, stat_month
)

select
    p.indicator,
    p.stat_month,
    p.value,
    p.published_rank,
    c.peers
from peer_month as p
inner join counted as c on p.indicator = c.indicator and p.stat_month = c.stat_month
where p.area_code = $county and p.published_rank is not null
order by p.indicator, p.stat_month
