"""The tray in words: how a month's reports stand, whom to urge, what waits, what was decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import pyarrow as pa

from shortplank.catalogue import Workspace
from shortplank.ingest.text import today
from shortplank.reading.published import moment_text
from shortplank.records.tray import Item, Standing, State
from shortplank.store import Store, add_months, due_date
from shortplank.store.posts import posts
from shortplank.wording.naming import joined
from shortplank.wording.periods import day_text, month_text
from shortplank.wording.tray import TRAY_STATES

# What a cell of the month says, with its mark: a colour never stands alone.
CELLS: dict[str, tuple[str, str]] = {
    "missing": ("✕", "未交"),
    "sent_back": ("◁", TRAY_STATES["sent_back"]),
    "early": ("·", "未到期"),
    "handed_in": ("○", "已交"),
    "accepted": ("◐", TRAY_STATES["accepted"]),
    "published": ("●", TRAY_STATES["published"]),
    "none": ("–", "不要求"),
}
LATE = "迟"
# More townships than a title names.
MOST_NAMED = 4
WAYS = {"file": "文件", "page": "在线填报"}


# --- the month at a glance ------------------------------------------------------------------------
@dataclass(frozen=True)
class Cell:
    """How a township's form stands; ``correction`` where one waits beside what is published."""

    code: str
    late: bool
    correction: bool

    @property
    def owed(self) -> bool:
        """Return whether the county still waits for it."""
        return self.code in ("missing", "sent_back", "early")


@dataclass(frozen=True)
class Row:
    """A township with a cell for each form."""

    area: str
    town: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Glance:
    """A month of the tray: townships × forms; ``days`` are those since it was due, 0 before."""

    month: date
    due: date
    days: int
    forms: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def owing(self) -> tuple[Row, ...]:
        """Return the townships of which a form is still waited for."""
        return tuple(row for row in self.rows if any(cell.owed for cell in row.cells))

    @property
    def title(self) -> str:
        """Return the finding: 2010年6月：16 个乡镇交齐 15 个，未交：松崖镇."""
        when, towns = month_text(self.month), len(self.rows)
        if not towns or not self.forms:
            return f"{when}没有乡镇要报的报表"
        done = towns - len(self.owing)
        if done == towns:
            return f"{when}：{towns} 个乡镇全部交齐"
        if not done:
            most = max(self.forms, key=self.lacking)
            return f"{when}：{towns} 个乡镇都还没有交齐，最缺{most}（{self.lacking(most)} 个）"
        word = "未交" if self.days else "待交"
        names = joined([row.town for row in self.owing], MOST_NAMED)
        return f"{when}：{towns} 个乡镇交齐 {done} 个，{word}：{names}"

    @property
    def about(self) -> tuple[str, ...]:
        """Return when the month's reports are due, how long ago that was, and how many came."""
        past = f"已过 {self.days} 天" if self.days else "还没有到期"
        towns = len(self.rows)
        came = (f"{form} {towns - self.lacking(form)} / {towns}" for form in self.forms)
        return (f"{day_text(self.due)}到期，{past}", *came)

    def lacking(self, form: str) -> int:
        """Return how many townships still owe a form."""
        place = self.forms.index(form)
        return sum(row.cells[place].owed for row in self.rows)

    @property
    def codes(self) -> tuple[str, ...]:
        """Return the codes that stand in it, in their order."""
        met = {cell.code for row in self.rows for cell in row.cells}
        return tuple(code for code in CELLS if code in met)


def glance(ws: Workspace, standings: Sequence[Standing], month: date, today: date) -> Glance:
    """Return a month's townships × forms; a form that nobody owes or filed is left out."""
    used = {s.form for s in standings if _code(s) != "none"}
    forms = [form for form in ws.forms if form in used]
    found = {(s.area, s.form): s for s in standings}
    rows = tuple(
        Row(area, ws.area_by_code[area].name, tuple(cell_of(found[area, form]) for form in forms))
        for area in dict.fromkeys(s.area for s in standings)
    )
    due = due_date(ws, month)
    labels = tuple(ws.forms[form].label for form in forms)
    return Glance(month, due, max((today - due).days, 0), labels, rows)


