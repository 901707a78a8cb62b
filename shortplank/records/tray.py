"""The tray: townships hand in, the county accepts, sends back and publishes.

A file is kept before the journal's line that names it, and that line is the commit; who reads the
lines again afterwards finds a hand-in and a decision whole or not at all (see `handed_in`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import numpy as np

from shortplank.catalogue import Workspace
from shortplank.errors import Overtaken, StoreError
from shortplank.ingest import Batch, Preview, Refused, Upload, check_batch, preview, publish_batch
from shortplank.ingest.areas import NONE
from shortplank.ingest.bounded import BoundedReader
from shortplank.ingest.text import today
from shortplank.records.handed_in import (
    TRAY,
    Item,
    Part,
    State,
    Way,
    first_day,
    replayed,
)
from shortplank.records.submitted import first_received, submitted
from shortplank.store import Edition, Store, due_date, inbox
from shortplank.store.mart_sql import expected_forms
from shortplank.store.personal import refuse_personal
from shortplank.store.posts import write_line
from shortplank.wording.tray import TRAY_STATES


# --- reading --------------------------------------------------------------------------------------
def items(ws: Workspace, store: Store) -> tuple[Item, ...]:
    """Return what was handed in, the oldest first: all of it with the right to the tray.

    Else what belongs to the township that the store's actor files for.
    """
    actor = store.actor
    if actor.may("tray"):
        return tuple(replayed(store).values())
    return tuple(i for i in replayed(store).values() if actor.may("submit", i.area, ws))


def upload_of(store: Store, item: Item) -> Upload:
    """Return the file of an item; `NotAllowed` for who may see neither the tray nor its township.

    `StoreError` where the file is missing or damaged.
    """
    if not store.actor.may("tray"):
        store.actor.must("submit", item.area, store.workspace)
    return Upload(item.name, inbox.fetch(store.root, item.file_sha256))


# --- handing in -----------------------------------------------------------------------------------
def checked(
    store: Store, upload: Upload, area: str, *, sheets: BoundedReader | None = None
) -> Batch:
    """Return a township's file, read and checked as an import is; what stops it is in its findings.

    `NotAllowed` for another township's account; `Refused` for a file with rows of another township,
    or of a form that townships do not file, so that nothing is said of what it is compared with.
    """
    ws = store.workspace
    store.actor.must("submit", area, ws)
    town = ws.area_by_code.get(area)
    if town is None or town.level != "township":
        raise StoreError("报送单位须是一个乡镇", place=area, mend="请改选乡镇")
    batch = check_batch(store, [upload], sheets=sheets)
    for report in batch.reports:
        if report.form.expected is None:
            mend = "请交县里导入"
            raise Refused(f"{report.form.label}不由乡镇报送", place=report.grid.file, mend=mend)
        places = np.unique(report.town[report.town != NONE]).tolist()
        others = [a for a in (batch.register.areas[p] for p in places) if a.area_code != area]
        if others:
            fault = f"表上有{others[0].name}的数，这里只收{town.name}的"
            raise Refused(fault, place=report.grid.file, mend="请核对是否拿错了文件")
    return batch


def is_published(store: Store, area: str, parts: Iterable[Part]) -> tuple[str, ...]:
    """Return the months of these forms that the newest edition has from a township."""
    edition = store.edition()
    found = {
        month
        for form, month in parts
        if any(
            (town, kind) == (area, form) for town, kind, _ in submitted(edition, first_day(month))
        )
    }
    return tuple(sorted(found))


def hand_in(
    store: Store,
    upload: Upload,
    *,
    area: str,
    way: Way,
    correction: bool = False,
    reason: str = "",
    at: datetime | None = None,
    sheets: BoundedReader | None = None,
) -> Item:
    """Hand in a township's file and return how it stands; what stops an import stops it too.

    Until the county accepts it, a later file of the same forms and months takes its place; the same
    file again changes nothing. A month that is published needs ``correction`` and a ``reason``.
    Refused data is never kept.
    """
    who = store.signs("submit")
    refuse_personal(reason)
    batch = _sound(store, upload, area, sheets)
    parts = _parts(batch)
    _check_correction(store, area, parts, correction, reason)
    name, moment = batch.reports[0].grid.file, _moment(at)
    digest = inbox.keep(store.root, name, upload.data)
    key = hashlib.sha256(repr((digest, area, who, moment)).encode()).hexdigest()[:12]
    with inbox.held(store.root):
        waiting = _waiting(store, area, parts)
        same = [item for item in waiting if item.file_sha256 == digest]
        if same:
            return same[0]
        _check_replaced(store.workspace, waiting, parts)
        _check_correction(store, area, parts, correction, reason)
        line = {
            "act": "hand_in",
            "id": key,
            "area": area,
            "parts": parts,
            "file_sha256": digest,
            "name": name,
            "way": way,
            "correction": correction,
            "reason": reason.strip(),
            "days": [day.isoformat() for day in _first_days(waiting, parts)],
            "before": store.newest(),
        }
        write_line(store.workspace, TRAY, {**line, "who": who, "at": moment})
        return replayed(store)[key]


def _sound(store: Store, upload: Upload, area: str, sheets: BoundedReader | None) -> Batch:
    """Return a township's file that nothing stops; else `Refused`."""
    batch = checked(store, upload, area, sheets=sheets)
    if batch.stops or not batch.reports:
        count = sum(finding.severity != "warning" for finding in batch.findings)
        raise Refused(f"有 {count} 处错误，没有报送", mend="请按提示改正后再报")
    return batch


