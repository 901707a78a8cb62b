"""指标趋势: one indicator over the months, against its own past, its target and a year before."""

from shortplank.frame.open_page import open_page
from shortplank.topics.trends.answer.trend import PICTURES, default_picture
from shortplank.topics.trends.answer.year_end import has_year_end
from shortplank.topics.trends.page import write_comparison, write_trend, write_year_end

with open_page("trends") as page:
    item = page.view.item
    looks = PICTURES | ({"compare": "比较"} if "township" in item.levels else {})
    looks |= {"end": "年底预测"} if has_year_end(item) else {}
    look = page.switch("look", "看法", looks, default_picture(page.view))
    if look == "compare":
        write_comparison(page)
    elif look == "end":
        write_year_end(page)
    else:
        write_trend(page, look)
    page.stamp()