def cell_of(standing: Standing) -> Cell:
    waits = standing.item is not None and standing.item.is_open
    return Cell(_code(standing), standing.late, standing.published and waits)


def _code(standing: Standing) -> str:
    if standing.published:
        return "published"
    if standing.state in ("handed_in", "accepted", "sent_back"):
        return standing.state
    if not standing.due:
        return "none"
    return "missing" if standing.late else "early"


def cell_text(cell: Cell) -> str:
    """Return a cell in words: ● 已发布 迟."""
    mark, word = CELLS[cell.code]
    more = [LATE] * (cell.late and not cell.owed) + ["更正待办"] * cell.correction
    return " ".join([mark, word, *more])


# --- whom to urge ---------------------------------------------------------------------------------
def urge_table(ws: Workspace, made: Glance) -> pa.Table:
    """Return who still owes what: township, forms, days late and posts."""
    rows = made.owing
    return pa.table(
        {
            "乡镇": pa.array([row.town for row in rows], pa.string()),
            "未交": pa.array(["、".join(_owed(made, row)) for row in rows], pa.string()),
            "迟交天数": pa.array([made.days for _ in rows], pa.int64()),
            "岗位": pa.array([_posts(ws, row.area) for row in rows], pa.string()),
        }
    )


def urge_text(ws: Workspace, made: Glance) -> str:
    """Return the list as lines to be copied into a message; "" where nothing is owed."""
    if not made.owing:
        return ""
    head = f"{month_text(made.month)}报表催报（{day_text(made.due)}到期）"
    late = f"，已迟 {made.days} 天" if made.days else ""
    lines = [
        f"{row.town}{_in_brackets(_posts(ws, row.area))}：{'、'.join(_owed(made, row))}{late}"
        for row in made.owing
    ]
    return "\n".join([head, *lines])


def _owed(made: Glance, row: Row) -> list[str]:
    """Return the forms that a township owes: 村月报, 乡镇月报（已退回）."""
    pairs = zip(made.forms, row.cells, strict=True)
    back = {"sent_back": _in_brackets(CELLS["sent_back"][1])}
    return [form + back.get(cell.code, "") for form, cell in pairs if cell.owed]


def _posts(ws: Workspace, area: str) -> str:
    """Return a township's posts as the register has them."""
    known = set(posts(ws))
    found = (line.post for line in ws.posts if line.area_code == area and line.post in known)
    return "、".join(dict.fromkeys(found))


def _in_brackets(text: str) -> str:
    return f"（{text}）" if text else ""


# --- items ----------------------------------------------------------------------------------------
def item_label(ws: Workspace, item: Item) -> str:
    """Return an item in a few words: 竹麓乡 2010-06 村月报（更正）."""
    correction = "（更正）" if item.correction else ""
    return f"{_town(ws, item)} {'、'.join(item.months)} {forms_text(ws, item)}{correction}"


def items_table(ws: Workspace, items: Sequence[Item], found: Mapping[str, str]) -> pa.Table:
    """Return what waits; ``found`` says by an item's id what the checks found in it."""
    return pa.table(
        {
            **_named(ws, items),
            "核对": pa.array([found.get(item.id, "") for item in items], pa.string()),
            "性质": pa.array(["更正" if i.correction else "初报" for i in items], pa.string()),
            "更正理由": pa.array([item.reason for item in items], pa.string()),
            "报送时间": pa.array([_moment(item.at) for item in items], pa.string()),
            "是否迟报": pa.array([_late(ws, item) for item in items], pa.string()),
            "方式": pa.array([WAYS[item.way] for item in items], pa.string()),
            "报送账号": pa.array([item.who for item in items], pa.string()),
            "文件": pa.array([item.name for item in items], pa.string()),
        }
    )


def decided_table(ws: Workspace, items: Sequence[Item]) -> pa.Table:
    """Return what was decided, the newest first: sent back, replaced or published."""
    rows = sorted(items, key=lambda item: item.decided_at or item.at, reverse=True)
    return pa.table(
        {
            **_named(ws, rows),
            "结果": pa.array([TRAY_STATES[item.state] for item in rows], pa.string()),
            "版次": pa.array([f"第{i.edition}版" if i.edition else "" for i in rows], pa.string()),
            "退回理由": pa.array([item.said for item in rows], pa.string()),
            "性质": pa.array(["更正" if i.correction else "初报" for i in rows], pa.string()),
            "更正理由": pa.array([item.reason for item in rows], pa.string()),
            "报送时间": pa.array([_moment(item.at) for item in rows], pa.string()),
            "报送账号": pa.array([item.who for item in rows], pa.string()),
            "办理时间": pa.array([_moment(item.decided_at) for item in rows], pa.string()),
            "办理账号": pa.array([item.decided_by for item in rows], pa.string()),
            "文件": pa.array([item.name for item in rows], pa.string()),
        }
    )


