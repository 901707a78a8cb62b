"""Sex ratios at birth: townships by birth order and by period, against the natural range."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shortplank.catalogue import Workspace
from shortplank.catalogue.models import Indicator
from shortplank.errors import ShortplankError
from shortplank.reading.gaps import window_notes
from shortplank.reading.judged.announced import (
    announced_codes,
    how_judged,
    judged_label,
    judged_window,
)
from shortplank.reading.judged.ledger import ledger_of
from shortplank.reading.judged.natural import (
    above_line,
    evidence,
    sex_ratios,
    telling_births,
    usual_ratio,
)
from shortplank.reading.maps import offers_map
from shortplank.reading.measured import Floats, Measured, column, measure, texts
from shortplank.reading.told import Told
from shortplank.reading.view import View, once
from shortplank.store import add_months
from shortplank.topics.sex_ratio.answer.ratio_words import (
    MAP,
    Column,
    Line,
    absent_words,
    cell_words,
    ledger_words,
    notes_of,
    title_of,
)
from shortplank.wording.chance import PALE
from shortplank.wording.judged import judged_by, looks_at_text
from shortplank.wording.naming import order_word
from shortplank.wording.numbers import interval_text, number_text, rounded
from shortplank.wording.periods import month_text, period_text
from shortplank.wording.pictures.maps import LOOK
from shortplank.wording.verdicts import STATE_WORDS

LOOKS = {"orders": "孩次", "periods": "时段", "forest": "区间"}
SPANS = {"ytd": "统计年度", "r12": "近12月", "r24": "近24月", "r36": "近36月"}
SPAN_MONTHS = {"r12": 12, "r24": 24, "r36": 36}
MOST_PERIODS = 8
SEXES = ("males", "females")


@dataclass(frozen=True)
class SexRatio(Told):
    """All that the page of sex ratios shows."""

    look: str
    span: str
    indicator: str
    orders: dict[str, str]
    columns: list[Column]
    lines: list[Line]
    years: pa.Table
    period: str
    judged: str = ""
    """The period in which the ledger decides, where the figures are of another: 近36月."""

    @property
    def marks(self) -> str:
        """Return what the marks of the picture mean."""
        if self.look == "forest":
            label = self.columns[0].item.label if self.columns else "性别比"
            return f"{label}（女=100），横条为 95% 区间"
        if self.look == MAP:
            return f"{self.columns[0].item.label if self.columns else '性别比'}（女=100）；{PALE}"
        label = f"{self.columns[0].item.label}，" if self.look == "periods" and self.columns else ""
        return f"{label}大字为性别比（女=100），小字为出生人数；{PALE}"

    @property
    def is_empty(self) -> bool:
        """Return whether no area has any births to show."""
        return not any(np.nansum(column.measured.base) for column in self.columns)


def sex_ratio_items(view: View) -> dict[str, Indicator]:
    """Return the catalogue's sex ratios: the total first, then the birth orders."""
    found = sex_ratios(view.ws)
    if not found:
        raise ShortplankError(
            "指标目录里没有性别比指标", place="catalogue/indicators", mend="请先登记性别比指标"
        )
    return found


def order_labels(view: View) -> dict[str, str]:
    """Return the short name of every sex ratio: 合计, 一孩, 二孩, 多孩."""
    items = sex_ratio_items(view)
    total = next(iter(items))
    return {key: "合计" if key == total else order_word(item) for key, item in items.items()}


def looks_of(view: View) -> dict[str, str]:
    """Return the pictures that the catalogue and the history allow."""
    offered = dict(LOOKS)
    if len(sex_ratio_items(view)) < 2:
        del offered["orders"]
    if "r12" not in spans_of(view):
        del offered["periods"]
    return offered | ({MAP: LOOK} if offers_map(view) else {})


