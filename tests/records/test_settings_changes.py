"""Changes of settings: all of a change or nothing of it, whoever writes and wherever it ends."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from shortplank.access import MACHINE, ROLES, Actor
from shortplank.catalogue import load_workspace
from shortplank.catalogue.pending import MARK
from shortplank.errors import NotAllowed, Overtaken, ShortplankError, StoreError, WorkspaceError
from shortplank.records.settings_changes import (
    change,
    changes,
    difference_of,
    is_settings,
    last_redefined,
    restore,
    seen_of,
    text_of,
)
from shortplank.store import Store, engine, settling
from shortplank.upkeep.contents import BackupError, take
from tests.store import workspaces as w
from tests.test_writers import everything

SERVICE = "catalogue/indicators/service.toml"
OWN = "catalogue/indicators/own.toml"
NOTE = 'label = "流动人口建档率"'


@pytest.fixture
def store(tmp_path: Path) -> Store:
    root = w.make(tmp_path / "county")
    return Store(root)


@pytest.fixture
def published(store: Store) -> Store:
    w.deaths(store, 3)
    return Store(store.root)


def text(store: Store, name: str) -> str:
    found = text_of(store.root, name)
    assert found is not None
    return found


def service(store: Store, old: str, new: str) -> dict[str, str | None]:
    whole = text(store, SERVICE)
    assert old in whole
    return {SERVICE: whole.replace(old, new, 1)}


# --- what is written ------------------------------------------------------------------------------
def test_a_change_is_written_kept_and_shown(store: Store) -> None:
    made = change(store, service(store, NOTE, 'label = "建档率"'), "按省里的叫法")
    assert (made.number, made.who, made.why, made.edition) == (
        1,
        MACHINE.account,
        "按省里的叫法",
        0,
    )
    assert load_workspace(store.root).indicators["migrant_filing"].label == "建档率"
    assert changes(store.root) == [made]
    shown = difference_of(store.root, made).splitlines()
    assert f"-{NOTE}" in shown and '+label = "建档率"' in shown
    assert not (store.root / ".settings" / "new").exists()


def test_words_are_no_edition_and_a_definition_is_one_of_the_same_data(published: Store) -> None:
    newest = published.newest()
    assert change(published, service(published, NOTE, 'label = "建档率"'), "改名").edition == 0
    assert published.newest() == newest
    made = change(published, service(published, "target = 85", "target = 88"), "县里定的目标")
    old, new = published.edition(newest), published.edition()
    assert new.number == made.edition == newest + 1
    assert (new.data, new.forms, new.parent) == (old.data, old.forms, newest)
    assert new.why == "口径修改：县里定的目标" and new.who == MACHINE.account
    assert len(made.indicators) == 1
    assert last_redefined(published.root, made.indicators[0]) == made
    assert last_redefined(published.root, "migrant_births") is None


def test_a_register_is_an_edition_that_says_so(published: Store) -> None:
    areas = text(published, "areas.csv").replace("东溪村", "东溪新村")
    made = change(published, {"areas.csv": areas}, "改名")
    assert made.registers and published.edition().why == "名册修改：改名"


def test_a_total_redefines_whatever_rests_on_it(published: Store) -> None:
    whole = text(published, "catalogue/measures.toml")
    old = 'plus = ["births_p1_in", "births_p2_in", "births_p3_in"]'
    assert old in whole
    new = whole.replace(old, 'plus = ["births_p1_in", "births_p2_in"]')
    made = change(published, {"catalogue/measures.toml": new}, "少一项")
    assert {"policy_rate", "births_out"} & set(made.indicators)


def test_running_engines_see_a_change_without_a_restart(published: Store) -> None:
    before = engine(published.root)
    change(published, service(published, NOTE, 'label = "建档率"'), "改名")
    after = engine(published.root)
    assert after is not before and after.ws.indicators["migrant_filing"].label == "建档率"
    assert engine(published.root) is after


# --- what is refused ------------------------------------------------------------------------------
BROKEN = {
    "an unknown key": (lambda s: {SERVICE: s.replace(NOTE, NOTE + "\nnothing = 1", 1)}, "nothing"),
    "no TOML": (lambda s: {SERVICE: s + "\n[["}, "不是有效的 TOML"),
    "an empty file": (lambda _: {OWN: ""}, "文件是空的"),
    "a card twice": (lambda s: {OWN: s}, "重复定义"),
    "a measure that is not there": (
        lambda s: {SERVICE: s.replace('numerator = ["', 'numerator = ["nowhere", "', 1)},
        "没有度量 nowhere",
    ),
    "a register without its county": (lambda _: {"areas.csv": w.AREA_HEADER + "\n"}, "home"),
    "settings taken away": (lambda _: {"workspace.toml": None}, "缺少这个文件"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_could_not_be_opened_is_refused_in_words(case: str, store: Store) -> None:
    make, said = BROKEN[case]
    before = everything(store.root)
    with pytest.raises(WorkspaceError, match=said.replace("[", r"\[")):
        change(store, make(text(store, SERVICE)), "试")
    assert {k: v for k, v in everything(store.root).items() if not k.endswith(".lock")} == before


HOSTILE = [
    "access.toml", "accounts.toml", "../areas.csv", "/etc/passwd", "areas.csv/", "./areas.csv",
    "catalogue/indicators/../../access.toml", "catalogue/indicators/.hidden.toml",
    "catalogue/indicators/a/b.toml", "catalogue\\indicators\\a.toml", "queries/a.toml",
    "queries/a.sql.gone", "catalogue/forms/.toml", "journal/settings_changes.jsonl", "",
    "catalogue/indicators/a b.toml", "catalogue/indicators/a\n.toml", "areas.csv\0", "AREAS.CSV",
    "snapshots/manifests/00000001.json", ".settings/new/change.json", "queries/-.sql",
    "settings_history/x.txt", f"queries/{'x' * 61}.sql", "catalogue/forms/a.toml ",
]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_no_other_file_is_written(name: str, store: Store) -> None:
    before = everything(store.root)
    assert not is_settings(name)
    with pytest.raises(StoreError, match="设置文件"):
        change(store, {name: "x"}, "试")
    assert everything(store.root) == before


@pytest.mark.parametrize("why", ["", "  ", "x" * 201, "请联系13812345678"])
def test_a_change_needs_a_reason_that_names_nobody(why: str, store: Store) -> None:
    before = everything(store.root)
    with pytest.raises(ShortplankError):
        change(store, service(store, NOTE, 'label = "建档率"'), why)
    assert everything(store.root) == before


def test_no_card_holds_what_is_personal(store: Store) -> None:
    texts = service(store, NOTE, 'label = "问13812345678"')
    with pytest.raises(ShortplankError, match=r"号码|手机|电话"):
        change(store, texts, "试")
    assert not changes(store.root)


@pytest.mark.parametrize("role", ROLES)
def test_who_may_not_changes_nothing(role: str, store: Store) -> None:
    actor = Actor(role, "tongji01", w.NORTH if role == "filer" else "")  # type: ignore[arg-type]
    before, acting = everything(store.root), store.acting_for(actor)
    texts = service(store, NOTE, 'label = "建档率"')
    if role in ("analyst", "admin"):
        assert change(acting, texts, "改名").who == "tongji01"
        return
    for write in (lambda: change(acting, texts, "试"), lambda: restore(acting, 0)):
        with pytest.raises(NotAllowed):
            write()
    assert everything(store.root) == before


def test_nothing_new_is_no_change(store: Store) -> None:
    with pytest.raises(StoreError, match="没有改动"):
        change(store, {SERVICE: text(store, SERVICE)}, "试")


# --- two at once ----------------------------------------------------------------------------------
def test_a_text_made_from_an_older_one_is_refused(store: Store) -> None:
    seen, texts = seen_of(store.root, [SERVICE]), service(store, NOTE, 'label = "一"')
    change(store, service(store, NOTE, 'label = "二"'), "先改")
    with pytest.raises(Overtaken, match="被改过"):
        change(store, texts, "后改", seen=seen)
    assert load_workspace(store.root).indicators["migrant_filing"].label == "二"
    new = seen_of(store.root, [OWN])
    (store.root / OWN).write_text("# by hand\n", "utf-8")
    with pytest.raises(Overtaken):
        change(store, {OWN: "x"}, "新建", seen=new)


def test_of_writers_at_once_one_is_first_and_the_others_are_told(store: Store) -> None:
    seen, told, made = seen_of(store.root, [SERVICE]), list[str](), list[int]()
    texts = [service(store, NOTE, f'label = "第{n}个"') for n in range(6)]

    def write(which: int) -> None:
        try:
            made.append(change(Store(store.root), texts[which], "一起", seen=seen).number)
        except Overtaken as error:
            told.append(error.sentence)

    threads = [threading.Thread(target=write, args=(which,)) for which in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [1] and len(told) == 5
    assert len(changes(store.root)) == 1


# --- an end anywhere ------------------------------------------------------------------------------
KILLED = """
import os, sys
from shortplank.records.settings_changes import change
from shortplank.store import Store, files, journal, settling
root, at = sys.argv[1], int(sys.argv[2])
count = 0
def counting(real):
    def done(*args, **kwargs):
        global count
        count += 1
        if count == at:
            os._exit(9)
        return real(*args, **kwargs)
    return done
