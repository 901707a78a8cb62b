"""Sex ratios: the speech's counts, the tests behind the words, hidden and grey cells."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from scipy import stats as scipy_stats

from shortplank.access import Actor
from shortplank.drawing.theme import Style
from shortplank.errors import ShortplankError
from shortplank.reading.judged.ledger import ledger_of
from shortplank.reading.judged.natural import evidence
from shortplank.reading.view import View
from shortplank.stats.verdicts import CODES
from shortplank.store import Engine, add_months, engine
from shortplank.topics.sex_ratio.answer.sex_ratio import (
    SexRatio,
    against_heading,
    beyond_natural,
    default_span,
    looks_of,
    order_labels,
    sex_ratio,
    sex_ratio_table,
    spans_of,
)
from shortplank.topics.sex_ratio.figure.sex_ratio import sex_ratio_figure
from shortplank.wording.verdicts import legend_words
from tests.store.workspaces import NORTH, SOUTH
from tests.topics.months import FIRST, engine_of, look
from tools.browser import REPOSITORY

TOTAL = "sex_ratio_at_birth"


def demo(month: date) -> View:
    shared = engine(REPOSITORY / "data" / "demo")
    home = shared.ws.settings.home
    return View(shared, shared.newest(), Actor("analyst"), month, "r12", TOTAL, home)


def births(p1: tuple[int, int], p2: tuple[int, int] = (0, 0)) -> dict[str, int]:
    names = ("births_p1_m", "births_p1_f", "births_p2_m", "births_p2_f")
    return dict(zip(names, (*p1, *p2), strict=True))


def test_the_speech_of_2009() -> None:
    answer = sex_ratio(demo(date(2009, 9, 1)), "orders", "ytd", TOTAL)
    counts = {line.label: (line.value, line.count) for line in answer.lines}
    assert counts == {"总性别比": (120, 4), "二孩性别比": (130, 11)}
    assert answer.title.startswith("二孩性别比 11 个乡镇高于 130（若都是自然的 106，应有约 2 个，")
    assert "；总性别比 4 个乡镇高于 120（应有约 2 个，" in answer.title


def test_every_look_gives_a_number_one_verdict() -> None:
    """The same township, birth order and window read the same in every picture."""
    view = demo(date(2009, 9, 1))
    orders = {c.key: c for c in sex_ratio(view, "orders", "r12", TOTAL).columns}
    for key, column in orders.items():
        forest = sex_ratio(view, "forest", "r12", key).columns[0]
        last = sex_ratio(view, "periods", "r12", key).columns[-1]
        assert forest.verdicts == column.verdicts == last.verdicts
        np.testing.assert_array_equal(last.measured.value, column.measured.value)


@pytest.mark.parametrize("month", [date(2009, 9, 1), date(2010, 5, 1)])
def test_names_and_marks_are_the_ledgers(month: date) -> None:
    view = demo(month)
    listed = [f.area for f in ledger_of(view).of(TOTAL, "township")]
    assert listed
    for picture in ("orders", "periods", "forest"):
        for span in spans_of(view):
            answer = sex_ratio(view, picture, span, TOTAL)
            marked = [
                c.measured.names[row]
                for c in answer.columns
                for row in c.towns
                if c.verdicts[row] == "higher"
            ]
            assert list(answer.named) == listed == marked
            assert all(name in answer.sentence for name in listed)
    assert beyond_natural(answer).count(True) == len(listed) + 1  # and the county itself


def test_birth_orders_are_facts() -> None:
    for c in sex_ratio(demo(date(2009, 9, 1)), "orders", "r12", TOTAL).columns[1:]:
        assert set(c.verdicts) <= {"none", "too_few"}


def test_the_natural_number_is_the_exact_one() -> None:
    """Expected above 120 where all are natural: the binomial of each township's births."""
    answer = sex_ratio(demo(date(2009, 9, 1)), "orders", "ytd", TOTAL)
    line = next(line for line in answer.lines if line.key == TOTAL)
    total = answer.columns[0]
    births = total.measured.base[total.towns].astype(int)
    above = [scipy_stats.binom.sf(np.floor(n * 120 / 220), n, 106 / 206) for n in births]
    assert line.expected == pytest.approx(sum(above))
    assert line.lower <= line.expected <= line.upper


