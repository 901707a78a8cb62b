"""The package: what it exports, and what importing it costs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from shortplank import stats

PUBLIC = [
    "wilson_interval", "byar_interval", "sex_ratio_interval", "funnel_limits", "overdispersion",
    "xmr_limits", "xmr_signals", "newcombe_difference", "rank_interval", "year_end_chance",
    "draw_risk",
]  # fmt: skip


def test_public_names_are_exported_and_described() -> None:
    assert set(PUBLIC) <= set(stats.__all__)
    for name in stats.__all__:
        assert getattr(stats, name).__doc__ or name.isupper(), name


def test_importing_it_loads_no_scipy() -> None:
    code = (
        "import sys, shortplank.stats as s;"
        "assert not any(m == 'scipy' or m.startswith('scipy.') for m in sys.modules);"
        "s.wilson_interval(1, 2); assert 'scipy.stats' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_every_public_name_stands_on_a_methods_page() -> None:
    folder = Path(__file__).resolve().parents[2] / "docs" / "methods"
    pages = {page.stem: page.read_text(encoding="utf-8") for page in folder.glob("*.md")}
    index = pages.pop("README")
    assert all(f"({page}.md)" in index for page in pages)
    words = "\n".join(pages.values())
    functions = [name for name in stats.__all__ if name.islower()]
    assert [name for name in functions if name not in words] == []
