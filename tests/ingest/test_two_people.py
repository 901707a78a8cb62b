"""Two people, one workspace: what is published stands on what was looked at, or is told first."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shortplank import ingest
from shortplank.access import Actor
from shortplank.cli import run
from shortplank.errors import Overtaken
from shortplank.ingest import Refused, needs_reason, preview, publish_batch
from shortplank.store import Store
from tests.ingest.county import EAST, WEST, as_csv, checked, make_county, rows, state_of

JUNE = date(2010, 6, 1)


def publish(store: Store, *lines: dict[str, object]) -> None:
    """Publish as somebody else than the store's own actor."""
    other = store.acting_for(Actor("analyst", "tongji02"))
    publish_batch(other, checked(store, as_csv(lines)), why="月报")


def deaths(store: Store) -> dict[str, int]:
    table = store.edition().table("village_month", JUNE)
    assert table is not None
    return dict(zip(table["area_code"].to_pylist(), table["deaths"].to_pylist(), strict=True))


def test_a_preview_is_published_on_the_edition_it_was_made_against(store: Store) -> None:
    mine = checked(store, as_csv(rows(EAST, 死亡人数=2)))
    seen = preview(store, mine)
    assert (seen.edition, seen.between, seen.reasons) == (0, (), ())
    publish(store, *rows(EAST, 死亡人数=5))
    before = state_of(store.root)
    with pytest.raises(Overtaken, match="第1版（tongji02，20"):
        publish_batch(store, mine, why="", seen=seen)
    assert state_of(store.root) == before

    again = preview(store, mine)
    assert [edition.number for edition in again.between] == [1]
    assert {(row["old"], row["new"]) for row in again.changes.to_pylist()} == {(5, 2)}
    assert again.earlier == () and again.reasons == needs_reason(store, mine) == ("2010-06",)
    with pytest.raises(Refused, match="2010-06"):
        publish_batch(store, mine, why=" ", seen=again)
    assert state_of(store.root) == before
    edition = publish_batch(store, mine, why="原报有误", seen=again)
    assert (edition.number, edition.parent, edition.why) == (2, 1, "原报有误")


def test_what_others_published_elsewhere_asks_for_no_reason(store: Store) -> None:
    mine = checked(store, as_csv(rows(EAST, 死亡人数=2)))
    publish(store, *rows(WEST, 死亡人数=5))
    assert needs_reason(store, mine) == ()
    edition = publish_batch(store, mine, why="")
    assert (edition.number, edition.why) == (2, "导入 1 份报表")
    assert sorted(deaths(store).values()) == [2, 2, 5, 5]


def test_without_a_preview_nothing_of_others_is_overwritten(store: Store) -> None:
    publish(store, *rows(EAST + WEST, 死亡人数=1))
    mine = checked(store, as_csv(rows(EAST, 死亡人数=2)))
    publish(store, *rows(EAST, 死亡人数=5))
    for why in ("", "原报有误"):
        with pytest.raises(Refused, match=r"第2版（tongji02，.*改掉其中的 2 个数"):
            publish_batch(store, mine, why=why)
    assert store.newest() == 2


def test_the_earlier_months_are_those_at_the_publish(store: Store) -> None:
    """June was the newest month at the check; with July published it has become an earlier one."""
    publish(store, *rows(死亡人数=1))
    mine = checked(store, as_csv(rows(死亡人数=2)))
    assert needs_reason(store, mine) == ()
    publish(store, *rows(month="2010-07"))
    with pytest.raises(Refused, match="2010-06"):
        publish_batch(store, mine, why="")
    assert publish_batch(store, mine, why="漏报").number == 3


STEPS = st.lists(st.tuples(st.sampled_from("甲乙丙"), st.sampled_from(["look", "publish"])))


@settings(max_examples=25)
@given(STEPS)
def test_whoever_publishes_stands_on_what_they_saw(steps: list[tuple[str, str]]) -> None:
    """In any order of looks and publishes, an edition's parent is the one its publisher saw."""
    with TemporaryDirectory() as folder:
        store = Store(make_county(Path(folder) / "county"))
        batch = checked(store, as_csv(rows()))
        seen: dict[str, Any] = {}
        for who, step in steps:
            if step == "look":
                seen[who] = preview(store, batch)
            elif who in seen:
                newest = store.newest()
                try:
                    edition = publish_batch(store, batch, why="重报", seen=seen[who])
                    assert edition.parent == (seen[who].edition or None)
                except Overtaken:
                    assert newest != seen[who].edition and store.newest() == newest


# --- the command ----------------------------------------------------------------------------------
@pytest.fixture
def meanwhile(store: Store, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A function: its report is published by someone else between a command's check and publish."""
    check = ingest.check_batch

    def between(*lines: dict[str, object]) -> None:
        waiting = [lines]

        def checking(*args: Any, **options: Any) -> Any:
            batch = check(*args, **options)
            while waiting:
                publish(store, *waiting.pop())
            return batch

        monkeypatch.setattr(ingest, "check_batch", checking)

    return between


def report(store: Store, *lines: dict[str, object]) -> str:
    path = store.root.parent / "月报.csv"
    path.write_text(as_csv(lines), encoding="utf-8")
    return str(path)


def test_the_command_is_refused_where_others_published_the_same_counts(
    store: Store, meanwhile: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    file = report(store, *rows(EAST, 死亡人数=2))
    meanwhile(*rows(EAST, 死亡人数=5))
    assert run(["import", file, "-w", str(store.root), "--note", "更正"]) == 1
    said = capsys.readouterr().err
    assert "第1版（tongji02" in said and "没有发布" in said and "--dry-run" in said
    assert set(deaths(store).values()) == {5} and store.newest() == 1
    assert run(["import", file, "-w", str(store.root)]) == 0  # looked at anew


def test_the_command_goes_through_where_others_published_something_else(
    store: Store, meanwhile: Any
) -> None:
    file = report(store, *rows(EAST, 死亡人数=2))
    meanwhile(*rows(WEST, 死亡人数=5))
    assert run(["import", file, "-w", str(store.root)]) == 0
    assert sorted(deaths(store).values()) == [2, 2, 5, 5] and store.edition().parent == 1


def test_a_dry_run_is_a_preview_that_an_import_can_be_bound_to(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    file = report(store, *rows(EAST, 死亡人数=2))
    assert run(["import", file, "-w", str(store.root), "--dry-run"]) == 0
    assert "--against 0" in capsys.readouterr().err
    publish(store, *rows(EAST, 死亡人数=5))
    bound = ["import", file, "-w", str(store.root), "--against"]
    assert run([*bound, "0"]) == 1 and "第1版（tongji02" in capsys.readouterr().err
    assert run([*bound, "9"]) == 1 and "没有第 9 版" in capsys.readouterr().err
    assert run([*bound, "1"]) == 0 and set(deaths(store).values()) == {2}


def test_a_command_goes_back_only_over_the_edition_that_was_seen(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in (2, 3):
        publish(store, *rows(EAST, 死亡人数=number))
    back = ["editions", "restore", "1", "-w", str(store.root), "--against"]
    assert run([*back, "1"]) == 1 and "第2版（tongji02" in capsys.readouterr().err
    assert store.newest() == 2
    assert run([*back, "2"]) == 0 and set(deaths(store).values()) == {2}
