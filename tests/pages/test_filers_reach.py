"""What one township's account can read: its own submissions, what viewers see, and no more.

Another township has handed a file in, had one sent back, and left a draft. Their marks must not
come to light on any page, by any link, in any file that is taken away, or from any record.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from html import unescape

import pytest
from streamlit.testing.v1 import AppTest

from shortplank.access import Actor, Role
from shortplank.errors import NotAllowed
from shortplank.frame import open_page
from shortplank.frame.pages import DESKS, PAGES
from shortplank.ingest import Upload
from shortplank.reading.view import View
from shortplank.records import drafts, tray
from shortplank.records.pinned import Place, pin_note
from shortplank.store import Store, engine
from tests.copies import demo_copy
from tests.pages.apps import pieces, run, tables
from tests.pages.test_tray import JUNE, TOWNS, VILLAGES, report, towns
from tests.taking import offers

MAY = date(2010, 5, 1)
THEIRS, MINE = "竹麓乡", "湖渡镇"
FILE, SAID, TYPED = "_交表乙丙丁.csv", "迁出一栏请再核", 8765
# What an analyst pinned to a village whose figures are banded.
NOTED, BANDED = "只核到两例", "policy_compliance"
MARKS = (FILE[1:4], SAID, str(TYPED), "zhulu", NOTED)


@dataclass(frozen=True)
class Theirs:
    """The county with another township's submissions: its code, what it has, and my code."""

    store: Store
    town: str
    mine: str
    waiting: str
    returned: str
    village: str

    def acting(self, role: Role, scope: str = "") -> Store:
        return self.store.acting_for(Actor(role, "hudu", scope))


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theirs]:
    folder = demo_copy(tmp_path_factory.mktemp("reach") / "demo", without=("journal", "marts"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHORTPLANK_WORKSPACE", str(folder))
        patch.setenv("SHORTPLANK_TODAY", "2010-07-03")
        store = Store(folder)
        code, mine = towns(store)[THEIRS], towns(store)[MINE]
        clerk = store.acting_for(Actor("filer", "zhulu", code))
        sent = [report(store, THEIRS, form) for form in (VILLAGES, TOWNS)]
        named = [Upload(each.name.replace(".csv", FILE), each.data) for each in sent]
        waiting, returned = (tray.hand_in(clerk, each, area=code, way="file").id for each in named)
        tray.send_back(store.acting_for(Actor("analyst", "tongji01")), returned, SAID)
        village = store.workspace.valid_below(code, JUNE)[0].area_code
        drafts.save_draft(clerk, code, VILLAGES, JUNE, {(village, "pop_end"): TYPED}, seen="")
        shared = engine(folder)
        may = View(
            shared, store.newest(), Actor("analyst", "tongji01"), MAY, "ytd", BANDED, village
        )
        pin_note(may, Place("short_plank", BANDED, village, MAY, "ytd"), NOTED)
        yield Theirs(store, code, mine, waiting, returned, village)


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> dict[str, Callable[[], bytes]]:
    """What every button of a run would give, by its key."""
    return offers(monkeypatch)


def look_as(monkeypatch: pytest.MonkeyPatch, role: Role, scope: str = "") -> None:
    monkeypatch.setattr(open_page, "current_actor", lambda _shared: Actor(role, "hudu", scope))


def links(theirs: Theirs) -> dict[str, dict[str, str]]:
    """Return what a link may ask for: theirs by code, by item, by role, on every look."""
    area = {"area": theirs.town, "town": theirs.town}
    looks = ("report", "sent", "record", "waiting", "decided", "history", "differences")
    return {
        "plain": {},
        "a note": {
            "indicator": BANDED,
            "area": theirs.village,
            "look": "village",
            "month": "2010-05",
        },
        "theirs": area,
        "an item": {"item": theirs.waiting, "id": theirs.returned, **area},
        "another role": {"role": "analyst", "account": "zhulu", **area},
        **{look: {"look": look, **area} for look in looks},
        "the draft": {"way": "page", "form": VILLAGES, "month": "2010-06", **area},
    }


def shown(test: AppTest) -> str:
    """Return all that a run sends to the browser, as text."""
    assert not test.exception
    listed = [each.to_csv() for each in tables(test)]
    return unescape("\n".join([*map(str, test.main), *map(str, test.sidebar), *listed]))


def read(data: bytes) -> str:
    """Return a file as text; of an archive what is in it."""
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return data.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return "\n".join(packed.read(n).decode("utf-8", "replace") for n in packed.namelist())


@pytest.mark.parametrize("page", PAGES)
def test_no_link_shows_and_no_file_holds_what_another_township_sent(
    page: str,
    theirs: Theirs,
    taken: dict[str, Callable[[], bytes]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    look_as(monkeypatch, "filer", theirs.mine)
    # What answers to a look of a desk stands on desks alone.
    asked = links(theirs) if page in DESKS else dict(list(links(theirs).items())[:5])
    for name, query in asked.items():
        test = run(page, **query)
        said = shown(test)
        assert not [mark for mark in MARKS if mark in said], name
        assert theirs.waiting not in said and theirs.returned not in said, name
        if page in DESKS:
            assert theirs.town not in [o for box in test.selectbox for o in box.options], name
    for key, give in taken.items():
        held = read(give())
        assert not [mark for mark in MARKS if mark in held], key


def neutral(test: AppTest) -> list[str]:
    """Return what a page says, but for who looks: the account and the list of pages are theirs."""
    texts = [re.sub("(&amp;|[?&])role=viewer", "", each) for each in pieces(test)]
    texts = [re.sub("填报员|浏览者", "谁", text) for text in texts]
    return [text for text in texts if '<nav class="contents"' not in text]


@pytest.mark.parametrize("page", [page for page in PAGES if page not in DESKS])
def test_the_rest_is_what_a_viewer_sees(
    page: str,
    theirs: Theirs,
    taken: dict[str, Callable[[], bytes]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = []
    for role, scope in (("viewer", ""), ("filer", theirs.mine)):
        look_as(monkeypatch, role, scope)
        taken.clear()
        test = run(page)
        listed = tables(test)
        files = {key: give() for key, give in taken.items() if key.endswith("-csv-file")}
        seen.append((neutral(test), listed, files))
    (viewers, their_tables, their_files), (mine, my_tables, my_files) = seen
    assert mine == viewers
    assert all(a.equals(b) for a, b in zip(their_tables, my_tables, strict=True))
    assert my_files == their_files


Ask = Callable[[Store, Theirs], object]
_ROWS = {("990101102001", "pop_end"): 5}
REFUSED: dict[str, Ask] = {
    "the file of an item": lambda own, t: tray.upload_of(own, _item(t, t.waiting)),
    "a check of their file": lambda own, t: tray.checked(own, _june(t), t.town),
    "a hand-in for them": lambda own, t: tray.hand_in(own, _june(t), area=t.town, way="file"),
    "an acceptance": lambda own, t: tray.accept(own, t.waiting),
    "a return": lambda own, t: tray.send_back(own, t.waiting, "请核"),
    "a batch": lambda own, t: tray.batch_of(own, [t.waiting]),
    "their draft": lambda own, t: drafts.read_draft(own, t.town, VILLAGES, JUNE),
    "a change of it": lambda own, t: drafts.save_draft(own, t.town, VILLAGES, JUNE, _ROWS, seen=""),
    "its end": lambda own, t: drafts.drop_draft(own, t.town, VILLAGES, JUNE),
}


def _item(theirs: Theirs, key: str) -> tray.Item:
    store = theirs.acting("analyst")
    return next(item for item in tray.items(store.workspace, store) if item.id == key)


def _june(theirs: Theirs) -> Upload:
    return report(theirs.store, THEIRS, VILLAGES)


@pytest.mark.parametrize("what", REFUSED)
def test_no_record_of_theirs_is_read_or_changed(what: str, theirs: Theirs) -> None:
    before = tray.items(theirs.store.workspace, theirs.acting("analyst"))
    with pytest.raises(NotAllowed):
        REFUSED[what](theirs.acting("filer", theirs.mine), theirs)
    assert tray.items(theirs.store.workspace, theirs.acting("analyst")) == before


def test_their_submissions_are_not_listed(theirs: Theirs) -> None:
    own = theirs.acting("filer", theirs.mine)
    assert not tray.items(own.workspace, own)
    assert Actor("filer", "hudu", theirs.mine).reads == Actor("viewer").reads
