"""自助查询: statements of an analyst's own, over the relations of an edition."""

from shortplank.frame.open_page import open_page
from shortplank.topics.bench.page import write_bench

with open_page("bench") as page:
    write_bench(page)
    page.stamp()
