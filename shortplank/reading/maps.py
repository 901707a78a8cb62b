"""What a map draws of an answer: the shapes of its areas, and what the page says of boundaries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from shortplank.reading.told import Told
from shortplank.reading.view import View
from shortplank.store.boundaries import MapShapes, has_boundaries, shapes_of
from shortplank.wording.pictures import maps as words

Answer = TypeVar("Answer", bound=Told)


def offers_map(view: View) -> bool:
    """Return whether the workspace has boundaries, so that pages offer their maps."""
    return has_boundaries(view.ws)


def shapes_for(view: View, codes: Sequence[str]) -> MapShapes:
    """Return the shapes of an answer's areas, of those that have boundaries."""
    return shapes_of(view.ws, codes)


def told_on_map(
    answer: Answer, shapes: MapShapes, codes: Sequence[str], names: Sequence[str], unit: str
) -> Answer:
    """Return an answer that says of its map what a reader must know, and is the same else."""
    if not shapes.shapes:
        said = f"{answer.sentence}{words.none_drawn(unit)}"
        return replace(answer, sentence=said)
    lacking = [name for code, name in zip(codes, names, strict=True) if code not in shapes.shapes]
    about = (*answer.about, words.ILLUSTRATIVE) if shapes.illustrative else answer.about
    notes = [
        *answer.notes,
        *([words.without_boundary(lacking, unit)] if lacking else []),
        *([words.source_text(shapes.source)] if shapes.source else []),
    ]
    return replace(answer, about=about, notes=notes)
