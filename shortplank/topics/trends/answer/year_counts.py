"""The months that a year's end is forecast from, and how such forecasts held in finished years."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc

from shortplank import stats
from shortplank.access import JUDGE
from shortplank.reading.measured import Floats, column
from shortplank.reading.targets import TargetLine
from shortplank.reading.view import View
from shortplank.store import add_months
from shortplank.store.kept import kept_file, source_hash

DRAWS = 20_000
# A last year with more gaps than a quarter does not say how much is still to come.
LEAST_MONTHS = 9
# A back-test makes hundreds of forecasts; each needs its limits only to the nearest point.
TEST_DRAWS = 300
_STATS = Path(str(stats.__file__)).parent
# Counts that a dictionary can be asked for, and all that a simulation rests on.
Packed = tuple[bytes, tuple[int, ...]]
Asked = tuple[Packed, int, float | None, str, str, tuple[tuple[float, ...], ...] | None, int | None]


@dataclass(frozen=True)
class Calibration:
    """How forecasts made in the finished years came out: 95 % limits that held, of how many.

    ``holds`` is whether they hold their level in this month of the year and for this area,
    ``chance_holds`` whether the chances of the target came out as often as they were said.
    """

    forecasts: int
    covered_95: float
    brier: float
    base_brier: float
    holds: bool
    chance_holds: bool


def month_counts(view: View) -> dict[str, Floats]:
    """Return every area's months as (2, years, 12): numerators and denominators.

    A month that was due and did not come is NaN; one in which nothing was due has no cases.
    """
    table = view.area_months()
    opened = pc.min(table["statistical_year"]).as_py() or view.statistical_year
    years = list(range(opened, view.statistical_year + 1))
    first = view.ws.settings.statistical_year_first_month
    codes: list[str] = pc.unique(table["area_code"]).to_pylist()
    of = {code: place for place, code in enumerate(codes)}
    keys = [
        (of[code], year - opened, (month.month - first) % 12)
        for code, year, month in zip(
            *(table[name].to_pylist() for name in ("area_code", "statistical_year", "stat_month")),
            strict=True,
        )
    ]
    rows, at, place = np.array(keys, dtype=np.intp).reshape(-1, 3).T
    counts = np.full((len(codes), 2, len(years), 12), np.nan)
    due = column(table, "expected") > 0
    for part, name in enumerate(("numerator", "denominator")):
        values = column(table, name)
        counts[rows, part, at, place] = np.where(np.isnan(values) & ~due, 0.0, values)
    return dict(zip(codes, counts, strict=True))


def is_known_enough(own: Floats, passed: int) -> bool:
    """Return whether the year is over, or last year's months say how much is to come."""
    if passed == 12:
        return True
    if own.shape[1] < 2:
        return False
    last = own[1, -2]
    return bool((~np.isnan(last)).sum() >= LEAST_MONTHS and np.nansum(last) > 0)


def kind_of(view: View, own: Floats) -> str:
    """Return what an area's months are: a flow, a stock, or one that begins anew each year."""
    if not is_stock(view):
        return "flow"
    return "anew" if stats.starts_anew(own[0], own[1]) else "stock"


def is_stock(view: View) -> bool:
    """Return whether the view's indicator counts a stock: the year ends at its last month."""
    leaves = view.ws.leaves(view.item.numerator)
    measured = [view.ws.measures[leaf] for leaf in leaves if leaf in view.ws.measures]
    return bool(measured) and all(m.kind == "stock" for m in measured)


def peer_counts(view: View) -> tuple[tuple[float, ...], ...] | None:
    """Return the other peers' counts this year and over the whole of last year."""
    months = (view.month, add_months(view.year_start, -1))
    held: list[dict[str, tuple[float, float]]] = []
    for month in months:
        table = view.with_(month=month).peer_months(month)
        rows = zip(
            table["area_code"].to_pylist(),
            column(table, "numerator"),
            column(table, "denominator"),
            strict=True,
        )
        held.append({code: (x, n) for code, x, n in rows if code != view.county.area_code})
    now, last = held
    if not now:
        return None
    nothing = (float("nan"), float("nan"))
    pairs = [(*now[code], *last.get(code, nothing)) for code in sorted(now)]
    return tuple(zip(*pairs, strict=True))


