"""``shortplank tray``: listed, accepted, sent back and published by scripts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shortplank.access import Actor
from shortplank.records.tray import hand_in
from shortplank.store import Store
from tests.cli.conftest import Command
from tests.copies import demo_copy
from tests.records.test_tray import CLERK, ZHULU, changed, code_of, june


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A county with one report in the tray."""
    monkeypatch.setenv("SHORTPLANK_TODAY", "2010-07-03")
    monkeypatch.delenv("SHORTPLANK_POST", raising=False)
    made = demo_copy(tmp_path / "demo", without=("journal", "marts"))
    handed_in(made)
    return made


def handed_in(root: Path, more: bool = False) -> str:
    store = Store(root)
    area = code_of(store, ZHULU)
    own = store.acting_for(Actor("filer", CLERK, area))
    return hand_in(own, changed(june()) if more else june(), area=area, way="file").id


def listed(command: Command, root: Path) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(command("tray", "list", "--json", "-w", root).out)
    return found


def test_what_was_handed_in_is_listed(command: Command, root: Path) -> None:
    [item] = listed(command, root)
    assert (item["state"], item["who"], item["forms"]) == ("handed_in", CLERK, ["village_month"])
    said = command("tray", "list", "-w", root)
    assert said.code == 0 and "待收" in said.out and ZHULU in said.out and "村月报" in said.out
    assert said.err == "1 份，其中 1 份待收。\n"
    assert json.loads(command("tray", "list", "--json", "--month", "2010-05", "-w", root).out) == []


def test_it_is_accepted_and_published_as_who_says(command: Command, root: Path) -> None:
    [item] = listed(command, root)
    said = command("tray", "accept", item["id"], "--who", "统计岗", "-w", root)
    assert said.code == 0 and f"已收下 {item['id']}（{ZHULU}" in said.err
    assert listed(command, root)[0]["decided_by"] == "统计岗"
    again = command("tray", "accept", item["id"], "-w", root)
    assert again.code == 1 and "现在是已收下（统计岗）" in again.err
    before = Store(root).newest()
    seen = command("tray", "publish", "--all", "--dry-run", "-w", root)
    assert seen.code == 0 and f"--against {before}" in seen.err and Store(root).newest() == before
    late = command("tray", "publish", "--all", "--against", before - 1, "-w", root)
    assert late.code == 1 and "在这之间发布了" in late.err
    done = command(
        "tray", "publish", item["id"], "--who", "统计岗", "--against", before, "-w", root
    )
    assert done.code == 0 and f"已发布第 {before + 1} 版，1 份文件" in done.err
    assert listed(command, root)[0]["edition"] == before + 1
    assert Store(root).edition().who == "统计岗"
    nothing = command("tray", "publish", "--all", "-w", root)
    assert nothing.code == 2 and "没有收下而还没有发布的文件" in nothing.err


def test_it_is_sent_back_with_a_reason(command: Command, root: Path) -> None:
    [item] = listed(command, root)
    refused = command("tray", "send-back", item["id"], "--reason", "请打 13800138000", "-w", root)
    assert refused.code == 1 and "手机号码" in refused.err and "13800138000" not in refused.err
    said = command("tray", "send-back", item["id"], "--reason", "请核对死亡人数", "-w", root)
    assert said.code == 0 and "已退回" in said.err
    assert "请核对死亡人数" in command("tray", "list", "-w", root).out
    again = command("tray", "send-back", item["id"], "--reason", "再退", "-w", root)
    assert again.code == 1 and "不能退回" in again.err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["accept", "x"], 1, "收件里没有这一份"),
        (["send-back", "x", "--reason", "请核对"], 1, "收件里没有这一份"),
        (["send-back", "x"], 2, "--reason"),
        (["publish"], 2, "须写编号或 --all 其中之一"),
        (["publish", "x", "--all"], 2, "须写编号或 --all 其中之一"),
        (["publish", "x"], 1, "收件里没有这一份"),
    ],
)
def test_what_is_not_there_is_one_sentence(
    command: Command, root: Path, arguments: list[str], code: int, said: str
) -> None:
    found = command("tray", *arguments, "-w", root)
    assert found.code == code and said in found.err
