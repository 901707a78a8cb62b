"""Banding of small village counts: what a viewer's store holds instead of exact counts.

It is applied once, where the viewer's tables are filled, so that no query, page or export can reach
an exact figure: the figure is not there. For viewers, village figures about births exist for closed
statistical years only. Out-of-policy births of 1 or 2 are shown as "<3", and one village of 3 or
more of the township is hidden with them, so that the township's total gives none of them away,
even to someone who knows this rule. Rates and births of villages are shown as bands, and not at
all where a band would tell a banded count. How many villages of a township have three or more is
not for viewers either: with the township's total it pins villages that are all alike.

All of a closed year's village figures come from one edition (`shortplank.store.closing`).
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from shortplank.catalogue import Workspace
from shortplank.store.closing import is_year_end

COUNTS = (
    "numerator",
    "denominator",
    "ytd_numerator",
    "ytd_denominator",
    "r12_numerator",
    "r12_denominator",
)
HIDDEN = "不公布"
BAND_COLUMNS = {"shown": pa.string(), "band": pa.string(), "band_low": pa.int64()}
SMALL_TOWNSHIP = 3
# A rate's band is so many points wide.
BAND_WIDTH = 10
Row = dict[str, Any]
Banded = tuple[str, int, str]
"""A count that is not shown: its indicator, the count and the text that stands for it."""
Figures = Mapping[tuple[str, date], Mapping[str, Row] | None]
"""Rows by area of an indicator's closed year that another edition gives; None: not closed yet."""


def with_shown(table: pa.Table) -> pa.Table:
    """Return the village mart with its (empty) columns of banded texts and what they stand for.

    ``band`` is few, many, hidden, too_few, or rate, whose band begins at ``band_low``.
    """
    for name, kind in BAND_COLUMNS.items():
        table = table.append_column(name, pa.nulls(table.num_rows, kind))
    return table


def band_villages(ws: Workspace, table: pa.Table, figures: Figures | None = None) -> pa.Table:
    """Return the village mart as a viewer may hold it.

    ``figures`` are the closed years that stand as another edition had them.
    """
    sensitive = {key for key in ws.indicators if ws.sensitive(key)}
    mask = pc.is_in(table["indicator"], pa.array(sorted(sensitive), pa.string()))
    open_rows = with_shown(table.filter(pc.invert(mask)))
    rows = table.filter(mask).to_pylist()
    closed = []
    for row in rows:
        if _stands(ws, row, figures or {}):
            closed.append(row)
        else:
            row.update(dict.fromkeys(COUNTS), shown=HIDDEN, band="hidden")
    for month in _groups(closed, "stat_month").values():
        _band_county(ws, list(_groups(month, "parent_code").values()))
    banded = pa.Table.from_pylist(rows, schema=open_rows.schema)
    return pa.concat_tables([open_rows, banded]).sort_by(
        [("area_code", "ascending"), ("stat_month", "ascending"), ("indicator", "ascending")]
    )


def band_townships(ws: Workspace, table: pa.Table) -> pa.Table:
    """Return the county and township mart as a viewer may hold it.

    Indicators that the catalogue marks ``closed_years_only`` keep their township counts only at the
    end of a statistical year, and only for that year. How many villages lie over a line of births
    (``count_over``) stops at the county: four villages with 8 cases and none over 2 have 2 each.
    """
    table = _without_counts_over(ws, table)
    marked = [key for key, item in ws.indicators.items() if item.closed_years_only]
    if not marked:
        return table
    first = ws.settings.statistical_year_first_month
    last = pc.equal(pc.month(table["stat_month"]), (first - 2) % 12 + 1)
    hidden = pc.and_(
        pc.is_in(table["indicator"], pa.array(marked, pa.string())),
        pc.not_equal(table["level"], "county"),
    )
    table = without(table, hidden, [name for name in COUNTS if not name.startswith("ytd")])
    return without(table, pc.and_not(hidden, last), ("ytd_numerator", "ytd_denominator"))


def without(table: pa.Table, gone: pa.ChunkedArray, names: Iterable[str]) -> pa.Table:
    """Return the table with some columns empty where ``gone`` says so."""
    for name in names:
        at = table.column_names.index(name)
        kept = pc.if_else(gone, pa.scalar(None, table.schema.field(name).type), table[name])
        table = table.set_column(at, table.schema.field(name), kept)
    return table


def _without_counts_over(ws: Workspace, table: pa.Table) -> pa.Table:
    """Return the table without the townships' numbers of villages over a line of births."""
    over = [k for k, item in ws.indicators.items() if item.kind == "count_over" and ws.sensitive(k)]
    gone = pc.and_(
        pc.is_in(table["indicator"], pa.array(over, pa.string())),
        pc.not_equal(table["level"], "county"),
    )
    return without(table, gone, COUNTS if over else ())


