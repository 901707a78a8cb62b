"""The bulletin in the form of an official notice, and one A4 page for each township."""

from __future__ import annotations

from docx.document import Document

from shortplank.papers.pack import TOWN_COLUMNS, Pack, improved_table, none_improved, town_rows
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
from shortplank.wording.claims import no_village_text
from shortplank.wording.periods import month_key, month_text
from shortplank.wording.verdicts import NOT_BEYOND_INTERVAL, VERDICT_WORDS

_NUMBERS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")


def bulletin_docx(made: Pack) -> bytes:
    """Return the notice: how the month stands, who improved, whom to help, what was asked."""
    document = new_document()
    view = made.view
    when = made.quarter.text if made.quarter else month_text(view.month)
    heading(document, f"关于{when}人口和计划生育工作情况的通报")
    paragraph(document, "（文号由办公室填写）", centred=True)
    paragraph(document, "各乡镇人民政府，县直有关单位：")
    paragraph(document, f"现将{view.county.name}{when}工作情况通报如下。数据为第{view.edition}版。")
    _body(document, made)
    paragraph(document, "特此通报。")
    paragraph(document, "附件：1. 滞后村预警名单　2. 好转名单")
    document.add_page_break()
    heading(document, "附件 1　滞后村预警名单", size=14)
    paragraph(document, made.warnings.sentence)
    write_warnings(document, made.warnings)
    heading(document, "附件 2　好转名单", size=14)
    _improved(document, made)
    write_about(document, made.about)
    return saved(document)


def _body(document: Document, made: Pack) -> None:
    parts = [("总的情况", [made.overview.title + "。"])]
    parts += [
        (chapter.item.label, [f"{chapter.trend.title}。{chapter.trend.sentence}"])
        for chapter in made.chapters
        if chapter.trend is not None
    ]
    ranked = [c.ranking for c in made.chapters if c.ranking is not None and c.item.helpable]
    if ranked:
        parts.append(("各乡镇", [f"{r.item.label}：{r.title}。" for r in ranked]))
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
        items = follow_ups_table(made.items)
        names = ["事项", "单位", "责任单位", "期限"]
        rows = [[str(row[name]) for name in names] for row in items.to_pylist()]
        table(document, names, rows)


def _no_village(tested: int) -> str:
    if not tested:
        return "本期没有可以检验的村级数。"
    return no_village_text(tested)


def _improved(document: Document, made: Pack) -> None:
    rows = improved_table(made)
    if not rows.num_rows:
        paragraph(document, none_improved(made))
        return
    texts = [[str(v) for v in row.values()] for row in rows.to_pylist()]
    table(document, rows.column_names, texts)


def townships_docx(made: Pack) -> bytes:
    """Return one A4 page for each township: its headline figures and what was asked of it."""
    document = new_document()
    towns = _towns(made)
    for at, town in enumerate(towns):
        if at:
            document.add_page_break()
        heading(document, f"{town}　{month_text(made.view.month)}", size=16)
        rows = town_rows(made, town)
        table(document, TOWN_COLUMNS, rows)
        paragraph(
            document,
            f"{VERDICT_WORDS['similar']}表示差异{NOT_BEYOND_INTERVAL}，不必解读名次的先后。",
        )
        warned = [row for row in made.warnings.rows if row.town == town]
        paragraph(document, "需要先去看的村", bold=True)
        if warned:
            texts = [(row.name, row.label, row.evidence, row.owner) for row in warned]
            table(document, ("村", "指标", "依据", "帮扶或责任单位"), texts)
        else:
            paragraph(document, _no_village(made.warnings.tested))
        checks = [row for row in made.signals.rows if row.area == town and not row.mark]
        if checks:
            paragraph(document, "值得核对", bold=True)
            for row in checks:
                paragraph(document, f"{month_key(row.month)} {row.label}：{row.evidence}")
        write_about(document, made.about)
    if not towns:
        paragraph(document, "本期没有乡镇数据。")
    return saved(document)


def _towns(made: Pack) -> list[str]:
    names: dict[str, None] = {}
    for chapter in made.chapters:
        if chapter.ranking is not None:
            codes = zip(chapter.ranking.towns.codes, chapter.ranking.towns.names, strict=True)
            names.update(dict.fromkeys(name for _, name in sorted(codes)))
    return list(names)
