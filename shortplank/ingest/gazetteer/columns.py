"""Which columns of a plain list say code, name, the area above and its kind.

What a column is called is a hint; what holds it is how it nests. The code of an area decides every
name beside it, so a column of counts is none; the columns of a higher level have fewer areas, each
over whole ones of the next.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from shortplank.errors import ShortplankError
from shortplank.ingest.gazetteer.sheet import Sheet
from shortplank.ingest.grid import Grid
from shortplank.ingest.numbers import is_number
from shortplank.ingest.periods import period_of
from shortplank.ingest.text import header_key, name_key

_CODE_HEAD = re.compile(
    r"[码碼]$|代[码碼]|[编編][码碼]|코드|コード|code|\bid$|_id$|geoid|gss", re.I
)
_PARENT_HEAD = re.compile(r"上[级級]|父|所[属屬]|隶属|隸屬|상위|parent|upper|belongs", re.I)
_KIND_HEAD = re.compile(
    r"^(?:级别|類型|类型|层级|구분|種別)$|kind|level|(?:area|unit)?_?type$", re.I
)
_NAME_HEAD = re.compile(
    r"名|市|地[区區]|[区區]域|[区區]划|辖|单位|單位|村|乡|鄉|镇|鎮|县|縣|省|街道|社[区區]|里$"
    r"|시도|시군구|읍면동|법정동|행정동|동$|리$|지역|都道府県|市区町村"
    r"|r[eé]gi[oó]n|d[eé]part[ae]ment|commune|provinc|munic[ií]p|kreis|gemeinde|bezirk"
    r"|name|area|district|county|town|village|province|state|ward|org|site|authority",
    re.I,
)
_LEVEL_HEAD = re.compile(
    r"省|市|[县縣]|[区區]|乡|鄉|镇|鎮|街道|村|里|시도|시군구|읍면동|도$|군$|都道府県|市区町村|町丁"
    r"|province|county|town|village|ward|r[eé]gi[oó]n|d[eé]part[ae]ment|commune|state|district",
    re.I,
)
_VILLAGE_HEAD = re.compile(r"村|里$|里名|社[区區]|居委|village", re.I)
_CODE = re.compile(r"[0-9A-Za-z](?:[0-9A-Za-z._-]*[0-9A-Za-z])?")
_CROSSING = 12
_MOSTLY = 0.95


@dataclass(frozen=True)
class Named:
    """The columns that a person named: their headers, levels from the top down."""

    codes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    parent: str | None = None
    kind: str | None = None

    def __bool__(self) -> bool:
        return bool(self.codes or self.names or self.parent or self.kind)


@dataclass(frozen=True)
class Columns:
    """Where a list's areas stand; columns are counted from 0, levels go from the top down.

    ``levels`` are (code, name) columns, either None; ``parent`` points to another row's area.
    ``start`` is the first row below the header. ``guessed`` says which were not named.
    """

    start: int
    levels: tuple[tuple[int | None, int | None], ...]
    parent: int | None = None
    parent_name: int | None = None
    kind: int | None = None
    guessed: tuple[str, ...] = ()
    of_villages: bool = False
    """Whether the lowest level's header says that it is of villages."""


def find_columns(grid: Grid, named: Named) -> Columns:
    """Return the columns of a list; `ShortplankError` where no column says what an area is."""
    sheet = Sheet(grid)
    if not sheet.heads or grid.rows <= sheet.start:
        raise ShortplankError("文件里没有数据行", place=grid.file, mend="请核对文件")
    found = _told(sheet, named) if named.codes or named.names else _guessed(sheet)
    if named.parent:
        found = replace(found, parent=_column(sheet, named.parent, "--parent"))
    if named.kind:
        found = replace(found, kind=_column(sheet, named.kind, "--kind"))
    return found