def test_no_threshold_no_evidence_at_zero() -> None:
    assert evidence(np.array([np.nan, 0.0, 400.0]), 1600.0).tolist() == [0.0, 0.0, 0.5]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """14 months: 北岭乡 30 births a month at 150, 南溪镇 one or two, silent in the last."""

    def counts(code: str, _: int) -> dict[str, int]:
        return births((4, 2), (2, 2)) if code[:9] == NORTH else births((1, 0), (0, 0))

    path = tmp_path_factory.mktemp("ratio") / "ws"
    return engine_of(path, 14, counts, silent=[(SOUTH, 13)])


def test_a_verdict_of_another_period_says_which() -> None:
    """Figures of twelve months stand in a row with what thirty-six decided."""
    view = demo(date(2010, 5, 1))
    headings = [against_heading(sex_ratio(view, "orders", span, TOTAL)) for span in ("r12", "r36")]
    assert headings == ["与自然范围比（按近36月判）", "与自然范围比"]


def test_hidden_below_fifty_and_counted_out(small: Engine) -> None:
    view = look(small, TOTAL, add_months(FIRST, 12))
    answer = sex_ratio(view, "orders", "r12", TOTAL)
    total = answer.columns[0]
    assert total.measured.names == ["小溪县", "北岭乡", "南溪镇"]
    assert total.measured.state[2] == "too_few" and total.verdicts[2] == "too_few"
    assert np.isnan(total.measured.value[2])
    assert answer.lines[0].shown == 1  # grey counts, hidden does not
    rows = sex_ratio_table(answer).to_pylist()
    hidden = next(r for r in rows if r["单位"] == "南溪镇" and r["孩次"] == "合计")
    assert hidden["性别比（女=100）"] is None and hidden[against_heading(answer)] == "样本太少"


def told(answer: SexRatio) -> dict[tuple[str, str], str]:
    rows = sex_ratio_table(answer).to_pylist()
    return {(row["单位"], row["孩次"]): row[against_heading(answer)] for row in rows}


def test_a_cell_says_what_the_ledger_says_and_nothing_else() -> None:
    view = demo(date(2009, 9, 1))
    answer = sex_ratio(view, "orders", "ytd", TOTAL)
    words = {"higher": "明显高于自然范围", "similar": "看不出差别", "none": "只列数"}
    for c in answer.columns:
        for row, code in enumerate(c.verdicts):
            if c.measured.state[row] in ("ok", "zero"):
                alone = row > 0 and code == "similar" and c.verdicts[0] == "higher"
                said = "不单独下结论" if alone else words[code]
                assert told(answer)[c.measured.names[row], c.label] == said
    assert all("偶然" not in (legend_words(c.item, code) or "") for code in CODES)


def test_the_sentence_speaks_of_those_that_were_compared(tmp_path: Path) -> None:
    """Of two townships one has too few births to be compared."""

    def counts(code: str, step: int) -> dict[str, int]:
        few = births((1, 0)) if step % 4 == 0 else {}
        return births((10, 10)) if code[:9] == NORTH else few

    shared = engine_of(tmp_path / "ws", 24, counts)
    answer = sex_ratio(look(shared, TOTAL, add_months(FIRST, 23)), "forest", "r12", TOTAL)
    assert answer.sentence == "按近24月判，1 个乡镇看不出差别，本月不列。" and answer.tested == 1
    young = sex_ratio(look(shared, TOTAL, add_months(FIRST, 12)), "forest", "r12", TOTAL)
    assert young.sentence == "历史不足，没有可判的完整时段，未作比较。" and young.tested == 0


def test_no_births_are_told_from_reports_that_were_not_due(small: Engine) -> None:
    answer = sex_ratio(look(small, TOTAL, add_months(FIRST, 12)), "orders", "r12", TOTAL)
    assert told(answer)["南溪镇", "二孩"] == "无出生"
    figure = sex_ratio_figure(answer, Style())
    empty = {
        (x, y)
        for y, line in enumerate(figure["data"][0]["text"])
        for x, text in enumerate(line)
        if not text
    }
    notes = {(n["x"], n["y"]): n["text"] for n in figure["layout"]["annotations"]}
    assert empty == set(notes) and "无出生" in notes.values()  # no cell is left without a word


