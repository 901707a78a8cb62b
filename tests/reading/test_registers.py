"""What the registers say of a merged village belongs to its successor."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from shortplank.reading.registers import badges, heir_at
from shortplank.store import engine
from shortplank.topics.rankings.answer.ranking import ranking, ranking_table
from shortplank.topics.short_plank.answer.short_plank import listings, short_plank
from shortplank.topics.short_plank.answer.village import village
from shortplank.topics.short_plank.answer.warning_list import warning_list
from tests.topics.villages import SEPTEMBER, codes, filed, make_county, publish, view_of
from tools.browser import REPOSITORY

OLD = "990101100901"


def merged(root: Path) -> Path:
    """A county whose first village took in an old one that the register warned of."""
    make_county(root, (4, 4), former=(OLD,))
    (root / "registers").mkdir()
    (root / "registers" / "status.csv").write_text(
        "area_code,status,valid_from,valid_to,source\n"
        f"{OLD},滞后村预警,2009-01-15,,县发〔2009〕3号\n",
        encoding="utf-8",
    )
    first, *others = codes((4, 4))
    before, after = filed(100, 40), filed(200, 80)
    june = {OLD: before, **{code: filed(200, 190) for code in others}}
    september = {first: after, **{code: filed(200, 190) for code in others}}
    publish(root, {date(2009, 6, 1): june, SEPTEMBER: september})
    return root


def test_a_merged_villages_status_stands_at_its_successor(tmp_path: Path) -> None:
    shared = engine(merged(tmp_path / "w"))
    first = codes((4, 4))[0]
    view = view_of(shared, "migrant_filing")
    assert heir_at(view, OLD, SEPTEMBER) == first and heir_at(view, OLD, date(2009, 6, 1)) == OLD
    assert set(badges(view)) == {first}
    [row] = warning_list(view).rows
    assert row.area_code == first and row.standing.startswith("2009年1月15日起在册")
    assert f"原旧村{OLD[-3:]}" in row.standing
    assert [b.label for b in village(view.with_(area=first)).badges] == ["滞后村预警"]
    listed = [r for side in listings(short_plank(view), 15) for r in side.rows]
    assert {r.status for r in listed if r.area_code == first} == {"滞后村预警 2009-01 起"}


def test_before_the_merger_it_stands_where_it_stood(tmp_path: Path) -> None:
    shared = engine(merged(tmp_path / "w"))
    view = view_of(shared, "migrant_filing", month=date(2009, 6, 1))
    assert set(badges(view)) == {OLD} and warning_list(view).rows[0].area_code == OLD


def test_the_ranking_carries_the_townships_statuses() -> None:
    view = view_of(engine(REPOSITORY / "data" / "demo"), "migrant_filing", month=date(2010, 5, 1))
    table = ranking_table(ranking(view)).to_pylist()
    found = {row["乡镇"]: row["登记册状态"] for row in table if row["登记册状态"]}
    said = [
        row for row in view.ws.status if view.ws.area_by_code[row.area_code].level == "township"
    ]
    assert said and found
    for row in said:
        if row.valid_to is None or row.valid_to >= date(2010, 5, 1):
            assert row.status in found[view.ws.area_by_code[row.area_code].name]