for module, name in ((files, "rename"), (files, "link"), (settling, "_put"), (settling, "_publish"),
                     (journal, "append")):
    setattr(module, name, counting(getattr(module, name)))
names = ["catalogue/indicators/service.toml", "catalogue/scheme.toml", "areas.csv"]
texts = {name: open(f"{root}/{name}", encoding="utf-8").read() for name in names}
texts = {names[0]: texts[names[0]].replace("target = 85", "target = 88", 1),
         names[1]: texts[names[1]] + "\\n# new\\n",
         names[2]: texts[names[2]].replace("东溪村", "新村")}
change(Store(root), texts, "一起改")
print("done")
"""


def test_a_process_that_ends_anywhere_leaves_the_old_settings_or_the_new(published: Store) -> None:
    states = set()
    for at in range(1, 60):
        root = published.root.parent / f"killed{at}"
        shutil.copytree(published.root, root, ignore=shutil.ignore_patterns("marts", ".state"))
        ended = subprocess.run(
            [sys.executable, "-c", KILLED, str(root), str(at)], capture_output=True, text=True,
            env={**os.environ, "PYTHONPATH": os.getcwd()}, check=False,
        )  # fmt: skip
        seen = _state(root)
        states.add((seen, (root / MARK).exists()))
        with Store(root).writing():
            pass  # whoever holds the lock next carries a committed change out
        assert _state(root) == seen
        assert not (root / MARK).exists()
        assert len(changes(root)) == Store(root).newest() - published.newest() == int(seen)
        take(root)
        shutil.rmtree(root)
        if ended.stdout.strip() == "done":
            break
    else:
        raise AssertionError("never ended by itself")
    assert states == {(False, False), (True, True), (True, False)}


def _state(root: Path) -> bool:
    """Return whether the settings are the new ones; they are never of both."""
    ws = load_workspace(root)
    new = {
        any(item.target == 88 for item in ws.indicators.values()),
        any(area.name == "新村" for area in ws.areas),
        "# new" in str(text_of(root, "catalogue/scheme.toml")),
    }
    assert len(new) == 1
    return new.pop()


def test_no_backup_is_made_of_half_a_change(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "_put", lambda *_: (_ for _ in ()).throw(OSError(5, "gone")))
    with pytest.raises(StoreError):
        change(store, service(store, NOTE, 'label = "建档率"'), "改名")
    monkeypatch.undo()
    assert load_workspace(store.root).indicators["migrant_filing"].label == "建档率"
    assert [each.number for each in changes(store.root)] == [1]
    monkeypatch.setattr("shortplank.store.locks.LOCK_SECONDS", 0.05)
    with pytest.raises(BackupError, match="没有写完"):
        take(store.root)
    with store.writing():
        pass
    names = {item.name for item in take(store.root).items}
    assert "journal/settings_changes.jsonl" in names
    assert any(name.startswith("settings_history/") for name in names)


# --- back again -----------------------------------------------------------------------------------
def test_settings_go_back_to_where_they_stood(store: Store) -> None:
    first = text(store, SERVICE)
    change(store, service(store, NOTE, 'label = "一"'), "一")
    change(store, service(store, 'label = "一"', 'label = "二"'), "二")
    made = restore(store, 1)
    assert made.number == 3 and 'label = "一"' in text(store, SERVICE)
    assert made.why == "恢复到第 1 次改动之后"
    restore(store, 0, "从头来过")
    assert text(store, SERVICE) == first
    assert len(changes(store.root)) == 4
    for wrong in (-1, 9):
        with pytest.raises(StoreError, match="没有第"):
            restore(store, wrong)
    with pytest.raises(Overtaken):
        restore(store, 1, expected=2)


def test_a_file_that_was_new_goes_away_again(store: Store) -> None:
    change(store, {"queries/own.sql": "select 1\n"}, "新查询")
    change(store, service(store, NOTE, 'label = "一"'), "一")
    restore(store, 0)
    assert not (store.root / "queries" / "own.sql").exists()
    restore(store, 1)
    assert text(store, "queries/own.sql") == "select 1\n"
    assert NOTE in text(store, SERVICE)


def test_a_line_that_nobody_can_read_is_passed_over(store: Store) -> None:
    change(store, service(store, NOTE, 'label = "一"'), "一")
    path = store.root / "journal" / "settings_changes.jsonl"
    path.write_text(path.read_text("utf-8") + '{"number": "x"}\n{"half\n', "utf-8")
    assert [each.number for each in changes(store.root)] == [1]
