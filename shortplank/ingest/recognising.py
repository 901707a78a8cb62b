"""Recognising: which registered form a sheet is, and that it is none."""

from __future__ import annotations

from collections.abc import Mapping

from shortplank.catalogue.models import Form
from shortplank.ingest.findings import Findings
from shortplank.ingest.grid import Grid
from shortplank.ingest.header import (
    Block,
    Layout,
    Unknown,
    anchor,
    find_block,
    header_texts,
    is_titled,
    read_layout,
    roles_of,
)
from shortplank.ingest.numbers import BLANK, parse_count
from shortplank.ingest.text import header_key, name_key
from shortplank.ingest.words import Words, vocabularies

_COUNTED = ("measure", "part", "total")
# A row with fewer known counts than this is no piece of a form's header.
FEWEST_COUNTS = 2


def find_layout(
    grid: Grid,
    forms: Mapping[str, Form],
    findings: Findings,
    words: Mapping[str, Words] | None = None,
    unknown: list[Unknown] | None = None,
) -> Layout | None:
    """Return where the grid's columns stand, or None with the reasons among the findings."""
    words = words or vocabularies(forms)
    block = find_block(grid, words)
    if block is None:
        say_headless(grid, forms, words, findings)
        return None
    return read_layout(grid, words[block.form], block, findings, unknown)


def find_registered(grid: Grid, words: Mapping[str, Words]) -> Block | None:
    """Return the header that a form knows best, None where it knows too little of the sheet.

    A sheet that is not called by the form's name, and has more headers that the form does not know
    than counts that it does, is another table of which some columns happen to be called alike.
    """
    block = find_block(grid, words)
    if block is None or _is_named(grid, words[block.form].form, block):
        return block
    known, unknown = _known_and_unknown(grid, words[block.form], block)
    few = 2 * known < len(_required(words[block.form].form))
    if _lacks_key(grid, words[block.form], block):
        return None if unknown >= max(known, 1) else block
    few |= words[block.form].form.figures is not None
    return None if few and unknown > known else block


def _is_named(grid: Grid, form: Form, block: Block) -> bool:
    """Return whether the title, the sheet or the file has the form's own name."""
    said = [cell for row in grid.head[: block.first] for cell in row]
    said += [grid.file.rsplit("/", 1)[-1], grid.sheet or ""]
    return is_titled(grid, form, block) or any(form.label in name_key(text) for text in said)


def _required(form: Form) -> list[str]:
    return [] if "*" in form.optional else [c for c in form.columns if c not in form.optional]


def _lacks_key(grid: Grid, words: Words, block: Block) -> bool:
    """Return whether a key that every line must have has no column and no default."""
    texts = header_texts(grid, block.first, block.last)
    there = {role for one in texts if one for role in roles_of(one, words)}
    keys = words.form.keys.items()
    return any(key.default is None and ("key", name) not in there for name, key in keys)


def _known_and_unknown(grid: Grid, words: Words, block: Block) -> tuple[int, int]:
    """Return how many counts a form knows, and how many header cells over filled columns not."""
    known, unknown = 0, set()
    for column, texts in enumerate(header_texts(grid, block.first, block.last)):
        found = roles_of(texts, words) if texts else []
        known += bool(found) and found[0][0] in _COUNTED
        if not texts or found or not _filled(grid, block, column):
            continue
        row = next((r for r, text in texts if not words.knows(text)), texts[-1][0])
        unknown.add((row, anchor(grid, row, column)))
    return known, len(unknown)


def _filled(grid: Grid, block: Block, column: int) -> bool:
    places = set(grid.places(column, block.last + 1).tolist())
    return any(parse_count(grid.texts[column][place])[1] != BLANK for place in places)


def say_headless(
    grid: Grid, forms: Mapping[str, Form], words: Mapping[str, Words], findings: Findings
) -> None:
    """Note that a file has only a piece of a form's header, or is no registered form at all."""
    if piece := _piece(grid, words):
        row, form = piece
        message = (
            f"表头不全：第 {row + 1} 行有表单“{forms[form].label}”的表头，但没有单位列；"
            "请补全表头后再报。"
        )
        findings.add(grid.file, grid.sheet, None, "error", "no_header", message)
        return
    known = "、".join(form.label for form in forms.values())
    message = (
        f"没有登记过这种表。已登记的表单是：{known}；如是其中一种，请检查表头文字，否则请先登记。"
    )
    findings.add(grid.file, grid.sheet, None, "error", "no_header", message)


def _piece(grid: Grid, words: Mapping[str, Words]) -> tuple[int, str] | None:
    """Return the row and form of a header that lacks its areas: counts are most of its cells."""
    best: tuple[int, int, str] = (0, 0, "")
    for row, cells in enumerate(grid.head):
        filled = [cell for cell in cells if header_key(cell)]
        for form, own in words.items():
            roles = [own.roles.get(own.key(cell), ("",))[0] for cell in filled]
            counted = sum(role in _COUNTED for role in roles)
            if counted >= FEWEST_COUNTS and 2 * counted >= len(filled) and counted > best[0]:
                best = (counted, row, form)
    return best[1:] if best[0] else None
