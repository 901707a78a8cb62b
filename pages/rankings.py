"""乡镇排名: the townships with their intervals beside the peers, on a map, and by composite."""

from shortplank.frame.open_page import open_page
from shortplank.reading.maps import offers_map
from shortplank.topics.rankings.answer.funnel import has_funnel
from shortplank.topics.rankings.page import (
    write_bump,
    write_composite,
    write_funnel,
    write_league,
    write_map,
    write_ranking,
    write_spine,
)
from shortplank.wording.pictures.maps import LOOK

LOOKS = {
    "ranks": ("排名", write_ranking),
    "map": (LOOK, write_map),
    "funnel": ("漏斗图", write_funnel),
    "league": ("同类县位次", write_league),
    "bump": ("位次变化", write_bump),
    "composite": ("综合", write_composite),
    "spine": ("一个乡镇", write_spine),
}

with open_page("rankings") as page:
    looks = {key: name for key, (name, _) in LOOKS.items()}
    if not has_funnel(page.view.item):
        del looks["funnel"]
    if not offers_map(page.view):
        del looks["map"]
    look = page.switch("look", "看法", looks, "ranks")
    LOOKS[look][1](page)
    page.stamp()
