"""Each guess of a draft beside its cells, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shortplank.ingest.drafting.guesses import KIND_WORDS, LEVEL_WORDS, MONTH_WORDS, Guess
from shortplank.ingest.recorded.texts import CALLED

if TYPE_CHECKING:
    from shortplank.ingest.drafting.draft import Draft

_MARKS = {",": "逗号", ";": "分号", "\t": "制表符", "|": "竖线"}


def guesses_of(draft: Draft) -> list[Guess]:
    """Return the guesses of a draft: of the file, its header, months, areas, columns, marks."""
    return [*_file(draft), *_month(draft), *_areas(draft), *_columns(draft), *_cells(draft)]


def _file(draft: Draft) -> list[Guess]:
    found, table = [], draft.table
    if draft.explained:
        first = draft.explained[0]
        others = tuple(f"{CALLED[e.encoding]}“{e.sample[:24]}”" for e in draft.rivals)
        sample = f"“{first.sample[:40]}”" if first.sample else "全是英文字母和数字"
        found.append(Guess("encoding", "编码", CALLED[first.encoding], sample, others))
        found.append(Guess("delimiter", "分列", _MARKS[draft.delimiter or ","]))
    if table.grid.sheet:
        found.append(Guess("sheet", "工作表", table.grid.sheet))
    head = table.head
    rows = f"第 {head.first + 1} 行" + (
        f"至第 {head.last + 1} 行" if head.last > head.first else ""
    )
    shown = "｜".join(c.path for c in table.columns[:6] if c.path)[:80]
    found.append(Guess("head", "表头", rows, shown))
    return found


def _month(draft: Draft) -> list[Guess]:
    times = draft.roles.times
    calendar = {"iso": "", "roc": "，民国纪年", "era": "，日本年号"}[times.calendar]
    cadence = "，按季" if times.quarters else ""
    return [
        Guess(
            "month", "月份", MONTH_WORDS[times.month] + calendar + cadence, times.why, times.others
        )
    ]


def _areas(draft: Draft) -> list[Guess]:
    areas = draft.areas
    others = tuple(LEVEL_WORDS[x] for x in ("township", "village") if x != areas.level)
    return [Guess("level", "各行是哪一级单位", LEVEL_WORDS[areas.level], areas.why, others)]


def _columns(draft: Draft) -> list[Guess]:
    found = []
    areas, roles = draft.areas, draft.roles
    own = {
        areas.code: "code", areas.name: "name", areas.parent: "parent", areas.county: "county",
        areas.province: "province", areas.parent_code: "parent_code",
        areas.county_code: "county_code",
    }  # fmt: skip
    totals = {header for total in draft.form.totals for header in total.headers}
    for column in draft.table.columns:
        kind = own.get(column.index) or roles.kinds.get(column.index, "ignore")
        if (
            kind in ("above", "parent", "county", "parent_code", "county_code")
            and column.index not in own
        ):
            kind = "ignore"
        if column.path in totals and kind == "measure":
            kind = "total"
        if kind == "measure" and (roles.of("split")):
            kind = "value"
        if kind == "measure" and roles.times.month == "across":
            kind = "ignore"
        if not column.filled and not column.path:
            continue
        cells = "、".join(t.strip()[:12] for t in column.texts[:3])
        what = f"{column.letter} 列“{column.path[:30]}”"
        why = roles.why.get(column.index, "")
        taken = KIND_WORDS[kind] + (f"（{why}）" if kind == "ignore" and why else "")
        others = tuple(KIND_WORDS[k] for k in roles.could.get(column.index, ()) if k != kind)
        found.append(Guess(column.letter, what, taken, cells, others))
    return found


def _cells(draft: Draft) -> list[Guess]:
    marks, reading, found = draft.marks, draft.form.reading, []
    assert reading is not None
    if marks.zeros:
        found.append(
            Guess(
                "marks",
                "“" + "”“".join(marks.zeros[:4]) + "”",
                "按 0 计",
                "表中没有写 0",
                ("没有数",),
            )
        )
    if marks.unknown:
        found.append(Guess("marks", "“" + "”“".join(marks.unknown[:6]) + "”", "按没有数计，不是 0"))
    if marks.blanks:
        found.append(Guess("marks", f"{marks.blanks} 个空格", "按没有数计，不是 0", "", ("0",)))
    if reading.sum_rows:
        found.append(Guess("sums", "合计行", "只核对不保存", "、".join(reading.sum_rows[:6])))
    if reading.skip_rows:
        shown = "、".join(name or "（单位空白）" for name in reading.skip_rows[:6])
        found.append(Guess("sums", "不读的行", "上级单位或与各行之和不符的合计", shown))
    stopped = [m.label for m in draft.measured if m.stopped]
    if stopped:
        found.append(Guess("stopped", "手术、孕情和费用", "只到乡镇", "、".join(stopped[:6])))
    return found