def names_above(sheet: Sheet, read: Collection[int | None], decided_by: int) -> list[int]:
    """Return the columns that name areas above a unit's, from the top down.

    ``read`` are columns that say something else, ``decided_by`` is that of the unit's code, or of
    the area above it.
    """
    found = [
        column
        for column, head in enumerate(sheet.heads)
        if head
        and column not in read
        and _is_hinted(sheet, column)
        and _worded(sheet, column)
        and sheet.decides(decided_by, column)
        and sheet.distinct(column) <= sheet.distinct(decided_by)
    ]
    return _in_order(sheet, found)


# --- named ----------------------------------------------------------------------------------------
def _column(sheet: Sheet, header: str, option: str) -> int:
    key = header_key(header)
    if key in sheet.heads:
        return sheet.heads.index(key)
    known = "、".join(dict.fromkeys(head for head in sheet.heads if head))
    raise ShortplankError(
        f"{option} {header} 不是这个文件的列", place=sheet.grid.file, mend=f"表头是：{known[:300]}"
    )


def _told(sheet: Sheet, named: Named) -> Columns:
    """Return named columns as levels: codes and names stand beside each other from the bottom."""
    codes = [_column(sheet, text, "--code") for text in named.codes]
    names = [_column(sheet, text, "--name") for text in named.names]
    depth = max(len(codes), len(names))
    codes_of = [None] * (depth - len(codes)) + codes
    names_of = [None] * (depth - len(names)) + names
    return Columns(sheet.start, tuple(zip(codes_of, names_of, strict=True)))


# --- guessed --------------------------------------------------------------------------------------
def _guessed(sheet: Sheet) -> Columns:
    code = _unit_code(sheet)
    parent = _pointer(sheet, code)
    kind = _kind(sheet, code)
    labels = [c for c in _labels(sheet, code) if c not in (kind, parent)]
    above = [c for c in labels if parent is not None and _of_parent(sheet, c, parent, code)]
    if parent is not None:
        units = [c for c in labels if c not in above]
        unit = max(units, key=lambda c: (_is_hinted(sheet, c), sheet.distinct(c)), default=None)
        levels: list[tuple[int | None, int | None]] = [(code, unit)]
    else:
        levels = _levels(sheet, code, labels)
    if not levels or levels[-1] == (None, None):
        known = "、".join(head for head in sheet.heads if head)
        raise ShortplankError(
            "认不出哪一列是单位的代码或名称",
            place=sheet.grid.file,
            mend=f"请用 --code、--name、--parent 指明列；表头是：{known[:300]}",
        )
    found = Columns(sheet.start, tuple(levels), parent, above[0] if above else None, kind)
    lowest = levels[-1][1]
    village = lowest is not None and bool(_VILLAGE_HEAD.search(sheet.heads[lowest]))
    return replace(found, guessed=tuple(_reasons(sheet, found)), of_villages=village)


def _kind(sheet: Sheet, code: int | None) -> int | None:
    """Return the column that says what an area is called locally, in words that a code decides."""
    able = (c for c, head in enumerate(sheet.heads) if _KIND_HEAD.search(head))
    worded = (c for c in able if _worded(sheet, c))
    return next((c for c in worded if code is None or sheet.decides(code, c)), None)


def _of_parent(sheet: Sheet, column: int, parent: int, code: int | None) -> bool:
    """Return whether a column is the name of what the parent column points to."""
    if not _alike(sheet, column, parent):
        return False
    own = code is not None and _alike(sheet, column, code)
    return not own or bool(_PARENT_HEAD.search(sheet.heads[column]))


def _unit_code(sheet: Sheet) -> int | None:
    """Return the column that tells the lowest areas apart by a code."""
    texts = [c for c, head in enumerate(sheet.heads) if _is_hinted(sheet, c) and _worded(sheet, c)]
    found: list[tuple[bool, int, int]] = []
    for column, head in enumerate(sheet.heads):
        if not _codelike(sheet, column) or _PARENT_HEAD.search(head):
            continue
        hinted = bool(_CODE_HEAD.search(head))
        decides = bool(texts) and all(sheet.decides(column, other) for other in texts)
        if hinted or (decides and sheet.distinct(column) > 1):
            found.append((hinted, sheet.distinct(column), -column))
    return -max(found)[2] if found else None


