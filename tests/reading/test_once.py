"""Answers that are worked out once: for whom they are the same, and what makes them anew."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

import pytest

from benchmarks import scale
from shortplank import reading, topics
from shortplank.access import Actor, Role
from shortplank.reading.view import View, first_view, once
from shortplank.records.marks import mark_checked
from shortplank.store import Engine, engine, journal
from shortplank.topics.inspection.answer.rehearsal import default_plan
from shortplank.topics.quality.answer.signals import signals
from shortplank.topics.sex_ratio.answer.sex_ratio import default_span, looks_of, order_labels
from shortplank.wording.naming import home_units
from tests.copies import DEMO, demo_copy


def view_of(shared: Engine, role: Role = "analyst", account: str = "") -> View:
    view = first_view(shared, Actor(role, account))
    assert view is not None
    return view


@pytest.fixture
def own(tmp_path: Path) -> Engine:
    return engine(demo_copy(tmp_path / "county"))


def answers() -> Iterator[Callable[..., Any]]:
    """Yield every answer that is worked out once: of the topics, and of what they read with."""
    rooms = [
        *walk_packages(reading.__path__, f"{reading.__name__}."),
        *walk_packages(topics.__path__, f"{topics.__name__}."),
    ]
    for module in rooms:
        if ".answer" in module.name or module.name.startswith(f"{reading.__name__}."):
            found = vars(importlib.import_module(module.name)).values()
            yield from (
                each
                for each in found
                if hasattr(each, "journals") and each.__module__ == module.name
            )


def asked(view: View, answer: Callable[..., Any]) -> Any:
    """Return an answer to what a page would ask it."""
    given: dict[str, Any] = {
        "picture": "curve",
        "chosen": list(view.towns)[:2],
        "town": next(iter(view.towns)),
        "plan": default_plan(view),
        "look": next(iter(looks_of(view))),
        "span": default_span(view),
        "indicator": next(iter(order_labels(view))),
        "most": 3,
    }
    _, *wanted = inspect.signature(answer).parameters
    return answer(view, *(given[name] for name in wanted))


def test_the_topics_answers_are_worked_out_once() -> None:
    names = {answer.__name__ for answer in answers()}
    assert {"overview", "ranking", "trend", "points", "signals", "year_end", "short_plank"} <= names
    assert "reports_of" in names


def test_what_is_kept_in_a_file_rests_on_no_journal() -> None:
    with pytest.raises(TypeError, match="journal"):

        @once("marks", stored=True)
        def answer(view: View) -> str:
            return view.actor.reads


@pytest.mark.parametrize("answer", list(answers()), ids=lambda answer: answer.__name__)
def test_an_answer_names_each_journal_that_it_reads(
    answer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that did not would stay as it was when somebody writes a line."""
    shared, read = Engine(engine(DEMO).ws), set[str]()
    whole = journal.read

    def noted(root: Path | str, kind: str) -> list[journal.Line]:
        read.add(kind)
        return whole(root, kind)

    monkeypatch.setattr(journal, "read", noted)
    view = view_of(shared)
    village = view.ws.scheme.short_plank_default
    if answer.__module__.startswith("shortplank.topics.short_plank") and village:
        view = view.with_(indicator=village)
    if answer.__name__ == "village":
        view = view.with_(area=next(a for a in view.ws.areas if a.level == "village").area_code)
    first = asked(view, answer)
    assert read <= set(answer.journals)
    assert asked(view, answer) is first


def test_who_reads_the_same_tables_gets_the_same_answer(own: Engine) -> None:
    made = list[str]()

    @once()
    def answer(view: View) -> str:
        made.append(view.actor.account)
        return view.actor.reads

    roles: list[Role] = ["analyst", "admin", "viewer", "filer"]
    said = [answer(view_of(own, role, f"{role}-1")) for role in roles]
    assert said == ["analyst", "analyst", "viewer", "viewer"]
    assert made == ["analyst-1", "viewer-1"]


def test_an_answer_speaks_of_its_own_home(tmp_path: Path) -> None:
    """Whoever asks first: a thread that nobody has told what is looked at, as a start's is."""
    scale.make(tmp_path / "all", scale.Scale(2, 2, 2, 14), "99")
    shared = engine(tmp_path / "all")

    @once()
    def answer(view: View) -> str:
        return home_units()

    homes = {"县": "99", "乡镇": "990101"}
    assert [answer(view_of(shared.at(home))) for home in homes.values()] == [*homes]
    assert home_units() == "乡镇", "what was spoken of before is again"


def test_any_other_look_is_another_answer(own: Engine) -> None:
    view, made = view_of(own), list[View]()

    @once()
    def answer(view: View, *_more: object) -> int:
        made.append(view)
        return len(made)

    first = view.ask("months_by_edition", county=view.county.area_code)["stat_month"][0].as_py()
    other = next(key for key in view.ws.indicators if key != view.indicator)
    looks = [
        view,
        view.with_(month=first),
        view.with_(indicator=other),
        view.with_(window="r12"),
        view.with_(area=next(iter(view.towns))),
        view.with_(edition=view.edition - 1),
    ]
    assert [answer(each) for each in looks] == [1, 2, 3, 4, 5, 6]
    assert [answer(each) for each in looks] == [1, 2, 3, 4, 5, 6]
    assert answer(view, ["a"]) == 7 and answer(view, ["a"]) == 7 and answer(view, ["b"]) == 8


def test_a_line_in_its_journal_makes_an_answer_anew(own: Engine) -> None:
    view = view_of(own, account="analyst-1")
    before = signals(view)
    assert signals(view) is before
    mark_checked(view, before.rows[0].key, "已核对")
    after = signals(view)
    assert after is not before and after.rows[0].mark != before.rows[0].mark