def item_about(ws: Workspace, item: Item) -> str:
    """Return when and how an item came, and whether it corrects."""
    parts = [f"{_moment(item.at)} 由 {item.who} {WAYS[item.way]}报送"]
    if late := _late(ws, item):
        parts.append(late)
    if item.correction:
        parts.append(f"更正已发布的数，理由：{item.reason}")
    return " · ".join(parts)


def _named(ws: Workspace, items: Sequence[Item]) -> dict[str, pa.Array]:
    return {
        "乡镇": pa.array([_town(ws, item) for item in items], pa.string()),
        "月份": pa.array(["、".join(item.months) for item in items], pa.string()),
        "报表": pa.array([forms_text(ws, item) for item in items], pa.string()),
    }


def _town(ws: Workspace, item: Item) -> str:
    area = ws.area_by_code.get(item.area)
    return area.name if area else item.area


def forms_text(ws: Workspace, item: Item) -> str:
    """Return the names of an item's forms; a form that is no more keeps its key."""
    return "、".join(ws.forms[form].label if form in ws.forms else form for form in item.forms)


def _late(ws: Workspace, item: Item) -> str:
    """Return how many days an item came late, if any; a correction never does."""
    days = max(
        (
            (item.came(form, month) - due_date(ws, date.fromisoformat(f"{month}-01"))).days
            for form, month in item.parts
        ),
        default=0,
    )
    return f"迟 {days} 天" if days > 0 and not item.correction else ""


def _moment(at: str) -> str:
    return moment_text(datetime.fromisoformat(at)) if at else ""


def latest_months(store: Store, items: Iterable[Item]) -> tuple[list[date], date]:
    """Return the months that reports are filed for, the newest first, and the one that is next.

    Next is the month after what is published; without data it is the month before this one.
    """
    forms = store.workspace.forms.values()
    sets = {form.dataset for form in forms if form.expected}
    numbers = store.numbers()
    edition = store.edition(numbers[-1]) if numbers else None
    known = {m for name in sets for m in edition.months(name)} if edition else set[date]()
    after = add_months(max(known) if known else today().replace(day=1), 1 if known else -1)
    asked = {date.fromisoformat(f"{month}-01") for item in items for month in item.months}
    return sorted({*known, *asked, after}, reverse=True), after


def waiting_title(waiting: int, faulty: int) -> str:
    """Return how many files wait, and of how many the checks found something."""
    if not waiting:
        return "没有待收的报表"
    return f"{waiting} 份待收" + (f"，{faulty} 份有提示" if faulty else "，核对都没有提示")


def decided_title(items: Sequence[Item]) -> str:
    """Return how many files were published, sent back and replaced."""
    if not items:
        return "还没有办结的报送"
    states: tuple[State, ...] = ("published", "sent_back", "replaced")
    count = {state: sum(item.state == state for item in items) for state in states}
    told = "、".join(f"{TRAY_STATES[state]} {n}" for state, n in count.items() if n)
    return f"{len(items)} 份已办结：{told}"


def meanwhile_text(ws: Workspace, items: Sequence[Item], seen: Mapping[str, str]) -> str:
    """Return what others did since the tray was seen, by each item's state then; "" for nothing."""
    moved = [
        f"{item_label(ws, item)} {TRAY_STATES[item.state]}{_in_brackets(item.decided_by)}"
        for item in items
        if item.id in seen and item.state != seen[item.id]
    ]
    new = sum(item.id not in seen for item in items)
    parts = [joined(moved, MOST_NAMED, "份")] * bool(moved) + [f"又收到 {new} 份"] * bool(new)
    return f"您看过之后，{'；'.join(parts)}。下面已是现在的情况，请看过再办。" if parts else ""
