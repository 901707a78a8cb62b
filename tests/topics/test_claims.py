"""Every page's sentences say no more than was tested, and one place decides what is missing."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from shortplank.catalogue import load_workspace
from shortplank.reading.gaps import (
    gaps_of_month,
    gaps_until,
    is_full,
    months_before,
    window_notes,
)
from shortplank.reading.view import View
from shortplank.store import Engine, Store, engine
from shortplank.topics.overview import page as tiles
from shortplank.topics.overview.answer import overview
from shortplank.topics.quality.answer.completeness import completeness
from shortplank.topics.quality.answer.signals import signals
from shortplank.topics.rankings.answer.ranking import ranking
from shortplank.topics.trends.answer.trend import trend
from shortplank.topics.trends.answer.year_end import headline_outlooks, year_end
from tests.examples.test_tw_births import example, excerpt  # noqa: F401
from tests.store import workspaces as w
from tests.topics import months as m
from tests.topics.sentences import Said, sentences, view_of
from tools.browser import REPOSITORY

DEMO = REPOSITORY / "data" / "demo"
# What says of many things at once that nothing is wrong with them.
ALL_CLEAR = re.compile(
    r"都在偶然范围内|没有一个|都已报齐|均按时|没有未报|无需解读|不必专程|不必过问"
)
# What was looked at, in the same clause: a number of things, or one of them with its interval.
COUNTED = re.compile(r"\d+ [个项种份]|\d+年\d+月|（[+−\d.]+ 至 [+−\d.]+）")
STEADY = {"migrants_due": 200, "migrants_filed": 170, "births_p1_m": 9, "births_p1_f": 9}
# Nothing on a page tests these, or they were left over by an empty part.
NEVER = re.compile(r"普遍大于偶然|普遍原因|多在偶然范围内|[，；][，；。]|nan|（）|都在正常波动内")


def grounded(sentence: str) -> bool:
    """Return whether every all-clear of a sentence says of how many things it is."""
    plain = re.sub("<[^>]+>", "", sentence)
    for found in ALL_CLEAR.finditer(plain):
        part = re.split("[；。]", plain[: found.start()])[-1]
        if not COUNTED.search(part):
            return False
    return True


def births(level: Callable[[int], int]) -> Callable[[str, int], dict[str, int]]:
    """Return the counts of villages whose births follow a level."""

    def counts(_code: str, number: int) -> dict[str, int]:
        half = level(number) // 2
        return {
            "births_p1_m": half,
            "births_p1_f": level(number) - half,
            "births_p1_in": level(number) // 2,
            "migrants_due": 200,
            "migrants_filed": 170,
        }

    return counts


def counts_first(path: Path) -> None:
    """Put counts into the headline, as a workspace of public data has them."""
    scheme = path / "catalogue" / "scheme.toml"
    text = re.sub(
        r"(?m)^headline = .*$",
        'headline = ["births_out", "sex_ratio_p1", "sex_selection_cases"]',
        scheme.read_text("utf-8"),
    )
    scheme.write_text(text, "utf-8")


def swinging(path: Path, level: Callable[[int], int], count: int) -> Engine:
    """Return a county of births alone whose headline is mostly counts."""
    made = m.engine_of(path, count, births(level))
    counts_first(path)
    return Engine(load_workspace(made.ws.path))


@pytest.fixture(scope="module")
def workspaces(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Engine, list[date]]]:
    """One month alone, a first year, births that fall and rise, and a month partly there."""
    folder = tmp_path_factory.mktemp("claims")
    every = w.months(m.FIRST, 30)
    partly = w.store(folder / "partly")
    w.publish(
        partly,
        village_month=[
            w.village(
                code, month, migrants_due=200, migrants_filed=170, births_p1_m=9, births_p1_f=9
            )
            for month in every[:14]
            for code in w.VILLAGES
            if (code, month) not in {(w.N3, every[13]), *((c, every[5]) for c in w.VILLAGES[3:])}
        ],
    )
    falls = swinging(folder / "falls", lambda number: 60 if number < 14 else 20, 30)
    rises = swinging(folder / "rises", lambda number: 20 if number < 14 else 60, 30)
    return {
        "one month": (m.engine_of(folder / "one", 1, births(lambda _n: 40)), every[:1]),
        "first year": (m.engine_of(folder / "first", 7, births(lambda _n: 40)), every[4:7]),
        "falls": (falls, [every[12], every[29]]),
        "rises": (rises, [every[12], every[29]]),
        "partly": (Engine(partly.workspace), [every[5], every[13]]),
        "demo": (engine(DEMO), [date(2006, 10, 1), date(2009, 2, 1)]),
    }


NAMES = ("one month", "first year", "falls", "rises", "partly", "demo")


@pytest.fixture(scope="module", params=NAMES)
def months_said(
    workspaces: dict[str, tuple[Engine, list[date]]], request: pytest.FixtureRequest
) -> list[list[Said]]:
    """All that the pages say of a workspace's months."""
    shared, every = workspaces[request.param]
    return [list(sentences(view_of(shared, month))) for month in every]


