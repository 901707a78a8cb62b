"""Whatever writes asks who it is for: without the right nothing is written, not even a lock."""

from __future__ import annotations

import ast
import json
import re
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from shortplank.access import ACTS, ANYONE, MACHINE, RIGHTS, ROLES, Act, Actor, Role
from shortplank.errors import NotAllowed, StoreError
from shortplank.ingest import Upload, accept_header, check_batch, preview, publish_batch
from shortplank.reading.view import View
from shortplank.records.exact import note_exact
from shortplank.records.follow_ups import add_follow_up, write_outcome
from shortplank.records.kept_papers import keep_papers
from shortplank.records.marks import mark_checked
from shortplank.records.meeting import freeze
from shortplank.records.pinned import JOURNAL as PINNED
from shortplank.records.pinned import Place, change_note, pin_note
from shortplank.records.rebases import decide_rebase
from shortplank.records.running_order import choose_order
from shortplank.records.settings_changes import change as change_settings
from shortplank.records.settings_changes import restore as restore_settings
from shortplank.records.tray import (
    State,
    accept,
    batch_of,
    hand_in,
    items,
    publish_accepted,
    send_back,
)
from shortplank.store import Engine, Store, add_months, engine, journal
from shortplank.store.bench.statements import parse_statement
from shortplank.topics.bench.kept import remove_query, save_query
from tests.ingest.yunzhou import EXCERPTS, uploads
from tools.browser import REPOSITORY

OWNER, ACCOUNT = "县人口办", "tongji01"
# Whose report waits in the tray, and whose is accepted.
WAITING, ACCEPTED = ("990101215", "竹麓乡_月报.csv"), ("990101108", "梅坪镇_月报.xlsx")
MONTHS = [add_months(date(2008, 1, 1), step) for step in range(29)]
Writer = Callable[[Store, View], object]


def _publish(store: Store, view: View) -> object:
    return store.publish({("village_month", view.month): None}, why="测试")


def _publish_batch(store: Store, _view: View) -> object:
    batch = check_batch(store, uploads(EXCERPTS / "good")[:1])
    return publish_batch(store, batch, why="月报")


def _add_follow_up(_store: Store, view: View) -> object:
    return add_follow_up(
        view,
        item="补建档案",
        area="990101111",
        indicator="migrant_filing",
        owner=OWNER,
        deadline=date(2010, 6, 5),
    )


PLACE = Place("rankings", "migrant_filing", "990101", date(2010, 5, 1), "ytd")


def _change_note(_store: Store, view: View) -> object:
    (line,) = journal.read(view.ws.path, PINNED)
    return change_note(view, str(line["id"]), "已核")


def _change_settings(store: Store, _view: View) -> object:
    return change_settings(store, {"queries/own.sql": "select 1\n"}, "加一个查询")


def _report(town: tuple[str, str], more: bytes = b"") -> Upload:
    path = EXCERPTS / "good" / f"2010-06_{town[1]}"
    return Upload(path.name, path.read_bytes() + more)


def _hand_in(store: Store, _view: View) -> object:
    return hand_in(store, _report(WAITING, b"\r\n"), area=WAITING[0], way="file")


def _in_the_tray(store: Store, state: State) -> str:
    """Return the id of what stands so, as somebody with the right to the tray has it."""
    found = items(store.workspace, store.acting_for(MACHINE))
    return next(item.id for item in found if item.state == state)


def _publish_accepted(store: Store, _view: View) -> object:
    machine, keys = store.acting_for(MACHINE), [_in_the_tray(store, "accepted")]
    return publish_accepted(store, keys, seen=preview(machine, batch_of(machine, keys)))


KEPT = parse_statement("", f"-- 单位\n-- author: {OWNER}\nselect name from area")


