"""抽查预演: what a draw of villages would likely show, and where help lowers that risk most."""

from shortplank.frame.made.parts import Look
from shortplank.frame.open_page import open_page
from shortplank.topics.inspection.answer.rehearsal import rehearsal, rehearsal_table
from shortplank.topics.inspection.figure import inspection_figure
from shortplank.topics.inspection.page import choose_plan, write_levers

with open_page("inspection") as page:
    answer = rehearsal(page.view, choose_plan(page))
    page.show(answer, Look("drawn", inspection_figure))
    write_levers(page, answer)
    if answer.villages is not None:
        page.table(rehearsal_table(page.view, answer), name="抽查预演", key="table", height=420)
    page.stamp()