def test_every_all_clear_says_of_how_many_things(months_said: list[list[Said]]) -> None:
    for said in months_said:
        assert len(said) > 50
        assert [pair for pair in said if not grounded(pair[1])] == []
        assert [pair for pair in said if NEVER.search(pair[1])] == []


def test_every_all_clear_of_public_data_says_so_too(excerpt: Path) -> None:  # noqa: F811
    for month in (date(2014, 4, 1), date(2015, 4, 1), date(2020, 9, 1)):
        said = list(sentences(view_of(engine(excerpt), month)))
        assert [pair for pair in said if not grounded(pair[1]) or NEVER.search(pair[1])] == []


def test_the_check_itself_knows_a_bare_all_clear() -> None:
    assert not grounded("主要指标与上年同期的差异都在偶然范围内")
    assert not grounded("2 个乡镇迟报；各乡镇的高低都在偶然范围内")
    assert grounded("已比较的 2 项指标与上年同期的差异都在偶然范围内")
    assert NEVER.search("與上年同月比 +11 人，；")


def test_nothing_is_called_alike_for_want_of_evidence(months_said: list[list[Said]]) -> None:
    for said in months_said:
        assert [pair for pair in said if re.search("与[^，；。]*相近|[，：]相近", pair[1])] == []


@pytest.mark.parametrize(
    "villages",
    [(4, 3, 2, 2), (400, 380, 400, 385)],
    ids=["few births", "many births"],
)
def test_a_change_that_nobody_judges_is_its_figure_with_its_interval(
    tmp_path: Path, villages: tuple[int, int, int, int]
) -> None:
    """Boys and girls of a village in a month, of the year before and of this one."""
    before, now = villages[:2], villages[2:]

    def counts(_code: str, number: int) -> dict[str, int]:
        boys, girls = before if number < 12 else now
        return {"births_p1_m": boys, "births_p1_f": girls}

    shared = m.engine_of(tmp_path / "ws", 24, counts)
    for key in ("sex_ratio_p1", "sex_ratio_at_birth"):
        view = m.look(shared, key, w.months(m.FIRST, 24)[-1], window="ytd")
        told = trend(view, "years")
        assert told.change.lower <= 0 <= told.change.upper
        assert f"与上年同期相比 {told.change.text}" in told.sentence and "至" in told.change.text
        assert not re.search("偶然|无需解读|区间宽|确有|不明显", told.title + told.sentence)
        assert told.title.endswith(str(round(told.series.measured.value[-1], 1)))


