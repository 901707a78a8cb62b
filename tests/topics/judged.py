"""Counties in which one unit is bad, or none is: what the month's ledger must say of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from shortplank.store import Engine, add_months
from tests.topics import villages as v


def townships(
    root: Path, poor: float, *, good: float = 0.84, months: int = 1, size: int = 8
) -> Engine:
    """Return a county of ten townships whose first one files a share of its own."""
    rng = np.random.default_rng(20260101)
    root = root / "ws"
    v.make_county(root, (size,) * 10)
    counts = {
        code: v.filed(100, int(rng.binomial(100, poor if code[6:9] == "100" else good)))
        for code in v.codes((size,) * 10)
    }
    every = [add_months(v.SEPTEMBER, -step) for step in range(months)]
    return v.publish(root, dict.fromkeys(every, counts))


def one_bad(
    root: Path, bad: str, counts: Callable[[bool], dict[str, int]], judged: str = ""
) -> Engine:
    """Return a county of two townships of twelve villages; of ``judged`` villages are judged."""
    root = root / "ws"
    v.make_county(root, (12, 12))
    if judged:
        cards = root / "catalogue" / "indicators" / "births.toml"
        text = cards.read_text("utf-8")
        at = text.index(f"[{judged}]")
        end = text.index("\n[", at)
        card = text[at:end].replace('family = "births"', 'family = "service"')
        cards.write_text(text[:at] + card + text[end:], "utf-8")
    codes = v.codes((12, 12))
    return v.publish(root, {v.SEPTEMBER: {code: counts(code == bad) for code in codes}})


def quiet(root: Path, months: int = 26, seed: int = 1) -> Engine:
    """Return a county of six townships of six villages in which nothing but chance is at work.

    Of each village's migrants one in twenty-five leaves a month and another comes; births are
    natural and 93 in 100 of them within policy, benefits 97 in 100.
    """
    rng = np.random.default_rng(seed)
    codes = v.codes((6,) * 6)
    filed = {code: int(rng.binomial(120, 0.84)) for code in codes}
    made = {}
    for month in [add_months(v.SEPTEMBER, step - months + 1) for step in range(months)]:
        rows = {}
        for code in codes:
            moved = int(rng.binomial(120, 0.04))
            left = int(rng.hypergeometric(filed[code], 120 - filed[code], moved)) if moved else 0
            filed[code] += int(rng.binomial(moved, 0.84)) - left
            births = int(rng.poisson(5))
            boys = int(rng.binomial(births, 0.512))
            rows[code] = {
                **v.filed(120, filed[code]),
                "births_p1_m": boys,
                "births_p1_f": births - boys,
                "births_p1_in": int(rng.binomial(births, 0.93)),
                "benefits_due": 40,
                "benefits_paid": int(rng.binomial(40, 0.97)),
            }
        made[month] = rows
    v.make_county(root / "ws", (6,) * 6)
    return v.publish(root / "ws", made)
