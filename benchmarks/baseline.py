"""The last good figure of each row, and what got worse since: `benchmarks/baseline.json`.

What is kept of a row does not know the machine: a ratio of one run, or a time as a multiple of
something that stays the same (see `Row.anchor`); only memory and counts are kept as they are.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path

from benchmarks.timing import Row

FILE = Path(__file__).parent / "baseline.json"
LEAST_NOISE = 0.10
"""What every row may differ by: two runs in a row on a quiet machine do."""
UNMEASURED = 0.30
"""What is taken as the noise of a row that ran less than `ENOUGH` times."""
ENOUGH = 3


@dataclass(frozen=True)
class Kept:
    """A row's good figure: what it is, and by how much several runs of it differed."""

    figure: float
    kept_as: str
    noise: float
    runs: int
    date: str

    @property
    def limit(self) -> float:
        """Return the figure from which on a row counts as worse."""
        return self.figure * (1 + self.noise)


@dataclass(frozen=True)
class Moved:
    """A row outside its noise: then and now."""

    name: str
    then: Kept
    now: float

    def words(self) -> str:
        """Return it in one line.

        >>> Moved("a page", Kept(2, "ratio", 0.1, 5, "2026-11-01"), 3).words()
        'a page: 3.00 ratio, was 2.00 on 2026-11-01 (+50 %, noise 10 %)'
        """
        then = self.then
        change = f"{self.now / then.figure - 1:+.0%}".replace("%", " %") if then.figure else "new"
        noise = f"noise {then.noise:.0%}".replace("%", " %")
        was = f"was {_figure(then.figure)} on {then.date} ({change}, {noise})"
        return f"{self.name}: {_figure(self.now)} {then.kept_as}, {was}"


@dataclass
class Comparison:
    """What a run looks like beside the baseline."""

    worse: list[Moved] = field(default_factory=list)
    better: list[Moved] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    compared: int = 0

    def lines(self) -> list[str]:
        """Return what is said of it: rows without a baseline, what got better, what got worse."""
        said = [f"no baseline yet: {name}" for name in self.unknown]
        said += [f"better: {moved.words()}" for moved in self.better]
        said += [f"WORSE: {moved.words()}" for moved in self.worse]
        count = f"{self.compared} rows compared with benchmarks/baseline.json"
        if self.worse:
            return [*said, f"{count}: {len(self.worse)} got worse by more than their noise."]
        return [*said, f"{count}: nothing got worse by more than its noise."]


def compare(rows: Iterable[Row], kept: Mapping[str, Kept]) -> Comparison:
    """Return which rows moved by more than their noise, up and down; less is better in each.

    A row whose figure is of another kind than the one that was kept has no baseline.
    """
    found = Comparison()
    for row in rows:
        then = kept.get(row.name)
        if then is None or then.kept_as != row.kept_as:
            found.unknown.append(row.name)
            continue
        found.compared += 1
        now = middle(row)
        if now > then.limit:
            found.worse.append(Moved(row.name, then, now))
        elif now * (1 + then.noise) < then.figure:
            found.better.append(Moved(row.name, then, now))
    return found


def accepted(rows: Iterable[Row], kept: Mapping[str, Kept], on: date) -> dict[str, Kept]:
    """Return the baseline with these rows' figures in place of the ones before."""
    new = {
        row.name: Kept(
            _rounded(middle(row)), row.kept_as, _rounded(noise_of(row)), runs_of(row), str(on)
        )
        for row in rows
    }
    return dict(sorted({**kept, **new}.items()))


def middle(row: Row) -> float:
    """Return the median of a row's comparable figures."""
    return statistics.median(row.figures) if row.figures else row.comparable


def runs_of(row: Row) -> int:
    """Return how many runs a row's figure comes from."""
    return len(row.figures) or 1


def noise_of(row: Row) -> float:
    """Return by how much a row's runs differ, as a share of their median.

    >>> noise_of(Row("a", 1, None, None, figures=(1.0, 1.2, 0.8)))
    0.4
    """
    if runs_of(row) < ENOUGH:
        return UNMEASURED
    spread = max(row.figures) - min(row.figures)
    return max(LEAST_NOISE, spread / middle(row)) if middle(row) else LEAST_NOISE


def read(file: Path = FILE) -> dict[str, Kept]:
    """Return what the file keeps; nothing where there is none."""
    if not file.exists():
        return {}
    return {name: Kept(**kept) for name, kept in json.loads(file.read_text("utf-8")).items()}


def write(kept: Mapping[str, Kept], file: Path = FILE) -> None:
    """Write the file anew, a line a row."""
    lines = [
        f"  {json.dumps(name, ensure_ascii=False)}: {json.dumps(asdict(each), ensure_ascii=False)}"
        for name, each in kept.items()
    ]
    file.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")


def _figure(value: float) -> str:
    return f"{value:.2f}" if value >= 0.1 or not value else f"{value:.2g}"
