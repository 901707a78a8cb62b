"""Who has reported, when, and who has not: forms by township and month, villages by month."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from shortplank.reading.gaps import (
    Gap,
    all_filed,
    by_town,
    counted_datasets,
    due_datasets,
    gaps_of_month,
    gaps_until,
)
from shortplank.reading.measured import column, texts
from shortplank.reading.told import Told
from shortplank.reading.view import View, once
from shortplank.store import due_date
from shortplank.wording.naming import joined
from shortplank.wording.periods import day_text, month_key, month_text

# What a cell of the matrix says, the better first: the places are the matrix's numbers.
STATES = ("on_time", "revised", "late", "missing", "not_due", "undated")
STATE_LABELS = {
    "on_time": "按时",
    "revised": "按时，后有订正",
    "late": "迟报",
    "missing": "未报",
    "not_due": "不适用",
    "undated": "已报，没有收到日期",
}
ABOUT = ("月报 × 乡镇 × 月份",)
States = NDArray[np.int64]


@dataclass(frozen=True)
class Matrix:
    """Rows × months of states; ``totals`` counts what is owed, received and in time by row."""

    rows: list[str]
    groups: list[str]
    months: list[date]
    states: States
    hovers: list[list[str]]
    codes: list[str]
    """The area of each row."""
    forms: list[str] = field(default_factory=list)
    """The form of each row; empty where rows are no forms."""

    @property
    def is_empty(self) -> bool:
        """Return whether there is nothing to show."""
        return not self.rows or not self.months

    def count(self, state: str, place: int | None = None) -> int:
        """Return how many cells have a state, in all or in one month."""
        cells = self.states if place is None else self.states[:, place]
        return int((cells == STATES.index(state)).sum())


@dataclass(frozen=True)
class Completeness(Told):
    """The page's matrix with its words; ``missing_now`` names who has not reported this month."""

    matrix: Matrix
    missing_now: list[str]
    late_now: list[str]

    @property
    def is_empty(self) -> bool:
        """Return whether no report is known of."""
        return self.matrix.is_empty


@once()
def completeness(view: View) -> Completeness:
    """Return the matrix of forms by township and month, up to the view's."""
    table = view.ask("filings_by_month", county=view.county.area_code, month=view.month)
    months = sorted(set(table["stat_month"].to_pylist()))
    rows: dict[tuple[str, str], list[int]] = {}
    hovers: dict[tuple[str, str], list[str]] = {}
    codes: dict[str, str] = {}
    size = len(months)
    gone = {(g.dataset, g.area_code, g.month) for g in gaps_until(view) if g.whole}
    for row in table.to_pylist():
        key = (row["name"], row["form_label"])
        at = months.index(row["stat_month"])
        state = _state(view, row, gone)
        rows.setdefault(key, [STATES.index("not_due")] * size)[at] = STATES.index(state)
        codes[row["name"]] = row["area_code"]
        hovers.setdefault(key, [""] * size)[at] = _hover(row, state)
    keys = sorted(
        rows, key=lambda key: (list(dict.fromkeys(k[0] for k in rows)).index(key[0]), key[1])
    )
    forms = list(dict.fromkeys(key[1] for key in keys))
    matrix = Matrix(
        [f"{town} {form}" if len(forms) > 1 else town for town, form in keys],
        [town for town, _ in keys],
        months,
        np.array([rows[key] for key in keys], dtype=np.int64).reshape(len(keys), size),
        [hovers[key] for key in keys],
        [codes[town] for town, _ in keys],
        [form for _, form in keys],
    )
    return _told(view, matrix, matrix.forms)


def _state(view: View, row: dict[str, object], gone: set[tuple[str, str, date]]) -> str:
    """Return a form's state: what is missing the data say, when it came the register of reports."""
    first, month, revisions = row["first_received"], row["stat_month"], row["revisions"]
    assert isinstance(month, date) and isinstance(revisions, int)
    dataset = view.ws.forms[str(row["form"])].dataset
    if (dataset, row["area_code"], month) in gone:
        return "missing"
    if first is None:
        return "undated" if dataset in counted_datasets(view) else "missing"
    assert isinstance(first, date)
    if first > due_date(view.ws, month):
        return "late"
    return "revised" if revisions > 1 else "on_time"


