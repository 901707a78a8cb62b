"""Sex ratios at birth: townships by birth order and by period, against the natural range."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shortplank import stats
from shortplank.answers import words
from shortplank.answers.measured import Floats, Measured, column, measure, texts
from shortplank.answers.natural import evidence, natural_verdicts, telling_births
from shortplank.answers.view import View
from shortplank.catalogue.models import Indicator
from shortplank.errors import ShortplankError
from shortplank.store import add_months

LOOKS = {"orders": "孩次", "periods": "时段", "forest": "区间"}
SPANS = {"ytd": "统计年度", "r12": "近12月", "r24": "近24月", "r36": "近36月"}
SPAN_MONTHS = {"r12": 12, "r24": 24, "r36": 36}
MOST_PERIODS = 8
UNLIKELY = 0.05


@dataclass(frozen=True)
class Line:
    """How many townships stand above a line, and how many chance alone would put there."""

    label: str
    value: float
    count: int
    shown: int
    expected: float
    at_least: float

    @property
    def unlikely(self) -> bool:
        """Return whether chance alone would rarely put so many above the line."""
        return self.at_least < UNLIKELY

    def text(self, *, short: bool = False) -> str:
        """Return the count beside the count of chance, and what to think of it."""
        chance = f"{'' if short else '仅凭偶然'}约 {words.count_text(self.expected)} 个"
        if not self.count:
            return f"{self.label}没有乡镇高于 {self.value:g}（{chance}）"
        unit = "个" if short else "个乡镇"
        verdict = words.chance_words(self.at_least)
        return f"{self.label} {self.count} {unit}高于 {self.value:g}，{verdict}（{chance}）"


@dataclass(frozen=True)
class Column:
    """One column of the heatmap: an indicator over a window, for the county and its townships."""

    key: str
    label: str
    item: Indicator
    measured: Measured
    verdicts: list[str]
    strength: Floats
    silent: Floats

    @property
    def towns(self) -> list[int]:
        """Return the rows of the townships (the county is the first row)."""
        return list(range(1, len(self.measured.codes)))

    def grey(self, row: int) -> bool:
        """Return whether a cell's births are too few to be drawn in full."""
        return bool(self.measured.base[row] < self.item.grey_denominator)


@dataclass(frozen=True)
class SexRatio:
    """All that the page of sex ratios shows."""

    look: str
    span: str
    indicator: str
    orders: dict[str, str]
    columns: list[Column]
    lines: list[Line]
    years: pa.Table
    title: str
    period: str
    sentence: str
    notes: list[str]

    @property
    def about(self) -> str:
        """Return what the marks of the picture mean, for the line below the title."""
        if self.look == "forest":
            label = self.columns[0].item.label if self.columns else "性别比"
            return f"{label}（女=100），横条为 95% 区间"
        label = f"{self.columns[0].item.label}，" if self.look == "periods" and self.columns else ""
        return f"{label}大字为性别比（女=100），小字为出生人数；颜色越淡，越不足以下结论"

    @property
    def is_empty(self) -> bool:
        """Return whether no area has any births to show."""
        return not any(np.nansum(column.measured.base) for column in self.columns)


# --- what can be chosen ---------------------------------------------------------------------------
def sex_ratio_items(view: View) -> dict[str, Indicator]:
    """Return the catalogue's sex ratios: the total first, then the birth orders."""
    found = {k: i for k, i in view.ws.indicators.items() if i.interval == "srb"}
    if not found:
        raise ShortplankError(
            "指标目录里没有性别比指标", place="catalogue/indicators", mend="请先登记性别比指标"
        )
    total = max(found, key=lambda key: len(view.ws.leaves(found[key].numerator)))
    return {total: found[total], **{k: i for k, i in found.items() if k != total}}


def order_labels(view: View) -> dict[str, str]:
    """Return the short name of every sex ratio: 合计, 一孩, 二孩, 多孩."""
    items = sex_ratio_items(view)
    total = next(iter(items))
    return {
        key: "合计" if key == total else item.label.removesuffix("性别比")
        for key, item in items.items()
    }


def looks_of(view: View) -> dict[str, str]:
    """Return the pictures that the catalogue and the history allow."""
    offered = dict(LOOKS)
    if len(sex_ratio_items(view)) < 2:
        del offered["orders"]
    if "r12" not in spans_of(view):
        del offered["periods"]
    return offered


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


