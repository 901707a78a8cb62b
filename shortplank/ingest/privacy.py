"""The guard: a file that carries personal data is refused, and no value of it is ever repeated."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shortplank.ingest.beside import guard_beside
from shortplank.ingest.days import parse_day
from shortplank.ingest.denied import DENIED, is_denied
from shortplank.ingest.findings import Findings
from shortplank.ingest.grid import Grid, Place
from shortplank.ingest.numbers import OK, is_number, parse_count
from shortplank.ingest.signed import NOTE_ROWS, is_signed
from shortplank.ingest.text import header_key, name_key
from shortplank.store.personal import (
    MESSAGES,
    is_a_bare_name,
    is_a_person,
    is_label_alone,
    looks_like_a_name,
    number_kind,
    personal_kind,
)

_DENIED_TEXTS = pa.array(DENIED)

# --- what may be personal, in RE2, over distinct texts --------------------------------------------
_UNSEEN = r"[\p{Cf}\p{Mn}\p{Me}]+"
_HAN = "〇○零一二三四五六七八九壹贰叁肆伍陆柒捌玖幺"
_DIGIT = rf"[\p{{N}}{_HAN}]"
# So many of any kind in one text may be a number. They are counted: one pattern is slow to make.
_DIGITS = 7
_POWERS = r"[eE][+]?1[4-9]"
_REACHED = (
    r"@|#|[\[(]\s?(?i:at)\s?[\])]|\s(?i:at)\s|艾特|邮箱|[微薇威]\s?信|扣扣|企鹅|"
    r"(?i:q\s?q|wechat|wei\s?xin|\bwx|\bvx|v信|加[v微]|\bv\s?[:=]|\bq\s?[号:=])"
)
_PLACED = r"[号號室户栋幢座弄]|单元|门牌|[组队]|[路街巷]\d|[住地]址|[居家现]住|住在"
# A word for what a person does begins with one of these, blanks within it or not.
_SAID = (
    r"[填制报報经承负負责联聯审審复核校录操采编签领包驻专汇统登调姓户戶丈妻配产孕父母夫婴]|主任|"
    r"[村支]书|当事|对象|[村乡]医|医生|护士|[女男]方|本人|上报|书记|[镇乡村站所局科股组院县]长|会计|"
    r"(?i:by|contact|author|charge|responsible|name|reporter)"
)
_SUSPECT = "|".join((_POWERS, _REACHED, _PLACED, _SAID))
# Digits alone that are as long as no number of a person, or do not begin like one: codes, counts.
_CODES = (
    r"^(?:\d{1,10}|[2-9]\d{10}|1[0-2]\d{9}|[1-9]\d{11}|[0-79]\d{12}|8[0-57-9]\d{11}|\d{14})$"
    r"|^\d{1,10}\.\d{1,6}$|^\d{11,12}\.\d{0,5}[1-9]$"
)
_LABELS = r"[人员表手导干任记书名主夫妻偶妇亲方儿核对]\s*(?:[(\[].{0,4}[)\]])?[:_\s]*$"
# Texts that say what they are only beside their label: 6260123 right of 联系电话.
_LABELLED = r"^[A-Za-z(]{0,3}[\p{N}\s()/_.—–-]{5,40}$|^[A-Za-z][\w-]{5,19}$"
_LABELLING = (
    r"电话|電話|座机|热线|传真|手机|联系|银行|卡号|[账帐][号户]|通行证|台胞证|回乡证|护照|旅行证|"
    r"居住证|微信|扣扣|(?i:tel|phone|fax|account|card|permit|passport|qq|wechat|wx|vx)"
)
_REACH = (1, 2, 3)  # columns that a label stands left of what it says
_NOTHING = pa.array([], pa.string())

LISTED, LISTED_ALONE = 3, 5


@dataclass(frozen=True)
class Exempt:
    """What a sheet's layout takes out of the scan: columns of counts, of keys, and the header."""

    counts: frozenset[int] = frozenset()
    areas: frozenset[int] = frozenset()
    known: frozenset[int] = frozenset()
    first: int = 0
    last: int = -1


def guard(
    grid: Grid, findings: Findings, exempt: Exempt = Exempt(), known: Collection[str] = ()
) -> bool:
    """Return whether the sheet is free of personal data; else it is refused by kind and place.

    ``known`` are codes and names of the register, as `name_key` writes them.
    """
    found = dict(_Cells(grid, exempt, known).scan())
    for place in _denied_headers(grid, exempt):
        found.setdefault(place, "personal_header")
    for (row, column), kind in sorted(found.items()):
        cell = grid.cell(row, column)
        findings.add(grid.file, grid.sheet, cell, "refuse", kind, f"这个单元格{MESSAGES[kind]}")
    clean = guard_beside(grid, findings, known)
    if found or not clean:
        return False
    return not _is_person_list(grid, exempt, findings)


