"""One A4 page for each township."""

from __future__ import annotations

from docx.document import Document
from docx.shared import Pt

from shortplank.papers.listed import (
    TOWN_COLUMNS,
    town_footer,
    town_lines,
    town_notes,
    town_rows,
)
from shortplank.papers.pack import Pack
from shortplank.topics.short_plank.paper import (
    heading,
    new_document,
    paragraph,
    saved,
    table,
    write_about,
)
from shortplank.wording.judged import (
    ALIKE_RANKS,
    LISTED,
    NO_VILLAGE,
)
from shortplank.wording.periods import month_key, month_text

_TOWN_SHARES = (2.9, 1.9, 2.2, 1.7, 2.2, 2.7, 3.5)


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
