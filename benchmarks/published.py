"""Quiet counties published as workspaces, whose pages must say what the arrays say.

A county is drawn as months of villages, published and read back as production does; the same
months, as arrays, go to the judge directly. Both have the same tests with the same chances, and
the pages name whom the ledger names.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks import worlds
from benchmarks.worlds import ALL_VILLAGES, MONTHS, NATURAL, VILLAGES, YEAR, Array
from shortplank.access import Actor
from shortplank.catalogue import copy_standard, load_workspace
from shortplank.reading.judged.ledger import Ledger, ledger_of
from shortplank.reading.view import View
from shortplank.stats import share_of_ratio
from shortplank.stats.judge.month import Matter, Month, Units, judge_month
from shortplank.store import Engine, Store, add_months
from shortplank.topics.overview.answer import overview
from shortplank.topics.rankings.answer.funnel import funnel
from shortplank.topics.rankings.answer.ranking import ranking
from shortplank.topics.sex_ratio.answer.sex_ratio import sex_ratio
from shortplank.topics.short_plank.answer.short_plank import short_plank
from shortplank.topics.short_plank.answer.warning_list import warning_list

HOME, FIRST = "990101", date(2006, 10, 1)
SETTINGS = f"""schema_version = 1
name = "量测"
home = "{HOME}"
"""
TURNOVER = 0.04
LOWER = 0.08
RATIO, POLICY = "sex_ratio_at_birth", "policy_compliance"
STOCKS = {
    "migrant_filing": ("migrants_due", "migrants_filed", 220, 0.82, 20.0),
    "benefit_delivery": ("benefits_due", "benefits_paid", 36, 0.95, 10.0),
}


def drawn(seed: int, low: slice = slice(0)) -> dict[str, Array]:
    """Return a county's counts by measure, (months, villages).

    It is quiet, but for the villages of ``low``, whose stocks lie eight points lower.
    """
    rng, shape = np.random.default_rng(seed), (MONTHS, ALL_VILLAGES)
    births = rng.poisson(rng.gamma(8, 2.6 / 8, ALL_VILLAGES), shape)
    males = rng.binomial(births, NATURAL)
    found = {
        name: values.astype(np.float64)
        for name, values in (
            ("births_p1_m", males),
            ("births_p1_f", births - males),
            ("births_p1_in", rng.binomial(births, 0.91)),
        )
    }
    for due, done, mean, share, _ in STOCKS.values():
        shares = np.full(ALL_VILLAGES, share)
        shares[low] -= LOWER
        found[due], found[done] = _stock(rng, mean, shares, shape)
    return found


def _stock(
    rng: np.random.Generator, mean: float, share: Array, shape: tuple[int, int]
) -> tuple[Array, Array]:
    """Return a stock of persons who come and go by themselves: due, and done of them."""
    due, done = np.zeros(shape), np.zeros(shape)
    due[0] = rng.poisson(mean, shape[1])
    done[0] = rng.binomial(due[0].astype(int), share)
    for month in range(1, shape[0]):
        stayed = rng.binomial(done[month - 1].astype(int), 1 - TURNOVER)
        open_ = rng.binomial((due[month - 1] - done[month - 1]).astype(int), 1 - TURNOVER)
        came = rng.poisson(mean * TURNOVER, shape[1])
        filed = rng.binomial(came, share)
        done[month], due[month] = stayed + filed, stayed + open_ + came
    return due, done


def publish(folder: Path, counts: dict[str, Array]) -> View:
    """Write a county's months as a workspace, and return the view of its last one."""
    folder.mkdir(parents=True)
    (folder / "workspace.toml").write_text(SETTINGS, "utf-8")
    (folder / "areas.csv").write_text("\n".join(_register()) + "\n", "utf-8")
    copy_standard(folder)
    for name in ("quality", "team"):  # nothing of theirs is reported here
        card = folder / "catalogue" / "indicators" / f"{name}.toml"
        card.write_text(card.read_text("utf-8").replace("judged = true", "judged = false"), "utf-8")
    months = [add_months(FIRST, step) for step in range(MONTHS)]
    change = {("village_month", m): _rows(counts, m, step) for step, m in enumerate(months)}
    at = datetime(2009, 10, 8, tzinfo=UTC)
    Store(folder).publish(change, why="", published_at=at)
    shared = Engine(load_workspace(folder))
    return View(shared, shared.newest(), Actor("viewer"), months[-1], "ytd", POLICY, HOME)


