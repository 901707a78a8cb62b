"""What the product says in every state is what a reviewer has read in docs/sentences.txt."""

from __future__ import annotations

import importlib
from itertools import product, zip_longest
from pathlib import Path
from pkgutil import walk_packages

import pytest

from shortplank import topics
from shortplank.catalogue import Workspace
from shortplank.frame.pages import DESKS, PAGES
from shortplank.reading.told import Told
from tests.wording.test_rooms import TERMS
from tools.sentences import PATH
from tools.sentences.county import STATES, SUBJECTS, county
from tools.sentences.listing import ROLES, TOPICS, Said, every_said
from tools.sentences.text import text_of

# Where a subject's areas are held against the county, a line or a range, one after the other.
COMPARED = ("乡镇排名·排名", "乡镇排名·漏斗图", "指标趋势·各乡镇", "短板村·先去哪几个村")
UP, DOWN, RANGE, NONE = list(SUBJECTS)[:4]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, list[Said]]:
    """The county's workspace, and all that is said of it in its five states."""
    folder: Path = tmp_path_factory.mktemp("sentences")
    counties = {state: county(folder / state, state) for state in STATES}
    return counties["named"].ws, list(every_said(counties))


def of(said: list[Said], topic: str, state: str) -> list[Said]:
    return [
        each
        for each in said
        if each.topic.label == topic and each.state == state and each.told is not None
    ]


def test_every_sentence_is_an_approved_one(made: tuple[Workspace, list[Said]]) -> None:
    old = PATH.read_text("utf-8").splitlines()
    new = text_of(*made).splitlines()
    changed = [(a, b) for a, b in zip_longest(old, new, fillvalue="") if a != b]
    assert not changed, f"make sentences, and read the difference: {changed[0]}"


def test_every_combination_is_there(made: tuple[Workspace, list[Said]]) -> None:
    said = [(each.topic, each.subject, each.state, each.role) for each in made[1]]
    subjects = {True: SUBJECTS, False: list(SUBJECTS)[:1]}
    expected = {
        combination
        for topic in TOPICS
        for combination in product([topic], subjects[topic.by_subject], STATES, ROLES)
    }
    assert len(said) == len(expected) and set(said) == expected
    assert len({topic.label for topic in TOPICS}) == len(TOPICS)


def test_every_page_and_every_answer_of_one_is_listed(made: tuple[Workspace, list[Said]]) -> None:
    for module in walk_packages(topics.__path__, f"{topics.__name__}."):
        if ".answer" in module.name:
            importlib.import_module(module.name)
    listed = {topic.label.partition("·")[0] for topic in TOPICS}
    assert {label for key, label in PAGES.items() if key not in DESKS} == listed
    heard = {type(each.told) for each in made[1]}
    assert [kind.__name__ for kind in Told.__subclasses__() if kind not in heard] == []


def test_every_answer_has_a_title_and_says_what_is_looked_at(
    made: tuple[Workspace, list[Said]],
) -> None:
    for each in made[1]:
        if each.told is not None:
            assert each.told.title and not each.told.title.endswith("。" * 2)
            assert all(isinstance(text, str) for text in each.told.about)


def test_terms_of_the_trade_stand_in_no_sentence(made: tuple[Workspace, list[Said]]) -> None:
    for each in made[1]:
        said = list(each.lines)
        if each.told is not None:
            told = each.told
            said += [told.title, *told.about, told.sentence, *told.notes]
        assert not [text for text in said if TERMS.search(text)]


@pytest.mark.parametrize("topic", COMPARED)
def test_a_state_is_what_its_heading_says(made: tuple[Workspace, list[Said]], topic: str) -> None:
    said = [each for each in made[1] if each.subject in (UP, DOWN)]
    assert all(each.told.named for each in of(said, topic, "named") if each.told)
    unjudged = [each for each in made[1] if each.subject == NONE]
    assert not any(each.told.named for each in of(unjudged, topic, "named") if each.told)
    for each in of(said, topic, "nothing"):
        assert each.told is not None and not each.told.named and each.told.tested
    for state in ("too_few", "untested"):
        assert not any(each.told.tested for each in of(said, topic, state) if each.told)


def test_who_stands_apart_is_told_by_name(made: tuple[Workspace, list[Said]]) -> None:
    """The named of an answer stand in its words, or their number does."""
    for each in made[1]:
        told = each.told
        if told is None or not told.named:
            continue
        assert told.tested >= len(told.named) or "数据" in each.topic.label
        words = "".join((told.title, told.sentence, *each.lines))
        count = any(f"{len(told.named)} {unit}" in words for unit in ("个", "项"))
        assert count or all(name in words for name in told.named), (each.topic.label, told.named)


def test_the_same_counts_read_from_both_sides_name_the_same(
    made: tuple[Workspace, list[Said]],
) -> None:
    """More filed and fewer missing are one fact: whoever is named for one is for the other."""
    for topic, state in product(COMPARED, STATES):
        named = {
            each.subject: set(each.told.named)
            for each in of(made[1], topic, state)
            if each.told is not None and each.subject in (UP, DOWN)
        }
        assert len({frozenset(names) for names in named.values()}) <= 1, (topic, state, named)
