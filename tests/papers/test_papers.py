"""The meeting's papers: every figure from the pages' answers, banded, stamped, without a name."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from pptx import Presentation

from shortplank.access import Actor
from shortplank.cli import run
from shortplank.errors import ShortplankError
from shortplank.papers.brief import papers
from shortplank.papers.pack import Pack, pack, quarter_of, tiles_table
from shortplank.reading.view import View
from shortplank.store import engine
from shortplank.topics.overview.answer import overview
from tests.topics.months import engine_of, look
from tools.browser import REPOSITORY

DEMO = REPOSITORY / "data" / "demo"
MAY = date(2010, 5, 1)
NUMBER = re.compile(r"\d+\.\d+")


def view(role: str = "viewer", month: date = MAY) -> View:
    shared = engine(DEMO)
    return View(shared, shared.newest(), Actor(role), month, "ytd", "migrant_filing", "990101")  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def made() -> Pack:
    return pack(view())


@pytest.fixture(scope="module")
def files(made: Pack) -> dict[str, bytes]:
    return {name.rpartition("_")[2]: data for name, data in papers(made)}


def deck_texts(data: bytes) -> list[str]:
    show = Presentation(io.BytesIO(data))
    found = []
    for slide in show.slides:
        lines = []
        for shape in slide.shapes:
            if shape.has_text_frame:
                lines.append(shape.text_frame.text)
            if shape.has_table:
                lines += [cell.text for row in shape.table.rows for cell in row.cells]
        found.append("\n".join(lines))
    return found


def test_the_workbooks_figures_are_numbers_and_equal_the_overviews(
    files: dict[str, bytes],
) -> None:
    book = openpyxl.load_workbook(io.BytesIO(files["调度表.xlsx"]))
    rows = [[c.value for c in row] for row in book["总览"].iter_rows()]
    head = next(i for i, row in enumerate(rows) if row[0] == "指标")
    tiles = {tile.item.label: tile for tile in overview(view()).tiles}
    for row in rows[head + 1 :]:
        tile = tiles[row[0]]
        assert row[2] == round(tile.value, tile.item.decimals) and isinstance(row[2], float | int)
        assert row[5] == round(tile.base) and row[9] == tile.rank
    for sheet in book.worksheets:
        text = " ".join(str(c.value) for row in sheet.iter_rows(max_row=8) for c in row if c.value)
        assert "第26版" in text and "分档数" in text, sheet.title
    assert any(sheet._charts for sheet in book.worksheets)


LONG = "流动人口建档率（已建/应建）[全员]：含外出一年以上和跨省流入半年以上的人员"
FILED = {"migrants_due": 30, "migrants_filed": 20, "benefits_due": 10, "benefits_paid": 8}
LABELS = {"流动人口建档率": LONG, "奖励优惠兑现率": f"{LONG}之二\u0007", "统计准确率": "'History'"}


def test_any_label_gives_all_papers_with_sheets_that_excel_opens(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shared = engine_of(tmp_path, 3, lambda code, n: FILED)
    root = shared.store.root
    for path in (root / "catalogue/indicators").glob("*.toml"):
        text = path.read_text("utf-8")
        for old, new in LABELS.items():
            text = text.replace(f'label = "{old}"', f"label = {json.dumps(new)}")
        path.write_text(text, "utf-8")
    out = tmp_path / "papers"
    assert run(["brief", "--month", "2007-12", "--out", str(out), "-w", str(root)]) == 0, (
        capsys.readouterr().err
    )
    assert len(list(out.iterdir())) == 6
    (path,) = out.glob("*.xlsx")
    book = openpyxl.load_workbook(path)
    names = book.sheetnames
    assert len({name.casefold() for name in names}) == len(names)
    for name in names:
        assert len(name) <= 31 and not set(name) & set("[]:*?/\\") and name.strip("'") == name
    firsts = {str(sheet["A1"].value) for sheet in book.worksheets}
    assert {f"表名：{LONG}走势", f"表名：{LONG}之二走势"} <= firsts
    for kind in ("pptx", "docx", "html"):
        for found in out.glob(f"*.{kind}"):
            assert found.stat().st_size > 10_000


def test_papers_are_written_together_or_not_at_all(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shared = engine_of(tmp_path, 3, lambda code, n: {"migrants_due": 30, "migrants_filed": 20})
    out = tmp_path / "papers"
    arguments = ["brief", "--month", "2007-12", "--out", str(out), "-w", str(shared.store.root)]
    (out / f"{shared.ws.home.name}2007-12_放映.html").mkdir(parents=True)
    (out / f"{shared.ws.home.name}2007-12_通报.docx").write_text("先前的")
    assert run(arguments) == 1
    said = capsys.readouterr().err
    assert "无法写入，原有材料未变" in said and "Traceback" not in said
    assert sorted(path.name.partition("_")[2] for path in out.iterdir()) == [
        "放映.html",
        "通报.docx",
    ]
    assert (out / f"{shared.ws.home.name}2007-12_通报.docx").read_text() == "先前的"


def test_the_running_order_needs_no_server_and_no_network(files: dict[str, bytes]) -> None:
    data = files["放映.html"]
    assert len(data) <= 8 * 2**20
    text = data.decode()
    page = text.replace(text[text.index("<script>") : text.index('<script type="app')], "")
    assert "http" not in page.replace("http-equiv", "")
    slides = json.loads(page[page.index('id="data">') + 10 : page.index("</script>")])["slides"]
    assert len(slides) == 13 and all(slide["title"] for slide in slides)
    assert all("light" in slide and "dark" in slide for slide in slides[1:])


def test_no_paper_holds_a_macro_a_link_out_or_a_persons_name(files: dict[str, bytes]) -> None:
    for name, data in files.items():
        if name.endswith(".html"):
            continue
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            names = book.namelist()
            assert not [n for n in names if "vba" in n.lower() or "externalLink" in n]
            core = book.read("docProps/core.xml").decode()
            rels = b"".join(book.read(n) for n in names if n.endswith(".rels")).decode()
        assert "短板看板" in core, name
        assert 'TargetMode="External"' not in rels, name


def test_exact_village_births_leave_in_no_default_paper(files: dict[str, bytes]) -> None:
    """The papers are a viewer's: no village's births of an open year stand in any of them."""
    book = openpyxl.load_workbook(io.BytesIO(files["调度表.xlsx"]))
    for sheet in book.worksheets:
        heads = [str(c.value) for row in sheet.iter_rows() for c in row if c.value]
        assert not any(head == "政策外出生" for head in heads), sheet.title


def test_an_exact_pack_says_so_everywhere() -> None:
    exact = pack(view("analyst"))
    names = [name for name, _ in papers(exact)]
    assert all("内部使用" in name for name in names) and "内部使用" in exact.stamp
    assert exact.about["口径"] == "精确数（内部使用）"


def test_a_quarter_is_three_months_of_the_statistical_year() -> None:
    shared = engine(DEMO)
    quarter = quarter_of(shared, "2010Q2")
    assert quarter.months == (date(2010, 1, 1), date(2010, 2, 1), date(2010, 3, 1))
    made = pack(view(month=quarter.months[-1]), quarter)
    assert "第2季度（2010年1月–3月）" in made.title
    with pytest.raises(ShortplankError, match="不是季度"):
        quarter_of(shared, "2010-2")


def test_a_month_without_reports_is_refused_with_the_months_that_are_there() -> None:
    with pytest.raises(ShortplankError, match="没有 2012-05 的月报") as caught:
        pack(view(month=date(2012, 5, 1)))
    assert "2006-10 至 2010-05" in caught.value.mend


def test_a_small_county_gets_its_papers_too(tmp_path: Path) -> None:
    shared = engine_of(tmp_path, 3, lambda code, n: {"migrants_due": 30, "migrants_filed": 20})
    made = pack(look(shared, "migrant_filing", date(2007, 12, 1), role="viewer"))
    assert tiles_table(made).num_rows == len(made.view.ws.scheme.headline)
    texts = deck_texts(dict(papers(made))[f"{made.view.county.name}2007-12_调度会.pptx"])
    assert texts and not any("nan" in text.lower() for text in texts)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_deck_bulletin_and_workbook(
    files: dict[str, bytes], tmp_path: Path
) -> None:
    for name in ("调度会.pptx", "通报.docx", "调度表.xlsx"):
        (tmp_path / name).write_bytes(files[name])
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", "--headless", profile, "--convert-to", "pdf", "--outdir", str(tmp_path)]
    done = subprocess.run(
        [*command, *(str(tmp_path / n) for n in ("调度会.pptx", "通报.docx", "调度表.xlsx"))],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0
    for name in ("调度会.pdf", "通报.pdf", "调度表.pdf"):
        assert (tmp_path / name).stat().st_size > 10_000