# Every function that writes what people add, by the act that it asks for.
WRITERS: dict[str, tuple[Act, Writer]] = {
    "publish": ("publish", _publish),
    "publish_batch": ("publish", _publish_batch),
    "restore": ("restore", lambda store, _: store.restore(1)),
    "vacuum": ("vacuum", lambda store, _: store.vacuum(keep=1, grace=timedelta(0))),
    "accept_header": (
        "accept_header",
        lambda store, _: accept_header(store, "village_month", "备注说明", "不读"),
    ),
    "freeze": ("freeze", lambda _, view: freeze(view)),
    "add_follow_ups": ("follow_up", _add_follow_up),
    "write_outcome": ("follow_up", lambda _, view: write_outcome(view, "x", "已办结")),
    "choose_order": ("order", lambda _, view: choose_order(view, ["overview?"])),
    "decide_rebase": (
        "rebase",
        lambda _, view: decide_rebase(view, MONTHS[9], "口径调整", months=MONTHS),
    ),
    "mark_checked": ("mark", lambda _, view: mark_checked(view, "x", "已补报")),
    "pin_note": ("annotate", lambda _, view: pin_note(view, PLACE, "外出返乡所致")),
    "change_note": ("annotate", _change_note),
    "hand_in": ("submit", _hand_in),
    "accept": ("tray", lambda store, _: accept(store, _in_the_tray(store, "handed_in"))),
    "send_back": (
        "tray",
        lambda store, _: send_back(store, _in_the_tray(store, "handed_in"), "请核对"),
    ),
    "publish_accepted": ("publish", _publish_accepted),
    "keep_papers": (
        "keep_papers",
        lambda _, view: keep_papers(view, {"deck": ("a.pptx", b"a")}, edition=26, exact=False),
    ),
    "change_settings": ("settle", _change_settings),
    "restore_settings": ("settle", lambda store, _: restore_settings(store, 0)),
    "save_query": ("query", lambda store, _: save_query(store, KEPT, "会上要看")),
    "remove_query": ("query", lambda store, _: remove_query(store, "first", "不用了")),
    "note_exact": ("export_exact", lambda _, view: note_exact(view, "会议材料")),
}


def prepare(root: Path) -> Path:
    """Make a workspace with one report that waits in the tray, and one that is accepted."""
    left = shutil.ignore_patterns("journal", "marts", ".state")
    shutil.copytree(REPOSITORY / "data" / "demo", root, ignore=left)
    store = Store(root)
    for town in (WAITING, ACCEPTED):
        item = hand_in(store, _report(town), area=town[0], way="file")
    accept(store, item.id)
    change_settings(store, {"queries/first.sql": "select 1\n"}, "加一个查询")
    shared = engine(root)
    pin_note(view(shared, Actor("analyst", "jihua02")), PLACE, "待核")
    return root


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepare(tmp_path_factory.mktemp("prepared") / "demo")


@pytest.fixture
def shared(prepared: Path, tmp_path: Path) -> Engine:
    return engine(Path(shutil.copytree(prepared, tmp_path / "demo")))


def acting(role: Role) -> Actor:
    """Return an account of a role; who files, files for the township whose report waits."""
    return Actor(role, ACCOUNT, WAITING[0] if role == "filer" else "")


def view(shared: Engine, actor: Actor) -> View:
    month = date(2010, 5, 1)
    return View(shared, shared.newest(), actor, month, "ytd", "migrant_filing", "990101")


