"""Filled tables read back: what is registered, what is not and why, all or none."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import docx
import openpyxl
import pytest
from pptx import Presentation
from pptx.util import Cm

from shortplank.access import Actor
from shortplank.cli import run
from shortplank.errors import NotAllowed, ShortplankError
from shortplank.papers.decided import KNOWN, LARGEST, TWICE, WITHHELD, add_decisions, read_decisions
from shortplank.papers.decisions import HEADS
from shortplank.papers.documents.minutes import minutes_docx
from shortplank.papers.pack import pack
from shortplank.reading.view import View
from shortplank.records.follow_ups import follow_ups
from shortplank.store import Engine, engine
from tests.copies import demo_copy
from tests.papers.counties import county, seen

APRIL, MAY = date(2010, 4, 1), date(2010, 5, 1)
FILING, BENEFITS = "流动人口建档率", "奖励优惠兑现率"
GOOD = ("核对应建档底数", "峰浦镇", FILING, "县总工会", "6月30日")
Rows = Sequence[Sequence[object]]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return engine(demo_copy(tmp_path_factory.mktemp("decided") / "demo", without=("journal",)))


@pytest.fixture
def fresh(shared: Engine) -> Engine:
    """The same county without a line in its journal."""
    for path in (shared.ws.path / "journal").glob("*.jsonl"):
        path.unlink()
    return shared


def view(shared: Engine, month: date = MAY, role: str = "analyst") -> View:
    actor = Actor(role, "tongji01")  # type: ignore[arg-type]
    return View(shared, shared.newest(), actor, month, "ytd", "migrant_filing", "990101")


# --- filled papers --------------------------------------------------------------------------------
def slides(rows: Rows, heads: Sequence[str] = HEADS) -> bytes:
    show = Presentation()
    show.slides.add_slide(show.slide_layouts[6])
    slide = show.slides.add_slide(show.slide_layouts[6])
    size = (Cm(1), Cm(1), Cm(20), Cm(10))
    table = slide.shapes.add_table(len(rows) + 1, len(heads), *size).table
    for at, cells in enumerate([heads, *rows]):
        for column, text in enumerate(cells):
            table.cell(at, column).text = str(text)
    sink = io.BytesIO()
    show.save(sink)
    return sink.getvalue()


def document(rows: Rows, heads: Sequence[str] = HEADS) -> bytes:
    made = docx.Document()
    made.add_table(1, 2).cell(0, 0).text = "别的表"
    table = made.add_table(len(rows) + 3, len(heads))
    for at, cells in enumerate([heads, *rows]):
        for column, text in enumerate(cells):
            table.cell(at, column).text = str(text)
    sink = io.BytesIO()
    made.save(sink)
    return sink.getvalue()


def workbook(rows: Rows, heads: Sequence[str] = HEADS) -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["说明"])
    sheet = book.create_sheet("议定")
    sheet.append(["2010年5月"])
    sheet.append(["", *heads])
    for cells in rows:
        sheet.append(["", *cells])
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def minutes(shared: Engine, rows: Rows, month: date = MAY) -> bytes:
    made = docx.Document(io.BytesIO(minutes_docx(pack(view(shared, month)))))
    for at, cells in enumerate(rows, start=1):
        for column, text in enumerate(cells):
            made.tables[0].cell(at, column).text = str(text)
    sink = io.BytesIO()
    made.save(sink)
    return sink.getvalue()


# --- what is read ---------------------------------------------------------------------------------
THREE = [
    GOOD,
    ("补发上季奖励", "梅坪镇老屋村", BENEFITS, "县财政局", "2010年7月底"),
    ("统一核对口径", "", "migrant_filing", "统计岗", "2010/6/15"),
]


@pytest.mark.parametrize("kind", ["slides", "document", "workbook", "minutes"])
def test_three_decisions_stand_in_the_next_months_papers_with_their_figures(
    fresh: Engine, kind: str
) -> None:
    own = view(fresh, APRIL)
    makers: dict[str, Callable[[Rows], bytes]] = {
        "slides": slides, "document": document, "workbook": workbook,
        "minutes": lambda rows: minutes(fresh, rows, APRIL),
    }  # fmt: skip
    read = read_decisions(own, f"{kind}.x", makers[kind](THREE))
    assert [row.state for row in read.rows] == ["new"] * 3, [row.said for row in read.rows]
    assert not follow_ups(own)
    assert len(add_decisions(own, read)) == 3
    last = {each.item: each for each in pack(view(fresh, MAY)).last}
    told = {(e.item, e.area, e.label, e.owner, e.deadline) for e in last.values()}
    assert told == {
        ("核对应建档底数", "峰浦镇", FILING, "县总工会", date(2010, 6, 30)),
        ("补发上季奖励", "梅坪镇老屋村", BENEFITS, "县财政局", date(2010, 7, 31)),
        ("统一核对口径", "云洲县", FILING, "统计岗", date(2010, 6, 15)),
    }
    assert last["核对应建档底数"].compared and last["统一核对口径"].compared
    assert all(each.then and each.now for each in last.values())
    # Read again in the same month, nothing of it is written twice.
    again = read_decisions(
        own, f"{kind}.x", makers[kind]([*THREE, (*GOOD[:1], "湖渡镇", *GOOD[2:])])
    )
    assert [row.said for row in again.rows[:3]] == [KNOWN] * 3 and len(again.of("new")) == 1
    with pytest.raises(ShortplankError, match="刚刚已经登记"):
        add_decisions(own, read)


CASES: list[tuple[dict[str, object], str]] = [
    ({"单位": "990101101"}, ""),
    ({"单位": "全县"}, ""),
    ({"单位": "云洲县"}, ""),
    ({"单位": "梅坪镇 / 老屋村"}, ""),
    ({"单位": "峰 浦 镇"}, ""),
    ({"单位": "不存在乡"}, "没有这个单位"),
    ({"单位": "峰浦镇、湖渡镇"}, "一行写一个单位"),
    ({"依据指标": "migrant_filing"}, ""),
    ({"依据指标": "流动人口 建档率"}, ""),
    ({"依据指标": ""}, "没有写依据指标"),
    ({"依据指标": "政策符合率"}, "不能作跟进事项的依据"),
    ({"依据指标": "幸福指数"}, "没有这项指标"),
    ({"责任单位": ""}, "没有写责任单位"),
    ({"责任单位": "县 总工会"}, ""),
    ({"责任单位": "天上人间办"}, "名册里没有"),
    ({"责任单位": "张建国"}, "人名"),
    ({"议定事项": ""}, "没有写议定事项"),
    ({"议定事项": "长" * 121}, "超过 120 字"),
    ({"议定事项": "问 13812345678"}, "手机号码"),
    ({"议定事项": "身份证 11010519491231002X"}, "身份证"),
    ({"期限": "2010-06-30"}, ""),
    ({"期限": "2010年6月30日前"}, ""),
    ({"期限": "6月底"}, ""),
    ({"期限": "6-30"}, ""),
    ({"期限": "3月1日"}, ""),
    ({"期限": ""}, "没有写期限"),
    ({"期限": "尽快"}, "不是日期"),
    ({"期限": "2月30日"}, "不是日期"),
    ({"期限": "13月1日"}, "不是日期"),
    ({"期限": "2009-06-30"}, "早于会议"),
    ({"期限": "2026-06-30"}, "离会议太远"),
]


def test_each_way_of_writing_is_read_or_said_with_its_cell_and_mend(fresh: Engine) -> None:
    rows = []
    for number, (change, _) in enumerate(CASES):
        row = dict(zip(HEADS, GOOD, strict=True))
        row["议定事项"] = f"{GOOD[0]}{number}"
        rows.append(list({**row, **change}.values()))
    read = read_decisions(view(fresh), "议定.xlsx", workbook(rows))
    assert len(read.rows) == len(CASES)
    for at, ((change, fault), row) in enumerate(zip(CASES, read.rows, strict=True)):
        (head,) = change
        if not fault:
            assert row.state == "new", (change, row.said)
            continue
        cell = f"{'BCDEF'[HEADS.index(head)]}{at + 3}"
        assert row.state == "fault" and fault in row.said, (change, row.said)
        assert row.said.startswith(f"“议定”表 {cell}“{head}”："), row.said
        assert row.said.count("。") in (1, 2) and row.given is None
    assert {row.given.deadline for row in read.rows if row.given} == {
        date(2010, 6, 30), date(2011, 3, 1),
    }  # fmt: skip
    with pytest.raises(ShortplankError, match="要先改正"):
        add_decisions(view(fresh), read)
    assert not follow_ups(view(fresh))


def test_what_is_personal_is_not_shown(fresh: Engine) -> None:
    rows = [("问 13812345678", *GOOD[1:]), (*GOOD[:3], "张建国", GOOD[4])]
    read = read_decisions(view(fresh), "表.pptx", slides(rows))
    assert [row.texts for row in read.rows] == [(WITHHELD,) * 5] * 2
    told = read.sentence + str(read.table.to_pylist())
    assert "13812345678" not in told and "张建国" not in told


def test_excels_days_heads_in_another_order_and_lines_within_cells(fresh: Engine) -> None:
    heads = [HEADS[4], HEADS[0], HEADS[2], HEADS[1], HEADS[3]]
    row = [date(2010, 6, 30), "核对\n底数", FILING, "峰浦镇", "县总工会"]
    read = read_decisions(view(fresh), "a.xlsx", workbook([row], heads))
    assert read.rows[0].texts == ("核对 底数", "峰浦镇", FILING, "县总工会", "2010年6月30日")
    spaced = [" 议 定 事 项", "单 位", "依据指标", "责任\n单位", "期限 "]
    assert read_decisions(view(fresh), "b.docx", document([GOOD], spaced)).of("new")


def test_rows_alike_are_one_and_villages_of_one_name_are_asked_for(
    fresh: Engine, tmp_path: Path
) -> None:
    read = read_decisions(view(fresh), "a.pptx", slides([GOOD, GOOD]))
    assert [row.said for row in read.rows][1] == TWICE and len(read.of("new")) == 1
    assert read.rows[1].place == "第 2 页第 3 行"
    own = seen(county(tmp_path, 2, months=2), date(2008, 11, 1), "analyst")
    rows = [(GOOD[0], "第201村", FILING, "统计岗", "2008-12-01"),
            (GOOD[0], "东1镇第201村", FILING, "统计岗", "2008-12-01")]  # fmt: skip
    first, second = read_decisions(own, "a.docx", document(rows)).rows
    assert "有 2 个同名的单位" in first.said and second.state == "new"


def test_who_may_not_register_reads_nothing(fresh: Engine) -> None:
    for role in ("viewer", "filer"):
        with pytest.raises(NotAllowed):
            read_decisions(view(fresh, role=role), "a.pptx", slides([GOOD]))
    with pytest.raises(ShortplankError, match="没有 2019-05 的月报"):
        read_decisions(view(fresh, date(2019, 5, 1)), "a.pptx", slides([GOOD]))


# --- hostile files --------------------------------------------------------------------------------
def repacked(data: bytes, change: Callable[[str, bytes], bytes], more: dict[str, bytes]) -> bytes:
    sink = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, content in more.items():
            new.writestr(name, content)
    return sink.getvalue()


def same(name: str, content: bytes) -> bytes:
    return content


def entities(name: str, content: bytes) -> bytes:
    if not name.endswith("document.xml"):
        return content
    bomb = b'<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    return content.replace(b"<w:document", bomb + b"<w:document", 1)


def hostile() -> dict[str, tuple[bytes, str]]:
    good = document([GOOD])
    compound = b"\xd0\xcf\x11\xe0" + bytes(600)
    return {
        "empty.docx": (b"", "不是 pptx、docx 或 xlsx"),
        "text.docx": ("议定事项".encode(), "不是 pptx、docx 或 xlsx"),
        "half.docx": (good[: len(good) // 2], "不完整或已损坏"),
        "macro.docm": (repacked(good, same, {"word/vbaProject.bin": b"x"}), "带有宏"),
        "macro.xlsm": (repacked(workbook([GOOD]), same, {"xl/vbaProject.bin": b"x"}), "带有宏"),
        "bomb.docx": (repacked(good, same, {"word/media/a.xml": bytes(80 << 20)}), "展开后过大"),
        "many.docx": (repacked(good, same, {f"x/{n}": b"" for n in range(2100)}), "展开后过大"),
        "entity.docx": (repacked(good, entities, {}), "不完整或已损坏"),
        "locked.docx": (compound + "EncryptedPackage".encode("utf-16-le"), "打开密码"),
        "old.doc": (compound, "不是 pptx、docx 或 xlsx"),
        "plain.zip": (zipped(), "不是 pptx、docx 或 xlsx"),
        "huge.docx": (good + bytes(LARGEST), "超过 20 MB"),
        "none.docx": (document([], ["甲", "乙"]), "没有找到议定事项的表"),
        "heads.xlsx": (workbook([GOOD[:4]], HEADS[:4]), "表头缺少期限"),
        "long.xlsx": (workbook([GOOD] * 201), "一次会议不会这样多"),
    }  # fmt: skip


def zipped() -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as made:
        made.writestr("a.txt", "a")
    return sink.getvalue()


def test_hostile_files_are_refused_with_one_sentence(fresh: Engine) -> None:
    for name, (data, fault) in hostile().items():
        with pytest.raises(ShortplankError) as caught:
            read_decisions(view(fresh), name, data)
        assert fault in caught.value.message, (name, caught.value.sentence)
        assert caught.value.place.startswith(name) and caught.value.mend
    assert not follow_ups(view(fresh))


# --- the command ----------------------------------------------------------------------------------
def test_the_command_shows_first_and_writes_only_when_it_is_told_to(
    fresh: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "纪要.docx"
    file.write_bytes(document(THREE))
    arguments = ["decisions", str(file), "--month", "2010-05", "-w", str(fresh.ws.path)]
    assert run(arguments) == 0
    said = capsys.readouterr()
    assert (
        "核对应建档底数" in said.out and "可以登记 3 项" in said.err and not follow_ups(view(fresh))
    )
    assert run([*arguments, "--who", "规划统计股", "--accept"]) == 0
    assert "已登记 3 项" in capsys.readouterr().err and len(follow_ups(view(fresh))) == 3
    assert run([*arguments, "--accept"]) == 1
    assert "没有可以登记的事项" in capsys.readouterr().err
    file.write_bytes(document([("", *GOOD[1:]), (*GOOD[:1], "湖渡镇", *GOOD[2:])]))
    assert run([*arguments, "--accept"]) == 1 and run(arguments) == 1
    assert "Traceback" not in capsys.readouterr().err and len(follow_ups(view(fresh))) == 3
