"""月积分: the townships' monthly points, each mark traced, and what brings the next one."""

from shortplank.frame.made.parts import Look
from shortplank.frame.open_page import open_page
from shortplank.topics.points.answer import points, points_table
from shortplank.topics.points.figure import points_figure
from shortplank.topics.points.page import write_statement

with open_page("points") as page:
    made = points(page.view)
    page.show(made, Look("points", points_figure, points_table, "月积分", 1))
    write_statement(page, made)
    page.stamp()
