"""The tray: handed in, replaced, sent back, accepted, published; each step there or not at all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shortplank.access import Actor
from shortplank.errors import NotAllowed, Overtaken, StoreError
from shortplank.ingest import Refused, Upload, check_batch, preview, publish_batch
from shortplank.records import tray
from shortplank.store import Store, inbox
from tests.copies import demo_copy
from tests.ingest.yunzhou import EXCERPTS, JUNE

ZHULU, MEIPING = "竹麓乡", "梅坪镇"
CLERK, ANALYST = "clerk01", "tongji01"


@pytest.fixture
def county(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("SHORTPLANK_TODAY", "2010-07-03")
    return Store(demo_copy(tmp_path / "demo", without=("journal", "marts")))


def code_of(store: Store, name: str) -> str:
    return next(a.area_code for a in store.workspace.areas if a.name == name)


def clerk(store: Store, town: str = ZHULU) -> Store:
    return store.acting_for(Actor("filer", CLERK, code_of(store, town)))


def analyst(store: Store) -> Store:
    return store.acting_for(Actor("analyst", ANALYST))


def june(name: str = "2010-06_竹麓乡_月报.csv") -> Upload:
    return Upload(name, (EXCERPTS / "good" / name).read_bytes())


def changed(upload: Upload) -> Upload:
    """Return the same report as other bytes."""
    return Upload(upload.name, upload.data + b"\r\n")


def hand_in(store: Store, upload: Upload | None = None, **more: object) -> tray.Item:
    area = code_of(store, ZHULU)
    given = upload or june()
    return tray.hand_in(clerk(store), given, area=area, way="file", **more)  # type: ignore[arg-type]


def published(store: Store, *keys: str) -> int:
    own = analyst(store)
    seen = preview(own, tray.batch_of(own, keys))
    return tray.publish_accepted(own, keys, seen=seen).number


def lines(store: Store) -> int:
    path = store.root / "journal" / "tray.jsonl"
    return len(path.read_bytes().splitlines()) if path.exists() else 0


# --- a report's way -------------------------------------------------------------------------------
def test_a_report_is_handed_in_accepted_and_published(county: Store) -> None:
    item = hand_in(county)
    assert (item.state, item.who, item.months) == ("handed_in", CLERK, ("2010-06",))
    assert item.forms == ("village_month",) and item.received.isoformat() == "2010-07-03"
    assert tray.upload_of(clerk(county), item).data == june().data
    taken = tray.accept(analyst(county), item.id)
    assert (taken.state, taken.decided_by) == ("accepted", ANALYST)
    number = published(county, item.id)
    [last] = tray.items(county.workspace, analyst(county))
    assert (last.state, last.edition) == ("published", number)
    rows = county.edition().table("submission", JUNE)
    assert rows is not None
    [row] = [r for r in rows.to_pylist() if r["file_sha256"] == item.file_sha256]
    assert row["area_code"] == item.area and row["received_at"] == item.received


def test_before_it_is_accepted_a_later_file_takes_its_place_and_both_are_kept(
    county: Store,
) -> None:
    first = hand_in(county)
    second = hand_in(county, changed(june()))
    old, new = tray.items(county.workspace, clerk(county))
    assert (old.id, old.state, new.id, new.state) == (
        first.id,
        "replaced",
        second.id,
        "handed_in",
    )
    for item in (old, new):
        assert inbox.fetch(county.root, item.file_sha256)
    with pytest.raises(Overtaken, match="代替"):
        tray.accept(analyst(county), first.id)


def test_mending_what_waits_makes_nothing_late_and_what_was_sent_back_had_not_come(
    county: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in(county)
    monkeypatch.setenv("SHORTPLANK_TODAY", "2010-07-08")
    mended = hand_in(county, changed(june()))
    assert mended.received.isoformat() == "2010-07-03"

    def late() -> bool:
        cells = tray.matrix(county.workspace, clerk(county), JUNE)
        return next(c.late for c in cells if c.form == "village_month")

    assert not late()
    tray.send_back(analyst(county), mended.id, "请核对")
    assert late() and hand_in(county).received.isoformat() == "2010-07-08"


def test_the_same_file_again_changes_nothing(county: Store) -> None:
    first = hand_in(county)
    assert hand_in(county) == first
    assert lines(county) == 1


def test_sent_back_and_mended(county: Store) -> None:
    first = hand_in(county)
    back = tray.send_back(analyst(county), first.id, "死亡人数请核对")
    assert (back.state, back.said, back.decided_by) == ("sent_back", "死亡人数请核对", ANALYST)
    second = hand_in(county, changed(june()))
    states = [item.state for item in tray.items(county.workspace, clerk(county))]
    assert states == ["sent_back", "handed_in"]
    tray.accept(analyst(county), second.id)
    with pytest.raises(Refused, match="已经收下"):
        hand_in(county)
    tray.send_back(analyst(county), second.id, "再核对一次", seen="accepted")
    assert hand_in(county).state == "handed_in"


def test_a_published_month_is_corrected_with_a_reason(county: Store) -> None:
    item = hand_in(county)
    with pytest.raises(Refused, match="不是更正"):
        hand_in(county, changed(june()), correction=True, reason="补登")
    tray.accept(analyst(county), item.id)
    published(county, item.id)
    for more in ({}, {"correction": True}, {"correction": True, "reason": "  "}):
        with pytest.raises(Refused, match="2010-06 已经发布"):
            hand_in(county, changed(june()), **more)
    again = hand_in(county, changed(june()), correction=True, reason="补登")
    tray.accept(analyst(county), again.id)
    number = published(county, again.id)
    assert "补登" in county.edition().why
    states = [(i.state, i.edition) for i in tray.items(county.workspace, analyst(county))]
    assert states == [("published", number - 1), ("published", number)]


def test_that_it_is_published_is_read_off_the_editions(
    county: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    item, own = hand_in(county), analyst(county)
    tray.accept(own, item.id)
    before = lines(county)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("shortplank.ingest._keep_warnings", die)
    with pytest.raises(KeyboardInterrupt):
        published(county, item.id)
    assert lines(county) == before
    assert tray.items(county.workspace, own)[0].state == "published"
    with pytest.raises(Overtaken, match="已发布"):
        tray.send_back(own, item.id, "请核对", seen="accepted")
    county.restore(county.newest() - 1)
    assert tray.items(county.workspace, own)[0].state == "accepted"


def test_one_file_handed_in_again_and_again_is_published_once(county: Store) -> None:
    first, other, last = hand_in(county), hand_in(county, changed(june())), hand_in(county)
    assert len({first.id, other.id, last.id}) == 3
    tray.accept(analyst(county), last.id)
    number = published(county, last.id)
    states = [(i.state, i.edition) for i in tray.items(county.workspace, analyst(county))]
    assert states == [("replaced", None), ("replaced", None), ("published", number)]
    wrong = hand_in(county, changed(june()), correction=True, reason="补登")
    tray.accept(analyst(county), wrong.id)
    published(county, wrong.id)
    back = hand_in(county, correction=True, reason="补登有误，改回")
    assert back.state == "handed_in"
    tray.accept(analyst(county), back.id)
    assert published(county, back.id) == number + 2
    states = [(i.state, i.edition) for i in tray.items(county.workspace, analyst(county))]
    assert states[2:] == [("published", number + more) for more in range(3)]


def test_what_an_analyst_imported_is_published_and_is_corrected_beside_it(county: Store) -> None:
    item, own = hand_in(county), analyst(county)
    publish_batch(own, check_batch(own, [june()]), why="")
    with pytest.raises(Overtaken, match="已发布"):
        tray.accept(own, item.id)
    again = hand_in(county, changed(june()), correction=True, reason="补登")
    states = [(i.id, i.state) for i in tray.items(county.workspace, own)]
    assert states == [(item.id, "published"), (again.id, "handed_in")]


def test_half_a_line_is_no_hand_in(county: Store) -> None:
    item = hand_in(county)
    path = county.root / "journal" / "tray.jsonl"
    path.write_bytes(path.read_bytes()[:-40])
    assert tray.items(county.workspace, analyst(county)) == ()
    assert hand_in(county).file_sha256 == item.file_sha256
    assert len(tray.items(county.workspace, analyst(county))) == 1


@pytest.mark.parametrize(
    "broken",
    [
        {"parts": [["village_month", "2010"]]},
        {"parts": []},
        {"days": []},
        {"days": ["x"]},
        {"before": None},
        {"act": "other"},
    ],
)
def test_a_line_that_is_not_whole_is_passed_over(county: Store, broken: dict[str, object]) -> None:
    hand_in(county)
    path = county.root / "journal" / "tray.jsonl"
    line = {**json.loads(path.read_text("utf-8")), **broken}
    path.write_text(json.dumps(line) + "\n" + '{"act": "accept", "id": "x"}\n', "utf-8")
    assert tray.items(county.workspace, analyst(county)) == ()
    assert hand_in(county).state == "handed_in"


def test_a_form_or_township_that_is_no_more_stands_by_its_name(county: Store) -> None:
    hand_in(county)
    path = county.root / "journal" / "tray.jsonl"
    line = json.loads(path.read_text("utf-8"))
    line["parts"].append(["gone", "2010-06"])
    line["days"] *= 2
    path.write_text(json.dumps(line) + "\n", "utf-8")
    with pytest.raises(Refused, match="里还有gone"):
        hand_in(county, changed(june()))


# --- what is refused ------------------------------------------------------------------------------
def test_another_townships_file_is_refused_by_name(county: Store) -> None:
    with pytest.raises(Refused, match="表上有梅坪镇的数，这里只收竹麓乡的"):
        hand_in(county, june("2010-06_梅坪镇_月报.xlsx"))
    assert lines(county) == 0 and not (county.root / "inbox").exists()


def test_another_townships_clerk_is_refused(county: Store) -> None:
    with pytest.raises(NotAllowed):
        tray.hand_in(clerk(county, MEIPING), june(), area=code_of(county, ZHULU), way="file")
    item = hand_in(county)
    assert tray.items(county.workspace, clerk(county, MEIPING)) == ()
    with pytest.raises(NotAllowed):
        tray.upload_of(clerk(county, MEIPING), item)


def test_personal_data_leaves_no_file_and_no_line(county: Store) -> None:
    told = june().data + "\r\n填报人：张某,13800138000\r\n".encode("gb18030")
    with pytest.raises(Refused):
        hand_in(county, Upload(june().name, told))
    with pytest.raises(StoreError, match="手机"):
        hand_in(county, reason="请打 13800138000")
    assert lines(county) == 0 and not (county.root / "inbox").exists()
    item = hand_in(county)
    with pytest.raises(StoreError, match="手机"):
        tray.send_back(analyst(county), item.id, "请打 13800138000")
    assert lines(county) == 1


def test_a_damaged_file_is_one_sentence(county: Store) -> None:
    item = hand_in(county)
    [path] = (county.root / "inbox" / "files").iterdir()
    path.write_bytes(b"damaged")
    with pytest.raises(StoreError, match="收到的文件已损坏"):
        tray.upload_of(clerk(county), item)
    path.unlink()
    with pytest.raises(StoreError, match="收到的文件缺失"):
        tray.upload_of(clerk(county), item)


# --- bound to what was seen -----------------------------------------------------------------------
def test_what_is_published_is_what_was_previewed(county: Store) -> None:
    own, item = analyst(county), hand_in(county)
    tray.accept(own, item.id)
    seen = preview(own, tray.batch_of(own, [item.id]))
    county.publish({("village_month", JUNE): None}, why="别人")
    with pytest.raises(Overtaken):
        tray.publish_accepted(own, [item.id], seen=seen)
    assert tray.items(county.workspace, own)[0].state == "accepted"


def test_the_month_at_a_glance(county: Store) -> None:
    area = code_of(county, ZHULU)
    item = hand_in(county)
    cells = {(c.area, c.form): c for c in tray.matrix(county.workspace, analyst(county), JUNE)}
    assert len({town for town, _ in cells}) == 16
    mine = cells[area, "village_month"]
    assert (mine.state, mine.late, mine.item) == ("handed_in", False, item)
    assert cells[area, "township_month"].state is None and not cells[area, "township_month"].late
    assert cells[area, "township_quarter"].due
    own = tray.matrix(county.workspace, clerk(county), JUNE)
    assert own == tuple(cell for cell in cells.values() if cell.area == area)
    with pytest.raises(NotAllowed):
        tray.matrix(county.workspace, county.acting_for(Actor("viewer", "x")), JUNE)
