"""Registers from reports over the months: what comes, goes, returns, merges and is renamed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shortplank.ingest import Upload
from shortplank.ingest.gazetteer import Proposed
from shortplank.store import Store
from tests.ingest.gazetteer.county import Row, accepted, blank, errors, months, opened, proposed
from tests.ingest.gazetteer.test_lists import KOREA

MONTHS = [f"2019-{month:02d}" for month in range(1, 13)]
STAY: list[Row] = [("东镇", "一村", "010101", 900), ("东镇", "二村", "010102", 700),
                   ("西乡", "三村", "010201", 800)]  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return blank(tmp_path / "w")


def history(*changing: tuple[Row, range]) -> dict[str, list[Row]]:
    """Return a year in which three villages stay and others are there in some months."""
    return {
        month: STAY + [row for row, there in changing if number in there]
        for number, month in enumerate(MONTHS, start=1)
    }


def lines(made: Proposed, name: str) -> list[tuple[str, str, str]]:
    return [
        (a.area_code, f"{a.valid_from:%Y-%m}", f"{a.valid_to:%Y-%m}" if a.valid_to else "")
        for a in made.registers.areas
        if a.name == name
    ]


ALL, EARLY, LATE = range(1, 13), range(1, 7), range(7, 13)
CASES: dict[str, tuple[Sequence[tuple[Row, range]], dict[str, list[tuple[str, str, str]]],
                       list[tuple[str, str, str]], list[tuple[str, str]]]] = {
    "comes": (
        [(("东镇", "新村", "010109", 300), LATE)],
        {"新村": [("010109", "2019-07", "")]}, [], [],
    ),
    "goes": (
        [(("东镇", "老村", "010108", 300), EARLY)],
        {"老村": [("010108", "2019-01", "2019-06")]}, [], [],
    ),
    "is not reported for a month": (
        [(("东镇", "四村", "010104", 300), range(1, 5)),
         (("东镇", "四村", "010104", 300), range(6, 13))],
        {"四村": [("010104", "2019-01", "")]}, [], [],
    ),
    "returns under its code": (
        [(("东镇", "四村", "010104", 300), range(1, 4)),
         (("东镇", "四村", "010104", 300), range(9, 13))],
        {"四村": [("010104", "2019-01", "2019-03"), ("010104", "2019-09", "")]}, [], [],
    ),
    "returns under a new code": (
        [(("东镇", "四村", "010104", 300), range(1, 4)),
         (("东镇", "四村", "010177", 300), range(9, 13))],
        {"四村": [("010104", "2019-01", "2019-03"), ("010177", "2019-09", "")]},
        [("010104", "010177", "2019-09-01")], [],
    ),
    "has a new code at once": (
        [(("东镇", "四村", "010104", 300), EARLY), (("东镇", "四村", "010177", 300), LATE)],
        {"四村": [("010177", "2019-01", "")]}, [], [("010177", "010104")],
    ),
    "is renamed": (
        [(("东镇", "四村", "010104", 300), EARLY), (("东镇", "新四社区", "010104", 300), LATE)],
        {"新四社区": [("010104", "2019-01", "")]}, [], [("010104", "四村")],
    ),
    "has its code later": (
        [(("东镇", "四村", "", 300), EARLY), (("东镇", "四 村", "010104", 300), LATE)],
        {"四村": [("010104", "2019-01", "")]}, [], [],
    ),
    "never has a code, and another kind later": (
        [(("东镇", "四方村", "", 300), EARLY), (("东镇", "四方里", "", 300), LATE)],
        {"四方里": [("01010X01", "2019-01", "")]}, [], [("01010X01", "四方村")],
    ),
    "is merged into another": (
        [(("东镇", "小村", "010105", 120), EARLY), (("东镇", "大村", "010106", 500), EARLY),
         (("东镇", "大村", "010106", 620), LATE)],
        {"小村": [("010105", "2019-01", "2019-06")], "大村": [("010106", "2019-01", "")]},
        [("010105", "010106", "2019-07-01")], [],
    ),
    "is merged with another into a new one": (
        [(("东镇", "甲村", "010105", 120), EARLY), (("东镇", "乙村", "010106", 500), EARLY),
         (("东镇", "合村", "010107", 621), LATE)],
        {"合村": [("010107", "2019-07", "")]},
        [("010105", "010107", "2019-07-01"), ("010106", "010107", "2019-07-01")], [],
    ),
    "is split": (
        [(("东镇", "大村", "010106", 620), EARLY), (("东镇", "北村", "010107", 300), LATE),
         (("东镇", "南村", "010108", 320), LATE)],
        {"大村": [("010106", "2019-01", "2019-06")], "北村": [("010107", "2019-07", "")]}, [], [],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_becomes_of_a_village(store: Store, case: str) -> None:
    changing, wanted, heirs, spellings = CASES[case]
    files = months(history(*changing))
    made = proposed(store, files)
    assert {name: lines(made, name) for name in wanted} == wanted
    new = made.registers
    assert [(s.old_code, s.new_code, s.valid_from.isoformat()) for s in new.successors] == heirs
    assert [(a.area_code, a.alias) for a in new.aliases] == spellings
    after = accepted(store, files)
    assert errors(after, files) == []


def test_each_guess_names_its_rows_and_counts(store: Store) -> None:
    changing, *_ = CASES["is merged into another"]
    made = proposed(store, months(history(*changing)))
    (note,) = [note for note in made.notes if "并入" in note.sentence]
    assert "120" in note.sentence and "500" in note.sentence and "620" in note.sentence
    assert note.evidence[0] == "2019-06.csv 第 5 行"


def test_counts_that_do_not_speak_leave_it_open(store: Store) -> None:
    changing = [(("东镇", "小村", "010105", 120), EARLY), (("东镇", "新村", "010106", 640), LATE)]
    made = proposed(store, months(history(*changing)))
    assert made.registers.successors == ()
    (note,) = [note for note in made.notes if note.certainty == "open"]
    assert (
        "小村" in note.sentence and "新村" in note.sentence and "areas successor" in note.sentence
    )


def test_a_split_names_its_parts_and_has_no_heir(store: Store) -> None:
    changing, *_ = CASES["is split"]
    made = proposed(store, months(history(*changing)))
    (note,) = [note for note in made.notes if note.certainty == "open"]
    assert "北村、南村" in note.sentence


def test_a_town_is_known_again_by_its_villages(store: Store) -> None:
    rows = {
        month: [
            (
                "东镇" if number < 7 else "东街道",
                f"{name}村",
                "" if number < 7 else f"01010{i}",
                400,
            )
            for i, name in enumerate("甲乙丙丁戊", 1)
        ]
        for number, month in enumerate(MONTHS, start=1)
    }
    files = months(rows)
    after = accepted(store, files)
    towns = [a for a in after.workspace.areas if a.level == "township"]
    assert [(a.name, a.valid_to) for a in towns] == [("东街道", None)]
    assert towns[0].valid_from == date(2019, 1, 1)
    assert ("东镇", towns[0].area_code) in {(a.alias, a.area_code) for a in after.workspace.aliases}
    assert errors(after, files) == []


def test_joined_names_are_parted_where_codes_nest_alike(store: Store) -> None:
    rows = [
        (f"{county}{town}", f"{v}里", f"{c}0{t}0{i}", 100)
        for c, county in (("63", "臺北市"), ("65", "新北市"), ("10", "嘉義市"))
        for t, town in enumerate(("東區", "西 區"), 1)
        for i, v in enumerate(("文化", "大同"), 1)
    ]
    files = months(dict.fromkeys(MONTHS[:2], rows))
    after = accepted(store, files, home="新北市")
    ws = after.workspace
    assert ws.home.name == "新北市"
    assert {a.name for a in ws.areas if a.level == "county"} == {"臺北市", "新北市", "嘉義市"}
    assert sorted(a.name for a in ws.areas_below[ws.home.area_code]) == ["東區", "西區"]
    assert errors(after, files) == []


def test_months_that_come_later_stretch_what_is_registered(store: Store) -> None:
    whole = history(
        (("东镇", "四村", "010104", 300), range(3, 9)), (("东镇", "新村", "010109", 50), LATE)
    )
    first = months({m: whole[m] for m in MONTHS[:6]})
    rest = months({m: whole[m] for m in MONTHS[6:]})
    after = accepted(accepted(store, first), rest)
    made = proposed(after, [*first, *rest])
    assert made.texts == {}
    assert lines(made, "四村") == [("010104", "2019-03", "2019-08")]
    assert lines(made, "新村") == [("010109", "2019-07", "")]
    assert errors(after, [*first, *rest]) == []


def test_a_later_code_of_a_registered_village_is_an_alias_or_an_heir(store: Store) -> None:
    first = months({m: [*STAY, ("东镇", "四村", "010104", 300)] for m in MONTHS[:6]})
    rest = months({m: [*STAY, ("东镇", "四村", "010177", 300)] for m in MONTHS[6:]})
    after = accepted(accepted(store, first), rest)
    assert ("010104", "010177") in {(a.area_code, a.alias) for a in after.workspace.aliases}
    assert errors(after, [*first, *rest]) == []


KOREAN = """
label = "출생"
dataset = "village_month"
[reading]
encoding = "cp949"
delimiter = "comma"
[month]
headers = ["통계년월"]
many = true
[area]
code_headers = ["법정동코드"]
county_headers = ["시도명"]
parent_headers = ["시군구명"]
name_headers = ["읍면동명"]
[columns]
births = ["남자"]
people = ["여자"]
"""


def test_a_form_that_records_its_encoding_reads_the_register_by_it(store: Store) -> None:
    (store.root / "catalogue/forms/village.toml").write_text(KOREAN, "utf-8")
    files = [Upload("출생.csv", KOREA.encode("cp949"))]
    after = accepted(opened(store.root), files, home="부산광역시")
    levels = Counter(area.level for area in after.workspace.areas)
    assert levels == {"county": 3, "township": 4, "village": 7}
    assert errors(after, files) == []
    own = after.workspace.area_by_code
    assert own[own["3611010100"].parent_code].name == "세종특별자치시"


# --- properties -----------------------------------------------------------------------------------
@st.composite
def histories(draw: st.DrawFn) -> Mapping[str, list[Row]]:
    """Villages of two towns that come, go, return, and change codes and names now and then."""
    rows: dict[str, list[Row]] = {month: list(STAY) for month in MONTHS[:8]}
    for number in range(draw(st.integers(1, 6))):
        town, code = draw(st.sampled_from([("东镇", "0101"), ("西乡", "0102")]))
        there = draw(st.lists(st.booleans(), min_size=8, max_size=8))
        renamed, recoded = draw(st.integers(0, 8)), draw(st.integers(0, 8))
        bare = draw(st.integers(0, 3))
        for place, month in enumerate(MONTHS[:8]):
            if there[place]:
                name = f"{'子丑寅卯辰巳'[number]}{'新' if place >= renamed else '老'}村"
                own = f"{code}{30 + number + (20 if place >= recoded else 0)}"
                rows[month].append((town, name, "" if place < bare else own, 200 + number))
    return rows


@settings(
    max_examples=25, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(rows=histories())
def test_what_is_proposed_imports_and_is_proposed_once(
    tmp_path_factory: pytest.TempPathFactory, rows: Mapping[str, list[Row]]
) -> None:
    store = blank(tmp_path_factory.mktemp("any") / "w")
    files = months(rows)
    after = accepted(store, files)
    assert errors(after, files) == []
    areas = after.workspace.areas
    codes = {area.area_code for area in areas}
    assert all(a.parent_code in codes for a in areas if a.level in ("township", "village"))
    spans = sorted((a.area_code, a.valid_from, a.valid_to or date.max) for a in areas)
    assert all(a[0] != b[0] or a[2] < b[1] for a, b in pairwise(spans))
    assert opened(store.root).workspace.areas == areas