def _codelike(sheet: Sheet, column: int) -> bool:
    texts = sheet.texts(column)
    coded = sum(bool(_CODE.fullmatch(text)) and len(text) <= 40 for text in texts)
    digits = sum(any(letter.isdigit() for letter in text) for text in texts)
    return bool(texts) and coded >= _MOSTLY * len(texts) and digits * 2 >= len(texts)


def _worded(sheet: Sheet, column: int) -> bool:
    """Return whether a column holds words, neither numbers nor periods."""
    texts = sheet.texts(column)[:200]
    words = [t for t in texts if not is_number(t) and period_of(t).month is None]
    return bool(texts) and len(words) >= _MOSTLY * len(texts)


def _is_hinted(sheet: Sheet, column: int) -> bool:
    head = sheet.heads[column]
    return bool(_NAME_HEAD.search(head)) and not _CODE_HEAD.search(head)


def _labels(sheet: Sheet, code: int | None) -> list[int]:
    """Return the columns that name areas: words that a code decides, and that nest."""
    words = [c for c in range(len(sheet.heads)) if c != code and _worded(sheet, c)]
    words = [c for c in words if not (_CODE_HEAD.search(sheet.heads[c]) and _codelike(sheet, c))]
    if code is not None:
        words = [
            c for c in words if sheet.deciding(code, c) >= (0.5 if _is_hinted(sheet, c) else 1)
        ]
    hinted = [c for c in words if _is_hinted(sheet, c)]
    return hinted or [c for c in words if sheet.distinct(c) > 1]


def _pointer(sheet: Sheet, code: int | None) -> int | None:
    """Return the column that names the area above by the code (or name) of another row."""
    hinted = [c for c, head in enumerate(sheet.heads) if _PARENT_HEAD.search(head)]
    if code is None:
        return _pointer_by_name(sheet, hinted)
    own = {name_key(text) for text in sheet.texts(code)}
    others = [c for c in range(len(sheet.heads)) if c != code and sheet.distinct(c)]
    pointing = [
        c
        for c in others
        if sheet.decides(code, c)
        and sheet.distinct(c) < sheet.distinct(code)
        and _codelike(sheet, c)
        and sum(name_key(t) in own for t in sheet.texts(c)) * 2 >= sheet.distinct(c)
    ]
    coded = [c for c in hinted if c in pointing]
    if coded:
        return coded[0]
    named = [c for c in hinted if c != code and not _codelike(sheet, c) and _worded(sheet, c)]
    coded_above = [c for c in hinted if c != code and _codelike(sheet, c)]
    return next(iter((*pointing, *coded_above, *named)), None)


def _pointer_by_name(sheet: Sheet, hinted: list[int]) -> int | None:
    """Return the column that names the area above as another row's own name."""
    worded = [c for c in range(len(sheet.heads)) if _worded(sheet, c)]
    for column in hinted:
        texts = {name_key(text) for text in sheet.texts(column)}
        for other in (c for c in worded if c != column and column in worded):
            own = {name_key(text) for text in sheet.texts(other)}
            if texts & own and sheet.decides(other, column):
                return column
    return None


def _alike(sheet: Sheet, one: int, other: int) -> bool:
    """Return whether two columns say the same in other words: each decides the other."""
    return sheet.decides(one, other) and sheet.decides(other, one)