def _hover(row: dict[str, object], state: str) -> str:
    first, month = row["first_received"], row["stat_month"]
    assert isinstance(month, date)
    lines = [f"<b>{row['name']}</b> {row['form_label']}", month_text(month)]
    lines.append(STATE_LABELS[state])
    if isinstance(first, date):
        lines.append(f"收到 {day_text(first)}，共 {row['revisions']} 次")
    return "<br>".join(lines)


def _told(view: View, matrix: Matrix, forms: list[str]) -> Completeness:
    """Return the matrix with its words; ``forms`` are those of its rows."""
    owing = gaps_of_month(view)
    thin = list(dict.fromkeys(gap.name for gap in owing if not gap.whole))
    if matrix.is_empty or view.month not in matrix.months:
        return _without_register(view, matrix, owing)
    now = matrix.months.index(view.month)
    cells = matrix.states[:, now]
    missing, late = (_towns(matrix, cells == STATES.index(state)) for state in ("missing", "late"))
    everywhere = _everywhere(matrix, forms)
    some = _towns(matrix, (cells == STATES.index("missing")) & ~everywhere[:, now])
    when = month_text(view.month)
    told = [_of_none(each) for each, months in _by_form(matrix, forms, everywhere) if now in months]
    told += [
        f"{joined(names)}{word}" for names, word in ((some, "未报"), (thin, "未报齐")) if names
    ]
    title = f"{when}：{'，'.join(told)}" if told else f"{when}各乡镇都已报送"
    if not told and late:
        title += f"，{joined(late)}迟报"
    owed = int((matrix.states != STATES.index("not_due")).sum())
    gone, slow = matrix.count("missing"), matrix.count("late")
    parts = [
        f"自{month_text(matrix.months[0])}以来应报 {owed} 份，未报 {gone} 份，"
        f"迟报 {slow} 份，按时后又订正 {matrix.count('revised')} 份"
    ]
    for form, places in _by_form(matrix, forms, everywhere):
        keys = [month_text(matrix.months[at]) for at in places]
        parts.append(f"{joined(keys)}{_of_none(form)}，不是个别乡镇的问题")
    silent = _silent(matrix, everywhere)
    if silent:
        parts.append("个别乡镇未报：" + joined(silent, 4))
    return Completeness(
        matrix,
        missing,
        late,
        title=title,
        about=ABOUT,
        sentence="；".join(parts) + "。",
        notes=[f"次月 {view.ws.settings.due_day} 日为报送期限"],
    )


def _without_register(view: View, matrix: Matrix, owing: list[Gap]) -> Completeness:
    """Return what is missing by the data alone, where nothing says when reports came."""
    when = month_text(view.month)
    names = list(dict.fromkeys(gap.name for gap in owing))
    title = f"{when}没有报送记录，不知是否按时"
    if owing:
        told = f"按数据看没有报齐：{'；'.join(by_town(owing))}"
    elif filed := all_filed(len(due_datasets(view))):
        told = f"按数据看，{filed}"
    else:
        told = "也没有应报的报表可以清点"
    if owing:
        title += f"；{joined(names)}未报齐"
    return Completeness(matrix, names, [], title=title, about=ABOUT, sentence=told + "。")


def _towns(matrix: Matrix, chosen: NDArray[np.bool_]) -> list[str]:
    return list(dict.fromkeys(matrix.groups[i] for i in np.flatnonzero(chosen)))


def _everywhere(matrix: Matrix, forms: list[str]) -> NDArray[np.bool_]:
    """Return the matrix's cells whose form no township filed in the month."""
    gone = matrix.states == STATES.index("missing")
    found = np.zeros(gone.shape, dtype=bool)
    for form in set(forms):
        own = np.array([each == form for each in forms])
        found[own] = gone[own].all(axis=0)
    return found