def _parts(batch: Batch) -> tuple[Part, ...]:
    """Return the forms and months of a sound batch."""
    parts = {(r.layout.form, f"{r.month:%Y-%m}") for r in batch.reports if r.month}
    return tuple(sorted(parts))


def _check_correction(
    store: Store, area: str, parts: Sequence[Part], correction: bool, reason: str
) -> None:
    """Raise `Refused` where a published month is not corrected with a reason, or none is there."""
    months = "、".join(is_published(store, area, parts))
    if months and not (correction and reason.strip()):
        mend = "请作为更正报送，并写明理由"
        raise Refused(f"{months} 已经发布", mend=mend)
    if correction and not months:
        raise Refused("这份报表还没有发布过，不是更正", mend="请直接报送")


def _waiting(store: Store, area: str, parts: Sequence[Part]) -> list[Item]:
    """Return a township's items that wait and share a form and month with a new one."""
    found = (item for item in replayed(store).values() if item.area == area and item.is_open)
    return [item for item in found if set(item.parts) & set(parts)]


def _check_replaced(ws: Workspace, waiting: Iterable[Item], parts: Sequence[Part]) -> None:
    """Raise `Refused` where a new file cannot take the place of those that wait."""
    for item in waiting:
        if item.state == "accepted":
            mend = "请等发布后报更正，或请县里先退回"
            raise Refused(f"{item.name} 县里已经收下", mend=mend)
        if rest := set(item.parts) - set(parts):
            known = {form: one.label for form, one in ws.forms.items()}
            labels = "、".join(sorted({known.get(form, form) for form, _ in rest}))
            mend = "请放在一个文件里一并报送，或请县里先退回"
            raise Refused(f"先前报送的 {item.name} 里还有{labels}", mend=mend)


def _first_days(waiting: Iterable[Item], parts: Sequence[Part]) -> list[date]:
    """Return the day on which each part first came: mending what waits makes nothing late."""
    known = [dict(zip(item.parts, item.days, strict=True)) for item in waiting]
    return [min([today(), *(days[part] for days in known if part in days)]) for part in parts]


def _moment(at: datetime | None) -> str:
    return (at or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="milliseconds")


# --- deciding -------------------------------------------------------------------------------------
def accept(store: Store, key: str, *, at: datetime | None = None) -> Item:
    """Accept an item that waits and return it; `Overtaken` where it waits no more."""
    who = store.signs("tray")
    with inbox.held(store.root):
        _must_stand(replayed(store), key, "handed_in")
        line = {"act": "accept", "id": key, "who": who, "at": _moment(at)}
        write_line(store.workspace, TRAY, line)
        return replayed(store)[key]


def send_back(
    store: Store, key: str, reason: str, *, seen: State = "handed_in", at: datetime | None = None
) -> Item:
    """Send an item back with a reason and return it; `Overtaken` where it stands otherwise.

    ``seen`` is how it was seen to stand: one that is accepted can be sent back too.
    """
    who = store.signs("tray")
    refuse_personal(reason)
    if not reason.strip():
        raise StoreError("没有写明退回的理由", place="理由", mend="请填写后再退回")
    if seen not in ("handed_in", "accepted"):
        raise Overtaken(f"这一份{TRAY_STATES[seen]}，不能退回", mend="请刷新后再办")
    with inbox.held(store.root):
        _must_stand(replayed(store), key, seen)
        said = {"act": "send_back", "id": key, "said": reason.strip()}
        write_line(store.workspace, TRAY, {**said, "who": who, "at": _moment(at)})
        return replayed(store)[key]


