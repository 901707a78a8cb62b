"""Which cards the demo county has checked, by which post and until when: an example to read.

The standard catalogue names no review, because nobody has made one.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

_STATISTICS, _POLICY, _MIGRANTS = (
    "县人口计生委规划统计股",
    "县人口计生委政策法规股",
    "县人口计生委流动人口股",
)
# Each indicator with the post, the day and the day by which it is to be checked again.
REVIEWS: dict[str, tuple[str, date, date]] = {
    "policy_compliance": (_POLICY, date(2009, 10, 20), date(2010, 10, 20)),
    "births_out": (_POLICY, date(2009, 10, 20), date(2010, 10, 20)),
    "sex_ratio_at_birth": (_STATISTICS, date(2010, 1, 12), date(2011, 1, 12)),
    "migrant_filing": (_MIGRANTS, date(2010, 3, 16), date(2011, 3, 16)),
    "benefit_delivery": (_POLICY, date(2008, 12, 9), date(2009, 12, 9)),
    "recount_gap": (_STATISTICS, date(2009, 12, 18), date(2010, 12, 18)),
    "statistical_accuracy": (_STATISTICS, date(2010, 1, 12), date(2011, 1, 12)),
    "report_timeliness": (_STATISTICS, date(2010, 1, 12), date(2011, 1, 12)),
}


def write_reviews(folder: Path) -> None:
    """Add the reviews to the cards in a folder of indicators; those that stand there stay."""
    for path in sorted(folder.glob("*.toml")):
        text = path.read_text(encoding="utf-8")
        for key, (post, done, due) in REVIEWS.items():
            head = f"\n[{key}]\n"
            said = f'reviewed_by = "{post}"\nreviewed_on = {done}\nreview_due = {due}\n'
            if head + said not in text:
                text = text.replace(head, head + said)
        path.write_text(text, encoding="utf-8")
