"""操作记录: its filters and its list, open to admins alone."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from shortplank.access import ROLES, Actor, Role
from shortplank.audit import lines
from shortplank.audit.lines import FACTS, WHATS, audit_folder, line_of
from shortplank.audit.reading import Asked, found
from shortplank.catalogue import load_workspace
from shortplank.frame import open_page
from shortplank.topics.audit.answer import WHATS as SAID
from shortplank.topics.audit.answer import audit_table
from tests.copies import DEMO
from tests.pages.apps import run, sound, tables, text, title
from tests.taking import labels

DAYS = ("2010-06-01", "2010-06-20", "2010-06-24", "2010-06-25")


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder of its own that holds some days, and an admin before it."""
    monkeypatch.setenv("SHORTPLANK_STATE", str(tmp_path / "state"))
    monkeypatch.setattr(lines, "_writer", lines._Writer())
    monkeypatch.setattr(lines, "now", lambda: "2010-06-25T18:00:00.000+08:00")
    look_as(monkeypatch, "admin")
    return tmp_path / "state"


@pytest.fixture
def kept(state: Path) -> Path:
    for day in DAYS:
        made = [
            line_of(f"{day}T09:00:00.000+08:00", "wang", "sign_in", {"way": "local"}),
            line_of(
                f"{day}T09:01:00.000+08:00",
                "wang",
                "export",
                {
                    "page": "rankings",
                    "indicator": "migrant_filing",
                    "month": "2010-05",
                    "window": "ytd",
                    "area": "990101",
                    "edition": 3,
                    "rows": 13,
                    "format": "csv",
                    "figures": "exact",
                },
            ),
            line_of(f"{day}T09:02:00.000+08:00", "", "refused", {"reason": "host"}),
        ]
        (audit_folder(DEMO) / f"{day}.jsonl").write_bytes(b"".join(made))
    return state


def look_as(monkeypatch: pytest.MonkeyPatch, role: Role) -> None:
    monkeypatch.setattr(open_page, "current_actor", lambda _shared: Actor(role, "li"))


def rows(test: AppTest) -> list[dict[str, object]]:
    return list(tables(test)[0].to_dict("records"))


def test_it_lists_the_last_week_the_newest_first(kept: Path) -> None:
    test = sound(run("audit"))
    # The look at this page is a line itself, written before the list is read.
    assert title(test) == "10 条操作记录" and "翻看了 10 条" in text(test)
    made = rows(test)
    assert [row["时间"] for row in made[:3]] == [
        "2010-06-25 18:00:00",
        "2010-06-25 09:02:00",
        "2010-06-25 09:01:00",
    ]
    assert made[0]["账号"] == "li" and made[0]["页面"] == "操作记录"
    assert made[1]["账号"] == "（未登录）" and made[1]["说明"] == "网址不符"
    assert {key: made[2][key] for key in ("事项", "页面", "所看月份", "时段", "单位", "取用")} == {
        "事项": "取用",
        "页面": "乡镇排名",
        "所看月份": "2010-05",
        "时段": "年度累计",
        "单位": "云洲县",
        "取用": "精确数",
    }
    assert (made[2]["行数"], made[2]["格式"], made[2]["所看版次"]) == (13, "csv", "第3版")
    assert made[3]["说明"] == "本地账号"
    assert labels(test) == ["下载 CSV", "下载 Excel"]


def test_each_filter_narrows_it(kept: Path) -> None:
    test = sound(run("audit"))
    test.selectbox(key="audit-what").select("export").run()
    assert title(sound(test)) == "3 条操作记录"
    test.selectbox(key="audit-first").select(date(2010, 6, 1)).run()
    assert title(sound(test)) == "4 条操作记录"
    test.text_input(key="audit-account").input("zhao").run()
    assert "请放宽账号、事项或页面" in text(sound(test)) and not tables(test)
    test.text_input(key="audit-account").input("wang").run()
    test.selectbox(key="audit-page").select("rankings").run()
    assert title(sound(test)) == "4 条操作记录"
    test.selectbox(key="audit-page").select("trends").run()
    assert title(sound(test)) == "0 条操作记录"


def test_days_that_leave_nothing_say_so(kept: Path) -> None:
    test = sound(run("audit"))
    test.selectbox(key="audit-last").select(date(2010, 6, 1)).run()
    assert "请放宽起止日期" in text(sound(test))


@pytest.mark.parametrize("role", [role for role in ROLES if role != "admin"])
def test_others_are_refused_in_one_sentence_and_have_no_way_to_it(
    role: Role, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_as(monkeypatch, role)
    test = run("audit")
    said = [error.value for error in test.error]
    assert said == ["“操作记录”不对当前身份开放。请从左侧选其他页。"]
    assert not test.exception and not tables(test)
    assert "操作记录" not in text(sound(run("dictionary")))
    told = found(DEMO, Asked(date(2010, 6, 25), date(2010, 6, 25), what="refused"), 9).lines
    assert [(line["account"], line.get("page")) for line in told] == [("li", "audit"), ("", None)]


def test_an_admin_has_a_way_to_it(kept: Path) -> None:
    assert "操作记录" in text(sound(run("dictionary")))


def test_every_kind_has_a_name_and_every_fact_a_column(state: Path) -> None:
    assert tuple(SAID) == WHATS
    ws = load_workspace(DEMO)
    for key, form in FACTS.items():
        held: dict[str, str | int] = {key: 7 if form is int else "csv"}
        (row,) = audit_table(ws, [{"at": "", "account": "a", "what": "look", **held}]).to_pylist()
        shown = json.dumps(row, ensure_ascii=False)
        assert "7" in shown or "csv" in shown or "放映" in shown or "预备" in shown, key