# --- the answer -----------------------------------------------------------------------------------
def sex_ratio(view: View, look: str, span: str, indicator: str) -> SexRatio:
    """Return the sex ratios for one picture; ``look``, ``span``, ``indicator`` as offered."""
    labels, spans = order_labels(view), spans_of(view)
    looks = looks_of(view)
    look = look if look in looks else next(iter(looks))
    span = "r12" if look == "periods" else span if span in spans else default_span(view)
    orders = _order_columns(view, labels, span)
    if look == "periods":
        columns = _period_columns(view, indicator)
    elif look == "forest":
        columns = [c for c in orders if c.key == indicator]
    else:
        columns = orders
    lines = [line for c in reversed(orders) for line in _lines(c, labels)]
    return SexRatio(
        look=look,
        span=span,
        indicator=indicator,
        orders=labels,
        columns=columns,
        lines=lines,
        years=_years(view, labels),
        title=_title(orders, lines),
        period=_period(view, span),
        sentence=_sentence(columns, look, lines),
        notes=_notes(columns, look, next(iter(sex_ratio_items(view).values()))),
    )


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
    return columns


def _period_columns(view: View, indicator: str) -> list[Column]:
    table = view.ask(
        "townships_by_period",
        indicator=indicator,
        county=view.county.area_code,
        month=view.month,
    )
    columns = []
    for month in sorted(set(table["stat_month"].to_pylist()))[-MOST_PERIODS:]:
        rows = table.filter(pc.equal(table["stat_month"], pa.scalar(month, pa.date32())))
        none = np.zeros(rows.num_rows)
        columns.append(
            _column(
                view,
                indicator,
                f"至{words.month_text(month)}",
                rows,
                column(rows, "males"),
                column(rows, "females"),
                column(rows, "expected"),
                none,
            )
        )
    return _aligned(columns)


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
    towns = measured.pick(list(range(1, len(measured.codes))))
    verdicts = natural_verdicts(item, measured.pick([0]), together=False)
    verdicts += natural_verdicts(item, towns)
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


def _lines(c: Column, labels: dict[str, str]) -> list[Line]:
    """Return the column's thresholds with the townships above; grey cells count, hidden do not."""
    values, births = c.measured.value[c.towns], c.measured.base[c.towns]
    shown = ~np.isnan(values)
    lines = []
    for threshold in c.item.thresholds:
        if threshold.side != "above" or not shown.any():
            continue
        count = int(np.count_nonzero(values[shown] > threshold.value))
        chance = stats.sex_ratio_threshold_count(births[shown], threshold.value, count)
        lines.append(
            Line(
                _name(c, labels),
                threshold.value,
                count,
                int(shown.sum()),
                chance.expected,
                chance.at_least,
            )
        )
    return lines


def _name(c: Column, labels: dict[str, str]) -> str:
    if labels[c.key] == "合计":
        return "总性别比" if len(labels) > 1 else c.item.label
    return c.item.label


# --- words ----------------------------------------------------------------------------------------
def _title(orders: list[Column], lines: list[Line]) -> str:
    """Return the finding: the counts above the lines, the least likely first."""
    if not orders:
        return "这个月没有性别比数"
    if lines:
        ordered = sorted(lines, key=lambda each: each.at_least)
        return "；".join(each.text(short=n > 0) for n, each in enumerate(ordered))
    total = orders[0]
    tested = sum(total.verdicts[row] != "too_few" for row in total.towns)
    beyond = sum(total.verdicts[row] in ("higher", "lower") for row in total.towns)
    towns = f"，{beyond} 个乡镇超出自然范围，不是偶然" if beyond else "，各乡镇的高低都在偶然范围内"
    return f"{total.item.label}：{_county_text([total])}{towns if tested else ''}"


def _period(view: View, span: str) -> str:
    if span == "ytd":
        return words.period_text("ytd", view.month, view.year_start, view.statistical_year)
    first = add_months(view.month, 1 - SPAN_MONTHS[span])
    return f"{SPANS[span]}（{words.month_text(first)}–{words.month_text(view.month)}）"


def _sentence(columns: list[Column], look: str, lines: list[Line]) -> str:
    """Return which townships leave the natural range beyond chance, test and correction named."""
    shown = columns[-1:] if look == "periods" else columns
    tested = sum(c.verdicts[r] in ("higher", "lower", "similar") for c in shown for r in c.towns)
    county = _county_text(shown)
    if not tested:
        return f"各乡镇出生都太少，不作评价；{county}。"
    found = _found(shown)
    what = "个数逐列" if len(shown) > 1 else "个乡镇"
    how = f"{tested} {what}作精确二项检验、Benjamini–Hochberg 校正后"
    if found:
        return f"{how}，{'；'.join(found)}，其余在偶然范围内；{county}。"
    keys = {c.item.label for c in shown}
    together = any(line.unlikely and (line.label in keys or len(keys) > 1) for line in lines)
    if together or any(c.verdicts[0] in ("higher", "lower") for c in shown):
        return f"{how}，单看哪个乡镇都不足以断定，要合起来看：{county}。"
    return f"{how}，没有一个乡镇超出偶然，{words.WITHIN}；{county}。"