# --- counts are told by twelve months -------------------------------------------------------------
@pytest.mark.parametrize(("name", "moved"), [("falls", "确有下降"), ("rises", "确有上升")])
def test_counts_that_swing_are_told_and_judged_by_nobody(
    workspaces: dict[str, tuple[Engine, list[date]]], name: str, moved: str
) -> None:
    shared, every = workspaces[name]
    made = overview(view_of(shared, every[-1]))
    tile = next(t for t in made.tiles if t.indicator == "births_out")
    assert abs(tile.change[0]) > 200 and tile.moved == ""  # no finding, but
    assert tile.counted is not None and tile.counted.told.endswith(moved)  # a fact
    assert "政策外出生数" not in made.title
    assert any(moved in text for text, _ in tiles._lines(tile))
    curve = trend(view_of(shared, every[-1]).with_(indicator="births_out", window="r12"), "curve")
    assert moved in curve.sentence and "无需解读" not in curve.sentence
    assert "未作检验" not in curve.sentence


@pytest.mark.parametrize("name", ["one month", "first year"])
def test_without_an_earlier_year_no_change_is_judged(
    workspaces: dict[str, tuple[Engine, list[date]]], name: str
) -> None:
    shared, every = workspaces[name]
    view = view_of(shared, every[-1])
    made = overview(view)
    assert "偶然" not in made.title
    assert made.concerns == [] and {tile.moved for tile in made.tiles} == {""}
    told = trend(view.with_(indicator="migrant_filing"), "curve")
    assert "没有可比的上年同月，未作比较" in told.title


# --- one place decides what is missing ------------------------------------------------------------
def everywhere(view: View) -> dict[str, str]:
    """Return what each page says of the month's reports."""
    first, found, filed = overview(view), signals(view), completeness(view)
    order = ranking(view.with_(indicator="migrant_filing", window="month"))
    return {
        "overview": first.title + "".join(first.reports.unreported),
        "signals": " ".join(
            f"{row.area}{row.evidence}" for row in found.rows if row.words == "未报"
        ),
        "filings": filed.title + filed.sentence,
        "ranking": "".join(order.notes),
        "trend": "".join(
            trend(view.with_(indicator="migrant_filing", window="month"), "curve").notes
        ),
    }


def test_a_month_partly_there_is_missing_on_every_page(
    workspaces: dict[str, tuple[Engine, list[date]]],
) -> None:
    shared, every = workspaces["partly"]
    view = view_of(shared, every[1])
    assert [(g.name, g.owed, g.came) for g in gaps_of_month(view) if g.came] == [("北岭乡", 3, 2)]
    for page, said in everywhere(view).items():
        assert "北岭乡" in said, page
    assert "缺 1 个村" in overview(view).reports.unreported[0]
    silent = view_of(shared, every[0])
    for page, said in everywhere(silent).items():
        assert "南溪镇" in said, page


def test_a_whole_month_is_missing_on_no_page(
    workspaces: dict[str, tuple[Engine, list[date]]],
) -> None:
    shared, every = workspaces["partly"]
    view = view_of(shared, w.months(every[0], 1)[0].replace(year=2008, month=9))
    villages = [gap for gap in gaps_of_month(view) if gap.dataset == "village_month"]
    assert villages == []
    for page in ("ranking",):
        assert "未报" not in everywhere(view)[page]


def test_months_that_nobody_published_are_missing_in_public_data(
    excerpt: Path,  # noqa: F811
) -> None:
    """No submissions are kept; the excerpt has no file between 2014-05 and 2015-04."""
    view = view_of(engine(excerpt), date(2015, 4, 1))
    assert {gap.month for gap in gaps_until(view)} == set(w.months(date(2014, 6, 1), 10))
    found = signals(view)
    assert "10 处未报" in found.title and all(row.area == "全县" for row in found.rows)
    assert "没有未报" not in found.title + found.sentence
    assert "未作数值核对" in "".join(found.notes)
    assert "没有报送记录" in completeness(view).title


