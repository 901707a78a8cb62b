"""Every sentence that the pages say of a month, page by page, from the answers that they show."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from shortplank.access import Actor, Role
from shortplank.reading.offered import for_villages
from shortplank.reading.view import View
from shortplank.store import Engine
from shortplank.topics.overview import page as tiles
from shortplank.topics.overview.answer import overview
from shortplank.topics.quality.answer.completeness import completeness
from shortplank.topics.quality.answer.recounts import recounts
from shortplank.topics.quality.answer.signals import signals
from shortplank.topics.rankings.answer.composite import composite
from shortplank.topics.rankings.answer.funnel import funnel, has_funnel
from shortplank.topics.rankings.answer.league import bump, league
from shortplank.topics.rankings.answer.ranking import ranking
from shortplank.topics.rankings.answer.spine import spine
from shortplank.topics.sex_ratio.answer.sex_ratio import looks_of, order_labels, sex_ratio, spans_of
from shortplank.topics.short_plank.answer.short_plank import short_plank
from shortplank.topics.short_plank.answer.visits import visits
from shortplank.topics.short_plank.answer.warning_list import warning_list
from shortplank.topics.trends.answer.comparison import comparison
from shortplank.topics.trends.answer.trend import PICTURES, trend
from shortplank.topics.trends.answer.year_end import headline_ends, year_end

Said = tuple[str, str]


def view_of(engine: Engine, month: date, role: Role = "analyst") -> View:
    """Return a view of the newest edition that looks at its first headline indicator."""
    key = engine.ws.scheme.headline[0]
    window = engine.ws.indicators[key].default_window
    return View(engine, engine.newest(), Actor(role), month, window, key, engine.ws.settings.home)


def sentences(view: View) -> Iterator[Said]:
    """Return (where, sentence) for all pages of a month."""
    yield from _overview(view)
    yield from _townships(view)
    yield from _trends(view)
    yield from _sex_ratios(view)
    yield from _villages(view)
    yield from _quality(view)


def _parts(where: str, *texts: str | list[str]) -> Iterator[Said]:
    for text in texts:
        for each in [text] if isinstance(text, str) else text:
            if each:
                yield where, each


def _overview(view: View) -> Iterator[Said]:
    made = overview(view)
    yield from _parts("overview", made.title, made.period, made.overall, made.notes)
    for tile in made.tiles:
        yield "tile", f"{tile.item.label}：{tile.word}"
        yield from (("tile", f"{tile.item.label}：{text}") for text, _ in tiles._lines(tile))
    yield "overview", tiles.concerns_html(made.concerns, made.tested, view)
    yield "overview", tiles.ends_html(headline_ends(view), view)
    if made.reports.kinds:
        yield "overview", tiles.reports_html(made.reports)
    yield "overview", tiles.restatements_html(made.restatements)


def _townships(view: View) -> Iterator[Said]:
    for key, item in view.ws.indicators.items():
        for window in item.windows if "township" in item.levels else ():
            own = view.with_(indicator=key, window=window)
            made = ranking(own)
            yield from _parts(f"ranking {key} {window}", made.title, made.sentence, made.notes)
            if has_funnel(item):
                told = funnel(own)
                yield from _parts(f"funnel {key} {window}", told.title, told.sentence)
        places = bump(view.with_(indicator=key, window="ytd"))
        yield from _parts(f"bump {key}", places.title, places.sentence)
    standing, scores = league(view), composite(view)
    yield from _parts("league", standing.title, standing.sentence)
    yield from _parts("composite", scores.title, scores.sentence, scores.notes)
    for town in list(view.towns)[:3]:
        rows = spine(view, town)
        yield from _parts("spine", rows.title, rows.sentence, rows.notes)


def _trends(view: View) -> Iterator[Said]:
    for key, item in view.ws.indicators.items():
        for window in item.windows:
            own = view.with_(indicator=key, window=window)
            for picture in PICTURES:
                made = trend(own, picture)
                yield from _parts(
                    f"trend {key} {window} {picture}", made.title, made.sentence, made.notes
                )
            pair = comparison(own, list(view.towns)[:2])
            yield from _parts(f"comparison {key} {window}", pair.title, pair.sentence)
        end = year_end(view.with_(indicator=key, window="ytd"))
        yield from _parts(f"year end {key}", end.title, end.sentence)


def _sex_ratios(view: View) -> Iterator[Said]:
    for look in looks_of(view):
        for span in spans_of(view):
            for key in order_labels(view):
                made = sex_ratio(view, look, span, key)
                yield from _parts(
                    f"sex ratio {look} {span} {key}", made.title, made.sentence, made.notes
                )


def _villages(view: View) -> Iterator[Said]:
    for key, item in view.ws.indicators.items():
        if not for_villages(item):
            continue
        for window in item.windows:
            own = view.with_(indicator=key, window=window)
            made = short_plank(own)
            yield from _parts(f"planks {key} {window}", made.title, made.sentence, made.notes)
            if (first := visits(own)) is not None:
                yield from _parts(
                    f"visits {key} {window}", first.told, first.why, first.change, first.rest
                )
    warned = warning_list(view)
    yield from _parts("warnings", warned.title, warned.sentence, warned.notes)


def _quality(view: View) -> Iterator[Said]:
    found, filed, again = signals(view), completeness(view), recounts(view)
    yield from _parts("signals", found.title, found.sentence, found.notes)
    yield from _parts("filings", filed.title, filed.sentence, filed.notes)
    yield from _parts("recounts", again.title, again.sentence, again.notes)
