"""The bulletin in the form of an official notice, and one A4 page for each township."""

from __future__ import annotations

import pyarrow as pa
from docx.document import Document
from docx.shared import Pt

from shortplank.papers.listed import (
    MOST_CHANGES,
    TOWN_COLUMNS,
    changes_table,
    concern_lines,
    off_list_table,
    town_footer,
    town_lines,
    town_notes,
    town_rows,
)
from shortplank.papers.pack import Pack
from shortplank.records.follow_ups import follow_ups_table
from shortplank.topics.short_plank.paper import (
    heading,
    new_document,
    paragraph,
    saved,
    table,
    write_about,
    write_warnings,
)
from shortplank.wording.judged import (
    ALIKE_RANKS,
    LISTED,
    NO_VILLAGE,
    NO_YEAR_FIGURES,
    NOBODY_OFF_LIST,
    OFF_LIST,
    OFF_LIST_MEANS,
    TOWNS_CHANGES,
    YEAR_FIGURES,
)
from shortplank.wording.periods import month_key, month_text

_TOWN_SHARES = (2.9, 1.9, 2.2, 1.7, 2.2, 2.7, 3.5)
_NUMBERS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")


def bulletin_docx(made: Pack) -> bytes:
    """Return the notice: how the month stands, whom to help, who left the list, what was asked."""
    document = new_document()
    view = made.view
    when = made.quarter.text if made.quarter else month_text(view.month)
    heading(document, f"关于{when}人口和计划生育工作情况的通报")
    paragraph(document, "（文号由办公室填写）", centred=True)
    paragraph(document, "各乡镇人民政府，县直有关单位：")
    paragraph(document, f"现将{view.county.name}{when}工作情况通报如下。数据为第{view.edition}版。")
    _body(document, made)
    paragraph(document, "特此通报。")
    paragraph(document, f"附件：1. 滞后村预警名单　2. {OFF_LIST}的乡镇")
    document.add_page_break()
    heading(document, "附件 1　滞后村预警名单", size=14)
    paragraph(document, made.warnings.sentence)
    write_warnings(document, made.warnings)
    heading(document, f"附件 2　{OFF_LIST}的乡镇", size=14)
    _off_list(document, made)
    _changes(document, made)
    write_about(document, made.about)
    return saved(document)


def _body(document: Document, made: Pack) -> None:
    parts = [("总的情况", [f"{made.overview.title}。", *concern_lines(made)])]
    parts += [
        (chapter.item.label, [f"{chapter.trend.title}。{chapter.trend.sentence}"])
        for chapter in made.chapters
        if chapter.trend is not None
    ]
    ranked = [c.ranking for c in made.chapters if c.ranking is not None and c.item.helpable]
    if ranked:
        # Some titles begin with the indicator already.
        told = (f"{r.item.label}：{r.title.removeprefix(f'{r.item.label}：')}。" for r in ranked)
        parts.append(("各乡镇", list(told)))
    if made.sex_ratio is not None:
        parts.append(("出生人口性别比", [f"{made.sex_ratio.title}。{made.sex_ratio.sentence}"]))
    parts.append(("数据质量", [f"{made.signals.title}。{made.signals.sentence}"]))
    restated = made.restated or ["没有订正以前月份的数。"]
    parts.append(("订正", [made.since + "：", *restated]))
    for at, (title, lines) in enumerate(parts):
        number = _NUMBERS[at] if at < len(_NUMBERS) else str(at + 1)
        paragraph(document, f"{number}、{title}", bold=True)
        for line in lines:
            paragraph(document, line)
    if made.items:
        paragraph(document, "跟进事项", bold=True)
        _table(document, follow_ups_table(made.items).select(["事项", "单位", "责任单位", "期限"]))


def _off_list(document: Document, made: Pack) -> None:
    """Write who stood on last month's list and stands on none now: a fact, no praise."""
    rows = off_list_table(made)
    if not rows.num_rows:
        paragraph(document, f"{NOBODY_OFF_LIST}。")
        return
    paragraph(document, f"{OFF_LIST_MEANS}。")
    _table(document, rows)


def _changes(document: Document, made: Pack) -> None:
    """Write the largest changes in a year as figures, under a heading that claims none."""
    rows = changes_table(made)
    paragraph(document, YEAR_FIGURES, bold=True)
    if not rows.num_rows:
        paragraph(document, f"{NO_YEAR_FIGURES}。")
        return
    paragraph(document, f"{TOWNS_CHANGES}；每项指标列变化最大的 {MOST_CHANGES} 个乡镇。")
    _table(document, rows)


def _table(document: Document, rows: pa.Table) -> None:
    table(document, rows.column_names, [[str(v) for v in r.values()] for r in rows.to_pylist()])


def townships_docx(made: Pack) -> bytes:
    """Return one A4 page for each township: its headline figures and what was asked of it."""
    document = new_document()
    towns = _towns(made)
    for at, (code, town) in enumerate(towns.items()):
        if at:
            document.add_page_break()
        _town_page(document, made, code, town)
    if not towns:
        paragraph(document, "本期没有乡镇数据。")
    return saved(document)


def _town_page(document: Document, made: Pack, code: str, town: str) -> None:
    heading(document, f"{town}　{month_text(made.view.month)}", size=16)
    table(document, TOWN_COLUMNS, town_rows(made, code), widths=_TOWN_SHARES)
    paragraph(document, "；".join((ALIKE_RANKS, *town_notes(made))) + "。")
    document.paragraphs[-1].paragraph_format.space_before = Pt(6)  # clear of the table above
    for line in town_lines(made.view, code):
        paragraph(document, line)
    warned = [row for row in made.warnings.rows if row.town == town]
    paragraph(document, f"{LISTED}的村", bold=True)
    if warned:
        texts = [(row.name, row.label, row.evidence, row.owner) for row in warned]
        table(document, ("村", "指标", "依据", "帮扶或责任单位"), texts)
    else:
        paragraph(document, f"{NO_VILLAGE}。")
    checks = [row for row in made.signals.rows if row.area == town and not row.mark]
    if checks:
        paragraph(document, "值得核对", bold=True)
    for row in checks:
        paragraph(document, f"{month_key(row.month)} {row.label}：{row.evidence}（{row.rate}）")
    paragraph(document, town_footer(made.view, code))
    write_about(document, made.about)


def _towns(made: Pack) -> dict[str, str]:
    """Return the townships' names by their codes, in the codes' order."""
    ranked = [chapter.ranking.towns for chapter in made.chapters if chapter.ranking is not None]
    return dict(
        sorted(pair for towns in ranked for pair in zip(towns.codes, towns.names, strict=True))
    )
