"""Preview: what a batch would change in the current edition, before anything is published."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from shortplank.catalogue import Workspace
from shortplank.ingest.areas import Register
from shortplank.ingest.publish import Publication
from shortplank.ingest.tidy import Report
from shortplank.store import DataFile, Edition, Store
from shortplank.store.differences import difference
from shortplank.store.mart_sql import terms

SUBMISSION = "submission"
PLACE = ("area_code", "stat_month", "dataset", "measure")


@dataclass(frozen=True)
class Headline:
    """The county's numerator and denominator of one indicator in a month, before and after."""

    indicator: str
    label: str
    month: date
    old: tuple[int | None, int | None]
    new: tuple[int | None, int | None]


@dataclass(frozen=True)
class Preview:
    """What a batch would change in edition ``edition``.

    ``changes`` has a row for each count that differs: area_code, stat_month, dataset, measure, old,
    new; ``restates`` are the published months whose rows it replaces, ``earlier`` those of them
    that lie before the newest one and so need a reason. ``between`` are the editions that came
    in since the batch was first looked at.
    """

    edition: int
    changes: pa.Table
    restates: tuple[str, ...]
    earlier: tuple[str, ...]
    headlines: tuple[Headline, ...]
    between: tuple[Edition, ...] = ()

    @property
    def areas(self) -> int:
        """Return the number of areas of which anything changes."""
        return len(pc.unique(self.changes["area_code"]))

    @property
    def new_months(self) -> tuple[str, ...]:
        """Return the months that change and were not published before."""
        months = {f"{month:%Y-%m}" for month in pc.unique(self.changes["stat_month"]).to_pylist()}
        return tuple(sorted(months - set(self.restates)))

    @property
    def reasons(self) -> tuple[str, ...]:
        """Return the months for which a reason is asked.

        Those before the newest one; and where others published meanwhile, each month in which a
        published count changes: it may be theirs.
        """
        changed = self.changes.filter(pc.is_valid(self.changes["old"])) if self.between else None
        months = pc.unique(changed["stat_month"]).to_pylist() if changed else []
        return tuple(sorted({*self.earlier, *(f"{month:%Y-%m}" for month in months)}))


@dataclass(frozen=True)
class Planned(Edition):
    """The edition that a change would lead to; nothing of it is on disk."""

    tables: dict[tuple[str, date], pa.Table]

    def table(self, dataset: str, month: date) -> pa.Table | None:
        """Return one month's rows, of the change or of the edition that it starts from."""
        return self.tables.get((dataset, month)) or super().table(dataset, month)


def preview(store: Store, register: Register, reports: Sequence[Report], since: int) -> Preview:
    """Return what these reports would change in the newest edition; see `Preview.between`."""
    ws, edition = store.workspace, store.edition()
    publication = Publication(ws, register, reports, None)
    tables = {k: t for k, t in publication.change(edition).items() if k[0] != SUBMISSION}
    planned = _planned(edition, tables)
    return Preview(
        edition.number,
        difference(ws, edition, planned),
        tuple(sorted(publication.restates)),
        tuple(sorted(set(publication.restates) & earlier_months(edition, reports))),
        tuple(_headlines(ws, edition, planned, sorted({month for _, month in tables}))),
        tuple(store.between(since, edition.number)),
    )


def overwritten(store: Store, since: int, change: Preview) -> int:
    """Return how many counts of a preview are ones that the editions since another one changed."""
    theirs = difference(store.workspace, store.edition(since), store.edition(change.edition))
    places = (
        set(zip(*(table[name].to_pylist() for name in PLACE), strict=True))
        for table in (theirs, change.changes)
    )
    return len(set.intersection(*places))


def earlier_months(edition: Edition, reports: Iterable[Report]) -> set[str]:
    """Return the reports' months that lie before the newest published one of their dataset."""
    newest = {r.form.dataset: max(edition.months(r.form.dataset), default=None) for r in reports}
    found = {(r.month, newest[r.form.dataset]) for r in reports if r.month}
    return {f"{month:%Y-%m}" for month, last in found if last and month < last}


def _planned(edition: Edition, tables: dict[tuple[str, date], pa.Table]) -> Planned:
    kept = [file for key, file in edition.by_key.items() if key not in tables]
    new = [
        DataFile(f"data/{dataset}/stat_month={month:%Y-%m}/planned.parquet", "", table.num_rows, {})
        for (dataset, month), table in tables.items()
    ]
    fields = {name: getattr(edition, name) for name in Edition.__dataclass_fields__}
    return Planned(**{**fields, "data": (*kept, *new)}, tables=tables)


# --- headlines ------------------------------------------------------------------------------------
def _headlines(
    ws: Workspace, before: Edition, after: Edition, months: Iterable[date]
) -> Iterable[Headline]:
    for month in months:
        for key in ws.scheme.headline:
            item = ws.indicators[key]
            old, new = (
                (
                    _sum(ws, edition, item.numerator, month),
                    _sum(ws, edition, item.denominator, month),
                )
                for edition in (before, after)
            )
            if old != new:
                yield Headline(key, item.label, month, old, new)


def _sum(ws: Workspace, edition: Edition, names: Sequence[str], month: date) -> int | None:
    """Return the home county's sum of measures; None where one is not of reported counts."""
    total: int | None = None
    for name in names:
        if name not in ws.measures and name not in ws.derived:
            return None
        for sign, leaves in terms(ws, name):
            counts = [_leaf(ws, edition, leaf, month) for leaf in leaves]
            known = [count for count in counts if count is not None]
            if known:
                total = (total or 0) + sign * max(known)
    return total


def _leaf(ws: Workspace, edition: Edition, leaf: str, month: date) -> int | None:
    measure = ws.measures[leaf]
    table = None if measure.matched else edition.table(measure.dataset, month)
    column = measure.column or leaf
    if table is None or column not in table.column_names:
        return None
    for name, value in measure.filter.items():
        table = table.filter(pc.equal(table[name], value))
    return pc.sum(table.filter(pc.is_in(table["area_code"], _home(ws)))[column]).as_py()


def _home(ws: Workspace) -> pa.Array:
    """Return the codes of the home county and all below it."""
    parents, found = {ws.settings.home}, {ws.settings.home}
    while parents:
        below = (area for code in parents for area in ws.areas_below.get(code, ()))
        parents = {area.area_code for area in below} - found
        found |= parents
    return pa.array(sorted(found))


__all__ = ["Headline", "Planned", "Preview", "earlier_months", "overwritten", "preview"]
