"""5 July 2010 in a browser: June comes in, a fault is mended by its message, May comes back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page

from shortplank.store import Store
from tests.copies import demo_copy
from tests.ingest.county import as_csv, rows
from tests.ingest.yunzhou import EXCERPTS
from tests.shared import SHARED
from tools.browser import AppServer, open_tab, serving
from tools.look import settled

SAMPLES = SHARED / "samples"
TOWN = "990101102"


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[tuple[Path, AppServer]]:
    """A copy of the demo county and the app on it."""
    folder = demo_copy(tmp_path / "county")
    with serving(folder) as server:
        yield folder, server


def samples(kind: str) -> Path:
    return SAMPLES / kind if (SAMPLES / kind).exists() else EXCERPTS / kind


def june() -> list[Path]:
    return sorted(p for p in samples("good").iterdir() if p.name.startswith("2010-06"))


def drop(page: Page, *files: Path) -> None:
    page.locator("input[type=file]").set_input_files([str(file) for file in files])


def mended(bad: Path, folder: Path) -> Path:
    """Return the faulty report with the sum at E10 put right, as its message says."""
    book = load_workbook(bad)
    book.worksheets[0]["E10"] = 2
    path = folder / bad.name
    book.save(path)
    return path


def publish(page: Page, why: str = "") -> None:
    if why:
        page.get_by_label("重报的理由").fill(why)
    page.keyboard.press("Tab")
    page.get_by_role("button", name="发布", exact=True).click()
    page.get_by_text("新的数已在各页显示").wait_for(timeout=60_000)


def report_of(store: Store, path: Path, deaths: int) -> Path:
    """Return a whole township's report of June; its first village had so many deaths."""
    areas = store.workspace.areas_below[TOWN]
    june = [area.name for area in areas if area.valid_to is None]
    lines = rows([(store.workspace.area_by_code[TOWN].name, name) for name in june])
    lines[0]["死亡人数"] = deaths
    path.write_text(as_csv(lines), encoding="utf-8")
    return path


def test_two_people_one_township(
    demo: tuple[Path, AppServer], browser: Browser, tmp_path: Path
) -> None:
    """A drops, B publishes, A presses: A is told, and sees what of B's figures would change."""
    folder, server = demo
    store = Store(folder)
    before = store.newest()
    reports = {
        name: report_of(store, tmp_path / f"{name}.csv", deaths)
        for name, deaths in (("A", 2), ("B", 5))
    }
    contexts = [browser.new_context(locale="zh-CN") for _ in reports]
    a, b = (open_tab(context) for context in contexts)
    for page, file in ((a, reports["A"]), (b, reports["B"])):
        page.goto(f"{server.url}/imports")
        settled(page)
        drop(page, file)
        page.get_by_text("可以发布").wait_for(timeout=60_000)
    publish(b)
    assert store.newest() == before + 1

    # A's press beside the old difference publishes nothing and shows who came in between.
    a.get_by_role("button", name="发布", exact=True).click()
    said = a.get_by_text(f"第{before + 1}版（{store.edition().who}，")
    said.wait_for(timeout=60_000)
    settled(a)
    assert "请看过再发布" in said.inner_text()
    assert store.newest() == before + 1

    # B's figure is not overwritten without a reason.
    a.get_by_label("重报的理由（必填）").wait_for()
    a.get_by_role("button", name="发布", exact=True).click()
    a.get_by_text("这一批要改已发布的数").wait_for(timeout=60_000)
    assert store.newest() == before + 1
    a.get_by_label("重报的理由（必填）").fill("乙报的是上月数")
    a.keyboard.press("Tab")
    a.get_by_role("button", name="发布", exact=True).click()
    a.get_by_text("新的数已在各页显示").wait_for(timeout=60_000)
    edition = store.edition()
    assert (edition.number, edition.parent, edition.why) == (
        before + 2, before + 1, "乙报的是上月数",
    )  # fmt: skip
    changes = store.diff(before + 1, before + 2).to_pylist()
    assert [(row["measure"], row["old"], row["new"]) for row in changes] == [("deaths", 5, 2)]
    for context in contexts:
        context.close()


