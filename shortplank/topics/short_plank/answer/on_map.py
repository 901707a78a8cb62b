"""What the page's map shows: villages where it may, else townships, as the other looks have them.

No figure is worked out here. Village figures of births stand on no map: a place tells more than a
row, and a shape that stands for one family is found at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from shortplank.catalogue.models import Indicator
from shortplank.reading.gaps import has_figure
from shortplank.reading.judged.announced import (
    how_judged,
    ledger_codes,
    other_window_note,
    standing_title,
)
from shortplank.reading.judged.ledger import ledger_of
from shortplank.reading.maps import offers_map, shapes_for, told_on_map
from shortplank.reading.measured import Measured, from_table
from shortplank.reading.planks import Planks
from shortplank.reading.told import Told
from shortplank.reading.view import View
from shortplank.store.boundaries import MapShapes
from shortplank.topics.short_plank.answer.short_plank import ShortPlank
from shortplank.wording.periods import period_text
from shortplank.wording.pictures.maps import BIRTHS_BY_TOWN, NO_VILLAGES


@dataclass(frozen=True)
class PlankMap(Told):
    """Areas with what the ledger says of each; ``planks`` where they are villages, else None."""

    item: Indicator
    areas: Measured
    codes: list[str]
    shapes: MapShapes
    planks: Planks | None

    @property
    def has_picture(self) -> bool:
        """Return whether any area has a boundary."""
        return bool(self.shapes.shapes)


def may_map(view: View, answer: ShortPlank) -> bool:
    """Return whether the page has a map of an answer: there are boundaries, and figures."""
    known = rests_on_births(view) or not answer.is_empty
    return offers_map(view) and known and answer.kind != "none"


def rests_on_births(view: View) -> bool:
    """Return whether an indicator counts births, whatever it is about: no village stands for it."""
    return view.item.family == "births" or view.ws.sensitive(view.indicator)


def plank_map(view: View, answer: ShortPlank) -> PlankMap:
    """Return the map of an answer that has one (`may_map`)."""
    found = answer.planks
    if found is None or rests_on_births(view):
        return _of_towns(view, BIRTHS_BY_TOWN)
    shapes = shapes_for(view, found.villages.codes)
    if not shapes.shapes:
        return _of_towns(view, NO_VILLAGES)
    made = PlankMap(
        item=answer.item,
        areas=found.villages,
        codes=[],
        shapes=shapes,
        planks=found,
        title=answer.title,
        about=answer.about[:2],
        sentence=answer.sentence,
        notes=answer.notes,
        named=answer.named,
        tested=answer.tested,
        how=answer.how,
    )
    places = [found.place(i) for i in range(len(found.towns))]
    return told_on_map(made, shapes, found.villages.codes, places, "村")


def _of_towns(view: View, why: str) -> PlankMap:
    """Return the townships' figures and verdicts, as the ranking has them."""
    table = view.ask(
        "townships_by_month",
        indicator=view.indicator,
        county=view.county.area_code,
        month=view.month,
        year_month=view.year_start,
    )
    now = pc.equal(table["stat_month"], pa.scalar(view.month, pa.date32()))
    rows = table.filter(pc.and_(now, pc.equal(table["level"], "township")))
    towns = from_table(view.item, rows, view.window, full=has_figure(view))
    shapes = shapes_for(view, towns.codes)
    said = ledger_of(view).standing(view.indicator, "township")
    made = PlankMap(
        item=view.item,
        areas=towns,
        codes=ledger_codes(view, towns),
        shapes=shapes,
        planks=None,
        title=f"{view.item.label}：{standing_title(view, view.indicator, 'township')}",
        about=(
            view.item.label,
            period_text(view.window, view.month, view.window_start, view.statistical_year),
        ),
        notes=[why, *(other_window_note(view, view.indicator) if said else [])],
        named=tuple(said.announced_names) if said else (),
        tested=said.compared if said else 0,
        how=how_judged(view, view.indicator, "township"),
    )
    return told_on_map(made, shapes, towns.codes, towns.names, "乡镇")