# --- a window that the history does not fill ------------------------------------------------------
def test_a_window_that_is_not_full_is_a_state_of_its_own(
    workspaces: dict[str, tuple[Engine, list[date]]],
) -> None:
    shared, every = workspaces["one month"]
    view = view_of(shared, every[0])
    made = ranking(view.with_(indicator="migrant_filing", window="r12"))
    assert set(made.towns.state) == {"not_full"}
    assert not any("未报" in note for note in made.notes)
    assert "近12月还缺 11 个月" in made.notes[0]
    told = trend(view.with_(indicator="migrant_filing", window="r12"), "curve")
    assert "时段未满" in told.title and "还缺 11 个月" in told.sentence
    assert not [s for where, s in sentences(view) if where == "tile" and "未报" in s]


def test_a_year_to_date_says_which_first_months_it_lacks(tmp_path: Path) -> None:
    """The year opens in October; the history in December."""
    store: Store = w.store(tmp_path / "w")
    every = w.months(date(2007, 12, 1), 14)
    rows = [w.village(code, month, **STEADY) for month in every for code in w.VILLAGES]
    w.publish(store, village_month=rows)
    shared = Engine(store.workspace)
    view = m.look(shared, "births_out", every[2], window="ytd")
    assert months_before(view, "ytd", every[2]) == 2
    for window in ("month", "ytd", "r12"):
        for month in every:
            assert is_full(view, window, month) == (months_before(view, window, month) == 0)
    assert window_notes(view) == ["年度累计缺 2007年10月–11月（数据自2007年12月起）"]
    assert "年度累计缺" in "".join(ranking(view).notes)
    assert "年度累计缺" in "".join(trend(view, "years").notes)
    later = m.look(shared, "births_out", every[13], window="ytd")
    assert not trend(later, "years").change.known  # last year's total lacks two months
    assert "不作同比" in "".join(trend(later, "years").notes)


# --- false sentences that are not said ------------------------------------------------------------
def backlog(path: Path, *, anew: bool) -> Engine:
    """Return twenty months of a backlog that is counted from zero each year, or carried on."""
    store = w.store(path)
    every = w.months(m.FIRST, 20)
    rows = []
    for number, month in enumerate(every):
        place = number % 12 if anew else number
        for town in (w.NORTH, w.SOUTH):
            due = 500
            done = min(due, 20 + (38 if anew else 8) * place + number % 3)
            rows.append(
                {
                    "area_code": town,
                    "stat_month": month,
                    "backlog_due": due,
                    "backlog_cleared": done,
                }
            )
    w.publish(
        store,
        township_month=rows,
        village_month=[w.village(code, month) for month in every for code in w.VILLAGES],
    )
    return Engine(store.workspace)


def test_a_stock_that_starts_anew_is_not_forecast_from_one_year(tmp_path: Path) -> None:
    month, key = w.months(m.FIRST, 20)[-1], "procedure_backlog_clearance"
    made = year_end(m.look(backlog(tmp_path / "a", anew=True), key, month, window="ytd"))
    assert made.is_empty and "从头计起" in made.title and "不作年底预测" in made.title
    on = year_end(m.look(backlog(tmp_path / "b", anew=False), key, month, window="ytd"))
    assert not on.is_empty and "从头计起" not in on.title


def test_the_demos_backlog_goes_its_own_years_way_and_its_services_go_on() -> None:
    view = view_of(engine(DEMO), date(2010, 5, 1))
    made = year_end(view.with_(indicator="procedure_backlog_clearance", window="ytd"))
    assert made.anew and not made.is_empty and made.holds
    early = view_of(engine(DEMO), date(2009, 5, 1)).with_(window="ytd")
    assert year_end(early.with_(indicator="procedure_backlog_clearance")).is_empty
    assert {"migrant_filing", "benefit_delivery"} <= {key for key, _ in headline_outlooks(view)}


def test_a_historical_note_names_those_it_is_true_of(
    workspaces: dict[str, tuple[Engine, list[date]]],
) -> None:
    assert overview(view_of(engine(DEMO), date(2010, 5, 1))).notes == ["政策符合率为历史口径"]
    shared, every = workspaces["falls"]
    notes = overview(view_of(shared, every[-1])).notes
    assert "政策外出生数、两非案件查实数为历史口径" in notes
