"""Drafts: what a township has typed into a form and not yet handed in, kept as it is typed.

A draft is one small file a township, form and month, replaced as a whole: a process that ends at
any moment leaves the draft before or the one after. Nothing but counts is ever in it. Two tabs that
fill in one form write each other's cells into one draft: of one cell the later count stays, and
whoever wrote is told that another did meanwhile.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal

from shortplank.errors import StoreError
from shortplank.ingest.filling import Field, Values, fillable_forms, is_count
from shortplank.store import Store
from shortplank.store.files import short_hash, write_failure, write_private
from shortplank.store.locks import locked

FOLDER = ("inbox", "drafts")
_BUSY = StoreError("另一个窗口正在保存这份草稿", place="inbox/drafts", mend="请稍后再填")


@dataclass(frozen=True)
class Draft:
    """What stands in a draft: counts by area and measure, who wrote last and when.

    ``mark`` tells two states of a draft apart, "" where there is none; ``damaged`` is a file that
    could not be read whole. ``meanwhile`` is what became of the draft that was seen, before the one
    who writes: another tab wrote into it, or it is gone (handed in, or begun anew).
    """

    values: Values = field(default_factory=dict)
    who: str = ""
    at: str = ""
    mark: str = ""
    damaged: bool = False
    meanwhile: Literal["", "written", "gone"] = ""


def read_draft(store: Store, area: str, form: str, month: date) -> Draft:
    """Return a township's draft, an empty one where there is none.

    `NotAllowed` where the store's actor may not submit for the township.
    """
    store.actor.must("submit", area, store.workspace)
    return _read(store, _path(store, area, form, month), form, area)


def save_draft(
    store: Store,
    area: str,
    form: str,
    month: date,
    changes: Values,
    *,
    seen: str,
    at: datetime | None = None,
) -> Draft:
    """Write changed counts into a draft, None for a field made blank, and return the draft.

    ``seen`` is the mark of the draft that was changed: where another one stands there by now, the
    changes are written into that one and `Draft.meanwhile` says so. What is no count is a
    `StoreError`, and nothing of it is kept.
    """
    store.actor.must("submit", area, store.workspace)
    who = store.signs("submit")
    path = _path(store, area, form, month)
    _refuse(store, form, area, changes)
    moment = (at or datetime.now(UTC)).astimezone(UTC).replace(microsecond=0)
    try:
        _make_private(store.root, path.parent)
        with locked(path.with_suffix(".lock"), _BUSY):
            there = _read(store, path, form, area)
            values = {**there.values, **changes}
            kept = {key: value for key, value in values.items() if value is not None}
            data = _as_json(kept, who, moment)
            write_private(path, data)
    except OSError as error:
        raise write_failure(error, _place(path)) from error
    draft = Draft(kept, who, moment.isoformat(), short_hash(data))
    if there.mark == seen:
        return draft
    return replace(draft, meanwhile="written" if there.mark else "gone")


def drop_draft(store: Store, area: str, form: str, month: date) -> None:
    """Take away a draft, where there is one: it was handed in, or is begun anew."""
    store.actor.must("submit", area, store.workspace)
    store.signs("submit")
    path = _path(store, area, form, month)
    if not path.exists():
        return
    try:
        with locked(path.with_suffix(".lock"), _BUSY):
            path.unlink(missing_ok=True)
    except OSError as error:
        raise write_failure(error, _place(path)) from error


def _path(store: Store, area: str, form: str, month: date) -> Path:
    """Return the draft's file; its parts are names of the register and the catalogue alone."""
    own = store.workspace.area_by_code.get(area)
    if own is None or own.level != "township" or form not in fillable_forms(store.workspace):
        raise StoreError("这张表不在网页上填写", mend="请从名单中选择乡镇和表")
    return store.root.joinpath(*FOLDER, area, f"{form}-{month:%Y-%m}.json")


def _refuse(store: Store, form: str, area: str, changes: Values) -> None:
    """Refuse what is no count of this township's form, without repeating it."""
    for key, value in changes.items():
        if not _is_field(store, form, area, key):
            raise StoreError("有的数不在这张表上", mend="请重新打开这张表再填")
        if value is not None and not is_count(value):
            raise StoreError("只能填不小于 0 的整数，没有保存", mend="请改正这一格")


def _is_field(store: Store, form: str, area: str, key: Field) -> bool:
    own, measure = store.workspace.area_by_code.get(key[0]), key[1]
    within = own is not None and area in (own.area_code, own.parent_code)
    return within and measure in store.workspace.forms[form].columns


def _as_json(values: Mapping[Field, int | None], who: str, moment: datetime) -> bytes:
    counts: dict[str, dict[str, int | None]] = {}
    for (area_code, measure), value in sorted(values.items()):
        counts.setdefault(area_code, {})[measure] = value
    draft = {"who": who, "at": moment.isoformat(), "counts": counts}
    return json.dumps(draft, ensure_ascii=False).encode()


def _read(store: Store, path: Path, form: str, area: str) -> Draft:
    """Return what stands in a file; only counts of the form's fields are taken from it."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return Draft()
    except OSError as error:
        raise StoreError("草稿无法读取", place=_place(path), mend="请检查权限") from error
    try:
        found: Any = json.loads(data)
        counts = found["counts"].items()
        each = {(code, m): value for code, row in counts for m, value in row.items()}
        who, at = str(found["who"]), str(found["at"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return Draft(mark=short_hash(data), damaged=True)
    own = {k: v for k, v in each.items() if is_count(v) and _is_field(store, form, area, k)}
    return Draft(own, who, at, short_hash(data), damaged=len(own) < len(each))


def _make_private(root: Path, folder: Path) -> None:
    """Make the folders of drafts, open to their owner alone."""
    missing = [each for each in (folder, *folder.parents) if root in each.parents]
    for each in reversed(missing):
        each.mkdir(mode=0o700, exist_ok=True)


def _place(path: Path) -> str:
    return "/".join(path.parts[-4:])
