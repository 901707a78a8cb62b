"""The month's lists: who is announced, what was asked and is asked, what was restated, decided."""

from __future__ import annotations

import pyarrow as pa

from shortplank.drawing.theme import LIGHT
from shortplank.papers.decisions import HEADS
from shortplank.papers.deck.frame import Deck, Said, speak, table_sheet, text_slide
from shortplank.papers.deck.tables import Cell, Grid, Laid, grid_of, lay, table_slide, write_table
from shortplank.papers.listed import announced_table
from shortplank.reading.judged.announced import announced_codes
from shortplank.reading.judged.ledger import findings_for
from shortplank.records.follow_ups import FollowUp, follow_ups_table
from shortplank.topics.bench.answer import paper_lines, sheet_name
from shortplank.topics.short_plank.answer.warning_list import warning_table
from shortplank.wording.judged import LIST, NO_VILLAGE

EMPTY_ROWS = 8
# So many rows of a pinned query go into the deck, its appendix with it.
MOST_QUERY_ROWS = 60
# So many things that are not there are said below the table of decisions.
FEW = 2
LAST, NEXT = "上次事项", "跟进事项"


def last_slide(deck: Deck) -> None:
    """Write what earlier meetings asked, each with its figures then and now."""
    last = deck.made.last
    if not last:
        deck.absent.append("上次会议没有留下的事项。")
        return
    said = Said(f"上次的 {len(last)} 项：各项的数已自动补上", _compared(last))
    table = follow_ups_table(last).select(
        ["事项", "单位", "指标", "责任单位", "当时", "现在", "变化", "结果"]
    )
    more = [f"期限：{each.area}，{each.item}，{each.deadline.isoformat()}" for each in last]
    table_slide(deck, said, grid_of(table), LAST, more=more)


def _compared(items: list[FollowUp]) -> str:
    done = sum(each.closed for each in items)
    known = sum(each.compared for each in items)
    return f"{len(items)} 项中 {done} 项已写明结果，{known} 项有前后两次的数。"


def ledger_slide(deck: Deck) -> None:
    """Write all that the month announces, coloured by what it says; nothing where it is quiet."""
    view = deck.made.view
    table, found = announced_table(view), findings_for(view)
    if not table.num_rows:
        return
    rows = []
    for row, each in zip(table.to_pylist(), found, strict=True):
        code = announced_codes(view, each.indicator, each.level).get(each.area_code)
        colour, listed = (LIGHT.verdict(code) if code else LIGHT.ink), code is not None
        told = (row["级别"], row["单位"], row["指标"], row["结论"])
        cells = [Cell(text) for text in told]
        cells[1] = Cell(row["单位"], "", colour, listed)
        rows.append(tuple(cells))
    grid = Grid(("级别", "单位", "指标", "结论"), tuple(rows), ("l",) * 4)
    title = f"{LIST}和全县的变化：{len(rows)} 条"
    checks = list(dict.fromkeys(row["先核对"] for row in table.to_pylist() if row["先核对"]))
    how = list(deck.made.overview.how)
    said = Said(title, how[-1] if how else "")
    table_slide(deck, said, grid, LIST, check="；".join(checks), more=how)


def warnings_slide(deck: Deck) -> None:
    """Write the villages that are listed, with evidence, who helps and until when."""
    warned = deck.made.warnings
    if not warned.rows:
        deck.absent.append(f"{warned.title}。" if warned.title else f"{NO_VILLAGE}。")
        return
    table = warning_table(warned).select(["乡镇", "村", "指标", "依据", "帮扶或责任单位", "期限"])
    checks = list(dict.fromkeys(row.check for row in warned.rows if row.check))
    said = Said(warned.title, warned.sentence)
    table_slide(deck, said, grid_of(table), "预警名单", check="；".join(checks), more=warned.notes)


def query_slides(deck: Deck) -> None:
    """Write a slide for each pinned query: its rows, and in the notes what was asked."""
    for number, pinned in enumerate(deck.made.queries, start=1):
        title, lines = pinned.statement.title, paper_lines(deck.made.view.ws, pinned)
        if pinned.answer is None or not pinned.answer.table.num_rows:
            deck.absent.append(f"{title}：{pinned.fault or '没有符合条件的行。'}")
            continue
        table = pinned.answer.table
        table_slide(
            deck,
            Said(title, lines[0]),
            grid_of(table.slice(0, MOST_QUERY_ROWS)),
            sheet_name(number),
            left=max(table.num_rows - MOST_QUERY_ROWS, 0),
            more=[*lines[1:], pinned.statement.body],
        )


def restated_slide(deck: Deck) -> None:
    """Write what was restated since the last meeting."""
    made = deck.made
    if not made.restated:
        deck.absent.append("没有订正以前月份的数。")
        return
    said = Said(f"以前月份的数订正过 {len(made.restated)} 次", f"{made.since}。")
    table_slide(deck, said, grid_of(pa.table({"订正": made.restated})), "订正")


def items_slide(deck: Deck) -> None:
    """Write what is to be followed up from this meeting on."""
    items = deck.made.items
    if not items:
        deck.absent.append("这次会议还没有登记跟进事项。")
        return
    names = ["事项", "单位", "指标", "责任单位", "期限", "当时"]
    said = Said(f"本次跟进事项 {len(items)} 项")
    table_slide(deck, said, grid_of(follow_ups_table(items).select(names)), NEXT)


def decisions_slide(deck: Deck) -> None:
    """Write the empty table that the meeting fills in, and that is read back."""
    absent = "".join(deck.absent) if len(deck.absent) <= FEW else ""
    said = Said("会议议定：当场填写，会后读回跟进事项", absent)
    drawn = table_sheet(deck, said)
    wide = drawn.room.width
    shares = (9, 4, 5, 4, 3)
    empty = ((Cell(""),) * len(HEADS),) * EMPTY_ROWS
    grid = Grid(HEADS, empty, ("l",) * len(HEADS), (18, 16, 14), ruled=True)
    laid = lay(grid, drawn.room)
    widths = [int(wide * share / sum(shares)) for share in shares]
    tall = drawn.room.height // (EMPTY_ROWS + 1)
    laid = Laid(laid.size, widths, [tall] * (EMPTY_ROWS + 1))
    write_table(drawn, grid, laid, drawn.room, "会议议定")
    speak(deck, drawn.slide, said, more=["依据指标请写指标目录里的名称，期限请写成 2010-06-30。"])


def absent_slide(deck: Deck) -> None:
    """Write in a sentence each what has no slide of its own this time, and why."""
    if len(deck.absent) <= FEW:
        return
    said = Said("这次没有单独一页的内容", "".join(deck.absent))
    text_slide(deck, said, [f"· {line}" for line in deck.absent])
