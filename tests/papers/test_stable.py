"""The same answers are the same files; what was made is remembered with its hash."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from shortplank.access import Actor
from shortplank.cli import run
from shortplank.drawing import table_book
from shortplank.errors import NotAllowed
from shortplank.papers import OWN_TEMPLATE
from shortplank.papers.brief import PAPERS, paper
from shortplank.papers.lacking import lacking
from shortplank.papers.pack import pack, quarter_ending
from shortplank.papers.stable import stable
from shortplank.reading.view import View
from shortplank.records.follow_ups import add_follow_up, follow_ups, last_items
from shortplank.records.kept_papers import digest_of, keep_papers, kept_papers
from shortplank.records.meeting import freeze
from shortplank.store import engine
from tests.copies import demo_copy

MAY = date(2010, 5, 1)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return demo_copy(tmp_path / "demo", without=("journal",))


def view(root: Path, role: str = "analyst", month: date = MAY) -> View:
    shared = engine(root)
    actor = Actor(role, "tongji01")  # type: ignore[arg-type]
    return View(shared, shared.newest(), actor, month, "ytd", "migrant_filing", "990101")


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let every archive be written at another moment than the one before."""
    moments = iter(range(10_000))

    def now(*_: object) -> time.struct_time:
        return time.struct_time((2011, 1, 1 + next(moments) // 60 % 28, 0, 0, 0, 5, 1, 0))

    monkeypatch.setattr("time.localtime", now)
    yield


def test_the_same_answers_are_the_same_bytes(root: Path, later: None) -> None:
    whole = pack(view(root, "viewer"))
    for key in PAPERS:
        assert paper(whole, key) == paper(pack(view(root, "viewer")), key), key


def _archive(name: str, data: bytes, moment: tuple[int, int, int, int, int, int]) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as book:
        book.writestr(zipfile.ZipInfo(name, moment), data)
    return sink.getvalue()


def _core(moment: str) -> bytes:
    return f"<a><dcterms:created t='x'>{moment}</dcterms:created></a>".encode()


@pytest.mark.parametrize("name", ["docProps/core.xml", "ppt/slides/slide1.xml"])
def test_only_moments_are_lost(name: str) -> None:
    one = stable(_archive(name, _core("2026-01-01T00:00:00Z"), (2026, 1, 1, 0, 0, 0)))
    two = stable(_archive(name, _core("2027-02-02T00:00:00Z"), (2027, 2, 2, 0, 0, 0)))
    assert (one == two) == name.startswith("docProps")
    with zipfile.ZipFile(io.BytesIO(one)) as book:
        assert book.namelist() == [name]
        kept = f"{table_book.CREATED:%Y-%m-%dT%H:%M:%SZ}" if name.startswith("doc") else "2026"
        assert kept in book.read(name).decode()


def test_what_is_set_into_a_paper_loses_its_moments_too() -> None:
    inner = [
        _archive("docProps/core.xml", _core(f"20{n}-01-01T00:00:00Z"), (2000 + n, 1, 1, 0, 0, 0))
        for n in (26, 27)
    ]
    one, two = (
        stable(_archive("ppt/embeddings/a.xlsx", data, (2026, 1, 1, 0, 0, 0))) for data in inner
    )
    assert one == two


# --- what is remembered ---------------------------------------------------------------------------
def test_what_was_made_is_remembered_once(root: Path) -> None:
    own, files = view(root), {"deck": ("甲.pptx", b"1"), "bulletin": ("乙.docx", b"2")}
    for _ in range(2):
        keep_papers(own, files, edition=26, exact=False, at=datetime(2010, 6, 9, tzinfo=UTC))
    keep_papers(own, {"deck": ("甲.pptx", b"3")}, edition=26, exact=False)
    kept = kept_papers(own)
    assert [each.digest for each in kept] == [digest_of(b"3"), digest_of(b"2"), digest_of(b"1")]
    assert kept[-1].who == "tongji01" and kept[-1].edition == 26 and kept[-1].size == 1
    assert not kept_papers(view(root, month=date(2010, 4, 1)))


@pytest.mark.parametrize("role", ["viewer", "filer"])
def test_who_only_looks_writes_nothing(root: Path, role: str) -> None:
    with pytest.raises(NotAllowed):
        keep_papers(view(root, role), {"deck": ("甲.pptx", b"1")}, edition=26, exact=False)
    assert not kept_papers(view(root))


def test_a_command_remembers_what_it_wrote(root: Path, tmp_path: Path) -> None:
    out = tmp_path / "papers"
    for _ in range(2):
        assert run(["brief", "--month", "2010-05", "--out", str(out), "-w", str(root)]) == 0
    kept = {each.name: each.digest for each in kept_papers(view(root))}
    assert kept == {path.name: digest_of(path.read_bytes()) for path in out.iterdir()}


def test_papers_stand_where_nothing_can_be_remembered(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / "journal" / "papers.jsonl").mkdir(parents=True)
    out = tmp_path / "papers"
    assert run(["brief", "--month", "2010-05", "--out", str(out), "-w", str(root)]) == 0
    assert "材料已写好，没有记入做过的材料" in capsys.readouterr().err
    assert len(list(out.iterdir())) == len(PAPERS)


# --- what is missing ------------------------------------------------------------------------------
def missing(own: View) -> list[str]:
    now = [each for each in follow_ups(own) if each.month == own.month]
    return lacking(own, now, last_items(own))


def test_what_the_papers_would_lack_is_said_and_no_more_once_it_is_there(root: Path) -> None:
    own = view(root)
    assert any("还没有定版" in each for each in missing(own))
    assert any("还没有登记跟进事项" in each for each in missing(own))
    freeze(own)
    add_follow_up(
        own,
        item="补建档案",
        area="990101111",
        indicator="migrant_filing",
        owner="峰浦镇人口计生办",
        deadline=date(2010, 6, 5),
    )
    assert not [each for each in missing(own) if "定版" in each or "登记" in each]


def test_an_item_of_last_time_without_an_outcome_is_named(root: Path) -> None:
    add_follow_up(
        view(root, month=date(2010, 4, 1)),
        item="补建档案",
        area="990101111",
        indicator="migrant_filing",
        owner="峰浦镇人口计生办",
        deadline=date(2010, 5, 5),
    )
    name = engine(root).ws.area_by_code["990101111"].name
    assert f"上次事项 1 项没有写结果：{name}。" in missing(view(root))


def test_a_template_that_cannot_be_used_is_said_before(root: Path) -> None:
    (root / OWN_TEMPLATE).parent.mkdir()
    (root / OWN_TEMPLATE).write_bytes(b"no presentation")
    assert any("不是能打开的 .pptx 模板" in each for each in missing(view(root)))


@pytest.mark.parametrize(
    ("month", "told"),
    [((2009, 12), "2010Q1"), ((2010, 3), "2010Q2"), ((2010, 9), "2010Q4"), ((2010, 5), "")],
)
def test_a_quarter_ends_with_every_third_month_of_the_statistical_year(
    root: Path, month: tuple[int, int], told: str
) -> None:
    quarter = quarter_ending(engine(root), date(*month, 1))
    assert (f"{quarter.year}Q{quarter.number}" if quarter else "") == told
    assert quarter is None or quarter.months[-1] == date(*month, 1)