def _stands(ws: Workspace, row: Row, figures: Figures) -> bool:
    """Return whether the row is a closed year's, with the counts of the edition that closed it."""
    if not is_year_end(ws, row["stat_month"]):
        return False
    key = (row["indicator"], row["stat_month"])
    if key in figures:
        known = figures[key]
        if known is None:
            return False
        row.update({name: known.get(row["area_code"], {}).get(name) for name in COUNTS})
    return True


def _groups(rows: Iterable[Row], *names: str) -> dict[tuple[Any, ...], list[Row]]:
    found: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        found.setdefault(tuple(row[name] for name in names), []).append(row)
    return found


def _band_county(ws: Workspace, towns: list[list[Row]]) -> None:
    """Band the townships of one closed year; villages all alike do not stand alone hidden.

    The county's number of villages over the line is public: less the other townships', it is the
    hidden township's own, none, and pins villages of 2 each. Another township is hidden with it.
    """
    small = ws.settings.disclosure.small_count
    counted: dict[str, list[tuple[int, list[int]]]] = {}
    for number, rows in enumerate(towns):
        counts = [row for row in rows if ws.indicators[row["indicator"]].kind == "count"]
        for key, group in _groups(counts, "indicator").items():
            known = [row["ytd_numerator"] for row in group if row["ytd_numerator"] is not None]
            counted.setdefault(key[0], []).append((number, known))
    hide: dict[int, set[str]] = {}
    for indicator, every in counted.items():
        hidden = [each for each in every if HIDDEN in band_counts(list(each[1]), small)]
        if len(hidden) == 1 and set(hidden[0][1]) == {small - 1}:
            others = [each for each in every if each[0] != hidden[0][0] and len(each[1]) > 1]
            if others:
                largest = max(others, key=lambda each: (sum(each[1]), -each[0]))
                hide.setdefault(largest[0], set()).add(indicator)
    for number, rows in enumerate(towns):
        _band_township(ws, rows, hide.get(number, set()))


def _band_township(ws: Workspace, rows: list[Row], hide: Container[str]) -> None:
    """Band the villages of one township in one closed year, all indicators together."""
    small = ws.settings.disclosure.small_count
    counts = [row for row in rows if ws.indicators[row["indicator"]].kind == "count"]
    banded: dict[str, list[Banded]] = {}
    for (indicator,), group in _groups(counts, "indicator").items():
        exact = [row["ytd_numerator"] for row in group]
        texts = band_counts(exact, small)
        if indicator in hide:
            texts = [HIDDEN] * len(texts)
        for row, count, text in zip(group, exact, texts, strict=True):
            row.update(dict.fromkeys(COUNTS), shown=text)
            if text is None:
                row["ytd_numerator"] = count
                continue
            row["band"] = "hidden" if text == HIDDEN else "few" if count < small else "many"
            if count is not None:
                banded.setdefault(row["area_code"], []).append((row["indicator"], count, text))
    for row in rows:
        if ws.indicators[row["indicator"]].kind != "count":
            text = _rate_text(ws, row, banded.get(row["area_code"], []))
            code, low = ("hidden", None) if text == HIDDEN else rate_code(ws, row)
            row.update(dict.fromkeys(COUNTS), shown=text, band=code, band_low=low)


def _rate_text(ws: Workspace, row: Row, banded: Iterable[Banded]) -> str:
    """Return a rate's band; none that would tell more of a banded count than its own text does."""
    item, small = ws.indicators[row["indicator"]], ws.settings.disclosure.small_count
    rests_on = ws.leaves((*item.numerator, *item.denominator))
    top, bottom = row["ytd_numerator"], row["ytd_denominator"]
    for indicator, count, text in banded:
        if not ws.leaves(ws.indicators[indicator].numerator) <= rests_on or top is None:
            continue
        if text != f"<{small}" or count not in (top, bottom - top):
            return HIDDEN
        could_be = [k if count == top else bottom - k for k in range(1, small)]
        if len({rate_band(ws, row | {"ytd_numerator": each}) for each in could_be}) > 1:
            return HIDDEN
    return rate_band(ws, row)


