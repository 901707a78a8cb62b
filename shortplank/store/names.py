"""Names of files and sheets as they are shown and kept: no folders, and no person in them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from shortplank.store.personal import is_a_bare_name, personal_kind
from shortplank.store.personal_numbers import plain

HIDDEN_FILE = "（文件名含个人信息，不显示）"
HIDDEN_SHEET = "（工作表名含个人信息，不显示）"
# In place of a piece that may be a person's name: nothing is refused for it, nothing is kept of it.
HIDDEN_PIECE = "（略）"
_PIECES = re.compile(r"([\s_\-—–.,，、+（）()【】\[\]《》]+)")
# A name of two parts with a blank between, and what is written around one in a file's name.
_SPACED = re.compile(
    r"(?<![一-鿿])[一-鿿]{1,2}\s+[一-鿿]{1,2}(?![一-鿿])"
    r"|(?<![A-Za-z])[A-Za-z]+[\s._]+[A-Za-z]+(?![A-Za-z])"
)
_WORDS = (
    r"(?:\d+|年|月份?|日|月报表?|季报表?|年报表?|报表|汇总|统计|上报|填报|表|的|终?版|"
    r"修改|数据|同志)"
)
_AROUND = re.compile(rf"^{_WORDS}+|{_WORDS}+$")


def shown_name(path: str, known: Collection[str] = ()) -> str:
    """Return a file's name as it is shown and kept: its path's last part, a person's name left out.

    ``known`` are names that are no person's, without blanks.

    >>> shown_name("张某某/2010-06_李某某.xlsx"), shown_name("a\\\\岭源镇_月报.csv")
    ('2010-06_（略）.xlsx', '岭源镇_月报.csv')
    """
    name = last_part(path)
    stem = stem_of(name)
    if personal_kind(stem):
        return HIDDEN_FILE
    return _without_names(stem, known) + name[len(stem) :]


def last_part(path: str) -> str:
    """Return a path without its folders, whichever way they are written."""
    return re.split(r"[/\\]", path)[-1]


def stem_of(name: str) -> str:
    """Return a file's name without its ending.

    >>> stem_of("月报.xlsx"), stem_of("2010.06")
    ('月报', '2010.06')
    """
    return re.sub(r"\.[A-Za-z]\w{1,6}$", "", name)


def known_names(names: Iterable[str]) -> frozenset[str]:
    """Return names of areas as texts are compared with them, with and without 村 and 镇."""
    keys = [_key(name) for name in names]
    short = (re.sub(r"(社区|街道|[村镇乡])$", "", key) for key in keys)
    return frozenset((*keys, *(key for key in short if len(key) > 1)))


def shown_sheet(name: str, known: Collection[str] = ()) -> str:
    """Return a sheet's name as it is shown and kept.

    >>> shown_sheet("李某某"), shown_sheet("月报")
    ('（略）', '月报')
    """
    return HIDDEN_SHEET if personal_kind(name) else _without_names(name, known)


def _without_names(text: str, known: Collection[str]) -> str:
    if _is_person(text, known):
        return HIDDEN_PIECE

    def spaced(match: re.Match[str]) -> str:
        name = re.sub(r"[\s._]+", " ", match[0])
        return HIDDEN_PIECE if _is_person(name, known) else match[0]

    pieces = _PIECES.split(_SPACED.sub(spaced, text))
    return "".join(_piece(piece, known) for piece in pieces)


def _piece(text: str, known: Collection[str]) -> str:
    """Return a piece without the name that stands in it: alone, or before 6月报."""
    core = _AROUND.sub("", text)
    return text.replace(core, HIDDEN_PIECE) if _is_person(core, known) else text


def _is_person(text: str, known: Collection[str]) -> bool:
    return is_a_bare_name(text) and _key(text) not in known


def _key(text: str) -> str:
    return re.sub(r"\s+", "", plain(text))