def _found(shown: list[Column]) -> list[str]:
    """Return the townships beyond chance, column by column."""
    found = []
    for c in shown:
        for code, word in (("higher", "高于"), ("lower", "低于")):
            names = [c.measured.names[row] for row in c.towns if c.verdicts[row] == code]
            if names:
                head = "" if len(shown) == 1 else f"{c.label} "
                found.append(f"{head}{len(names)} 个乡镇{word}自然范围（{words.joined(names, 4)}）")
    return found


def _county_text(shown: list[Column]) -> str:
    """Return the county's ratios, those beyond the natural range first."""
    parts = []
    for code, word in (
        ("higher", "高于自然范围"),
        ("lower", "低于自然范围"),
        ("similar", "与自然范围相近"),
    ):
        some = [
            f"{'' if len(shown) == 1 else c.label} {words.number_text(c.measured.value[0], 1)}"
            for c in shown
            if c.verdicts[0] == code
        ]
        if some:
            parts.append(f"{'、'.join(text.strip() for text in some)} {word}")
    return ("全县 " if len(shown) == 1 else "全县") + "，".join(parts) if parts else "全县样本太少"


def _notes(columns: list[Column], look: str, total: Indicator) -> list[str]:
    low, high = total.target_range or (0, 0)
    telling = words.number_text(telling_births(total))
    grey, least = total.grey_denominator, total.min_denominator
    notes = [
        f"自然范围 {low:g}–{high:g}：没有人为干预时，每 100 名女婴对应的男婴数",
    ]
    if look != "forest":
        notes.append(
            f"颜色随出生人数变淡：满 {telling} 人才是全色（这时 120 才能与 {high:g} 分开），"
            f"不足 {grey:g} 人字变细变灰，不足 {least:g} 人不显示"
        )
        notes.append("△▽ 和边框为超出偶然的高、低")
    if look == "periods":
        notes.append("相邻两列有 6 个月重叠")
    elif columns:
        m, silent = columns[0].measured, columns[0].silent
        late = [
            f"{m.names[row]}缺 {int(silent[row])} 个月"
            for row in columns[0].towns
            if silent[row] > 0
        ]
        if late:
            notes.append("时段内有月份未报：" + words.joined(late))
    return notes


# --- tables ---------------------------------------------------------------------------------------
def sex_ratio_table(answer: SexRatio) -> pa.Table:
    """Return every cell of the picture as a row, with Chinese headings."""
    heading = "时段" if answer.look == "periods" else "孩次"
    cells = [(c, row) for c in answer.columns for row in range(len(c.measured.codes))]
    return pa.table(
        {
            "单位": [c.measured.names[row] for c, row in cells],
            heading: [c.label for c, _ in cells],
            "性别比（女=100）": [words.rounded(c.measured.value[row], 1) for c, row in cells],
            "95% 区间": [
                words.interval_text(c.item, c.measured.lower[row], c.measured.upper[row])
                for c, row in cells
            ],
            "男婴": [words.rounded(c.measured.x[row], 0) for c, row in cells],
            "女婴": [words.rounded(c.measured.n[row], 0) for c, row in cells],
            "出生": [words.rounded(c.measured.base[row], 0) for c, row in cells],
            "与自然范围比": [cell_words(c, row) for c, row in cells],
        }
    )


def cell_words(c: Column, row: int) -> str:
    """Return what is to be said of a cell: 高于自然范围, 相近, 样本太少, 未报."""
    state = c.measured.state[row]
    if state not in ("ok", "zero"):
        return words.STATE_WORDS[state]
    return {"higher": "高于自然范围", "lower": "低于自然范围"}.get(c.verdicts[row], "相近")


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
        return words.STATE_WORDS["not_expected"]
    item = view.ws.indicators[key]
    m = measure(
        item, [key], [key], column(own, "males"), column(own, "females"), column(own, "expected")
    )
    if np.isnan(m.value[0]):
        return words.STATE_WORDS[m.state[0]]
    interval = words.interval_text(item, m.lower[0], m.upper[0])
    return f"{words.number_text(m.value[0], 1)}（{interval}，{words.number_text(m.base[0])} 人）"
