"""Size: what a county's page and its marts cost in a county, a province and a nation."""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks import questions
from benchmarks.scale import HOME, SCALES
from benchmarks.timing import Row, median_ms
from shortplank.access import Actor
from shortplank.reading.view import View
from shortplank.store import Engine, engine
from shortplank.topics.overview.answer import overview
from shortplank.topics.rankings.answer.ranking import ranking
from shortplank.topics.sex_ratio.answer.sex_ratio import sex_ratio
from shortplank.topics.short_plank.answer.short_plank import short_plank
from shortplank.topics.trends.answer.trend import trend

LEAST_DISK = 10 * 2**30
MEMORY_MB = 1_200
TIMES = 15


def rows() -> list[Row]:
    """Return the rows of a county and a province."""
    return _rows(("county", "province"))


def nation_rows() -> list[Row]:
    """Return the rows of a county and a nation; nothing where the disk is too small for it."""
    if shutil.disk_usage(tempfile.gettempdir()).free < LEAST_DISK:
        print("nation: skipped, less than 10 GB of disk", file=sys.stderr)
        return []
    return _rows(("county", "nation"))


def _rows(sizes: tuple[str, str]) -> list[Row]:
    found: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="shortplank-size-") as folder:
        for size in sizes:
            path = Path(folder) / size
            _run(path, "make", size)
            built, bare = _run(path, "build"), _run(path, "bare")
            restated = _run(path, "restate")
            name = f"{size} ({SCALES[size].village_count} villages × {SCALES[size].months})"
            took, other = 1000 * built["seconds"], 1000 * bare["seconds"]
            found += [
                Row(f"{name}: marts / bare script", took, other, 1.5),
                Row(f"{name}: memory of the build", built["mb"], None, MEMORY_MB, "MB"),
                Row(f"{name}: a month restated / all", 1000 * restated["seconds"], took, None),
            ]
        county, other_size = (engine(Path(folder) / size) for size in sizes)
        found += _pages(sizes[1], county, other_size)
        for size, shared in zip(sizes, (county, other_size), strict=True):
            found += questions.rows(size, shared)
    return found


def _run(folder: Path, *task: str) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.scale", str(folder), *task]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _pages(size: str, county: Engine, other: Engine) -> list[Row]:
    """Return what each page's answer costs in the larger workspace against the county's own."""
    found = []
    for name, work in PAGES.items():
        ours, own = list[float](), list[float]()
        for shared in (county, other):
            work(_view(shared))
        for _ in range(TIMES):  # in turn, so that what else the machine does hits both
            for shared, times in ((county, own), (other, ours)):
                shared.forget()
                times.append(median_ms(partial(work, _view(shared)), 1))
        ratio = (statistics.median(ours), statistics.median(own))
        found.append(Row(f"{name} in the {size} / in the county's own", *ratio, 1.2))
    return found


def _view(shared: Engine) -> View:
    number = shared.newest()
    month = shared.edition(number).months("village_month")[-1]
    return View(shared, number, Actor("analyst"), month, "ytd", "migrant_filing", HOME)


PAGES: dict[str, Callable[[View], object]] = {
    "overview": overview,
    "trends": lambda view: trend(view, "years"),
    "rankings": ranking,
    "sex ratio": lambda view: sex_ratio(view, "orders", "r12", "sex_ratio_at_birth"),
    "short plank": short_plank,
}