def _levels(
    sheet: Sheet, code: int | None, labels: list[int]
) -> list[tuple[int | None, int | None]]:
    """Return the levels: columns by how many areas they have, a code beside the name it is of."""
    above = [] if code is None else _codes_above(sheet, code)
    names = _nested(sheet, labels, coded=code is not None)
    levels: list[tuple[int | None, int | None]] = []
    for column in names:
        own = next((c for c in above if _alike(sheet, c, column)), None)
        levels.append((own, column))
        above = [c for c in above if c != own]
    if levels and code is not None:
        levels[-1] = (code, levels[-1][1])
    elif code is not None:
        levels = [(code, None)]
    bare: list[tuple[int | None, int | None]] = [(c, None) for c in above]
    if not bare:
        return levels
    return sorted(bare + levels[:-1], key=lambda pair: _areas(sheet, pair)) + levels[-1:]


def _areas(sheet: Sheet, pair: tuple[int | None, int | None]) -> int:
    column = pair[1] if pair[1] is not None else pair[0]
    return 0 if column is None else sheet.distinct(column)


def _codes_above(sheet: Sheet, code: int) -> list[int]:
    """Return columns of codes that the unit's code decides: of the levels above it."""
    return [
        c
        for c, head in enumerate(sheet.heads)
        if c != code
        and _codelike(sheet, c)
        and _CODE_HEAD.search(head)
        and 0 < sheet.distinct(c) < sheet.distinct(code)
        and sheet.decides(code, c)
    ]


def _nested(sheet: Sheet, labels: list[int], *, coded: bool) -> list[int]:
    """Return the name columns from the top down, without those that cross the others (男、女).

    Beside a code that decides them none does.
    """
    order = _in_order(sheet, labels)
    kept: list[int] = []
    for column in order:
        if any(_alike(sheet, column, other) and not _levelled(sheet, column, other)
               for other in kept):  # fmt: skip
            continue
        if coded or not _crosses(sheet, column, [c for c in order if c != column]):
            kept.append(column)
    return kept


def _levelled(sheet: Sheet, one: int, other: int) -> bool:
    """Return whether two headers are of two levels, though each has one area under the other."""
    found = {tuple(_LEVEL_HEAD.findall(sheet.heads[column])) for column in (one, other)}
    return len(found) == 2 and () not in found


def _in_order(sheet: Sheet, labels: list[int]) -> list[int]:
    """Return columns from the top down: as they stand, or the other way round.

    Where one would then decide the next that does not decide it, by how many areas they have.
    """
    order = sorted(labels)
    if order and sheet.distinct(order[0]) > sheet.distinct(order[-1]):
        order.reverse()
    if any(sheet.decides(a, b) and not sheet.decides(b, a) for a, b in pairwise(order)):
        return sorted(labels, key=lambda c: (sheet.distinct(c), c))
    return order


def _crosses(sheet: Sheet, column: int, others: list[int]) -> bool:
    """Return whether a few words stand under nearly every area of the other columns."""
    count = sheet.distinct(column)
    if not others or not 1 < count <= _CROSSING or _is_hinted(sheet, column):
        return False
    areas, pairs = len(_paths(sheet, others)), len(_paths(sheet, [*others, column]))
    return pairs > areas and pairs >= 0.8 * count * areas


def _paths(sheet: Sheet, columns: list[int]) -> NDArray[np.int64]:
    """Return the distinct combinations of some columns."""
    return np.unique(np.stack([sheet.places[c] for c in columns]), axis=1).T


def _reasons(sheet: Sheet, found: Columns) -> list[str]:
    """Return what was guessed, and by what it is held."""
    said = []
    for place, (code, name) in enumerate(found.levels, start=1):
        level = "单位" if found.parent is not None else f"{len(found.levels)} 级中第 {place} 级"
        if name is not None:
            said.append(f"{level}的名称取 {sheet.describe(name)}，有 {sheet.distinct(name)} 个")
        if code is not None:
            said.append(f"{level}的代码取 {sheet.describe(code)}，有 {sheet.distinct(code)} 个")
    if found.parent is not None:
        said.append(f"上级取 {sheet.describe(found.parent)}，它的值是别的行的代码或名称")
    if found.kind is not None:
        said.append(f"类别取 {sheet.describe(found.kind)}")
    return said
