"""Names in a row, what the size of a village is called, and what a home and its units are.

Of a county the units are its townships, of a province its counties. Whoever opens a workspace says
at which level its home stands (`speak_of`), once a run, and the phrases ask for the words: it is a
language of two dialects, chosen as a language is, by the run and not by each sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shortplank.catalogue import Workspace
from shortplank.catalogue.models import Indicator

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def joined(names: Sequence[str], most: int = 3, each: str = "个") -> str:
    """Return names in a row, at the most some of them: 峰浦镇、湖渡镇等 5 个."""
    if len(names) <= most:
        return "、".join(names)
    return "、".join(names[:most]) + f"等 {len(names)} {each}"


def most_moved(names: Sequence[str], best: NDArray[np.float64], worst: NDArray[np.float64]) -> str:
    """Return who changes places most, to go on with; "" where nobody does or all do alike.

    >>> import numpy as np
    >>> most_moved(["甲", "乙", "丙"], np.array([1, 2, 3]), np.array([3, 4, 3]))
    '，变动最大的是甲、乙（各 2 位）'
    """
    import numpy as np  # nothing else here counts

    span = worst - best
    most = np.nanmax(span) if span.size and not np.isnan(span).all() else 0
    moved = [name for name, wide in zip(names, span, strict=True) if wide == most]
    if most <= 0 or len(moved) == len(names):
        return f"，最多变动 {int(most)} 位" if most > 0 else ""
    each = "各 " if len(moved) > 1 else ""
    return f"，变动最大的是{joined(moved, 4)}（{each}{int(most)} 位）"


def steady_text(
    steady: int, names: Sequence[str], best: NDArray[np.float64], worst: NDArray[np.float64]
) -> str:
    """Return how many places hold while each weight moves alone, and whose move most."""
    return f"任一权重增减 20%，{steady} 个{home_units()}名次不变" + most_moved(names, best, worst)


def in_common_text(what: str, names: Sequence[str], value: str) -> str:
    """Return that all townships have the same of something: nobody has the most or the fewest.

    >>> in_common_text("综合得分", ["甲镇", "乙镇"], "100.0")
    '2 个乡镇的综合得分都是 100.0'
    >>> in_common_text("综合得分", ["甲镇"], "100.0")
    '只有甲镇有综合得分（100.0），不排名次'
    """
    if len(names) == 1:
        return f"只有{names[0]}有{what}（{value}），不排名次"
    return f"{len(names)} 个{home_units()}的{what}都是 {value}"


def order_word(item: Indicator) -> str:
    """Return a sex ratio's birth order by itself: 二孩 of 二孩性别比."""
    return item.label.removesuffix("性别比")


def case_word(item: Indicator) -> str:
    """Return what a count counts, to go on with: 政策外出生 of 政策外出生数."""
    return item.label.removesuffix("数")


def size_word(ws: Workspace, item: Indicator) -> str:
    """Return what a village's size is when villages are drawn proportional to it."""
    names = item.denominator
    known = {key: each.label for key, each in ws.measures.items()}
    known.update({key: each.label for key, each in ws.derived.items()})
    return known.get(names[0], "规模") if names else "规模"


# --- a home and its units ----------------------------------------------------------------------
@dataclass(frozen=True)
class Units:
    """The words of a level: itself, as a whole, as one's own, and its units."""

    itself: str
    whole: str
    own: str
    units: str


COUNTY = Units("县", "全县", "本县", "乡镇")
PROVINCE = Units("省", "全省", "本省", "县")
_SPOKEN: ContextVar[Units] = ContextVar("units", default=COUNTY)


def speak_of(ws: Workspace) -> None:
    """Let this run speak of the home of a workspace as what it is."""
    _SPOKEN.set(PROVINCE if ws.is_province else COUNTY)


@contextmanager
def spoken(ws: Workspace) -> Iterator[None]:
    """Speak of the home of a workspace, whatever is spoken of outside."""
    before = _SPOKEN.set(PROVINCE if ws.is_province else COUNTY)
    try:
        yield
    finally:
        _SPOKEN.reset(before)


def home_itself() -> str:
    """Return what the home is: 县, 省."""
    return _SPOKEN.get().itself


def home_whole() -> str:
    """Return what the home is called as a whole: 全县, 全省."""
    return _SPOKEN.get().whole


def home_own() -> str:
    """Return what the home is called beside its like: 本县, 本省."""
    return _SPOKEN.get().own


def home_units() -> str:
    """Return what its units are called: 乡镇, 县."""
    return _SPOKEN.get().units
