"""Every look of a topic with all that it tells: words, names, and the rows of its table."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

import docx
import openpyxl
import pyarrow as pa
from pptx import Presentation

from shortplank.papers.brief import papers
from shortplank.papers.pack import pack
from shortplank.reading.judged.ledger import findings_for
from shortplank.reading.offered import for_draws, for_villages
from shortplank.reading.told import Told
from shortplank.reading.view import View
from shortplank.records.follow_ups import follow_ups_table
from shortplank.topics.inspection.answer.rehearsal import (
    default_plan,
    rehearsal,
    rehearsal_table,
)
from shortplank.topics.overview import page as tiles
from shortplank.topics.overview.answer import overview
from shortplank.topics.points.answer import points, points_table
from shortplank.topics.quality.answer.checks_found import checks_found
from shortplank.topics.quality.answer.completeness import completeness, completeness_table
from shortplank.topics.quality.answer.recounts import recounts, recounts_table
from shortplank.topics.quality.answer.signals import signals, signals_table
from shortplank.topics.rankings.answer.composite import composite, composite_table
from shortplank.topics.rankings.answer.funnel import funnel, funnel_table, has_funnel
from shortplank.topics.rankings.answer.league import bump, bump_table, league, league_table
from shortplank.topics.rankings.answer.ranking import ranking, ranking_table
from shortplank.topics.rankings.answer.spine import spine, spine_table
from shortplank.topics.sex_ratio.answer.sex_ratio import (
    looks_of,
    order_labels,
    sex_ratio,
    sex_ratio_table,
    spans_of,
)
from shortplank.topics.short_plank.answer.on_map import may_map, plank_map
from shortplank.topics.short_plank.answer.short_plank import (
    short_plank,
    short_plank_table,
)
from shortplank.topics.short_plank.answer.village import village
from shortplank.topics.short_plank.answer.visits import visits
from shortplank.topics.short_plank.answer.warning_list import (
    listed_table,
    warning_list,
    warning_table,
)
from shortplank.topics.short_plank.answer.what_if import may_what_if, what_if, what_if_table
from shortplank.topics.trends.answer.comparison import comparison, comparison_table
from shortplank.topics.trends.answer.trend import PICTURES, trend, trend_table
from shortplank.topics.trends.answer.year_end import year_end, year_end_table


class Look(NamedTuple):
    """One look: ``indicator`` is None where it tells of several; ``legend`` is below the title."""

    where: str
    indicator: str | None
    texts: list[str]
    named: tuple[str, ...] = ()
    legend: tuple[str, ...] = ()


def looks(view: View, topic: str) -> Iterator[Look]:
    """Yield every look of a topic of `TOPICS`."""
    yield from TOPICS[topic](view)


def _look(
    where: str, key: str | None, made: Told, table: pa.Table | None = None, *more: str
) -> Look:
    texts = [made.title, made.sentence, *made.notes, *more, *_rows(table)]
    return Look(where, key, [text for text in texts if text], made.named, made.about)


def _rows(table: pa.Table | None) -> Iterator[str]:
    """Yield a table's rows as texts: an area and its mark stand side by side."""
    if table is not None:
        for row in zip(*(column.to_pylist() for column in table.columns), strict=True):
            yield "".join(f"{cell} " for cell in row if isinstance(cell, str) and cell)


def _plain(html: str) -> str:
    return re.sub("<[^>]+>", "；", html)


def _overview(view: View) -> Iterator[Look]:
    made = overview(view)
    said = [made.period, made.overall, *(f"{c.text}；{c.check}" for c in made.concerns)]
    said += [f"{t.item.label}：{t.word}" for t in made.tiles]
    said.append(_plain(tiles.concerns_html(made.concerns, made.tested, view)))
    yield _look("overview", None, made, None, *said)
    for tile in made.tiles:
        lines = [f"{tile.item.label}：{text}" for text, _ in tiles._lines(tile)]
        yield Look(f"tile {tile.indicator}", tile.indicator, [tile.word, *lines])


def _trends(view: View) -> Iterator[Look]:
    for key, item in view.ws.indicators.items():
        for window in item.windows:
            own = view.with_(indicator=key, window=window)
            for picture in PICTURES:
                made = trend(own, picture)
                where = f"trend {key} {window} {picture}"
                yield _look(where, key, made, trend_table(made), *made.event_notes)
            towns = list(view.towns)[:3]
            one = trend(own.with_(area=towns[0]), "curve")
            yield _look(f"trend {key} {window} {towns[0]}", key, one, trend_table(one))
            pair = comparison(own, towns)
            yield _look(f"comparison {key} {window}", key, pair, comparison_table(pair))
        end = year_end(view.with_(indicator=key, window="ytd"))
        yield _look(f"year end {key}", key, end, year_end_table(end))


def _rankings(view: View) -> Iterator[Look]:
    for key, item in view.ws.indicators.items():
        for window in item.windows if "township" in item.levels else ():
            own = view.with_(indicator=key, window=window)
            made = ranking(own)
            yield _look(f"ranking {key} {window}", key, made, ranking_table(made))
            if has_funnel(item):
                told = funnel(own)
                yield _look(f"funnel {key} {window}", key, told, funnel_table(told))
        places = bump(view.with_(indicator=key, window="ytd"))
        yield _look(f"bump {key}", key, places, bump_table(places))
    standing, scores = league(view), composite(view)
    yield _look("league", None, standing, league_table(standing))
    yield _look("composite", None, scores, composite_table(scores))
    for town in view.towns:
        rows = spine(view, town)
        yield _look(f"spine {town}", None, rows, spine_table(rows))


