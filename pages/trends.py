"""指标趋势: one indicator over the months, against its own past, its target and a year before."""

from shortplank.frame.open_page import open_page
from shortplank.topics.trends.page import looks_of, write_rebase

with open_page("trends") as page:
    looks, first = looks_of(page.view)
    look = page.switch("look", "看法", {key: each.label for key, each in looks.items()}, first)
    looks[look].write(page)
    write_rebase(page, look)
    page.stamp()
