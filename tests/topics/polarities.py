"""A county whose villages are judged three ways: more is better, less is, or a range is right."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from shortplank.catalogue import load_workspace
from shortplank.store import Engine
from tests.topics.villages import SEPTEMBER, codes, make_county, publish

UP, DOWN, RANGE = "migrant_filing", "test_missing", "test_checked"
DERIVED = """[derived]
test_missing_cases = { label = "漏登", plus = ["migrants_due"], minus = ["migrants_filed"] }
"""
CARD = """
[{key}]
label = "{label}"
kind = "ratio"
family = "{family}"
numerator = ["{top}"]
denominator = ["{bottom}"]
interval = "wilson"
polarity = "{polarity}"
judged = {judged}
{held}
levels = ["county", "township", "village"]
min_denominator = 20
definition = "测试用。"
why = "测试用。"
source = "村月报"
"""
CEILING = """target = 15
thresholds = [{ value = 15, side = "above", label = "15% 上限", source = "测试" }]"""


def polar_county(
    root: Path,
    villages: Sequence[tuple[int, int, int]],
    *,
    months: Sequence[date] = (SEPTEMBER,),
    towns: int = 2,
    gone: Sequence[int] = (),
) -> Engine:
    """Return the engine of a county whose villages count (due, missing, checked of 100).

    The missing ones are what less of is better (a line of 15), and what is filed is due less
    missing (a line of 85); of 100 families 40 to 60 checked is right. ``gone`` villages file none.
    """
    size = -(-len(villages) // towns)
    sizes = tuple(min(size, len(villages) - k * size) for k in range(towns))
    make_county(root, sizes)
    add_cards(root)
    counts = {
        code: {
            "migrants_due": due,
            "migrants_filed": due - missing,
            "benefits_due": 100,
            "benefits_paid": checked,
        }
        for at, (code, (due, missing, checked)) in enumerate(
            zip(codes(sizes), villages, strict=True)
        )
        if at not in gone
    }
    publish(root, {month: counts for month in months})
    return Engine(load_workspace(root))


def add_cards(root: Path) -> None:
    """Add an indicator of which less is better and one with a range, at village level."""
    measures = root / "catalogue" / "measures.toml"
    text = measures.read_text("utf-8").replace("[derived]\n", DERIVED)
    measures.write_text(text, "utf-8")
    cards = [
        CARD.format(
            key=DOWN,
            label="流动人口漏登率",
            family="service",
            top="test_missing_cases",
            bottom="migrants_due",
            polarity="down",
            judged="true",
            held=CEILING,
        ),
        CARD.format(
            key=RANGE,
            label="家庭走访比例",
            family="quality",
            top="benefits_paid",
            bottom="benefits_due",
            polarity="range",
            judged="false",
            held="target_range = [40, 60]",
        ),
    ]
    (root / "catalogue" / "indicators" / "test.toml").write_text("\n".join(cards), "utf-8")


def head_with(root: Path, key: str) -> Engine:
    """Return the engine of a county whose overview and short plank are of one indicator."""
    scheme = root / "catalogue" / "scheme.toml"
    text = re.sub(r"(?m)^headline = .*$", f'headline = ["{key}"]', scheme.read_text("utf-8"))
    text = re.sub(r"(?m)^short_plank_default = .*$", f'short_plank_default = "{key}"', text)
    scheme.write_text(text, "utf-8")
    return Engine(load_workspace(root))
