"""Tokens from the command line: shown once, listed without their secret, revoked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shortplank.access import MACHINE
from shortplank.gate.house import House
from tests.cli.conftest import Command
from tests.ingest.county import make_county

pytestmark = pytest.mark.usefixtures("cheap_hashes")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SHORTPLANK_STATE", str(tmp_path / "state"))
    folder = make_county(tmp_path / "county")
    (folder / "access.toml").write_text("[local]\n", "utf-8")
    House(folder).accounts.add(MACHINE, "ana", "three quiet rivers", "analyst", must_change=False)
    return folder


def test_a_token_is_made_listed_and_revoked(command: Command, root: Path) -> None:
    made = command("token", "add", "ana", "--name", "大屏", "--days", 30, "-w", root)
    text = made.out.strip()
    own = text.split("_")[1]
    assert made.code == 0 and text.startswith("sp_") and made.out.count("\n") == 1
    assert made.err.startswith(f"令牌 {own} 已建立（账号 ana，到 ") and text not in made.err
    house = House(root)
    assert house.bearers.bearer(text)

    listed = command("token", "list", "-w", root)
    assert listed.err == "1 个令牌。\n" and text not in listed.out
    assert own in listed.out and "大屏" in listed.out and "未用过" in listed.out
    (line,) = json.loads(command("token", "list", "--json", "-w", root).out)
    assert (line["id"], line["account"], line["seen"], line["valid"]) == (own, "ana", None, True)

    gone = command("token", "revoke", own, "-w", root)
    assert (gone.code, gone.out) == (
        0,
        "",
    ) and gone.err == f"令牌 {own} 已撤销（账号 ana，大屏）。\n"
    assert house.bearers.bearer(text) is None
    again = command("token", "revoke", own, "-w", root)
    assert again.code == 1 and "token list" in again.err


def test_what_cannot_be_is_said(command: Command, root: Path) -> None:
    for arguments, said in (
        (("add", "nobody", "--name", "x"), "没有账号 nobody"),
        (("add", "ana", "--name", "x", "--days", 0), "1 至 366 天"),
        (("add", "ana", "--name", " "), "名称"),
    ):
        found = command("token", *arguments, "-w", root)
        assert found.code == 1 and said in found.err and not found.out
    House(root).accounts.set_password(MACHINE, "ana", "another five words")
    assert "改密码" in command("token", "add", "ana", "--name", "x", "-w", root).err
    (root / "access.toml").unlink()
    assert "[local]" in command("token", "add", "ana", "--name", "x", "-w", root).err
    assert command("token", "list", "-w", root).code == 0
