"""Trends on small counties: gaps, windows, same period, signals, and what is not to be judged."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from shortplank import stats
from shortplank.access import Actor
from shortplank.catalogue import load_workspace
from shortplank.errors import StoreError
from shortplank.reading.judged.ledger import ledger_of
from shortplank.reading.measured import measure
from shortplank.reading.view import View
from shortplank.store import Engine, add_months, engine
from shortplank.topics.trends.answer.control import Control, Uncharted, control_of
from shortplank.topics.trends.answer.trend import PICTURES, default_picture, trend, trend_table
from tests.store.workspaces import COUNTY, N1, NORTH, SOUTH
from tests.topics.months import FIRST, engine_of, look
from tools.browser import REPOSITORY


def filing(filed: int = 80) -> dict[str, int]:
    return {"migrants_due": 100, "migrants_filed": filed}


def births(males: int, females: int, fit: int) -> dict[str, int]:
    """First births of a village in a month, ``fit`` of them within policy."""
    return {"births_p1_m": males, "births_p1_f": females, "births_p1_in": fit}


@pytest.fixture(scope="module")
def steady(tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    """30 months around 90 %, 南溪镇 silent in the 17th, the county low in the 25th."""
    rng = np.random.default_rng(7)

    def counts(_: str, number: int) -> dict[str, int]:
        share = 0.6 if number == 24 else 0.9
        return births(20, 20, int(rng.binomial(40, share))) | filing()

    path = tmp_path_factory.mktemp("county") / "ws"
    return engine_of(path, 30, counts, silent=[(SOUTH, 16)])


def test_a_silent_month_is_a_gap_for_the_township_and_open_for_the_county(steady) -> None:  # type: ignore[no-untyped-def]
    month = add_months(FIRST, 29)
    town = trend(look(steady, "policy_compliance", month, area=SOUTH), "curve")
    place = town.series.place(add_months(FIRST, 16))
    assert place is not None
    assert town.series.measured.state[place] == "missing"
    assert np.isnan(town.series.measured.value[place])
    assert any("2009年2月南溪镇未报" in note for note in town.notes)
    county = trend(look(steady, "policy_compliance", month), "curve")
    place = county.series.place(add_months(FIRST, 16))
    assert place is not None
    assert not county.series.whole[place] and county.series.whole[place - 1]
    assert county.series.measured.n[place] == 120
    table = trend_table(county)
    assert table["上报/应报"].to_pylist()[29 - place] == "3/6"


def test_cumulative_reports_carry_the_hole_to_the_years_end(steady) -> None:  # type: ignore[no-untyped-def]
    answer = trend(look(steady, "policy_compliance", date(2009, 9, 1), window="ytd"), "years")
    assert trend_table(answer)["上报/应报"][0].as_py() == "69/72"
    assert sum(not whole for whole in answer.series.whole) == 1


@pytest.mark.parametrize(
    ("indicator", "window", "later"),
    [
        ("policy_compliance", "month", ""),
        ("policy_compliance", "ytd", "该年度其后各月的累计也不含未报的数"),
        ("policy_compliance", "r12", "其后 11 个月的合计也不含未报的数"),
        ("migrant_filing", "ytd", ""),  # a stock is its last month's
        ("report_completeness", "ytd", ""),  # counts what is missing
    ],
)
@pytest.mark.parametrize("area", [COUNTY, SOUTH])
def test_later_sums_are_said_to_lack_the_month_too(
    steady,
    indicator: str,
    window,
    later: str,
    area: str,  # type: ignore[no-untyped-def]
) -> None:
    view = look(steady, indicator, date(2009, 9, 1), window=window, area=area)
    notes = [note for note in trend(view, "curve").notes if "2009年2月南溪镇未报" in note]
    assert notes or indicator == "report_completeness"
    assert all(("也不含" in note) == bool(later) and later in note for note in notes)


def test_windows_begin_where_the_history_fills_them(steady) -> None:  # type: ignore[no-untyped-def]
    month = add_months(FIRST, 29)
    rolling = trend(look(steady, "policy_compliance", month, window="r12"), "curve")
    assert rolling.series.months[0] == add_months(FIRST, 11)
    assert rolling.control is None
    years = trend(look(steady, "policy_compliance", month, window="ytd"), "years").years
    assert [(y.year, len(y.rows), y.current) for y in years] == [
        (2008, 12, False), (2009, 12, False), (2010, 6, True)
    ]  # fmt: skip
    assert years[0].places == list(range(1, 13))


def test_the_planted_fall_is_drawn_and_announced_by_the_ledger(steady) -> None:  # type: ignore[no-untyped-def]
    fell = look(steady, "policy_compliance", add_months(FIRST, 24))
    answer = trend(fell, "curve")
    control = answer.control
    assert isinstance(control, Control) and control.now is not None
    assert control.rules[-1] == 1 and control.directions[-1] == -1
    assert answer.signal_code(24) == "lower"  # a side of the limits, and no verdict
    assert "低于下限（只作图示，不作判定）" in answer.sentence
    found = ledger_of(fell).change("policy_compliance")
    assert found is not None and (found.months, found.direction) == (1, "down")
    assert answer.title.endswith("本月比此前降 30.9 个百分点，确有下降")
    later = look(steady, "policy_compliance", add_months(FIRST, 26))
    answer = trend(later, "curve")
    assert "2009年12月的点在正常波动内（只作图示，不作判定）" in answer.sentence
    assert any("2009年10月低于下限" in note for note in answer.notes)
    found = ledger_of(later).change("policy_compliance")
    assert found is not None and found.months == 3
    assert answer.title.endswith("近 3 个月比此前降 11.4 个百分点，确有下降")
    before = trend(look(steady, "policy_compliance", add_months(FIRST, 23)), "curve")
    assert ledger_of(look(steady, "policy_compliance", add_months(FIRST, 23))).findings == []
    assert "确有" not in before.title + before.sentence


def test_same_period_is_newcombes_difference(steady) -> None:  # type: ignore[no-untyped-def]
    answer = trend(look(steady, "policy_compliance", date(2009, 9, 1), window="ytd"), "years")
    m = answer.series.measured
    now, then = len(m.codes) - 1, answer.series.place(date(2008, 9, 1))
    expected = stats.newcombe_difference(m.x[now], m.n[now], m.x[then], m.n[then])
    change = answer.change
    assert [change.difference, change.lower, change.upper] == pytest.approx(
        [100 * part for part in expected]
    )


def test_all_the_same_gives_no_verdict(tmp_path: Path) -> None:
    engine = engine_of(tmp_path / "ws", 14, lambda *_: filing(100))
    answer = trend(look(engine, "migrant_filing", add_months(FIRST, 13)), "curve")
    assert isinstance(answer.control, Uncharted)
    assert answer.control.reason == "各月相同，没有波动可判断"


def test_a_stock_that_grows_is_serially_dependent(tmp_path: Path) -> None:
    engine = engine_of(tmp_path / "ws", 24, lambda _, number: filing(60 + number))
    answer = trend(look(engine, "migrant_filing", add_months(FIRST, 23)), "curve")
    assert isinstance(answer.control, Uncharted) and "请看同比" in answer.control.reason
    assert answer.change.lower > 0  # an interval, drawn and told as one
    # Six villages do not say how much a county like this one comes and goes.
    assert "可比的乡镇和村太少" in answer.title and answer.title.endswith("未作比较")
    assert ledger_of(look(engine, "migrant_filing", add_months(FIRST, 23))).findings == []


def test_limits_follow_the_seasons_of_births(tmp_path: Path) -> None:
    """Twice as many in autumn as in spring, every year the same, and Poisson noise on top."""
    rng = np.random.default_rng(3)

    def counts(_: str, number: int) -> dict[str, int]:
        mean = 30 * (1 + 0.4 * np.cos(2 * np.pi * number / 12))
        male, female = (int(v) for v in rng.poisson(mean / 2, 2))
        return births(male, female, 0)

    engine = engine_of(tmp_path / "ws", 36, counts)
    for indicator in ("births_out", "crude_birth_rate"):
        answer = trend(look(engine, indicator, add_months(FIRST, 35)), "curve")
        assert isinstance(answer.control, Control), indicator
        assert answer.control.season_note == "界限已随季节调整"
        raw = stats.xmr_signals(answer.series.measured.value)
        assert np.count_nonzero(answer.control.rules) < np.count_nonzero(raw) / 2
        spread = answer.control.upper - answer.control.lower
        assert spread.max() > 1.3 * spread.min()  # the limits follow the seasons


def test_privacy_decides_no_season(tmp_path: Path) -> None:
    """Births without a season have plain limits; a public count with one has limits that follow."""
    rng = np.random.default_rng(5)  # one steady series of five is taken to have a season
    luck = rng.poisson(40, (36, 2))

    def counts(code: str, number: int) -> dict[str, int]:
        return births(*(int(v) for v in luck[number]), 0) if code == N1 else births(0, 0, 0)

    engine = engine_of(tmp_path / "ws", 36, counts)
    plain = trend(look(engine, "births_out", add_months(FIRST, 35)), "curve").control
    assert isinstance(plain, Control) and plain.season_note == ""
    assert len(set(plain.upper)) == 1

    months = [add_months(FIRST, place) for place in range(36)]
    values = 100 + 60 * np.cos(2 * np.pi * np.arange(36) / 12) + rng.normal(0.0, 5.0, 36)
    public = "sex_selection_cases"
    assert engine.ws.sensitive("births_out") and not engine.ws.sensitive(public)
    for count, key in ((36, public), (36, "births_out"), (18, public), (18, "births_out")):
        made = measure(
            engine.ws.indicators[key],
            [str(m) for m in months[:count]],
            [str(m) for m in months[:count]],
            values[:count],
            np.full(count, np.nan),
            np.ones(count),
        )
        control = control_of(engine.ws, key, months[:count], made, [True] * count)
        if count == 36:
            assert isinstance(control, Control) and control.season_note == "界限已随季节调整"
        else:
            assert isinstance(control, Uncharted) and "看不出有没有季节" in control.reason


def test_few_births_say_so_instead_of_a_rate(tmp_path: Path) -> None:
    engine = engine_of(tmp_path / "ws", 14, lambda *_: births(1, 1, 2))
    answer = trend(look(engine, "policy_compliance", add_months(FIRST, 13), area=NORTH), "curve")
    assert answer.is_empty
    assert "样本太少" in answer.title and "请改看年度累计或近12月" in answer.sentence
    assert any("14 个月样本太少" in note for note in answer.notes)


@pytest.mark.parametrize("picture", PICTURES)
@pytest.mark.parametrize("window", ["month", "ytd", "r12"])
def test_one_month_of_history(tmp_path: Path, picture: str, window) -> None:  # type: ignore[no-untyped-def]
    engine = engine_of(tmp_path / "ws", 1, lambda *_: births(20, 20, 36) | filing())
    view = look(engine, "policy_compliance", FIRST, window=window)
    answer = trend(view, picture)
    assert answer.title and answer.sentence and "nan" not in answer.title + answer.sentence
    assert not answer.change.known
    trend_table(answer)
    assert default_picture(view) == ("years" if window == "ytd" else "curve")


def test_an_indicator_of_the_county_alone(steady) -> None:  # type: ignore[no-untyped-def]
    view = look(steady, "petition_confirmed_share", FIRST, area=NORTH)
    assert trend(view, "curve").sentence == "这个指标只到县。"
    assert trend(view.with_(area=COUNTY), "towns").sentence == "这个指标只到县。"


def test_a_township_shows_cases_of_closed_years_only(steady) -> None:  # type: ignore[no-untyped-def]
    view = look(steady, "sex_selection_cases", add_months(FIRST, 29), window="ytd", area=NORTH)
    answer = trend(view, "curve")
    assert all(month.month == 9 for month in answer.series.months)
    assert any("只看已结束年度" in note for note in answer.notes)


def test_targets_of_their_own_years(tmp_path: Path) -> None:
    targets = (
        "area_code,indicator,statistical_year,target,source\n"
        f"{NORTH},migrant_filing,2008,82,责任书\n{NORTH},migrant_filing,2009,84,责任书\n"
    )
    engine = engine_of(tmp_path / "ws", 18, lambda *_: filing(), targets=targets)
    month = add_months(FIRST, 17)
    answer = trend(look(engine, "migrant_filing", month, window="ytd", area=NORTH), "years")
    assert {year: line.value for year, line in answer.targets.items()} == {2008: 82, 2009: 84}
    assert answer.target is not None and answer.target.value == 84
    assert "比 84% 目标低 4.0 个百分点" in answer.sentence


def test_the_townships_on_one_scale(steady) -> None:  # type: ignore[no-untyped-def]
    month = add_months(FIRST, 29)
    answer = trend(look(steady, "policy_compliance", month, window="ytd"), "towns")
    assert [town.code for town in answer.towns] == [NORTH, SOUTH]
    assert len(answer.changes) == 2
    assert trend_table(answer)["乡镇"].to_pylist() == ["北岭乡", "南溪镇"]
    assert answer.title.startswith("政策符合率：按近12月判，2 个乡镇看不出差别，本月不列")
    assert "没有乡镇的数高些，2 个低些；各乡镇的升降只列数，不作判断" in answer.sentence
    assert (answer.named, answer.tested, answer.codes) == ((), 2, {})
    assert {answer.town_code(town.code) for town in answer.towns} == {"similar"}
    assert "列不列按近12月判" in answer.sentence


def test_the_viewer_gets_the_same_townships(steady) -> None:  # type: ignore[no-untyped-def]
    month = add_months(FIRST, 29)
    views = [look(steady, "policy_compliance", month, area=SOUTH, role=role)
             for role in ("analyst", "viewer")]  # fmt: skip
    one, other = (trend(view, "curve") for view in views)
    assert one.title == other.title and trend_table(one).equals(trend_table(other))


def test_a_damaged_bulletin_is_said_and_leaves_the_countys_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def damaged(*_: object) -> None:
        raise StoreError("数据文件已损坏", place="peer_month", mend="请从备份恢复")

    monkeypatch.setattr("shortplank.topics.trends.answer.trend.peer_median", damaged)
    shared = Engine(load_workspace(REPOSITORY / "data" / "demo"))  # nobody's answers are held yet
    month = date(2010, 5, 1)
    view = View(shared, shared.newest(), Actor("analyst"), month, "ytd", "migrant_filing", "990101")
    made = trend(view, "years")
    assert made.beside is None and not made.is_empty
    assert any("没有画同类县中位（peer_month：数据文件已损坏" in note for note in made.notes)


def test_a_change_of_another_period_than_the_titles_says_which() -> None:
    """Both were 与上年同期比 before, one risen and one fallen."""
    shared = engine(REPOSITORY / "data" / "demo")
    whole = View(
        shared,
        shared.newest(),
        Actor("viewer"),
        date(2010, 5, 1),
        "ytd",
        "report_timeliness",
        "990101",
    )
    made = trend(whole, "years")
    assert "比上年同期（近12月）" in made.title and "年度累计与上年同期相比" in made.sentence
    month = trend(whole.with_(window="month"), "curve")
    assert "；与上年同月相比" in f"；{month.sentence}" and "当月与" not in month.sentence