# --- headers --------------------------------------------------------------------------------------
def _denied_headers(grid: Grid, exempt: Exempt) -> list[Place]:
    """Return the cells that head a column of personal data: near the top, or alone anywhere."""
    found = [
        (row, column)
        for row, cells in enumerate(grid.head)
        if not any(header_key(cell).isdigit() for cell in cells)
        for column, cell in enumerate(cells)
        if cell and is_denied(cell) and not _is_empty_label(grid, row, column, exempt)
    ]
    for column, encoded in enumerate(grid.encoded):
        bare = pc.replace_substring_regex(encoded.dictionary, r"[\s\x{3000}]+", "")
        for place in pc.indices_nonzero(pc.is_in(bare, _DENIED_TEXTS)).to_pylist():
            row = int(np.argmax(grid.places(column) == place))
            labelled = row >= len(grid.head) or not _is_empty_label(grid, row, column, exempt)
            found += [(row, column)] if labelled and (row, column) not in found else []
    return found


def _is_empty_label(grid: Grid, row: int, column: int, exempt: Exempt) -> bool:
    """Return whether a label of a signature line ("联系电话：") has nothing written after it."""
    if exempt.first <= row <= exempt.last or row < grid.rows - NOTE_ROWS:
        return False
    own = name_key(grid.head[row][column])
    after = [name_key(cell) for cell in grid.head[row][column + 1 : column + 4]]
    written = next((cell for cell in after if cell), "")
    below = any(name_key(cells[column]) for cells in grid.head[row + 1 :])
    return own.endswith((":", "_")) and not below and (not written or written.endswith(":"))


# --- cells ----------------------------------------------------------------------------------------
class _Cells:
    """The scan of one sheet's cells; each distinct text of a column is looked at once."""

    def __init__(self, grid: Grid, exempt: Exempt, known: Collection[str]) -> None:
        self.grid, self.exempt, self.known = grid, exempt, known
        self._signed: dict[int, bool] = {}
        self._dictionaries = [encoded.dictionary for encoded in grid.encoded]

    def scan(self) -> Iterator[tuple[Place, str]]:
        """Yield the cells that hold personal data, each with its kind."""
        for place, fault in self.grid.faults.items():
            if fault == "long":
                yield place, "identity_number"
        texts = _Texts(self._dictionaries)
        for column, at, text in chain(texts.numbered(), texts.matching(_SUSPECT)):
            yield from self._suspect(column, at, text)
        for column, at, text in texts.matching(_LABELS):
            yield from self._beside_label(column, at, text)
        for column in self._right_of_labels(texts):
            own = _Texts([self._dictionaries[column]], codes=True)
            for _, at, text in own.matching(_LABELLED):
                yield from self._labelled(column, at, text)

    def _right_of_labels(self, texts: _Texts) -> list[int]:
        """Return the columns, those of counts apart, that may hold what a label says."""
        labels = {column for column, _, _ in texts.matching(_LABELLING)}
        right = {column + reach for column in labels for reach in _REACH}
        return sorted((right & set(range(len(self._dictionaries)))) - self.exempt.counts)

    def _suspect(self, column: int, place: int, text: str) -> Iterator[tuple[Place, str]]:
        if name_key(text) in self.known:
            return
        kind = personal_kind(text)
        counted = column in self.exempt.counts and is_number(text)
        if kind is None and not counted:
            return
        as_count = number_kind(text, counted=True) if counted else None
        for row in self._rows(column, place):
            own = as_count if counted and row > self.exempt.last else kind
            if own and not (own == "person_name" and self._is_signed(row)):
                yield (row, column), own

    def _labelled(self, column: int, place: int, text: str) -> Iterator[tuple[Place, str]]:
        """Yield the cells that are personal beside the label to their left."""
        if name_key(text) in self.known:
            return
        for row in self._rows(column, place):
            label = self._left(row, column)
            if label and (kind := personal_kind(text, label)):
                yield (row, column), kind

    def _beside_label(self, column: int, place: int, text: str) -> Iterator[tuple[Place, str]]:
        """Yield the cell right of a label (填报人：) that names a person, signature lines apart."""
        if not is_label_alone(text):
            return
        for row in self._rows(column, place):
            right = self._right(row, column)
            if right is None or self.exempt.first <= row <= self.exempt.last:
                continue
            written = self.grid.columns[right][row].as_py()
            sure = name_key(text).endswith((":", "_"))
            named = is_a_person(written, behind_label=True) if sure else looks_like_a_name(written)
            if named and name_key(written) not in self.known and not self._is_signed(row):
                yield (row, right), "person_name"

    def _rows(self, column: int, place: int) -> list[int]:
        return [int(row) for row in np.flatnonzero(self.grid.places(column) == place)]

    def _left(self, row: int, column: int) -> str:
        """Return what stands left of a cell."""
        for before in range(column - 1, max(column - 4, -1), -1):
            left: str = self.grid.columns[before][row].as_py()
            if left.strip():
                return left
        return ""

    def _right(self, row: int, column: int) -> int | None:
        """Return the next column with something in it."""
        after = range(column + 1, min(column + 4, len(self.grid.columns)))
        return next((c for c in after if self.grid.columns[c][row].as_py().strip()), None)

    def _is_signed(self, row: int) -> bool:
        """Return whether a row below the table is signed; names there are dropped, not kept."""
        if self.exempt.last < 0 or row <= self.exempt.last or row < self.grid.rows - NOTE_ROWS:
            return False
        if row not in self._signed:
            cells = (column[row].as_py() for column in self.grid.columns)
            self._signed[row] = is_signed(next((cell for cell in cells if cell.strip()), ""))
        return self._signed[row]


