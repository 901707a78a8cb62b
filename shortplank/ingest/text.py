"""How cells are read as words: widths, blanks, separators. Numbers have a grammar of their own."""

from __future__ import annotations

import os
import re
import unicodedata
from datetime import date
from functools import lru_cache

from shortplank.errors import ShortplankError

_BLANKS = re.compile(r"\s+")
# The full-width forms of what is typed, and nothing that only looks like it.
_HALF = str.maketrans({chr(code + 0xFEE0): chr(code) for code in range(0x21, 0x7F)})


@lru_cache(maxsize=200_000)
def name_key(text: str) -> str:
    """Return a name as it is compared: one width, no blanks.

    >>> name_key("東　區"), name_key(" 合　计 ")
    ('東區', '合计')
    """
    bare = _BLANKS.sub("", unicodedata.normalize("NFKC", text))
    return unicodedata.normalize("NFKC", bare)  # what a blank kept apart may now join


def half_width(text: str) -> str:
    """Return a text with full-width letters, digits and marks in half width, the rest as it is.

    >>> half_width("２０１０－０６"), half_width("279①²")
    ('2010-06', '279①²')
    """
    return text if text.isascii() else text.translate(_HALF)


def code_key(text: str) -> str:
    """Return a code as it is compared: one width, nothing around it; what is inside stays.

    >>> code_key(" ９９0101 "), code_key("99010①")
    ('990101', '99010①')
    """
    return half_width(text.strip())


@lru_cache(maxsize=20_000)
def header_key(text: str) -> str:
    """Return a header as it is compared: like a name, and without case.

    >>> header_key("出 生 人 数／一孩／男"), header_key("Birth_Total")
    ('出生人数/一孩/男', 'birth_total')
    """
    return name_key(text).casefold()


# Units in brackets say nothing new; 万元 is not among them: it would change the figure.
_UNIT = re.compile(
    r"[(\[【〔](人|户|元|个|例|件|所|间|次|名|孩|人次|人、户|人,户|单位:?[人户元个])[)\]】〕]"
)
_NUMBERED = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十\d]{1,3}\)|\d{1,2}[.、)](?!\d))"
)
_MARKS = re.compile(r"[“”\"'‘’「」『』〈〉《》#*※△▲☆★:;,。、?()\[\]【】〔〕]")
_OF_WHICH = re.compile(r"^其中(?=.)")
_LEVELS = re.compile(r"[/\\>|_·—–\-]+")


@lru_cache(maxsize=20_000)
def header_segments(text: str) -> tuple[str, ...]:
    """Return a header's levels as they are compared: no blanks, marks, numbering or plain units.

    >>> header_segments("社会抚养费（元）/其中： 已征收"), header_segments("“两非”案件－查实数")
    (('社会抚养费', '已征收'), ('两非案件', '查实数'))
    """
    key = _NUMBERED.sub("", _UNIT.sub("", header_key(text)))
    parts = (_OF_WHICH.sub("", _MARKS.sub("", part)) for part in _LEVELS.split(key))
    return tuple(part for part in parts if part)


def today() -> date:
    """Return today, or the day that ``SHORTPLANK_TODAY`` sets."""
    said = os.environ.get("SHORTPLANK_TODAY", "")
    try:
        return date.fromisoformat(said) if said else date.today()
    except ValueError as error:
        raise ShortplankError(
            f"{said} 不是日期", place="SHORTPLANK_TODAY", mend="请写成 2010-07-05"
        ) from error
