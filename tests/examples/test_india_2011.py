"""India's districts as a workspace: the page draws the scatter and names whom the ledger lists.

Census of India 2011, © Registrar General & Census Commissioner; the excerpt: thirteen districts.
"""

from __future__ import annotations

import importlib.util
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest

from shortplank.access import Actor
from shortplank.reading.judged.ledger import ledger_of
from shortplank.reading.view import View
from shortplank.store import engine
from shortplank.topics.rankings.answer.funnel import funnel, funnel_table
from tests.pages.apps import opened, text
from tests.shared import shared_or_skip
from tools.browser import REPOSITORY

EXCERPT = Path(__file__).parent / "india_excerpt" / "pca.csv"
PUNJAB, HARYANA = "03", "06"
KEY = "sex_ratio_0_6"


@pytest.fixture(scope="module")
def example() -> ModuleType:
    path = REPOSITORY / "examples" / "india_2011" / "build.py"
    spec = importlib.util.spec_from_file_location("india_2011_build", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def view(root: Path) -> View:
    shared = engine(root)
    return View(shared, shared.newest(), Actor("analyst"), date(2011, 3, 1), "ytd", KEY, "00")


def test_the_excerpt_scatters_far_beyond_its_narrow_limits(
    example: ModuleType, tmp_path: Path
) -> None:
    root = tmp_path / "india"
    root.mkdir()
    assert example.build(EXCERPT, root) == 13
    made = funnel(view(root))
    narrow, wide = (each[-1].upper - each[-1].lower for each in (made.limits, made.wide_limits))
    assert (wide > 5 * narrow)[-1] and "虚线按乡镇间离散放宽" in made.about
    book = ledger_of(view(root))
    listed = {f.area for f in book.of(KEY, "township") if f.kind in ("named", "listed")}
    assert set(made.named) == listed and "偶然" not in made.title + made.sentence


def test_the_page_says_it_in_words(
    example: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "india"
    root.mkdir()
    example.build(EXCERPT, root)
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(root))
    said = text(opened("rankings", look="funnel"))
    assert funnel(view(root)).title in said and "虚线按乡镇间离散放宽" in said


def test_all_districts_name_haryanas_and_punjabs(example: ModuleType, tmp_path: Path) -> None:
    source = shared_or_skip("real/india_2011/pca-full.csv")
    root = tmp_path / "india"
    root.mkdir()
    assert example.build(source, root) == 640
    made = funnel(view(root))
    shared = engine(root)
    theirs = {area.name for area in shared.ws.areas if area.area_code[:2] in (PUNJAB, HARYANA)}
    named = set(made.named)
    # 41 of 640 districts are theirs: two or three of forty would be, if nothing set them apart.
    assert len(named) > 40 and named & theirs
    rows = funnel_table(made).to_pylist()
    worst = [row["乡镇"] for row in rows][:40]
    assert set(worst) <= named and len(theirs & set(worst)) >= 20