def spans_of(view: View) -> dict[str, str]:
    """Return the windows that the history fills for the county; the statistical year always."""
    table = _by_order(view)
    county = table.filter(pc.equal(table["level"], "county"))
    return {
        key: label
        for key, label in SPANS.items()
        if key == "ytd" or not np.isnan(column(county, f"{key}_males")).all()
    }


def default_span(view: View) -> str:
    """Return the window to begin with: twelve months where the history has them."""
    return "r12" if "r12" in spans_of(view) else "ytd"


@once()
def sex_ratio(view: View, look: str, span: str, indicator: str) -> SexRatio:
    """Return the sex ratios for one picture; ``look``, ``span``, ``indicator`` as offered."""
    labels, spans = order_labels(view), spans_of(view)
    looks = looks_of(view)
    look = look if look in looks else next(iter(looks))
    span = span if span in spans else default_span(view)
    if look == "periods" and span == "ytd":  # periods roll; a statistical year does not
        span = "r12"
    orders = _order_columns(view, labels, span)
    if look == "periods":
        columns = _period_columns(view, indicator, span)
    elif look in ("forest", MAP):
        columns = [c for c in orders if c.key == indicator]
    else:
        columns = orders
    lines = [line for c in reversed(orders) for line in _lines(view.ws, c, labels)]
    total = next(iter(labels))
    standing, told = ledger_of(view).standing(total, "township"), ledger_words(view, total)
    made = SexRatio(
        look=look,
        span=span,
        indicator=indicator,
        orders=labels,
        columns=columns,
        lines=lines,
        years=_years(view, labels),
        title=title_of(orders, lines, told),
        period=_period(view, span),
        judged=_judged_in(view, total, span),
        sentence=f"{told}。",
        notes=[
            *(window_notes(view, "ytd") if span == "ytd" else []),
            *notes_of(columns, look, next(iter(sex_ratio_items(view).values()))),
            *_other_span(view, total, span),
            *([] if len(sex_ratio_items(view)) > 1 else ["本工作区的数据不分孩次"]),
        ],
        named=tuple(standing.announced_names) if standing else (),
        tested=standing.compared if standing else 0,
        how=how_judged(view, total, "township"),
    )
    about = (made.period, made.marks)
    if made.is_empty:
        return replace(made, about=about, sentence="这个时段没有出生数。", notes=[])
    return replace(made, about=about)


def _by_order(view: View) -> pa.Table:
    return view.ask(
        "townships_by_order",
        county=view.county.area_code,
        month=view.month,
        year_month=view.year_start,
    )


def _order_columns(view: View, labels: dict[str, str], span: str) -> list[Column]:
    table, columns = _by_order(view), []
    for key, label in labels.items():
        rows = table.filter(pc.equal(table["indicator"], key))
        if not rows.num_rows:
            continue
        males, females = column(rows, f"{span}_males"), column(rows, f"{span}_females")
        due = column(rows, "expected")
        if span in ("r24", "r36"):  # an area younger than the window has no report missing
            due = np.where(np.isnan(males) & ~np.isnan(column(rows, "r12_males")), np.nan, due)
        silent = column(rows, f"{span}_silent")
        columns.append(_column(view, key, label, rows, males, females, due, silent))
    return [_judged_column(view, each) for each in columns]


def _period_columns(view: View, indicator: str, span: str) -> list[Column]:
    """Return half-yearly columns of rolling windows; longer ones are sums of twelve months."""
    table = view.ask(
        "townships_by_period",
        indicator=indicator,
        county=view.county.area_code,
        month=view.month,
    )
    rows = {
        month: table.filter(pc.equal(table["stat_month"], pa.scalar(month, pa.date32())))
        for month in sorted(set(table["stat_month"].to_pylist()))
    }
    columns = []
    for month, own in rows.items():
        parts = [add_months(month, -back) for back in range(0, SPAN_MONTHS[span], 12)]
        if not set(parts) <= set(rows):
            continue
        males, females = (_summed(own, [rows[part] for part in parts], s) for s in SEXES)
        label, none = f"至{month_text(month)}", np.zeros(own.num_rows)
        due = column(own, "expected")
        columns.append(_column(view, indicator, label, own, males, females, due, none))
    shown = _aligned(columns[-MOST_PERIODS:])
    return [*shown[:-1], *(_judged_column(view, each) for each in shown[-1:])]


