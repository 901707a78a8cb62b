"""Who came on the list, who stays on it and who left it since the end of the quarter before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from shortplank.papers.pack import Quarter
from shortplank.reading.judged.announced import UNITS
from shortplank.reading.judged.ledger import Finding, Ledger, ledger_of, masked
from shortplank.reading.view import View
from shortplank.store import add_months
from shortplank.wording.judged import LISTED
from shortplank.wording.periods import month_text

CAME, STAYED, LEFT, UNKNOWN = f"新{LISTED}", f"仍{LISTED}", "不再列入", "本季末没有可比的数"
_ORDER = (CAME, STAYED, LEFT, UNKNOWN)
_LEVELS = ("county", "township", "village")
Key = tuple[str, str, str]


@dataclass(frozen=True)
class Since:
    """The listed units of two quarters' ends, each with what became of it."""

    month: date
    """The end of the quarter before."""
    compared: bool
    """Whether that month had anything to compare."""
    told: Sequence[tuple[str, Finding]]

    @property
    def sentence(self) -> str:
        """Return how many came, stayed and left, by numbers."""
        if not self.compared:
            return f"上季末（{month_text(self.month)}）没有可比的数。"
        counts = [(word, sum(each == word for each, _ in self.told)) for word in _ORDER]
        parts = "、".join(f"{word} {count} 个" for word, count in counts if count)
        against = f"与上季末（{month_text(self.month)}）比"
        return f"{against}，{parts}。" if parts else f"{against}，两次都没有单位{LISTED}。"

    @property
    def table(self) -> pa.Table:
        """Return the units with what became of each, those that came first."""
        rows = self.told
        return pa.table(
            {
                "级别": pa.array([UNITS[each.level] for _, each in rows], pa.string()),
                "单位": pa.array([each.area for _, each in rows], pa.string()),
                "指标": pa.array([each.item.label for _, each in rows], pa.string()),
                "与上季末比": pa.array([word for word, _ in rows], pa.string()),
            }
        )


def since_last_quarter(view: View, quarter: Quarter) -> Since:
    """Return the listed units of the quarter's end beside those of the quarter's before."""
    month = add_months(quarter.months[0], -1)
    earlier = view.with_(month=month)
    now, then = ledger_of(view), ledger_of(earlier)
    here, before = _listed(now), _listed(then)
    told = [(STAYED if key in before else CAME, masked(view, each)) for key, each in here.items()]
    told += [
        (LEFT if _compared(now, each) else UNKNOWN, masked(earlier, each))
        for key, each in before.items()
        if key not in here
    ]
    told.sort(key=_place)
    return Since(month, bool(then.tests), told)


def _place(told: tuple[str, Finding]) -> tuple[int, int, str]:
    """Return the order: those that came first, townships before villages."""
    word, each = told
    return _ORDER.index(word), _LEVELS.index(each.level), each.area_code


def _listed(book: Ledger) -> dict[Key, Finding]:
    """Return the townships and villages that a month lists, by indicator and area."""
    return {
        (each.indicator, each.level, each.area_code): each
        for each in book.findings
        if each.kind in ("named", "listed") and each.level != "county"
    }


def _compared(book: Ledger, found: Finding) -> bool:
    standing = book.standing(found.indicator, found.level)
    return standing is not None and standing.is_compared(found.area_code)