def test_a_silent_month_is_said(small: Engine) -> None:
    answer = sex_ratio(look(small, TOTAL, add_months(FIRST, 13)), "orders", "r12", TOTAL)
    assert any("南溪镇缺 1 个月" in note for note in answer.notes)


def test_no_girls_is_not_a_colour(tmp_path: Path) -> None:
    shared = engine_of(tmp_path / "ws", 12, lambda *_: births((9, 0)))
    answer = sex_ratio(look(shared, TOTAL, add_months(FIRST, 11)), "orders", "r12", TOTAL)
    assert set(answer.columns[0].verdicts) == {"too_few"}
    assert np.isnan(answer.columns[0].measured.value).all()
    assert "未作比较" in answer.sentence


def test_no_births_at_all(tmp_path: Path) -> None:
    shared = engine_of(tmp_path / "ws", 12, lambda *_: {})
    answer = sex_ratio(look(shared, TOTAL, add_months(FIRST, 11)), "orders", "r12", TOTAL)
    assert answer.is_empty and answer.title


def test_the_history_decides_what_is_offered(tmp_path: Path, small: Engine) -> None:
    young = engine_of(tmp_path / "ws", 1, lambda *_: births((20, 20)))
    view = look(young, TOTAL, FIRST)
    assert list(spans_of(view)) == ["ytd"] and default_span(view) == "ytd"
    assert "periods" not in looks_of(view)
    assert sex_ratio(view, "orders", "r36", TOTAL).span == "ytd"  # an unfit link falls back
    assert list(spans_of(look(small, TOTAL, add_months(FIRST, 13)))) == ["ytd", "r12"]


def test_the_total_comes_first_and_is_called_so() -> None:
    assert order_labels(demo(date(2009, 9, 1))) == {
        TOTAL: "合计", "sex_ratio_p1": "一孩", "sex_ratio_p2": "二孩", "sex_ratio_p3": "多孩",
    }  # fmt: skip


def test_a_catalogue_of_the_total_alone(tmp_path: Path) -> None:
    engine_of(tmp_path / "ws", 14, lambda *_: births((60, 60)))
    card = tmp_path / "ws" / "catalogue" / "indicators" / "sex_ratio.toml"
    text = card.read_text("utf-8")
    card.write_text(text[: text.index("[sex_ratio_p1]")], "utf-8")
    view = look(engine(tmp_path / "ws"), TOTAL, add_months(FIRST, 13))
    assert list(looks_of(view)) == ["periods", "forest"]
    answer = sex_ratio(view, "orders", "r12", TOTAL)
    assert answer.look == "periods" and "没有乡镇高于 120（" in answer.title
    card.unlink()
    scheme = tmp_path / "ws" / "catalogue" / "scheme.toml"
    scheme.write_text(scheme.read_text("utf-8").replace(f'"{TOTAL}", ', ""), "utf-8")
    with pytest.raises(ShortplankError, match="性别比"):
        looks_of(look(engine(tmp_path / "ws"), "crude_birth_rate", add_months(FIRST, 13)))


def test_years_of_the_county_by_birth_order() -> None:
    table = sex_ratio(demo(date(2010, 5, 1)), "orders", "r12", TOTAL).years
    assert table["统计年度"].to_pylist() == [
        "2010年度（8 个月）", "2009年度", "2008年度", "2007年度"
    ]  # fmt: skip
    assert table.column_names == ["统计年度", "合计", "一孩", "二孩", "多孩"]
    assert all("（" in cell and "人）" in cell for cell in table["二孩"].to_pylist())


def test_longer_windows_roll_too_and_are_sums_of_years() -> None:
    shared = engine(REPOSITORY / "data" / "demo")
    month = date(2010, 5, 1)
    own = View(
        shared, shared.newest(), Actor("analyst"), month, "r12", "sex_ratio_at_birth", "990101"
    )
    made = {
        span: sex_ratio(own, "periods", span, "sex_ratio_at_birth")
        for span in ("r12", "r24", "r36")
    }
    years = {column.label: column.measured for column in made["r12"].columns}
    last, before = years["至2010年5月"], years["至2009年5月"]
    two = made["r24"].columns[-1].measured
    assert two.x.tolist() == (last.x + before.x).tolist()
    assert two.n.tolist() == (last.n + before.n).tolist()
    assert made["r36"].columns[-1].measured.base[0] > two.base[0]
    assert "近36月" in made["r36"].period
