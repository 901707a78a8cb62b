"""The short plank's looks ahead: what help would change, and the list of villages to warn."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from shortplank.access import exactness
from shortplank.frame.html import NOTHING, anchor, cells, joined, paragraph, table, write_html
from shortplank.frame.made.parts import Look
from shortplank.frame.open_page import Page
from shortplank.frame.writing import write_signer
from shortplank.reading.planks import line_of
from shortplank.reading.view import View
from shortplank.records.exact import note_exact
from shortplank.topics.short_plank.answer.visits import visits
from shortplank.topics.short_plank.answer.warning_list import WarningList, warning_list
from shortplank.topics.short_plank.answer.what_if import (
    usual_goal,
    what_if,
    what_if_table,
    who,
)
from shortplank.topics.short_plank.figure.what_if import what_if_figure
from shortplank.topics.short_plank.page.planks import profile_link
from shortplank.wording.periods import day_text
from shortplank.wording.sides import reach_word, which_to_mend

NAME = "滞后村预警"

USUAL = 10
# As many as one screen holds in projection.
MOST = 8


def write_what_if(page: Page) -> None:
    """Write what the county's value would be if the weakest villages reached a rate."""
    line = line_of(page.view)
    item = page.view.item
    goal = usual_goal(item, float(line.value) if line else None)
    count, by = float(USUAL), "rate"
    if not page.style.present:
        left, middle, right, _ = st.columns([2, 1, 1, 1], vertical_alignment="bottom")
        with left:
            choices: dict[str, str] = {key: f"{name}的村" for key, name in who(item).items()}
            by = page.switch("by", f"{which_to_mend(item)}村", choices, "rate")
        with middle:
            count = page.amount("n", "几个村", 1, 200, USUAL)
        with right:
            goal = page.amount(
                "to", f"都{reach_word(item)}（{item.unit}）", 0, item.factor, goal, 0.5
            )
    made = what_if(page.view, int(count), goal, "contribution" if by == "contribution" else "rate")
    page.show(made, Look("what-if", what_if_figure, what_if_table, "推演"))


def write_warnings(page: Page) -> None:
    """Write the warning list, to be taken away as a workbook and as a document."""
    made = warning_list(page.view)
    page.show(made)
    if page.style.present:
        write_html(wall_html(made))
        return
    if made.rows:
        write_html(warnings_html(made, page.view))
    _downloads(page, made)
    if made.listed:
        page.part("在册而本月未列入，核对后再定去留", listed_html(made, page.view))


def _downloads(page: Page, made: WarningList) -> None:
    """Offer both files: for taking out by default, exact ones on purpose and into the journal."""
    exact = signed = False
    if page.view.may("export_exact"):
        left, right = st.columns([2, 3], vertical_alignment="bottom")
        exact = left.toggle("精确数（标明内部使用，记入日志）", key="warnings-exact")
        if exact:
            signed = write_signer(right, page.view.actor, "取用")
    if exact and not signed:
        return
    about = {**page.about_rows(), "口径": exactness(exact)}

    def book() -> bytes:
        from shortplank.topics.short_plank.paper import warning_xlsx  # slow to import

        return taken(page.view, warning_xlsx(made, about, internal=exact), exact=exact)

    def document() -> bytes:
        from shortplank.topics.short_plank.paper import warning_docx  # slow to import

        return taken(page.view, warning_docx(made, about, internal=exact), exact=exact)

    mark = "（内部使用）" if exact else ""
    with st.container(horizontal=True):
        for make, ending, kind in ((book, "xlsx", "Excel"), (document, "docx", "Word")):
            key = f"warnings-{'book' if ending == 'xlsx' else ending}"
            page.download(
                make, f"{NAME}.{ending}", key=key, label=f"下载 {kind}{mark}", exact=exact
            )


def taken(view: View, data: bytes, *, exact: bool) -> bytes:
    """Return a file's bytes; an exact one only once the journal holds who took it."""
    if exact:
        note_exact(view, NAME)
    return data


def wall_html(made: WarningList) -> Markup:
    """Return the first rows large enough for a hall: who, how short, how long, whose task."""
    if not made.rows:
        return NOTHING
    line = Markup('<tr><td class="place">{}</td>{}</tr>')
    rows = [
        line.format(f"{row.town}{row.name}", cells((row.value, row.months, row.owner)))
        for row in made.rows[:MOST]
    ]
    if (more := len(made.rows) - MOST) > 0:
        rows.append(
            Markup('<tr><td class="place" colspan="4">另有 {} 行，见名单</td></tr>').format(more)
        )
    return table(("村", "数值", made.side, "帮扶或责任单位"), rows, "list wall")


def warnings_html(made: WarningList, view: View) -> Markup:
    """Return the list as a table whose villages lead to their profiles."""
    line = Markup('<tr>{}{}<td class="keep">{}</td><td>{}</td></tr>')
    rows = [
        line.format(
            _place(row.area_code, row.name, row.town, view, row.indicator),
            cells((f"{row.label}{row.reason}", row.evidence, row.check, row.owner)),
            day_text(row.deadline),
            row.standing,
        )
        for row in made.rows
    ]
    heads = ("村", "原因", "依据", "先核对", "帮扶或责任单位", "期限", "登记册")
    return table(heads, rows, "list wrap", sortable=True)


def listed_html(made: WarningList, view: View) -> Markup:
    """Return who is in the register and not listed now."""
    rows = [
        Markup("<tr>{}{}</tr>").format(
            _place(row.area_code, row.name, row.town, view, view.indicator),
            cells((row.now, f"{row.since}起，{row.source}")),
        )
        for row in made.listed
    ]
    return table(("村", "现在", "登记册"), rows, "list wrap", sortable=True)


def _place(code: str, name: str, town: str, view: View, indicator: str) -> Markup:
    href = profile_link(view.with_(indicator=indicator), code)
    place = Markup('<td class="place">{}<br><span class="town">{}</span></td>')
    return place.format(anchor(href, name), town)


def write_visits(page: Page) -> None:
    """Write which villages to go to first, why these, and what it would change."""
    found = visits(page.view)
    if found is None:
        return
    if page.style.present:
        page.say(found.told)
        return
    names = joined(
        (
            anchor(profile_link(page.view, code), name)
            for code, name in zip(found.codes, found.names, strict=True)
        ),
        "、",
    )
    change = f"{found.change}{'；' if found.rest else '。'}{found.rest}" if found.change else ""
    lines = [names + "。" if names else "", found.why, change]
    page.part(found.heading, joined(paragraph(line, "say") for line in lines if line))