def _by_form(
    matrix: Matrix, forms: list[str], everywhere: NDArray[np.bool_]
) -> list[tuple[str, list[int]]]:
    """Return the months in which no township filed a form, by form; "" stands for all of them."""
    whole = everywhere.all(axis=0)
    found = [("", [int(at) for at in np.flatnonzero(whole)])]
    for form in dict.fromkeys(forms):
        own = everywhere[forms.index(form)] & ~whole
        found.append((form, [int(at) for at in np.flatnonzero(own)]))
    return [(form, months) for form, months in found if months]


def _of_none(form: str) -> str:
    return f"全县都没有{form or '报表'}"


def _silent(matrix: Matrix, everywhere: NDArray[np.bool_]) -> list[str]:
    """Return the months in which single townships did not report: 松崖镇（2009年2月）."""
    found: dict[str, list[str]] = {}
    gone = (matrix.states == STATES.index("missing")) & ~everywhere
    for i, at in zip(*np.nonzero(gone), strict=True):
        month = month_text(matrix.months[at])
        months = found.setdefault(matrix.groups[i], [])
        months += [month] if month not in months else []
    return [f"{town}（{joined(months, 4)}）" for town, months in found.items()]


def completeness_table(answer: Completeness) -> pa.Table:
    """Return every report that came late or not at all, the newest first."""
    matrix = answer.matrix
    found = [
        (matrix.months[at], matrix.rows[i], STATE_LABELS[STATES[matrix.states[i, at]]])
        for i, at in zip(*np.nonzero(np.isin(matrix.states, [2, 3])), strict=True)
    ]
    found.sort(key=lambda row: row[0], reverse=True)
    return pa.table(
        {
            "月份": [month_key(month) for month, _, _ in found],
            "报表": [name for _, name, _ in found],
            "状态": [state for _, _, state in found],
        }
    )


# --- villages -------------------------------------------------------------------------------------
def monthly_village_indicator(view: View) -> str | None:
    """Return an indicator that rests on the villages' monthly report, None where none does."""
    for key, item in view.ws.indicators.items():
        if "village" not in item.levels or "month" not in item.windows or not item.numerator:
            continue
        leaves = view.ws.leaves(item.numerator)
        datasets = {view.ws.measures[leaf].dataset for leaf in leaves if leaf in view.ws.measures}
        if datasets and all(
            view.ws.datasets[d].level == "village" and view.ws.datasets[d].cadence == "month"
            for d in datasets
        ):
            return key
    return None


@once()
def villages(view: View) -> Matrix:
    """Return which villages stood in the reports, month by month, grouped by township."""
    key = monthly_village_indicator(view)
    if key is None:
        return Matrix([], [], [], np.zeros((0, 0), dtype=np.int64), [], [])
    table = view.ask("villages_by_report", indicator=key, month=view.month)
    months = sorted(set(table["stat_month"].to_pylist()))
    codes = list(dict.fromkeys(texts(table, "area_code")))
    names = dict(zip(texts(table, "area_code"), texts(table, "name"), strict=True))
    towns = dict(zip(texts(table, "area_code"), texts(table, "township"), strict=True))
    row = {code: at for at, code in enumerate(codes)}
    place = {month: at for at, month in enumerate(months)}
    states = np.full((len(codes), len(months)), STATES.index("not_due"), dtype=np.int64)
    expected, reported = column(table, "expected"), column(table, "reported")
    cells = zip(
        texts(table, "area_code"), table["stat_month"].to_pylist(), expected, reported, strict=True
    )
    for code, month, due, came in cells:
        if due > 0:
            state = "on_time" if came > 0 else "missing"
            states[row[code], place[month]] = STATES.index(state)
    rows = [names[code] for code in codes]
    return Matrix(rows, [towns[code] for code in codes], months, states, [], list(codes))
