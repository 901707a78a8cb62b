"""The meeting's workbook: one sheet a view, numbers as numbers, native charts."""

from __future__ import annotations

import io
from typing import Any

import pyarrow as pa

from shortplank.drawing.table_book import new_book, write_sheet
from shortplank.drawing.theme import LIGHT
from shortplank.frame.pages import PAGES
from shortplank.names import printable
from shortplank.papers.listed import (
    announced_table,
    changes_table,
    concern_lines,
    off_list_table,
)
from shortplank.papers.pack import NOTES, Chapter, Pack, quarter_table, tiles_table
from shortplank.records.follow_ups import follow_ups_table
from shortplank.records.pinned import notes_table
from shortplank.topics.inspection.answer.rehearsal import rehearsal_table
from shortplank.topics.quality.answer.signals import signals_table
from shortplank.topics.rankings.answer.ranking import ranking_table
from shortplank.topics.sex_ratio.answer.sex_ratio import sex_ratio_table
from shortplank.topics.short_plank.answer.short_plank import short_plank_table
from shortplank.topics.short_plank.answer.warning_list import warning_table
from shortplank.topics.trends.answer.trend import trend_table
from shortplank.wording.judged import LIST, OFF_LIST, OFF_LIST_MEANS, TOWNS_CHANGES, YEAR_FIGURES


def workbook_xlsx(made: Pack) -> bytes:
    """Return the workbook; every sheet is headed by month, edition and exactness."""
    sink = io.BytesIO()
    book = new_book(sink)
    about = {"说明": made.overview.title, **made.about}
    write_sheet(book, "总览", tiles_table(made), about)
    said = _said(made, concern_lines(made)[-1])
    write_sheet(book, LIST, announced_table(made.view), said)
    if made.quarter:
        write_sheet(book, "季度", quarter_table(made.view, made.quarter), made.about)
    for chapter in made.chapters:
        _chapter(book, made, chapter)
    _villages(book, made)
    write_sheet(book, "值得核对", signals_table(made.signals), _said(made, made.signals.sentence))
    write_sheet(book, "预警名单", warning_table(made.warnings), _said(made, made.warnings.sentence))
    write_sheet(book, OFF_LIST, off_list_table(made), _said(made, f"{OFF_LIST_MEANS}。"))
    write_sheet(book, YEAR_FIGURES, changes_table(made), _said(made, f"{TOWNS_CHANGES}。"))
    write_sheet(book, "上次事项", follow_ups_table(made.last), made.about)
    write_sheet(book, "跟进事项", follow_ups_table(made.items), made.about)
    restated = pa.table({made.since: made.restated or ["没有订正以前月份的数"]})
    write_sheet(book, "订正", restated, made.about)
    if made.notes:
        table = notes_table(made.view, made.notes, PAGES)
        write_sheet(book, NOTES, table, made.about)
    write_sheet(book, "口径", _definitions(made), made.about)
    book.close()
    return sink.getvalue()


def _said(made: Pack, sentence: str) -> dict[str, str]:
    return {"说明": sentence, **made.about}


def _chapter(book: Any, made: Pack, chapter: Chapter) -> None:
    item = chapter.item
    if chapter.trend is not None and not chapter.trend.is_empty:
        table = trend_table(chapter.trend)
        said = _said(made, f"{chapter.trend.title}。{chapter.trend.sentence}")
        sheet, top = write_sheet(
            book, item.label, table, said, decimals=item.decimals, ending="走势"
        )
        _line(book, sheet, item.label, top, table)
    if chapter.ranking is not None and not chapter.ranking.is_empty:
        table = ranking_table(chapter.ranking)
        said = _said(made, f"{chapter.ranking.title}。{chapter.ranking.sentence}")
        write_sheet(book, item.label, table, said, decimals=item.decimals, ending="乡镇")


def _line(book: Any, sheet: Any, label: str, top: int, table: pa.Table) -> None:
    """Add a native line chart of the months' values beside the table, the oldest at the left."""
    rows = table.num_rows
    if rows < 2:
        return
    chart, name = book.add_chart({"type": "line"}), sheet.get_name()
    chart.add_series(
        {
            "name": printable(label),
            "categories": [name, top + 1, 0, top + rows, 0],
            "values": [name, top + 1, 1, top + rows, 1],
            "line": {"color": LIGHT.ink, "width": 2},
        }
    )
    chart.set_x_axis({"reverse": True})  # the table's newest month stands first
    chart.set_legend({"none": True})
    chart.set_size({"width": 720, "height": 320})
    sheet.insert_chart(top, len(table.column_names) + 1, chart)


def _villages(book: Any, made: Pack) -> None:
    view = made.view
    if made.sex_ratio is not None:
        said = _said(made, f"{made.sex_ratio.title}。{made.sex_ratio.sentence}")
        write_sheet(book, "性别比", sex_ratio_table(made.sex_ratio), said, decimals=1)
    key = view.ws.scheme.short_plank_default
    if made.plank is not None and key is not None:
        own = view.with_(indicator=key, window="ytd")
        said = _said(made, f"{made.plank.title}。{made.plank.sentence}")
        write_sheet(book, "短板村", short_plank_table(own, made.plank), said, decimals=4)
    if made.inspection is not None and key is not None:
        own = view.with_(indicator=key, window="ytd")
        said = _said(made, f"{made.inspection.title}。{made.inspection.sentence}")
        write_sheet(book, "抽查预演", rehearsal_table(own, made.inspection), said)


def _definitions(made: Pack) -> pa.Table:
    items = [made.view.ws.indicators[key] for key in made.view.ws.scheme.headline]
    return pa.table(
        {
            "指标": [item.label for item in items],
            "定义": [item.definition for item in items],
            "来源": [item.source for item in items],
            "注意": [item.caveats for item in items],
        }
    )