class _Texts:
    """Distinct texts of columns side by side, as a reader sees them, so that each is read once.

    Digits alone that are no person's number are left out (without ``codes``): most of a report.
    """

    def __init__(self, dictionaries: Sequence[pa.StringArray], *, codes: bool = False) -> None:
        self._texts = pa.concat_arrays([_NOTHING, *dictionaries])
        self._starts = np.cumsum([0, *(len(each) for each in dictionaries)])
        self._kept = np.arange(len(self._texts))
        if not codes:
            coded = pc.match_substring_regex(self._texts, _CODES)
            self._kept = np.flatnonzero(~coded.to_numpy(zero_copy_only=False))
        kept = pc.utf8_normalize(self._texts.take(pa.array(self._kept)), form="NFKC")
        self._seen = pc.replace_substring_regex(kept, _UNSEEN, "")

    def matching(self, pattern: str) -> Iterator[tuple[int, int, str]]:
        """Yield the texts that match: column, place among the column's texts, and text."""
        return self._found(pc.match_substring_regex(self._seen, pattern))

    def numbered(self) -> Iterator[tuple[int, int, str]]:
        """Yield the texts with so many digits that a person's number may be among them."""
        return self._found(pc.greater_equal(pc.count_substring_regex(self._seen, _DIGIT), _DIGITS))

    def _found(self, chosen: pa.BooleanArray) -> Iterator[tuple[int, int, str]]:
        for place in self._kept[pc.indices_nonzero(chosen).to_numpy()].tolist():
            column = int(np.searchsorted(self._starts, place, side="right")) - 1
            yield column, place - int(self._starts[column]), self._texts[place].as_py()


# --- person lists ---------------------------------------------------------------------------------
def _is_person_list(grid: Grid, exempt: Exempt, findings: Findings) -> bool:
    """Note a sheet whose rows are people: names beside sexes or days, or a list of names alone."""
    signs = {
        column: _signs(grid, column, exempt)
        for column in range(len(grid.columns))
        if column not in exempt.known
    }
    names = [c for c, s in signs.items() if s["names"] >= LISTED]
    beside = any(s["sexes"] >= LISTED or s["days"] >= LISTED for s in signs.values())
    alone = [c for c in names if signs[c]["names"] >= LISTED_ALONE]
    days = [c for c, s in signs.items() if s["days"] >= LISTED_ALONE]
    listed = (names if beside else alone) or days
    for column in listed[:1]:
        message = "这张工作表像是逐人名单，本系统只收汇总数，请删去这张表后再报。"
        cell = grid.cell(exempt.last + 1 if exempt.last >= 0 else 0, column)
        findings.add(grid.file, grid.sheet, cell, "refuse", "person_list", message)
    return bool(listed)


def _is_last(day: date) -> bool:
    return (day + timedelta(days=1)).day == 1


def _signs(grid: Grid, column: int, exempt: Exempt) -> Mapping[str, int]:
    """Return how many distinct names, sexes and days a column holds, where most of it is such."""
    texts = [text for text in grid.texts[column] if text.strip()]
    if len(texts) > 5_000 or not texts:
        return {"names": 0, "sexes": 0, "days": 0}
    names = sum(looks_like_a_name(text) and is_a_bare_name(text) for text in texts)
    found = [day for text in texts if len(text) < 24 and (day := parse_day(text))]
    # A column of months as sheets keep them (2010-06-01), or of their last days, is no one's day.
    months = all(day.day == 1 for day in found) or all(_is_last(day) for day in found)
    days = 0 if months else len(found)
    rows = grid.places(column, exempt.last + 1)
    sexes = {p for p, t in enumerate(grid.texts[column]) if name_key(t) in ("男", "女")}
    alike = sum(int(p) in sexes for p in rows.tolist()) if sexes else 0
    counted = any(parse_count(text)[1] == OK for text in texts)
    return {
        "names": names if 2 * names >= len(texts) else 0,
        "sexes": alike
        if (len(texts) <= 4 and not counted and exempt.last >= 0) or len(texts) <= 3
        else 0,
        "days": days if 2 * days >= len(texts) else 0,
    }


__all__ = ["Exempt", "guard", "is_denied"]
