"""A province on one platform: who signed in sees the own county, who has all of them a ranking."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from benchmarks import scale
from shortplank.access import Actor
from shortplank.catalogue import load_workspace
from shortplank.frame import open_page
from shortplank.frame.pages import REGISTRY
from shortplank.store import Store, engine
from tests.pages.apps import charts, run, tables, text, title

SMALL = scale.Scale(counties=4, townships=5, villages=4, months=26)
PROVINCE, WEAK = "99", "990102"
COUNTIES = [f"99010{n}" for n in range(1, 5)]
LOOKS = {
    "overview": ("",),
    "trends": ("curve", "years", "towns", "end", "compare"),
    "rankings": ("ranks", "funnel", "composite", "spine"),
    "sex_ratio": ("",),
}
# A form is called by who files it.
FORM = "乡镇月报"
# Words of a county's units, which a province does not have.
COUNTYS = re.compile("乡镇|全县|本县|各村|个村")


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four counties, of which one has filed half of what the others have over the last year."""
    root = tmp_path_factory.mktemp("province") / "all"
    scale.make(root, SMALL, PROVINCE)
    store = Store(root, load_workspace(root))
    edition, change = store.edition(), {}
    for month in edition.months("village_month")[-14:]:
        table = edition.table("village_month", month)
        assert table is not None
        weak = np.array([code.startswith(WEAK) for code in table["area_code"].to_pylist()])
        filed = np.where(weak, table["migrants_filed"].to_numpy() // 2, table["migrants_filed"])
        at = table.column_names.index("migrants_filed")
        change["village_month", month] = table.set_column(at, "migrants_filed", pa.array(filed))
    store.publish(change, why="样例")
    return root


def looked(
    monkeypatch: pytest.MonkeyPatch, root: Path, scope: str, page: str, **query: str
) -> AppTest:
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(root))
    monkeypatch.setattr(open_page, "current_actor", lambda _: Actor("analyst", "x", scope))
    return run(page, **query)


def stamp(test: AppTest) -> str:
    return re.findall(r'<div class="stamp"[^>]*><span>(.*?)</span>', text(test))[-1]


def name(code: str) -> str:
    return f"第{code}县"


def without_names(test: AppTest) -> str:
    """Return what a page says without the names of pages and the box that finds them."""
    said = re.sub(r'<nav class="contents".*?</nav>|<button.*?</button>', "", text(test), flags=re.S)
    return re.sub(r"<style.*?</style>", "", said, flags=re.S)


@pytest.mark.parametrize("county", COUNTIES[:3])
@pytest.mark.parametrize("page", [key for key in REGISTRY if key not in ("filing", "audit")])
def test_who_has_a_county_sees_it_on_every_page(
    county: str, page: str, province: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    test = looked(monkeypatch, province, county, page)
    assert not test.exception and not test.error
    assert stamp(test).startswith(name(county))
    others = [name(other) for other in COUNTIES if other != county and name(other) in text(test)]
    assert others == [] and "county=" not in text(test)


@pytest.mark.parametrize("asked", ["990103", PROVINCE, "990103001", "nowhere"])
def test_a_link_to_another_county_is_refused_in_one_sentence(
    asked: str, province: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    test = looked(monkeypatch, province, "990101", "rankings", county=asked)
    assert [each.value for each in test.error] == [
        "本账号只能查看第990101县的数。请由管理员调整账号的范围。"
    ]
    assert not charts(test) and not tables(test) and "finding" not in str(test.main.get("html"))


@pytest.mark.parametrize("page", LOOKS)
def test_a_province_is_told_of_its_counties_in_its_own_words(
    page: str, province: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for look in LOOKS[page]:
        for indicator in ("migrant_filing", "policy_compliance"):
            asked = {"look": look} if look else {}
            if page in ("trends", "rankings"):
                asked["indicator"] = indicator
            test = looked(monkeypatch, province, "", page, **asked)
            assert not test.exception and not test.error, (page, look)
            assert stamp(test).startswith("量测省") and title(test)
            heads = [str(head) for table in tables(test) for head in table.columns]
            drawn = json.dumps(charts(test), ensure_ascii=False).replace(FORM, "")
            for said in (without_names(test), drawn, *heads):
                assert not [
                    said[max(0, m.start() - 20) : m.end() + 20] for m in COUNTYS.finditer(said)
                ]


def test_a_province_begins_with_its_counties_and_leads_to_each(
    province: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    test = looked(monkeypatch, province, "", "overview")
    assert re.search(r"\d 个县列入核对", title(test))
    assert f"流动人口建档率：{name(WEAK)}" in without_names(test)
    for code in COUNTIES:
        assert f'county={code}"' in text(test) or f"county={code}&" in text(test)
    own = looked(monkeypatch, province, "", "overview", county=WEAK)
    assert stamp(own).startswith(name(WEAK)) and not own.error
    listed = re.search(r'<nav class="contents".*?</nav>', text(own), flags=re.S)
    assert listed is not None and listed[0].count(f"county={WEAK}") == listed[0].count("<a ")


@pytest.mark.parametrize("page", [key for key, entry in REGISTRY.items() if not entry.province])
def test_a_page_of_one_county_says_so_and_leads_to_the_counties(
    page: str, province: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    test = looked(monkeypatch, province, "", page)
    assert not test.exception and not test.error and not charts(test)
    assert title(test).endswith("只看一个县。请选一个县。")
    assert all(f"./{page}?county={code}" in text(test) for code in COUNTIES)


def test_a_province_is_the_sum_of_its_counties(province: Path) -> None:
    shared = engine(province)
    month = date_of(shared)
    asked = {"county": PROVINCE, "month": month}
    rows = shared.ask("townships_by_indicator", None, "analyst", **asked).to_pylist()
    for key in ("migrant_filing", "policy_compliance", "crude_birth_rate"):
        own = [row for row in rows if row["indicator"] == key]
        whole = next(row for row in own if row["area_code"] == PROVINCE)
        parts = [row for row in own if row["area_code"] != PROVINCE]
        assert [row["area_code"] for row in parts] == COUNTIES
        for column in ("ytd_numerator", "r12_numerator", "ytd_denominator", "reported"):
            assert whole[column] == pytest.approx(sum(row[column] for row in parts))


def date_of(shared: object) -> object:
    return shared.ask("months_by_edition", None, "analyst", county=PROVINCE)[  # type: ignore[attr-defined]
        "stat_month"
    ].to_pylist()[-1]


def test_viewers_have_no_sums_of_villages_over_a_line_of_births(province: Path) -> None:
    """Each county's closed years decide which of them viewers have; a sum would say the others."""
    shared = engine(province)
    asked = {"county": PROVINCE, "month": date_of(shared)}
    over = [
        key
        for key, item in shared.ws.indicators.items()
        if item.kind == "count_over" and shared.ws.sensitive(key)
    ]
    rows = shared.ask("townships_by_indicator", None, "viewer", **asked).to_pylist()
    found = [row for row in rows if row["indicator"] in over]
    assert found and all(row["ytd_numerator"] is None for row in found)
    assert any(row["ytd_numerator"] for row in rows if row["indicator"] == "migrant_filing")