def _packed(counts: Floats) -> Packed:
    return counts.tobytes(), counts.shape


def _unpacked(packed: Packed) -> Floats:
    return np.frombuffer(packed[0]).reshape(packed[1])


def forecast(
    view: View, own: Floats, target: TargetLine | None, kind: str, keep: int | None
) -> stats.YearEnd:
    """Return where an area's year will end; ``keep`` asks for the chance of a place.

    The simulation is kept in a file by all that it rests on: the counts themselves, and how.
    """
    item = view.item
    share = None if target is None else target.value / item.factor
    peers = peer_counts(view) if keep else None
    asked = (_packed(own), view.months_of_year, share, item.polarity, kind, peers, keep)
    return _kept(view.ws.path, asked)


@lru_cache(maxsize=1024)
def _kept(workspace: Path, asked: Asked) -> stats.YearEnd:
    """Return the simulation from its file, made where there is none."""
    made = _kept_answer(workspace, "forecasts", repr((asked, DRAWS)), lambda: [*_forecast(*asked)])
    return stats.YearEnd(*made)


def _kept_answer(
    workspace: Path, name: str, rests_on: str, make: Callable[[], list[Any]]
) -> list[Any]:
    """Return what the code of today answers, from its file, made where there is none."""
    key = f"{source_hash(_STATS, Path(__file__))}|{rests_on}"
    return list(json.loads(kept_file(workspace, name, key, lambda: json.dumps(make()).encode())))


def _forecast(
    packed: Packed,
    passed: int,
    target: float | None,
    polarity: str,
    kind: str,
    peers: tuple[tuple[float, ...], ...] | None,
    keep: int | None,
) -> stats.YearEnd:
    """Return the simulation."""
    x, n = _unpacked(packed)
    direction = polarity if polarity in ("up", "down") else "up"
    return stats.year_end_chance(
        x[-1][:passed],
        n[-1][:passed],
        x[:-1] if len(x) > 1 else None,
        n[:-1] if len(n) > 1 else None,
        target=target,
        polarity=direction,
        kind=kind,
        peers=stats.Peers(*peers) if peers and keep else None,
        keep_rank=keep if peers else None,
        draws=DRAWS,
    )


def calibration(view: View, target: TargetLine | None, kind: str) -> Calibration | None:
    """Return how forecasts of the finished years came out, the county's and its townships'.

    From the exact figures, whoever looks: else a chance would be said to one role and not to
    another. Only how many limits held is told. Kept by edition and year: no month adds to it.
    """
    share = None if target is None else target.value / view.item.factor
    key = ("back_test", view.edition, view.county.area_code, view.indicator,
           view.statistical_year, share, kind)  # fmt: skip
    made, areas = view.engine.keep(key, lambda: _back_test(view, share, kind))
    if made is None or not made.forecasts or view.area not in areas:
        return None
    # A year that is over with months missing is as good as its eleventh month.
    passed, unit = min(view.months_of_year, 11), areas.index(view.area)
    return Calibration(
        made.forecasts,
        made.covered_95,
        made.brier,
        made.brier_base,
        stats.level_holds(made, passed, unit),
        stats.chance_holds(made),
    )


def _back_test(
    view: View, target: float | None, kind: str
) -> tuple[stats.BackTest | None, list[str]]:
    """Return the back-test of the finished years, None without two, and the areas it is of."""
    every = month_counts(view.with_(actor=JUDGE))
    finished = np.stack([counts[:, :-1] for counts in every.values()]) if every else None
    if finished is None or finished.shape[2] < 2:
        return None, []
    direction = view.item.polarity if view.item.polarity in ("up", "down") else "up"

    def test() -> list[Any]:
        made = stats.back_test(
            finished[:, 0], finished[:, 1], target=target, polarity=direction, kind=kind,
            draws=TEST_DRAWS,
        )  # fmt: skip
        return [part.tolist() if isinstance(part, np.ndarray) else part for part in made]

    rests_on = repr((_packed(finished), target, direction, kind, TEST_DRAWS))
    held = _kept_answer(view.ws.path, "back_tests", rests_on, test)
    return stats.BackTest(*held[:5], *map(np.array, held[5:])), list(every)