def _sex_ratios(view: View) -> Iterator[Look]:
    for look in looks_of(view):
        for span in spans_of(view):
            for key in order_labels(view):
                made = sex_ratio(view, look, span, key)
                yield _look(f"sex ratio {look} {span} {key}", None, made, sex_ratio_table(made))


def _villages(view: View) -> Iterator[Look]:
    for key, item in view.ws.indicators.items():
        if not for_villages(item):
            continue
        for window in item.windows:
            own = view.with_(indicator=key, window=window)
            made = short_plank(own)
            table = short_plank_table(own, made)
            yield _look(f"planks {key} {window}", key, made, table)
            if may_map(own, made):
                yield _look(f"map {key} {window}", key, plank_map(own, made))
            if (first := visits(own)) is not None:
                said = [first.told, first.why, first.change, first.rest]
                yield Look(f"visits {key} {window}", key, [text for text in said if text])
            if may_what_if(item):
                raised = what_if(own, 3, 85.0)
                yield _look(f"what if {key} {window}", key, raised, what_if_table(raised))
    warned = warning_list(view)
    yield _look("warnings", None, warned, warning_table(warned), *_rows(listed_table(warned)))
    for code in _some_villages(view):
        one = village(view.with_(area=code))
        yield _look(f"village {code}", None, one)


def _some_villages(view: View) -> list[str]:
    """Return the villages on the list, and three that are not."""
    listed = {each.area_code for each in findings_for(view) if each.level == "village"}
    every = [
        area.area_code
        for area in view.ws.area_by_code.values()
        if area.level == "village"
        and area.valid_from <= view.month <= (area.valid_to or view.month)
    ]
    others = [code for code in every if code not in listed]
    return [*sorted(listed - {view.county.area_code}), *others[:3]]


def _inspection(view: View) -> Iterator[Look]:
    for key, item in view.ws.indicators.items():
        if for_draws(item):
            own = view.with_(indicator=key)
            made = rehearsal(own, default_plan(own))
            yield _look(f"rehearsal {key}", key, made, rehearsal_table(own, made))


def _points(view: View) -> Iterator[Look]:
    made = points(view)
    yield _look("points", None, made, points_table(made))


def _quality(view: View) -> Iterator[Look]:
    found, filed, again, checked = (
        make(view) for make in (signals, completeness, recounts, checks_found)
    )
    yield _look("signals", None, found, signals_table(found))
    yield _look("filings", None, filed, completeness_table(filed))
    yield _look("recounts", None, again, recounts_table(view, again))
    yield _look("checks", None, checked)


def _papers(view: View) -> Iterator[Look]:
    made = pack(view)
    for name, data in papers(made):
        yield Look(name.rpartition("_")[2], None, paper_texts(name, data))
    yield Look("follow-ups", None, list(_rows(follow_ups_table(made.items))))


TOPICS: dict[str, Callable[[View], Iterator[Look]]] = {
    "overview": _overview,
    "trends": _trends,
    "rankings": _rankings,
    "sex_ratio": _sex_ratios,
    "short_plank": _villages,
    "inspection": _inspection,
    "points": _points,
    "quality": _quality,
    "papers": _papers,
}


# --- papers as texts ------------------------------------------------------------------------------
def paper_texts(name: str, data: bytes) -> list[str]:
    """Return a paper's paragraphs and rows."""
    kind = name.rpartition(".")[2]
    return [text for text in _PAPERS[kind](data) if text.strip()]


def _deck(data: bytes) -> Iterator[str]:
    for slide in Presentation(io.BytesIO(data)).slides:
        for shape in slide.shapes:
            if shape.has_text_frame:
                # A box of a tile has in its name of which indicator it is.
                lines = [paragraph.text for paragraph in shape.text_frame.paragraphs]
                yield from (f"{shape.name} {line}" for line in lines if line)
            if shape.has_table:
                yield from (" ".join(c.text for c in row.cells) for row in shape.table.rows)
        if slide.has_notes_slide:
            yield from slide.notes_slide.notes_text_frame.text.splitlines()


def _book(data: bytes) -> Iterator[str]:
    for sheet in openpyxl.load_workbook(io.BytesIO(data)).worksheets:
        for row in sheet.iter_rows(values_only=True):
            yield " ".join(cell for cell in row if isinstance(cell, str))


def _document(data: bytes) -> Iterator[str]:
    made = docx.Document(io.BytesIO(data))
    yield from (paragraph.text for paragraph in made.paragraphs)
    for table in made.tables:
        yield from (" ".join(cell.text for cell in row.cells) for row in table.rows)


def _page(data: bytes) -> Iterator[str]:
    text = re.sub(r"(?s)<(script|style|svg)\b.*?</\1>", "", data.decode())
    yield from (re.sub("<[^>]+>", " ", line) for line in re.split("(?i)</(?:p|h1|h2|li|tr)>", text))


_PAPERS: dict[str, Callable[[bytes], Iterator[str]]] = {
    "pptx": _deck,
    "xlsx": _book,
    "docx": _document,
    "html": _page,
}