def _judged_column(view: View, c: Column) -> Column:
    """Return a column with what the ledger says of its areas; nothing of what is not judged."""
    book = ledger_of(view)
    standing, county = book.standing(c.key, "township"), book.of(c.key, "county", "named")
    codes = announced_codes(view, c.key, "township")
    tested = set(np.array(standing.codes)[standing.tested]) if standing else set()
    own = "similar" if book.judges(c.key) and c.verdicts[0] == "none" else c.verdicts[0]
    marks = ["higher" if county else own]
    for code, old in zip(c.measured.codes[1:], c.verdicts[1:], strict=True):
        marks.append(codes.get(code, "similar" if code in tested else old))
    return replace(c, verdicts=marks)


def _summed(own: pa.Table, parts: list[pa.Table], name: str) -> Floats:
    """Return a count summed over twelve-month parts, by the areas of ``own``.

    A part in which an area has no count leaves the sum unknown: it did not exist, or not report.
    """
    total = np.zeros(own.num_rows)
    for part in parts:
        held = dict(zip(texts(part, "area_code"), column(part, name), strict=True))
        total += np.array([held.get(code, np.nan) for code in texts(own, "area_code")])
    return total


def _column(
    view: View,
    key: str,
    label: str,
    rows: pa.Table,
    males: Floats,
    females: Floats,
    due: Floats,
    silent: Floats,
) -> Column:
    item = view.ws.indicators[key]
    measured = measure(item, texts(rows, "area_code"), texts(rows, "name"), males, females, due)
    known = ("ok", "zero")
    verdicts = ["none" if state in known else "too_few" for state in measured.state]
    telling = telling_births(next(iter(sex_ratio_items(view).values())))
    strength = evidence(measured.base, telling)
    return Column(key, label, item, measured, verdicts, strength, silent)


def _aligned(columns: list[Column]) -> list[Column]:
    """Return columns whose rows are the areas of the last one: periods outlive some areas."""
    if not columns:
        return []
    codes, names = columns[-1].measured.codes, columns[-1].measured.names
    return [c if c.measured.codes == codes else _realigned(c, codes, names) for c in columns]


def _realigned(old: Column, codes: list[str], names: list[str]) -> Column:
    places = [old.measured.index(code) for code in codes]

    def taken(values: Floats) -> Floats:
        return np.array([np.nan if p is None else values[p] for p in places])

    m = old.measured
    measured = Measured(
        codes=codes,
        names=names,
        x=taken(m.x),
        n=taken(m.n),
        base=taken(m.base),
        value=taken(m.value),
        lower=taken(m.lower),
        upper=taken(m.upper),
        state=["not_expected" if p is None else m.state[p] for p in places],
    )
    verdicts = ["none" if p is None else old.verdicts[p] for p in places]
    strength = np.where(np.isnan(taken(old.strength)), 0.0, taken(old.strength))
    return Column(old.key, old.label, old.item, measured, verdicts, strength, taken(old.silent))


def _lines(ws: Workspace, c: Column, labels: dict[str, str]) -> list[Line]:
    """Return the column's thresholds with the townships above; grey cells count, hidden do not."""
    males, births = c.measured.x[c.towns], c.measured.base[c.towns]
    shown = ~np.isnan(c.measured.value[c.towns])
    lines = []
    for threshold in c.item.thresholds:
        if threshold.side != "above" or not shown.any():
            continue
        found = above_line(ws, males[shown], births[shown], threshold.value)
        lines.append(
            Line(
                c.key,
                _name(c, labels),
                threshold.value,
                found.seen,
                int(shown.sum()),
                found.expected,
                found.lower,
                found.upper,
                usual_ratio(ws),
            )
        )
    return lines


