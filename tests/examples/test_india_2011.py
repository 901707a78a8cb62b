"""India's districts as a workspace: the page sees the over-dispersion and names who stands out.

Census of India 2011, © Registrar General & Census Commissioner; the excerpt: thirteen districts.
"""

from __future__ import annotations

import importlib.util
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest

from shortplank.reading.view import View
from shortplank.store import engine
from shortplank.topics.rankings.answer.funnel import funnel, funnel_table
from tests.pages.apps import opened, text
from tests.shared import shared_or_skip
from tools.browser import REPOSITORY

EXCERPT = Path(__file__).parent / "india_excerpt" / "pca.csv"
PUNJAB, HARYANA = "03", "06"


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
    return View(shared, shared.newest(), "analyst", date(2011, 3, 1), "ytd", "sex_ratio_0_6", "00")


def flagged(root: Path) -> set[str]:
    rows = funnel_table(funnel(view(root))).to_pylist()
    return {row["乡镇"] for row in rows if row["结论"].startswith("超出偶然")}


def test_the_excerpt_scatters_a_hundred_times_as_much_as_chance(
    example: ModuleType, tmp_path: Path
) -> None:
    root = tmp_path / "india"
    root.mkdir()
    assert example.build(EXCERPT, root) == 13
    made = funnel(view(root))
    assert made.phi > 100 and made.tau2 > 0
    # Nothing tests the scatter yet: it is told as an estimate, beside what passes plain limits.
    assert f"φ={made.phi:.1f}（1 为只有偶然，未作检验）" in "".join(made.how)
    assert "不放宽时有 13 个在 99.8% 界限外" in made.title and "偶然" not in made.title


def test_the_page_says_it_in_words(
    example: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "india"
    root.mkdir()
    example.build(EXCERPT, root)
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(root))
    assert "离散程度估计为 φ=" in text(opened("rankings", look="funnel"))


def test_all_districts_name_haryanas_and_punjabs(example: ModuleType, tmp_path: Path) -> None:
    source = shared_or_skip("real/india_2011/pca-full.csv")
    root = tmp_path / "india"
    root.mkdir()
    assert example.build(source, root) == 640
    made = funnel(view(root))
    assert made.phi == pytest.approx(116, abs=1)
    shared = engine(root)
    names = {area.name for area in shared.ws.areas if area.area_code[:2] in (PUNJAB, HARYANA)}
    worst = [row["乡镇"] for row in funnel_table(made).to_pylist()][:40]
    # 41 of 640 districts are theirs: two or three of forty would be, by chance.
    assert len(names & set(worst)) >= 20
    # With the scatter allowed for few stand out at all, and most of those are theirs.
    beyond = flagged(root)
    assert 0 < len(beyond) < 20 and len(names & beyond) > len(beyond) / 2
