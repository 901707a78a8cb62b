"""A province on one platform: a county's first page, its pages when open, and twenty counties open.

`python -m benchmarks.province FOLDER COUNTY…` opens counties one after the other in a process of
its own and prints a line of JSON: the CPU seconds of each one's first page, and the memory held
when all of them stand open with their pages looked at.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.scale import HOME, SCALES, make
from benchmarks.size import PAGES, TIMES
from benchmarks.timing import Row, median_ms
from shortplank.access import Actor
from shortplank.catalogue import Workspace, load_workspace
from shortplank.reading.view import View
from shortplank.store import Engine, Store, engine
from shortplank.store.marts import MartBuilder

PROVINCE = "99"
OPEN = 20
COLD_SECONDS, MEMORY_MB, WARM = 1.5, 600, 1.2


def rows() -> list[Row]:
    """Return the rows of 104 counties on one platform, held against a county's own workspace."""
    with tempfile.TemporaryDirectory(prefix="shortplank-province-") as folder:
        all_counties, own = Path(folder) / "province", Path(folder) / "county"
        make(all_counties, SCALES["province"], PROVINCE)
        make(own, SCALES["county"])
        counties = counties_of(load_workspace(all_counties))[:OPEN]
        build(all_counties, counties)
        build(own, [HOME])
        return measured(all_counties, own, counties)


def counties_of(ws: Workspace) -> list[str]:
    """Return the counties of the province."""
    return [area.area_code for area in ws.areas_below[PROVINCE]]


def build(folder: Path, counties: list[str]) -> None:
    """Build the township marts, and the villages of some counties."""
    ws = load_workspace(folder)
    edition = Store(folder, ws).edition()
    MartBuilder(ws, edition).build()
    MartBuilder(ws, edition, counties=tuple(counties)).build()


def measured(province: Path, own: Path, counties: list[str]) -> list[Row]:
    """Return the rows of workspaces whose marts stand."""
    opened, alone = _run(province, counties), _run(own, [HOME])
    first, later = opened["cpu"][0], statistics.median(opened["cpu"][1:])
    return [
        Row("a county's first page, CPU: the process' first", first, None, COLD_SECONDS, "s"),
        Row("a county's first page, CPU: beside others", later, None, COLD_SECONDS, "s"),
        Row("a county's first page, CPU: its own workspace", alone["cpu"][0], None, None, "s"),
        Row(f"memory of {OPEN} counties, all looked at", opened["mb"], None, MEMORY_MB, "MB"),
        Row("memory of one county's own workspace", alone["mb"], None, None, "MB"),
        *_warm(engine(province).at(counties[1]), engine(own)),
    ]


def _warm(county: Engine, own: Engine) -> list[Row]:
    """Return what each page's answer costs on the platform against the county's own workspace."""
    found = []
    for name, work in PAGES.items():
        times: tuple[list[float], list[float]] = ([], [])
        for shared in (county, own):
            work(_view(shared))
        for _ in range(TIMES):  # in turn, so that what else the machine does hits both
            for shared, taken in zip((county, own), times, strict=True):
                shared.forget()
                taken.append(median_ms(partial(work, _view(shared)), 1))
        ratio = (statistics.median(times[0]), statistics.median(times[1]))
        found.append(Row(f"{name} on the platform / in the county's own", *ratio, WARM))
    return found


def _view(shared: Engine) -> View:
    number, home = shared.newest(), shared.ws.settings.home
    month = shared.edition(number).months("village_month")[-1]
    actor = Actor("analyst", "bench", home)
    return View(shared, number, actor, month, "ytd", "migrant_filing", home)


def _run(folder: Path, counties: list[str]) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.province", str(folder), *counties]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    """Open counties one after the other, and look at their pages."""
    shared, cpu = engine(Path(sys.argv[1])), list[float]()
    for county in sys.argv[2:]:
        start = time.process_time()
        PAGES["overview"](_view(shared.at(county)))
        cpu.append(time.process_time() - start)
        for work in PAGES.values():
            work(_view(shared.at(county)))
    lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    (held,) = [int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")]
    print(json.dumps({"cpu": cpu, "mb": held}))


if __name__ == "__main__":
    main()