def _other_span(view: View, total: str, span: str) -> list[str]:
    """Return that the picture shows another period than the one that decides."""
    label = _judged_in(view, total, span)
    return [looks_at_text(SPANS[span], label)] if label else []


def _judged_in(view: View, total: str, span: str) -> str:
    """Return the period that decides where the picture shows another one, else nothing."""
    book = ledger_of(view)
    if not book.judges(total) or span == judged_window(book, total):
        return ""
    return judged_label(book, total)


def _name(c: Column, labels: dict[str, str]) -> str:
    if c.key == next(iter(labels)):  # the total comes first
        return "总性别比" if len(labels) > 1 else c.item.label
    return c.item.label


def _period(view: View, span: str) -> str:
    if span == "ytd":
        return period_text("ytd", view.month, view.year_start, view.statistical_year)
    first = add_months(view.month, 1 - SPAN_MONTHS[span])
    return f"{SPANS[span]}（{month_text(first)}–{month_text(view.month)}）"


def against_heading(answer: SexRatio) -> str:
    """Return the heading of what the ledger says: 与自然范围比（按近36月判）."""
    return f"与自然范围比{f'（{judged_by(answer.judged)}）' if answer.judged else ''}"


def sex_ratio_table(answer: SexRatio) -> pa.Table:
    """Return every cell of the picture as a row, with Chinese headings."""
    heading = "时段" if answer.look == "periods" else "孩次"
    cells = [(c, row) for c in answer.columns for row in range(len(c.measured.codes))]
    return pa.table(
        {
            "单位": [c.measured.names[row] for c, row in cells],
            heading: [c.label for c, _ in cells],
            "性别比（女=100）": [rounded(c.measured.value[row], 1) for c, row in cells],
            "95% 区间": [
                interval_text(c.item, c.measured.lower[row], c.measured.upper[row])
                for c, row in cells
            ],
            "男婴": [rounded(c.measured.x[row], 0) for c, row in cells],
            "女婴": [rounded(c.measured.n[row], 0) for c, row in cells],
            "出生": [rounded(c.measured.base[row], 0) for c, row in cells],
            against_heading(answer): [cell_words(c, row) for c, row in cells],
        }
    )


def beyond_natural(answer: SexRatio) -> list[bool]:
    """Return for each row of `sex_ratio_table` whether the ledger announces it."""
    return [verdict == "higher" for c in answer.columns for verdict in c.verdicts]


def _years(view: View, labels: dict[str, str]) -> pa.Table:
    """Return the county's ratios by birth order over the statistical years, as texts."""
    table = view.ask(
        "county_by_year",
        county=view.county.area_code,
        month=view.month,
        year_opens=view.ws.settings.statistical_year_first_month,
    )
    years = sorted(set(table["statistical_year"].to_pylist()), reverse=True)
    by_year = [table.filter(pc.equal(table["statistical_year"], year)) for year in years]
    columns = {
        "统计年度": [_year_label(rows, year) for rows, year in zip(by_year, years, strict=True)]
    }
    for key, label in labels.items():
        columns[label] = [_year_cell(view, rows, key) for rows in by_year]
    return pa.table(columns)


def _year_label(rows: pa.Table, year: int) -> str:
    months = max(rows["months"].to_pylist())
    return f"{year}年度" if months == 12 else f"{year}年度（{months} 个月）"


def _year_cell(view: View, rows: pa.Table, key: str) -> str:
    own = rows.filter(pc.equal(rows["indicator"], key))
    if not own.num_rows:
        return STATE_WORDS["not_expected"]
    item = view.ws.indicators[key]
    m = measure(
        item, [key], [key], column(own, "males"), column(own, "females"), column(own, "expected")
    )
    if np.isnan(m.value[0]):
        return absent_words(m, 0)
    interval = f"{number_text(m.lower[0])}–{number_text(m.upper[0])}"
    return f"{number_text(m.value[0], 1)}（{interval}，{number_text(m.base[0])} 人）"
