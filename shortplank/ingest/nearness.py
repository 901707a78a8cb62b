"""What was perhaps meant: the known word that is near a written one, and none where none is."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shortplank.ingest.text import header_key


@dataclass(frozen=True)
class Kind:
    """What words of a kind have in common at their end, and how alike the rest of two must be."""

    common: re.Pattern[str]
    near: float


# Two letters of which one is another make another count (死亡, 怀孕), but often the same village.
HEADERS = Kind(re.compile(r"(人数|例数|户数|件数|次数|个数|总数|数目|情况|数|人)$"), 0.55)
AREAS = Kind(
    re.compile(r"(村民委员会|居民委员会|村委会|居委会|办事处|社区|街道|行政村|村|镇|乡|县|市|区)$"),
    0.5,
)
# Of each of these one is never the other's misspelling.
_OPPOSED: tuple[frozenset[str], ...] = (
    frozenset("一二双三四五六七八九十多"),
    frozenset("男女"),
    frozenset("内外"),
    frozenset("应已未"),
    frozenset("东西南北"),
    frozenset("上下"),
    frozenset("前后"),
    frozenset("大小"),
    frozenset("新老旧"),
    frozenset("生死"),
    frozenset({"m", "f", "male", "female"}),
    frozenset({"in", "out"}),
    frozenset({"due", "done", "paid", "filed", "cleared", "levied", "collected"}),
)
_DIGITS = str.maketrans("123456789", "一二三四五六七八九")


def nearest(text: str, known: Iterable[str], kind: Kind) -> str | None:
    """Return the known text that is most alike in what tells it from others, None for none.

    >>> words = ["怀孕人数", "出生人数", "一孩男", "流动人口建档"]
    >>> nearest("死亡人数", words, HEADERS), nearest("四孩男", words, HEADERS)
    (None, None)
    >>> nearest("流动人口立卡", words, HEADERS), nearest("出生数", words, HEADERS)
    ('流动人口建档', '出生人数')
    """
    cores: dict[str, str] = {}
    for one in known:
        cores.setdefault(_core(one, kind.common), one)
    own = _core(text, kind.common)
    alike = difflib.get_close_matches(own, list(cores), n=5, cutoff=kind.near)
    return next((cores[core] for core in alike if _levels_agree(own, core, kind)), None)


def _levels_agree(one: str, other: str, kind: Kind) -> bool:
    """Return whether each level is alike in itself: 怀孕人数/男 is not near 出生人数/男."""
    pairs = list(zip(one.split("/"), other.split("/"), strict=False))
    if _opposed(one, other):
        return False
    if one.count("/") != other.count("/"):
        return True
    ratios = [difflib.SequenceMatcher(None, a, b).ratio() for a, b in pairs]
    return min(ratios) >= kind.near


def _core(text: str, common: re.Pattern[str]) -> str:
    """Return a text without what it shares with many others, itself where nothing else is left."""
    levels = [common.sub("", level) or level for level in header_key(text).split("/")]
    return "/".join(levels).translate(_DIGITS)


def _opposed(one: str, other: str) -> bool:
    """Return whether two texts differ in a pair of words that exclude each other."""
    a, b = _words(one), _words(other)
    return any(a & words and b & words and a & words != b & words for words in _OPPOSED)


def _words(text: str) -> set[str]:
    latin: Sequence[str] = re.findall(r"[a-z]+", text)
    return {*latin, *(letter for letter in text if letter > "\u2e80")}