def test_june_comes_in_and_may_comes_back(
    demo: tuple[Path, AppServer], page: Page, tmp_path: Path
) -> None:
    folder, server = demo
    store = Store(folder)
    may = store.newest()
    page.goto(f"{server.url}/imports")
    settled(page)
    assert page.get_by_text("Browse").filter(visible=True).count() == 0
    assert page.get_by_text("Upload", exact=True).filter(visible=True).count() == 0

    # A report with a wrong sum: the message names the cell, the sum and what was filled in.
    bad = samples("bad") / "sum_mismatch.xlsx"
    drop(page, bad)
    page.get_by_text("改正后才能发布").wait_for(timeout=60_000)
    assert page.get_by_role("button", name="发布", exact=True).count() == 0
    assert store.newest() == may
    first = page.locator("table.data .pick").first
    assert page.locator("table.cells").count() == 0
    first.focus()
    page.keyboard.press("Enter")
    page.locator("table.cells td.fault").wait_for()
    assert first.get_attribute("aria-pressed") == "true"
    assert page.locator("table.cells td.fault").inner_text() == "4"
    page.get_by_text("各分项相加是 2").filter(visible=True).first.wait_for()

    # The rest of June, then the mended report.
    page.goto(f"{server.url}/imports")
    settled(page)
    others = [path for path in june() if "湖渡" not in path.name]
    drop(page, *others)
    page.get_by_text("可以发布").wait_for(timeout=60_000)
    page.get_by_text("新增月份 2010-06").wait_for(timeout=60_000)
    # On a phone the preview's table scrolls in its own box.
    wide = page.viewport_size
    page.set_viewport_size({"width": 390, "height": 844})
    box = page.locator(".sideways").first
    box.wait_for()
    assert box.evaluate("e => e.scrollWidth > e.clientWidth && e.clientWidth < innerWidth")
    page.set_viewport_size(wide or {"width": 1366, "height": 768})
    publish(page)
    drop(page, mended(bad, tmp_path))
    page.get_by_text("可以发布").wait_for(timeout=60_000)
    publish(page)
    assert store.newest() == may + 2

    # June stands on every page.
    page.get_by_role("link", name="看2010年6月").click()
    page.wait_for_function(
        "() => document.querySelector('.stamp')?.innerText.includes('2010年6月')"
    )
    for name in ("trends", "rankings", "sex_ratio", "short_plank"):
        page.goto(f"{server.url}/{name}?month=2010-06")
        settled(page)
        assert "2010年6月" in page.locator(".stamp").inner_text()
        assert f"第{may + 2}版" in page.locator(".stamp").inner_text()

    # The difference shows the township that came later, and nobody else.
    page.goto(f"{server.url}/imports?look=differences")
    settled(page)
    assert "个数不同" in page.locator("h1.finding").inner_text()
    changed = store.diff(may + 1, may + 2)["area_code"].to_pylist()
    assert {code[:9] for code in changed} == {"990101102"}

    # Going back is a new edition with May's figures.
    page.goto(f"{server.url}/imports?look=history")
    settled(page)
    page.get_by_role("combobox", name="恢复到").click()
    page.keyboard.type(f"第{may}版")
    page.get_by_role("option", name=f"第{may}版", exact=True).click()
    page.get_by_label("理由", exact=True).fill("六月报表重新收齐后再发")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="恢复", exact=True).click()
    page.get_by_text(f"已把第{may}版恢复为第{may + 3}版").wait_for(timeout=60_000)
    page.goto(f"{server.url}/overview")
    settled(page)
    assert "2010年5月" in page.locator(".stamp").inner_text()
    assert store.edition().by_key == store.edition(may).by_key
