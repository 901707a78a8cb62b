"""乡镇排名: the townships with their intervals beside the peers, on a map, and by composite."""

from shortplank.frame.open_page import open_page
from shortplank.topics.rankings.page import looks_of

with open_page("rankings") as page:
    looks, first = looks_of(page.view)
    look = page.switch("look", "看法", {key: each.label for key, each in looks.items()}, first)
    looks[look].write(page)
    page.stamp()
