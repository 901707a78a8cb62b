"""The running order as one file: figures of one edition, no server, no network, its own keys."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from shortplank.catalogue.models import Window
from shortplank.drawing.theme import CONFIG, DARK, LIGHT, Style
from shortplank.frame.chart.library import code
from shortplank.names import printable
from shortplank.papers.listed import concern_lines
from shortplank.papers.pack import Pack, tiles_table
from shortplank.reading.view import View
from shortplank.records.running_order import Stop, running_order
from shortplank.topics.inspection.answer.rehearsal import default_plan, rehearsal
from shortplank.topics.inspection.figure import inspection_figure
from shortplank.topics.rankings.answer.ranking import ranking
from shortplank.topics.rankings.figure.ranking import ranking_figure
from shortplank.topics.sex_ratio.answer.sex_ratio import default_span, sex_ratio
from shortplank.topics.sex_ratio.figure.sex_ratio import sex_ratio_figure
from shortplank.topics.short_plank.answer.short_plank import short_plank
from shortplank.topics.short_plank.figure.short_plank import short_plank_figure
from shortplank.topics.trends.answer.trend import default_picture, trend
from shortplank.topics.trends.figure.trend import trend_figure
from shortplank.wording.judged import FOOTER

MOST_CONCERNS = 3
ASSETS = Path(__file__).parent / "assets"
Drawn = tuple[str, str, Callable[[Style], dict[str, Any]] | None]


def slideshow_html(made: Pack) -> bytes:
    """Return the page: one slide a stop, each figure in both themes, the charting code once."""
    slides = [_slide(made, stop) for stop in running_order(made.view)]
    text = (ASSETS / "slideshow.html").read_text("utf-8")
    data = json.dumps({"slides": slides, "config": CONFIG}, ensure_ascii=False, default=float)
    values = {
        "TITLE": html.escape(made.title),
        "STAMP": html.escape(made.stamp),
        "LIGHT": _tokens(False),
        "DARK": _tokens(True),
        # A text with a tag in it would end the script that holds it.
        "DATA": data.replace("<", "\\u003c"),
        "PLOTLY": code().replace("</script", "<\\/script"),
    }
    filled = re.sub(rf"@({'|'.join(values)})@", lambda mark: values[mark[1]], text)
    return printable(filled).encode()


def _tokens(dark: bool) -> str:
    t = DARK if dark else LIGHT
    return f"--paper:{t.paper};--ink:{t.ink};--muted:{t.muted};--grid:{t.grid}"


def _slide(made: Pack, stop: Stop) -> dict[str, Any]:
    title, said, figure = _drawn(made, stop)
    sentence = said + made.noted(stop.page, dict(stop.query).get("indicator", ""))
    slide: dict[str, Any] = {"title": title, "sentence": sentence, "label": stop.label}
    if stop.page == "overview":
        slide["table"] = _overview_rows(made)
    elif figure is not None:
        slide["light"] = _fitting(figure(Style(present=True)))
        slide["dark"] = _fitting(figure(Style(dark=True, present=True)))
    return slide


def _fitting(figure: dict[str, Any]) -> dict[str, Any]:
    """Return a figure that takes the room that the screen leaves it."""
    shape = {k: v for k, v in figure["layout"].items() if k not in ("height", "width")}
    return {"data": figure["data"], "layout": {**shape, "autosize": True}}


def _overview_rows(made: Pack) -> list[list[str]]:
    table = tiles_table(made).select(
        ["指标", "时段", "数值", "单位", "95% 区间", "同比", "结论", "位次"]
    )
    rows = [["" if v is None else str(v) for v in row.values()] for row in table.to_pylist()]
    return [table.column_names, *rows]


def _drawn(made: Pack, stop: Stop) -> Drawn:
    """Return a stop's finding, sentence and figure, from the same answers as its page."""
    query = dict(stop.query)
    view = _view(made.view, query)
    if stop.page == "trends":
        own = trend(view, query.get("look") or default_picture(view))
        return own.title, own.sentence, None if own.is_empty else lambda s: trend_figure(own, s)
    if stop.page == "rankings":
        ranked = ranking(view)
        draw = None if not ranked.has_picture else lambda s: ranking_figure(ranked, s)
        return ranked.title, ranked.sentence, draw
    if stop.page == "sex_ratio":
        ratio = sex_ratio(view, query.get("look", "periods"), default_span(view), view.indicator)
        draw = None if ratio.is_empty else lambda s: sex_ratio_figure(ratio, s)
        return ratio.title, ratio.sentence, draw
    if stop.page == "short_plank":
        plank = short_plank(view)
        draw = None if plank.is_empty else lambda s: short_plank_figure(plank, s)
        return plank.title, plank.sentence, draw
    if stop.page == "inspection":
        drawn = rehearsal(view, default_plan(view))
        draw = None if drawn.is_empty else lambda s: inspection_figure(drawn, s)
        return drawn.title, drawn.sentence, draw
    return made.overview.title, f"{made.overview.period}。{_concerns(made)}", None


def _concerns(made: Pack) -> str:
    """Return the first of what is to be looked into, as much as a hall reads at once."""
    texts = [f"{each.text}。" for each in made.overview.concerns]
    if not texts:
        return "".join(concern_lines(made))
    left = len(texts) - MOST_CONCERNS
    more = f"另有 {left} 条，见通报。" if left > 0 else ""
    return "".join((*texts[:MOST_CONCERNS], more, FOOTER))


def _view(view: View, query: dict[str, str]) -> View:
    indicator = query.get("indicator", view.indicator)
    item = view.ws.indicators[indicator]
    window: Window = query.get("window", item.default_window)  # type: ignore[assignment]
    if "ytd" in item.windows and "window" not in query:
        window = "ytd"
    return view.with_(indicator=indicator, window=window)