def band_counts(counts: list[int | None], small: int = 3) -> list[str | None]:
    """Return the text of each banded count (None where it stands exact) for one township.

    The township's total is public. A village of 1 to ``small`` − 1 shows ``<small``, and with it
    the first village of ``small`` or more shows ``≥small``, needed or not: were it hidden only
    where needed, its being hidden would tell. All are hidden where that leaves but one solution,
    and in a township of three villages or fewer.

    >>> band_counts([0, 1, 2, 7, 5])
    [None, '<3', '<3', '≥3', None]
    >>> band_counts([0, 1, 2, 1])
    [None, '<3', '<3', '<3']
    >>> band_counts([0, 1, 0, 0])
    ['不公布', '不公布', '不公布', '不公布']
    """
    texts: list[str | None] = [HIDDEN if count is None else None for count in counts]
    known = [(i, count) for i, count in enumerate(counts) if count is not None]
    banded = [(i, count) for i, count in known if 0 < count < small]
    if not banded:
        return texts
    hidden = [(i, count) for i, count in known if count >= small][:1]
    most = (small - 1) * len(banded)
    if hidden:
        most = min(most, sum(count for _, count in banded + hidden) - small)
    fixed = most if hidden else sum(count for _, count in banded)
    least = len(banded)
    if len(known) <= SMALL_TOWNSHIP or fixed <= least or (not hidden and fixed >= most):
        return [HIDDEN] * len(counts)
    for i, _ in banded:
        texts[i] = f"<{small}"
    for i, _ in hidden:
        texts[i] = f"≥{small}"
    return texts


def rate_band(ws: Workspace, row: Mapping[str, Any]) -> str:
    """Return a village's rate as a band of ten points with its births rounded."""
    code, low = rate_code(ws, row)
    if code == "hidden":
        return HIDDEN
    item, step = ws.indicators[row["indicator"]], ws.settings.disclosure.round_births_to
    births = round(row["ytd_denominator"] / step) * step
    if low is None:
        return f"样本太少（出生约 {births}）"
    return f"{low}–{low + BAND_WIDTH}{item.unit}（出生约 {births}）"


def rate_code(ws: Workspace, row: Mapping[str, Any]) -> tuple[str, int | None]:
    """Return what a rate's band is, and where one that is a band begins."""
    top, bottom = row["ytd_numerator"], row["ytd_denominator"]
    if top is None or not bottom:
        return "hidden", None
    item = ws.indicators[row["indicator"]]
    if bottom < item.min_denominator:
        return "too_few", None
    rate = item.factor * top / bottom
    return "rate", min(int(rate // BAND_WIDTH) * BAND_WIDTH, 100 - BAND_WIDTH)


# What an inspection counts.
FOUND = ("verified", "omitted", "duplicate", "false", "misclassified", "listed", "confirmed")
_INSPECTED = ("stat_month", "inspection_id", "date", "level", "kind", "subject")


def inspections(ws: Workspace, table: pa.Table, *, viewer: bool) -> pa.Table:
    """Return inspections by township; for viewers no lower than the catalogue lets them.

    A sample point is a village: what was found there about births is that village's own count.
    """
    rows = table.to_pylist()
    item = ws.datasets.get("inspection")
    whole_county = viewer and item is not None and item.lowest_for_viewers == "county"
    for row in rows:
        area = ws.area_by_code[row["area_code"]]
        if whole_county and item and not _excepted(row, item.viewer_except):
            row["area_code"] = ws.county_of(row["area_code"]) or row["area_code"]
            row["date"] = row["stat_month"]
            row["inspection_id"] = f"{row['level']}-{row['kind']}-{row['stat_month']:%Y%m}"
        elif area.level == "village":
            row["area_code"] = area.parent_code
    moved = pa.Table.from_pylist(rows, schema=table.schema)
    keys = ["area_code", *_INSPECTED]
    counted = moved.group_by(keys).aggregate([(name, "sum") for name in FOUND])
    named = counted.rename_columns([n.removesuffix("_sum") for n in counted.column_names])
    return named.select([*keys, *FOUND]).sort_by([(key, "ascending") for key in keys])


def _excepted(row: Row, keys: Mapping[str, str]) -> bool:
    return bool(keys) and all(row.get(key) == value for key, value in keys.items())


def recounts(ws: Workspace, table: pa.Table) -> pa.Table:
    """Return recounted births by township: of a village's recounts of a month, the latest."""
    latest: dict[tuple[str, date], Row] = {}
    for row in table.to_pylist():
        key = (row["area_code"], row["stat_month"])
        if key not in latest or row["recount_date"] > latest[key]["recount_date"]:
            latest[key] = row
    sums: dict[tuple[str, date], list[int]] = {}
    for (code, month), row in latest.items():
        area = ws.area_by_code[code]
        town = area.parent_code if area.level == "village" else code
        own = sums.setdefault((town, month), [0, 0])
        own[0] += row["births_m"] or 0
        own[1] += row["births_f"] or 0
    keys = sorted(sums)
    return pa.table(
        {
            "area_code": pa.array([code for code, _ in keys], pa.string()),
            "stat_month": pa.array([month for _, month in keys], pa.date32()),
            "males": pa.array([sums[key][0] for key in keys], pa.int64()),
            "females": pa.array([sums[key][1] for key in keys], pa.int64()),
        }
    )
