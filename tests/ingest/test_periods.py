"""What period is this: one rule for titles, names and cells, by the form's cadence."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortplank.ingest.days import day_in, parse_day
from shortplank.ingest.periods import Calendar, Kind, Period, Rule, period_in, period_of

JUNE, QUARTERLY, CUMULATIVE = date(2010, 6, 1), Rule("quarter"), Rule("month", 10)
MONTHS = st.dates(date(1950, 1, 1), date(2090, 12, 31)).map(lambda day: day.replace(day=1))


@pytest.mark.parametrize(
    "text",
    [
        "2010-06",
        "2010年6月",
        "2010/6",
        "２０１０.０６",
        "201006",
        "2010年6月份",
        "2010-06-01",
        "2010-06-30",
        "2010-06-01 00:00:00",
        "2010-06-30 12:00:00",
        "2010年6月30日",
        "2010/6/30",
        "二〇一〇年六月",
        "2010 年 6 月",
        "2010.6",
        "2010年6",
        "2010-06-01至2010-06-30",
        "民國99年6月",
    ],
)
def test_a_cell_names_a_month(text: str) -> None:
    assert period_of(text).month == JUNE


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("10304", date(2014, 4, 1)),
        ("9912", date(2010, 12, 1)),
        ("103/04", date(2014, 4, 1)),
        ("民國103年4月", date(2014, 4, 1)),
        ("10313", None),
        ("2014-04", None),
        ("103.1", None),
    ],
)
def test_years_of_the_republic(text: str, month: date | None) -> None:
    assert period_of(text, calendar="roc").month == month


@pytest.mark.parametrize("calendar", ["iso", "roc"])
@given(st.text())
def test_any_text_is_read_without_a_fault(calendar: Calendar, text: str) -> None:
    for rule in (Rule(), QUARTERLY, CUMULATIVE):
        said = period_of(text, rule, calendar)
        assert (said.kind == "period") == (said.month is not None)
        titled = period_in(text, rule)
        assert titled is None or (titled.kind == "period") == (titled.month is not None)


@given(MONTHS)
def test_a_month_is_itself_in_every_spelling(month: date) -> None:
    for text in (
        f"{month:%Y-%m}",
        f"{month.year}年{month.month}月",
        f"{month:%Y/%m}",
        f"{month:%Y%m}",
    ):
        assert period_of(text).month == month
        said = period_in(f"湖渡镇{text}村月报")
        assert said is not None and said.month == month


@given(
    MONTHS,
    st.integers(1, 30),
    st.sampled_from([*"—-至到~－～、和‐‑‒–―−─〜∼⁓…→ー一", "--", "——", "……"]),
)
def test_a_longer_span_is_never_a_month(month: date, longer: int, mark: str) -> None:
    place = month.year * 12 + month.month - 1 + longer
    year, number = divmod(place, 12)
    said = period_in(f"湖渡镇{month.year}年{month.month}月{mark}{year}年{number + 1}月村月报")
    assert said is not None and said.month is None and said.kind == "span"
    if year == month.year:
        for text in (
            f"{month.year}年{month.month}月{mark}{number + 1}月",
            f"{month.year}年{month.month}{mark}{number + 1}月",
        ):
            inside = period_in(text)
            assert inside is not None and inside.month is None


LONGER: list[tuple[str, Kind]] = [
    ("云洲县2010年第二季度村报表", "quarter"),
    ("2010年2季度村报表", "quarter"),
    ("2010Q2", "quarter"),
    ("2010年上半年", "half"),
    ("2010年下半年村月报", "half"),
    ("上半年村月报", "half"),
    ("2009年10月至2010年6月（累计）", "span"),
    ("湖渡镇2010年1月—2010年6月村月报", "span"),
    ("2010年6、7月村月报", "span"),
    ("2010年6月、7月", "span"),
    ("2010年6-7月", "span"),
    ("2010年6/7月", "span"),
    ("2010年6月和7月", "span"),
    ("2010年六、七月", "span"),
    ("6、7月村月报", "span"),
    ("1至6月村月报", "span"),
    ("10月至次年6月", "span"),
    ("2009年10月1日至2010年6月30日", "span"),
    ("2010.06-07", "span"),
    ("2010年前三季度", "span"),
    ("2010年第一、二季度", "span"),
    ("2010年一至三季度", "span"),
    ("2010年4、5、6月", "span"),
    ("2010年6月累计", "cumulative"),
    ("2010年6月村报表（本年累计）", "cumulative"),
    ("2010年全年村报表", "year"),
    ("2010年度村报表", "year"),
    ("2009-2010年度村报表", "year"),
    ("2010年6月上旬", "part"),
    ("2010年6月1日—15日", "part"),
    ("2010年1月以来", "open"),
    ("2010年13月", "none"),
    ("2010年6①月", "none"),
    ("2010年1 2月", "none"),
    ("2010.1", "tenth"),
    ("湖渡镇2010.1村月报", "tenth"),
    ("2010年6月，2010年5月", "span"),
    ("2010年6月月报（补2010年5月）", "several"),
    ("2010年6月村月报 7月", "several"),
    ("2009年6月 2010年6月对比", "several"),
    ("2009年6月→2010年6月对比", "span"),
    ("2009年6月同期2010年6月", "several"),
    ("2009年6月比2010年6月", "several"),
    ("2010年5月环比2010年6月", "several"),
    ("2010年Ⅱ季度", "quarter"),
    ("2010年第II季度村月报", "quarter"),
    ("2010年第贰季度", "quarter"),
    ("2010年第②季度", "none"),
    ("2010H1", "half"),
    ("2010年半年报", "half"),
    ("2010年头六个月", "span"),
    ("2010年五六月", "none"),
    ("2010年(1-6)月", "span"),
    ("200910-201006", "span"),
    ("20091001-20100630", "span"),
    ("2010.5.26-6.25", "span"),
    ("2010年5月26日-6月25日", "span"),
]


@pytest.mark.parametrize(("text", "kind"), LONGER)
def test_what_is_not_one_month_is_named(text: str, kind: Kind) -> None:
    said = period_in(text)
    assert said is not None and (said.month, said.kind) == (None, kind)
    assert period_of(text).month is None


@pytest.mark.parametrize(
    "text",
    [
        "2010年6月村月报（对比2009年6月）",
        "（2010年7月修订）湖渡镇2010年6月村月报",
        "2010年6月与2009年6月对比表",
        "2010年6月比2010年5月",
        "2010年6月村月报（较去年同期2009年6月）",
        "2010年6月（上年同月：2009年6月）",
        "与2009年6月相比的2010年6月村月报",
        "2010年6月村月报 报出日期：2010年7月4日",
        "2010年6月同比2009年6月",
        "2010年6月村月报 制表日期：2010年7月",
        "2010年6月村月报（2010年7月上报）",
        "2010年6月村月报（与5月相比）",
        "2010年6月村月报（2010年1月起执行）",
        "2010年6月村月报 有效期至2010年12月",
        "出生性别比2010年6月通报",
        "2010年6月村月报（6月）",
        "2010年度6月村月报",
        "2010年6月1日至6月30日村月报",
        "2010-06_岭源镇_月报",
        "201006_湖渡镇",
        "2010年6月-2",
        "截至2010年6月底",
        "2010年6月①村月报",
        "2010年6月至6月村月报",
        "2010年6月 VS 2009年6月",
        "2010年6月村月报（参照2009年6月）",
        "2010年6月村月报（环比12月）",
        "2010年6月村月报（与12月相比）",
        "2009-2010统计年度 2010年6月村月报",
        "二O一O年六月村月报",
        "二0一0年六月",
        "2010六月村月报",
        "2010年（6）月村月报",
        "2010_06_湖渡镇",
        "2010.6.1-6.30",
    ],
)
def test_the_month_of_the_report_is_told_from_others(text: str) -> None:
    said = period_in(text)
    assert said is not None and said.month == JUNE


@pytest.mark.parametrize(
    "text",
    [
        "报出日期：2010年7月4日",
        "制表日期：2010年7月",
        "2010-07-04",
        "统计年度：2009年10月—2010年9月",
        "村月报",
        "注：2009年10月至2010年6月为累计",
        "2010年30个村",
        "2010年度人口月报表",
        "八月湖镇",
        "总人口2010.5万",
    ],
)
def test_what_names_no_period(text: str) -> None:
    assert period_in(text) is None


def test_a_quarterly_form_takes_a_quarter_or_its_last_month() -> None:
    for text in (
        "2010年第二季度",
        "2010年2季度",
        "2010Q2",
        "2010年4-6月",
        "2010年4、5、6月",
        "2010年6月",
    ):
        said = period_in(text, QUARTERLY)
        assert said is not None and said.month == JUNE
    for text in (
        "2010年5月",
        "2010年上半年",
        "2010年第一、二季度",
        "2010年5-7月",
        "2010年度",
        "2010年1—6月",
    ):
        said = period_in(text, QUARTERLY)
        assert said is not None and said.month is None


def test_a_bulletin_is_cumulative_from_the_statistical_years_first_month() -> None:
    for text in ("2009年10月—2010年6月", "2010年6月（累计）", "2009年10月至次年6月"):
        said = period_in(text, CUMULATIVE)
        assert said is not None and said.month == JUNE
    said = period_in("2010年1—6月", CUMULATIVE)
    assert said is not None and said.kind == "span"
    assert Period(date(2009, 10, 1), JUNE).filed("month", 10) == JUNE


@pytest.mark.parametrize("text", ["6月", "2010", "2010-13", "2010-00", "一月", "", "2010-02-31"])
def test_what_is_no_month(text: str) -> None:
    assert period_of(text).month is None


def test_a_month_without_a_year_is_a_number() -> None:
    said = period_in("湖渡镇7月村月报")
    assert said is not None and (said.kind, said.number) == ("bare", 7)


def test_days() -> None:
    assert day_in("报出日期：2010年7月4日") == date(2010, 7, 4)
    assert day_in("2010年2月31日") is None and parse_day("2010-06-1 0") is None
    assert parse_day("2010年6月1²日") is None
