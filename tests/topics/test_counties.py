"""Two counties of one workspace in one process: each is told what its own workspace tells it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from shortplank.access import Actor, Role
from shortplank.catalogue import copy_standard, load_workspace
from shortplank.reading.judged.ledger import ledger_of
from shortplank.reading.told import Told
from shortplank.reading.view import View
from shortplank.records.follow_ups import follow_ups
from shortplank.records.meeting import freeze, meeting_of
from shortplank.store import Engine, Store
from shortplank.topics.rankings.answer.spine import spine
from shortplank.topics.short_plank.answer.village import village
from tools.sentences import county as made
from tools.sentences.listing import TOPICS, Topic

PROVINCE, OTHER = "98", "980202"
ROLES: tuple[Role, ...] = ("viewer", "analyst")
SUBJECTS = ("migrant_filing", "migrant_missing", "policy_compliance", "statistical_accuracy")
# Those that name an area of the made-up county by its code, which the other one does not have.
NAMED = ("乡镇排名·一个乡镇", "短板村·村情", "短板村·村情（出生，年度已结束）")
Tables = dict[tuple[str, date], pa.Table]


def moved(text: str) -> str:
    return text.replace(made.COUNTY, OTHER)


def published(root: Path) -> Tables:
    edition = Store(root).edition()
    return {key: table for key in edition.by_key if (table := edition.table(*key)) is not None}


def elsewhere(tables: Tables) -> Tables:
    """Return a county's reports under the codes of the other one; bulletins are of others."""
    found = {}
    for (dataset, month), table in tables.items():
        at = table.column_names.index("area_code")
        codes = pc.replace_substring(table["area_code"], made.COUNTY, OTHER)
        if dataset != "peer_month":
            found[dataset, month] = table.set_column(at, "area_code", codes)
    return found


def workspace(root: Path, areas: list[str], home: str, like: Path, tables: Tables) -> Engine:
    """Publish what counties have as a workspace whose peers are none of them."""
    root.mkdir(parents=True)
    settings = (like / "workspace.toml").read_text("utf-8")
    (root / "workspace.toml").write_text(
        settings.replace(f'home = "{made.COUNTY}"', f'home = "{home}"'), "utf-8"
    )
    head = "area_code,parent_code,level,name,kind,valid_from,valid_to"
    (root / "areas.csv").write_text("\n".join([head, *areas]) + "\n", "utf-8")
    peers = (like / "peers.csv").read_text("utf-8").splitlines()
    others = [line for line in peers if not line.startswith(made.COUNTY)]
    (root / "peers.csv").write_text("\n".join(others) + "\n", "utf-8")
    copy_standard(root)
    made._widen(root / "catalogue", "named")
    Store(root).publish(tables, why="样例", published_at=datetime(2009, 6, 8, tzinfo=UTC))
    return Engine(load_workspace(root))


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Engine]:
    """Return the workspace of both counties, and each county's own."""
    root = tmp_path_factory.mktemp("counties")
    made.county(root / "named", "named")
    made.county(root / "nothing", "nothing")
    named, calm = published(root / "named"), published(root / "nothing")
    for key in [key for key in named if key[0] == "peer_month"]:
        among = pc.not_equal(named[key]["area_code"], made.COUNTY)
        named[key] = named[key].filter(among)
    theirs = elsewhere(calm)
    lines = (root / "named" / "areas.csv").read_text("utf-8").splitlines()[1:]
    own = [line.replace(f"{made.COUNTY},99,", f"{made.COUNTY},{PROVINCE},") for line in lines]
    other = [moved(line).replace(f"{OTHER},99,", f"{OTHER},{PROVINCE},") for line in lines]
    both = named | {
        key: pa.concat_tables([named[key].cast(table.schema), table]) if key in named else table
        for key, table in theirs.items()
    }
    bulletins = {key: table for key, table in named.items() if key[0] == "peer_month"}
    province = f"{PROVINCE},,province,样例省,省,2000-01-01,"
    like = root / "named"
    return {
        "": workspace(root / "both", [province, *own, *other], PROVINCE, like, both),
        made.COUNTY: workspace(root / "own", own, made.COUNTY, like, named),
        OTHER: workspace(root / "other", other, OTHER, like, theirs | bulletins),
    }


def topics(home: str) -> Iterator[Topic]:
    town, first = f"{home}{made.FIRST_TOWN[6:]}", f"{home}{made.FIRST_VILLAGE[6:]}"
    yield from (topic for topic in TOPICS if topic.label not in NAMED)
    yield Topic("一个乡镇", partial(spine, town=town))
    yield Topic("村情", lambda view: village(view.with_(area=first)))


def view_of(shared: Engine, home: str, role: Role, subject: str) -> View:
    return View(shared, shared.newest(), Actor(role, "x", home), made.MONTH, "ytd", subject, home)


def said(told: Told | None) -> tuple[object, ...] | None:
    if told is None:
        return None
    return told.title, tuple(told.about), told.sentence, tuple(told.notes), tuple(told.how)


@pytest.mark.parametrize("at", range(len(list(topics(OTHER)))))
def test_each_county_is_told_what_its_own_workspace_tells_it(
    at: int, shared: dict[str, Engine]
) -> None:
    for role in ROLES:
        for subject in SUBJECTS:
            for home in (made.COUNTY, OTHER):
                topic = list(topics(home))[at]
                if not topic.by_subject and subject != SUBJECTS[0]:
                    continue
                found = said(topic.say(view_of(shared[""].at(home), home, role, subject)))
                alone = said(topic.say(view_of(shared[home], home, role, subject)))
                assert (topic.label, home, role, found) == (topic.label, home, role, alone)


def test_the_two_counties_are_not_alike(shared: dict[str, Engine]) -> None:
    """Else what is compared above would be so of one county told twice."""
    books = [
        ledger_of(view_of(shared[""].at(home), home, "viewer", "migrant_filing"))
        for home in (made.COUNTY, OTHER)
    ]
    assert [bool(book.findings) for book in books] == [True, False]


def test_what_one_county_writes_the_other_does_not_read(shared: dict[str, Engine]) -> None:
    own, other = (
        view_of(shared[""].at(home), home, "analyst", "migrant_filing")
        for home in (made.COUNTY, OTHER)
    )
    freeze(own)
    assert meeting_of(own) is not None and meeting_of(other) is None
    assert follow_ups(own) == follow_ups(other) == []
