"""The papers of a meeting, written to a folder, and what it decided, read back from one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from shortplank.access import Actor
from shortplank.audit.seen import note_export, seen_of
from shortplank.errors import ShortplankError
from shortplank.papers.brief import PAPERS, file_name, one_by_one, paper
from shortplank.papers.decided import Decisions, add_decisions, read_decisions
from shortplank.papers.lacking import lacking
from shortplank.papers.pack import pack, quarter_of
from shortplank.reading.view import View, first_view
from shortplank.records.exact import note_exact
from shortplank.records.kept_papers import keep_papers
from shortplank.store import Engine, Store, engine
from shortplank.store.files import write_together
from shortplank.wording.periods import month_key


def write_brief(
    store: Store,
    month: date | None,
    quarter: str | None,
    out: Path,
    *,
    exact: bool,
    townships: bool = False,
    county: str | None = None,
) -> tuple[list[Path], list[str]]:
    """Write the papers of a month or a quarter, all or none; banded unless ``exact``.

    With ``townships`` each township's page is a file of its own besides, all of them in one zip.
    Returns the papers' paths and what they lack; what was made is remembered once it is written.
    """
    shared, actor = at_county(store, county)
    view = _first(store, shared, actor if exact else actor.outward)
    asked = quarter_of(shared, quarter) if quarter else None
    wanted = asked.months[-1] if asked else month
    assert wanted is not None
    made = pack(view.with_(month=wanted), asked)
    if exact:
        note_exact(made.view, "会议材料")
    files = {key: (file_name(made, key), paper(made, key)) for key in PAPERS}
    if townships:
        files["one_by_one"] = one_by_one(made)
    written = dict(files.values())
    taken = seen_of(
        store.root,
        made.view.actor.account,
        act="brief",
        month=month_key(made.view.month),
        edition=made.view.edition,
    )
    for name in written:
        note_export(taken, name.rpartition(".")[2], None, exact=exact)
    try:
        paths = write_together(out, written)
    except OSError as error:
        raise ShortplankError(
            "无法写入，原有材料未变", place=str(out), mend="请检查路径、权限和磁盘空间"
        ) from error
    lacks = lacking(made.view, made.items, made.last)
    own = made.view.with_(actor=actor)
    try:
        keep_papers(own, files, edition=own.edition, exact=exact, quarter=quarter or "")
    except ShortplankError as error:  # what is written stays
        lacks.append(f"材料已写好，没有记入做过的材料：{error.sentence}")
    return paths, lacks


def read_back(
    store: Store, month: date, file: Path, *, accept: bool, county: str | None = None
) -> Decisions:
    """Read a filled table of decisions; register what is new in it where that is accepted."""
    view = _first(store, *at_county(store, county)).with_(month=month)
    try:
        data = file.read_bytes()
    except OSError as error:
        raise ShortplankError("文件无法读取", place=file.name, mend="请检查路径和权限") from error
    found = read_decisions(view, file.name, data)
    if accept:
        add_decisions(view, found)
    return found


def at_county(store: Store, county: str | None) -> tuple[Engine, Actor]:
    """Return the workspace at a county, the home where none is named, and who acts there.

    `ShortplankError` where that is no county: papers are one county's.
    """
    shared, actor = engine(store.root), store.actor
    if county is not None:
        shared, actor = shared.at(county), replace(actor, scope=county)
    if shared.ws.is_province:
        raise ShortplankError(
            f"会议材料只看一个县，{shared.ws.home.name}有多个县",
            place="--county",
            mend="请用 --county 写一个县的代码",
        )
    return shared, actor


def _first(store: Store, shared: Engine, actor: Actor) -> View:
    view = first_view(shared, actor)
    if view is None:
        raise ShortplankError(
            "工作区里还没有数据", place=str(store.root), mend="请先用 shortplank import"
        )
    return view