def _must_stand(found: Mapping[str, Item], key: str, state: State) -> Item:
    """Return an item that stands as it was seen; `Overtaken` where it does not."""
    if key not in found:
        raise StoreError("收件里没有这一份", place=key[:20], mend="请刷新后再办")
    item = found[key]
    if item.state != state:
        by = f"（{item.decided_by}）" if item.decided_by else ""
        fault = f"{item.name} 现在是{TRAY_STATES[item.state]}{by}，没有写入"
        raise Overtaken(fault, mend="请刷新后再办")
    return item


# --- publishing -----------------------------------------------------------------------------------
def batch_of(store: Store, keys: Sequence[str]) -> Batch:
    """Return accepted items as one batch, read and checked; each report came on its item's day.

    `Overtaken` where one of them is accepted no more.
    """
    store.actor.must("tray")
    found = replayed(store)
    chosen = [_must_stand(found, key, "accepted") for key in dict.fromkeys(keys)]
    months = {first_day(month) for item in chosen for month in item.months}
    # Each month was confirmed when it was handed in by itself and accepted.
    batch = check_batch(store, [upload_of(store, i) for i in chosen], months_ok=sorted(months))
    sent = {item.file_sha256: item for item in chosen}
    reports = (
        replace(r, received=sent[r.grid.sha256].came(r.layout.form, f"{r.month:%Y-%m}"))
        for r in batch.reports
        if r.month
    )
    return replace(batch, reports=tuple(reports))


def publish_accepted(store: Store, keys: Sequence[str], *, why: str = "", seen: Preview) -> Edition:
    """Publish accepted items as one edition, as it was previewed, and return it.

    `Overtaken` where another edition came in, one of them is accepted no more, or the items would
    change something else than ``seen`` says. Without ``why`` the corrections' reasons stand.
    """
    store.signs("publish")
    batch = batch_of(store, keys)
    moved = batch.stops or store.newest() != seen.edition  # which is said where it is published
    if not moved and not preview(store, batch).changes.equals(seen.changes):
        raise Overtaken("要发布的与预览时不同，没有发布", mend="请重新预览")
    with inbox.held(store.root):  # nobody sends one back while it is published
        found = replayed(store)
        chosen = [_must_stand(found, key, "accepted") for key in dict.fromkeys(keys)]
        reason = why.strip() or _reasons(store.workspace, chosen)
        return publish_batch(store, batch, why=reason, seen=seen)


def _reasons(ws: Workspace, chosen: Iterable[Item]) -> str:
    """Return the reasons of the corrections among these items, each behind its township."""
    named = {code: area.name for code, area in ws.area_by_code.items()}
    corrections = [item for item in chosen if item.correction]
    return "；".join(f"{named.get(i.area, i.area)}更正：{i.reason}" for i in corrections)


# --- the month at a glance ------------------------------------------------------------------------
@dataclass(frozen=True)
class Standing:
    """How one township's form of a month stands.

    ``state`` is None where nothing came; ``item`` is the last file of it, if any; ``late`` whether
    it came after the day on which it was due, or has not come by then.
    """

    area: str
    form: str
    due: bool
    state: State | None
    late: bool
    item: Item | None
    published: bool


def matrix(ws: Workspace, store: Store, month: date) -> tuple[Standing, ...]:
    """Return how every township's forms of a month stand: townships in the register's order.

    Without the right to the tray, those of the township that the store's actor files for.
    """
    actor = store.actor
    if not actor.may("submit"):
        actor.must("tray")
    owed, due = set(expected_forms(ws, month)), due_date(ws, month)
    published = first_received(store.edition(), month)
    last: dict[tuple[str, str], Item] = {}
    for item in replayed(store).values():
        if item.state != "replaced":
            last |= {(item.area, form): item for form, m in item.parts if m == f"{month:%Y-%m}"}
    return tuple(
        _standing((town.area_code, form), month, form in owed, due, published, last)
        for town in ws.valid_below(ws.settings.home, month)
        if actor.may("tray") or actor.may("submit", town.area_code, ws)
        for form, one in ws.forms.items()
        if one.expected
    )


def _standing(
    cell: tuple[str, str],
    month: date,
    owed: bool,
    due: date,
    published: Mapping[tuple[str, str], date],
    last: Mapping[tuple[str, str], Item],
) -> Standing:
    item, there = last.get(cell), cell in published
    state = item.state if item else None
    if there and state not in ("handed_in", "accepted", "sent_back"):
        state = "published"
    waits = item.came(cell[1], f"{month:%Y-%m}") if item and item.is_open else today()
    late = (owed or there) and published.get(cell, waits) > due
    return Standing(*cell, owed, state, late, item, there)


__all__ = [
    "Item",
    "Standing",
    "State",
    "Way",
    "accept",
    "batch_of",
    "checked",
    "hand_in",
    "is_published",
    "items",
    "matrix",
    "publish_accepted",
    "send_back",
    "upload_of",
]
