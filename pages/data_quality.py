"""数据质量: what deserves a second look, who reported when, recounts, inspections."""

from shortplank.frame.open_page import open_page
from shortplank.topics.quality.page import (
    write_checks_found,
    write_completeness,
    write_recounts,
    write_signals,
)

LOOKS = {
    "signals": ("值得核对", write_signals),
    "filings": ("完整及时", write_completeness),
    "recounts": ("上报与回溯", write_recounts),
    "inspections": ("抽查核查", write_checks_found),
}

with open_page("data_quality") as page:
    names = {key: name for key, (name, _) in LOOKS.items()}
    look = page.switch("look", "看法", names, "signals")
    LOOKS[look][1](page)
    page.stamp()
