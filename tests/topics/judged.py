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