def everything(root: Path) -> dict[str, bytes]:
    """Return every file of a workspace."""
    return {str(path): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def signed(root: Path) -> list[str]:
    """Return who signed the journal's lines and the newest edition."""
    texts = [path.read_text("utf-8") for path in root.glob("journal/*.jsonl")]
    lines = [line for text in texts for line in text.splitlines()]
    found = [str(json.loads(line)["who"]) for line in lines if '"who"' in line]
    return [*found, Store(root).edition().who]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", WRITERS)
def test_it_writes_within_the_rights_of_who_asks_and_else_changes_nothing(
    name: str, role: Role, shared: Engine
) -> None:
    act, write = WRITERS[name]
    before = everything(shared.ws.path)
    actor = acting(role)
    store = shared.store.acting_for(actor)
    if act in RIGHTS[role].acts:
        write(store, view(shared, actor))
        assert everything(shared.ws.path) != before
        assert name == "vacuum" or ACCOUNT in signed(shared.ws.path)
    else:
        with pytest.raises(NotAllowed, match=RIGHTS[role].name):
            write(store, view(shared, actor))
        assert everything(shared.ws.path) == before


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", WRITERS)
def test_whoever_has_no_account_writes_nothing(name: str, role: Role, shared: Engine) -> None:
    before = everything(shared.ws.path)
    nobody = Actor(role)
    with pytest.raises(NotAllowed, match=f"没有登录账号|{RIGHTS[role].name}"):
        WRITERS[name][1](shared.store.acting_for(nobody), view(shared, nobody))
    assert everything(shared.ws.path) == before


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", WRITERS)
def test_another_countys_account_writes_nothing(name: str, role: Role, shared: Engine) -> None:
    before = everything(shared.ws.path)
    stranger = Actor(role, ACCOUNT, "990202")
    with pytest.raises(NotAllowed):
        WRITERS[name][1](shared.store.acting_for(stranger), view(shared, stranger))
    assert everything(shared.ws.path) == before


@pytest.mark.parametrize("name", WRITERS)
def test_what_a_store_writes_it_writes_for_its_own_county(name: str, shared: Engine) -> None:
    """A store by itself, as a page of work has it, without a view that would be refused first."""
    before = everything(shared.ws.path)
    stranger, own = Actor("admin", ACCOUNT, "990202"), view(shared, Actor("admin"))
    with pytest.raises(NotAllowed, match=r"登记册里没有本账号的范围|没有登录账号"):
        WRITERS[name][1](shared.store.acting_for(stranger), own)
    assert everything(shared.ws.path) == before


@pytest.mark.parametrize("area", [ACCEPTED[0], "990101", "990202", "", "x"])
def test_who_files_for_one_township_hands_in_for_no_other(area: str, shared: Engine) -> None:
    before = everything(shared.ws.path)
    store = shared.store.acting_for(acting("filer"))
    with pytest.raises(NotAllowed if area else StoreError):
        hand_in(store, _report(ACCEPTED, b"x"), area=area, way="file")
    assert everything(shared.ws.path) == before


def test_who_writes_is_asked_of_nobody() -> None:
    """Whose name is kept is never an argument: it is the account of who acts."""
    package = REPOSITORY / "shortplank"
    folders = ("records", "ingest", "topics", "frame", "papers", "reading", "cli")
    files = [path for folder in folders for path in (package / folder).rglob("*.py")]
    for path in [*files, package / "store" / "editions.py"]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                continue
            named = {arg.arg for arg in (*node.args.args, *node.args.kwonlyargs)}
            # A command is told the post that it signs with, and hands it to its actor.
            assert "who" not in named or path.parent.name == "cli", (path, node.name)


def test_an_engines_store_writes_for_nobody_and_one_opened_by_its_path_for_the_machine(
    shared: Engine,
) -> None:
    before = everything(shared.ws.path)
    assert shared.store.actor == ANYONE
    for name in (
        "publish",
        "publish_batch",
        "restore",
        "vacuum",
        "accept_header",
        "hand_in",
        "accept",
        "send_back",
        "publish_accepted",
    ):
        with pytest.raises(NotAllowed):
            WRITERS[name][1](shared.store, view(shared, Actor("viewer", ACCOUNT)))
    assert everything(shared.ws.path) == before
    assert Store(shared.ws.path).actor == MACHINE


# --- nobody was forgotten -------------------------------------------------------------------------
def test_every_function_that_writes_is_among_them() -> None:
    others = {"publish_batch", "publish_accepted", "change_settings", "restore_settings"}
    others |= {"save_query", "remove_query"}
    found = _writing_functions() - {"change", "writing"}  # the lock itself writes nothing
    assert found | others == set(WRITERS)
    asked = {act for act, _ in WRITERS.values()}
    assert asked == set(ACTS) - {"look", "see_exact", "see_audit", "manage_accounts"}


def _writing_functions() -> set[str]:
    """Return the public functions that write in the journal or take the lock of the editions."""
    package = REPOSITORY / "shortplank"
    files = [*(package / "records").glob("*.py"), *(package / "ingest").glob("*.py")]
    found = set()
    for path in [*files, package / "store" / "editions.py"]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                calls = {ast.unparse(c.func) for c in ast.walk(node) if isinstance(c, ast.Call)}
                writing = {"write_line", "write_lines", "journal.append", "journal.append_all"}
                if calls & {*writing, "self._lock", "store.writing"}:
                    found.add(node.name)
    return found


def test_only_judgements_are_computed_from_the_exact_tables() -> None:
    """Who is listed and how forecasts held is the same for every role; all else is the role's."""
    users = {
        path.name
        for path in (REPOSITORY / "shortplank").rglob("*.py")
        if re.search(r"\bJUDGE\b", path.read_text("utf-8"))
    }
    assert users == {"access.py", "ledger.py", "matters.py", "year_counts.py"}


@pytest.mark.parametrize("folder", ["topics", "frame", "papers", "records", "reading"])
def test_what_pages_rest_on_opens_no_store_of_its_own(folder: str) -> None:
    """A store opened by its path acts as the machine's account; a page has its desk's."""
    for path in (REPOSITORY / "shortplank" / folder).rglob("*.py"):
        assert not re.search(r"\bStore\(|\bMACHINE\b", path.read_text("utf-8")), path