def _codes() -> list[str]:
    return [f"{HOME}{town + 100}{i + 201}" for town, n in enumerate(VILLAGES) for i in range(n)]


def _register() -> list[str]:
    rows = ["area_code,parent_code,level,name,kind,valid_from,valid_to"]
    rows.append(f"{HOME},9901,county,量测县,县,2000-01-01,")
    towns = sorted({code[:9] for code in _codes()})
    rows += [f"{code},{HOME},township,第{code[6:]}镇,镇,2000-01-01," for code in towns]
    return rows + [f"{code},{code[:9]},village,第{code[6:]}村,村,2000-01-01," for code in _codes()]


def _rows(counts: dict[str, Array], month: date, step: int) -> pa.Table:
    codes = _codes()
    others = [f"births_p{order}_{part}" for order in (2, 3) for part in ("m", "f", "in")]
    none = ("deaths", "births_out_migrant", "births_late", *others)
    columns: dict[str, Any] = {"area_code": codes, "stat_month": [month] * len(codes)}
    columns["pop_end"] = [1500] * len(codes)
    columns |= {name: [0] * len(codes) for name in none}
    columns |= {name: values[step].astype(int).tolist() for name, values in counts.items()}
    return pa.table(columns)


def on_arrays(counts: dict[str, Array]) -> Month:
    """Return what the judge says of the months as arrays."""
    births = counts["births_p1_m"] + counts["births_p1_f"]
    matters = [
        worlds.flow(
            POLICY, "below", counts["births_p1_in"], births, villages=True, births=True, least=20.0
        )
    ]
    for key, (due, done, _, _, least) in STOCKS.items():
        matters.append(worlds.stock(key, counts[done], counts[due], villages=True, least=least))
    return judge_month([*matters, _ratio(counts["births_p1_m"], births)])


def _ratio(males: Array, births: Array) -> Matter:
    def units(level: Any) -> Units:
        nothing = np.full(level(births[0]).shape, np.nan)
        return Units(
            level(males.sum(axis=0)),
            level(births.sum(axis=0)),
            nothing,
            nothing,
            level(males[-2 * YEAR :]),
            level(births[-2 * YEAR :]),
        )

    low, high, usual, worth = (float(share_of_ratio(ratio)) for ratio in (103, 107, 106, 109))
    return Matter(
        RATIO,
        "sex_ratio",
        "above",
        county=units(worlds.whole),
        towns=units(worlds.towns),
        worth=worth - high,
        ends=(low, high),
        natural=usual,
        least=50.0,
    )


def differences(book: Ledger, month: Month) -> list[str]:
    """Return where a ledger and a month on arrays have not the same tests with the same chances."""
    pages, arrays = ({_key(test): test for test in made.tests} for made in (book.month, month))
    if set(pages) != set(arrays):
        return [str(key) for key in sorted(set(pages) ^ set(arrays), key=str)]
    return [
        str(key)
        for key, test in pages.items()
        if not np.isclose(test.q, arrays[key].q, atol=1e-9)
        or test.announced != arrays[key].announced
    ]


def _key(test: Any) -> tuple[Any, ...]:
    return test.key, test.place, test.unit, test.question


def named_on_pages(view: View) -> set[str]:
    """Return everybody whom a page names, by name."""
    found = set(overview(view).named)
    for key in (POLICY, *STOCKS):
        item = view.ws.indicators[key]
        for window in item.windows:
            looking = view.with_(indicator=key, window=window)
            found |= {*ranking(looking).named, *funnel(looking).named}
            if item.helpable:
                found |= set(short_plank(looking).named)
    found |= {name for look in ("forest", "periods") for name in _ratio_names(view, look)}
    return found | {f"{row.town}{row.name}" for row in warning_list(view).rows}


def _ratio_names(view: View, look: str) -> tuple[str, ...]:
    return sex_ratio(view.with_(indicator=RATIO, window="r12"), look, "r12", RATIO).named


def check(folder: Path, seed: int, low: slice = slice(0)) -> tuple[set[str], list[str]]:
    """Return whom a published county names, and what does not agree with its arrays."""
    counts = drawn(seed, low)
    view, month = publish(folder, counts), on_arrays(counts)
    book = ledger_of(view)
    wrong = differences(book, month)
    units = {f.area for f in book.findings if f.kind in ("named", "listed") and f.level != "county"}
    wrong += sorted(named_on_pages(view) ^ units)
    return units, wrong
