"""The rehearsal's answer: against counting by hand, in words, and what it may not show."""

from __future__ import annotations

import json
from datetime import date
from math import comb
from pathlib import Path

import numpy as np
import pytest

from shortplank.drawing.theme import Style
from shortplank.reading.judged.ledger import ledger_of
from shortplank.reading.offered import for_draws
from shortplank.reading.view import View
from shortplank.store import Engine, engine
from shortplank.topics.inspection.answer.draw import Plan
from shortplank.topics.inspection.answer.rehearsal import (
    MOST_DRAWN,
    Rehearsal,
    default_plan,
    rehearsal,
    rehearsal_table,
)
from shortplank.topics.inspection.figure import inspection_figure
from shortplank.wording.chance import likely_text
from tests.topics.villages import SEPTEMBER, born, codes, county, filed, publish, view_of
from tests.topics.villages import make_county as register
from tools.browser import REPOSITORY

MAY = date(2010, 5, 1)
PLANS = (
    Plan(6, None, False, 85.0),
    Plan(6, None, True, 85.0),
    Plan(2, 3, False, 85.0),
    Plan(2, 3, True, 85.0),
)


@pytest.fixture(scope="module")
def demo() -> Engine:
    """The demo county."""
    return engine(REPOSITORY / "data" / "demo")


def everything(view: View, answer: Rehearsal) -> str:
    """Return every word that the page shows of an answer."""
    parts = [answer.title, answer.sentence, answer.formula, *answer.about, *answer.notes]
    parts += [str(each) for each in (answer.towns, answer.villages) if each is not None]
    if not answer.is_empty:
        parts.append(json.dumps(inspection_figure(answer, Style()), ensure_ascii=False))
    parts.append(str(rehearsal_table(view, answer).to_pylist()))
    return "\n".join(parts)


@pytest.mark.parametrize(
    ("month", "said"),
    [
        (MAY, "抽查只看原始率，本月核对名单另判：这项指标列入核对的有 3 个村"),
        (SEPTEMBER, "抽查只看原始率，本月核对名单另判：这项指标没有村列入核对"),
    ],
)
def test_a_village_short_of_the_line_is_not_one_that_is_listed(
    demo: Engine, month: date, said: str
) -> None:
    view = view_of(demo, "migrant_filing", month=month)
    standing = ledger_of(view).standing("migrant_filing", "village")
    assert standing is not None and len(standing.announced_names) == (3 if month == MAY else 0)
    answer = rehearsal(view, default_plan(view))
    assert said in answer.notes and answer.named == ()
    births = view_of(demo, "policy_compliance", month=month)
    assert not any("核对名单" in note for note in rehearsal(births, default_plan(births)).notes)


def test_the_speech_can_be_read(demo: Engine) -> None:
    view = view_of(demo, "policy_compliance", month=SEPTEMBER)
    answer = rehearsal(view, default_plan(view))
    assert "98.1% 的可能" in answer.title and "185 个村中 88 个" in answer.title
    assert "C(97, 6) / C(185, 6) = 98.1%" in answer.formula
    assert answer.drawn is not None and answer.drawn.exact
    assert answer.drawn.hit.chance == pytest.approx(1 - comb(97, 6) / comb(185, 6))


def test_births_are_never_a_lever(demo: Engine) -> None:
    view = view_of(demo, "policy_compliance", month=SEPTEMBER)
    answer = rehearsal(view, Plan(6, None, False, 90.0))
    assert answer.towns is None and answer.villages is None
    assert rehearsal_table(view, answer).num_rows == 0
    assert answer.drawn is not None and answer.drawn.rates is None
    names = {
        name for name in view.ask("births_out_by_village", month=SEPTEMBER)["name"].to_pylist()
    }
    assert not any(name in everything(view, answer) for name in names)


def test_a_viewer_rehearses_services_and_not_births(demo: Engine) -> None:
    births = view_of(demo, "policy_compliance", month=SEPTEMBER, role="viewer")
    answer = rehearsal(births, default_plan(births))
    assert answer.is_empty and "不公布" in answer.title and "88" not in everything(births, answer)
    ours, theirs = (
        rehearsal(view, default_plan(view))
        for role in ("analyst", "viewer")
        for view in [view_of(demo, "migrant_filing", month=MAY, role=role)]
    )
    assert ours.title == theirs.title and ours.villages == theirs.villages


@pytest.mark.parametrize("plan", PLANS)
def test_weak_villages_and_their_chance(demo: Engine, plan: Plan) -> None:
    view = view_of(demo, "migrant_filing", month=MAY)
    answer = rehearsal(view, plan)
    rows = view.ask("villages_by_indicator", indicator="migrant_filing", month=MAY).to_pylist()
    weak = sum(100 * r["ytd_numerator"] / r["ytd_denominator"] < 85 for r in rows)
    assert answer.drawn is not None and answer.drawn.weak == weak
    assert answer.drawn.exact == (not plan.proportional)
    if plan.townships is None and not plan.proportional:
        by_hand = 1 - comb(185 - weak, 6) / comb(185, 6)
        assert answer.drawn.hit.chance == pytest.approx(by_hand)
    assert answer.drawn.weak_chances.sum() == pytest.approx(1.0)
    assert answer.drawn.rates is not None
    assert answer.drawn.rates.shares.sum() == pytest.approx(1.0)
    assert answer.drawn.low < answer.county / 100 < answer.drawn.high


def test_bars_split_at_the_line(demo: Engine) -> None:
    answer = rehearsal(view_of(demo, "benefit_delivery", month=MAY), Plan(6, None, False, 95.0))
    assert answer.drawn is not None and answer.drawn.rates is not None
    bars = answer.drawn.rates
    below = bars.shares[bars.edges[1:] <= 0.95 + 1e-9].sum()
    assert below == pytest.approx(answer.drawn.miss.chance, abs=1e-6)
    assert bars.shares.size < 100


def test_the_lever_is_the_village_that_matters(tmp_path: Path) -> None:
    villages = [filed(300, 150)] + [filed(100, 90)] * 7
    view = view_of(county(tmp_path / "w", villages), "migrant_filing")
    answer = rehearsal(view, Plan(2, None, False, 85.0))
    assert answer.villages is not None and answer.towns is not None
    assert [row.area_code for row in answer.villages.rows] == [codes((4, 4))[0]]
    assert answer.towns.rows[0].area_code == "990101100"
    assert answer.towns.rows[0].cells[2] == "1/4"
    assert answer.drawn is not None
    # 7 of the 28 pairs hold the weak village, and only those miss the line.
    assert answer.drawn.hit.chance == pytest.approx(7 / 28)
    assert answer.drawn.miss.lower <= 7 / 28 <= answer.drawn.miss.upper
    assert answer.drawn.village_drops[0] == pytest.approx(answer.drawn.miss.chance)


def test_points_are_the_schemes(demo: Engine) -> None:
    view = view_of(demo, "policy_compliance", month=SEPTEMBER)
    answer = rehearsal(view, default_plan(view))
    assert answer.drawn is not None and answer.drawn.loss is not None
    assert answer.drawn.loss.points == pytest.approx(6 * 88 / 185)
    assert "按方案平均扣 2.9 分（最多 10 分）" in answer.sentence
    assert "可改的默认值" in "。".join(answer.notes)


def test_without_a_rule_no_points_are_named(tmp_path: Path) -> None:
    root = tmp_path / "w"
    county(root, [filed(60, 40)] * 4)
    scheme = root / "catalogue" / "scheme.toml"
    text = scheme.read_text(encoding="utf-8")
    scheme.write_text(text[: text.index("[inspection]")], encoding="utf-8")
    view = view_of(engine(root), "migrant_filing")
    answer = rehearsal(view, default_plan(view))
    assert "扣" not in answer.sentence and "没有抽查扣分的规定" in "。".join(answer.notes)


def test_unreported_villages_are_said_and_may_be_drawn(tmp_path: Path) -> None:
    sizes = (4, 4)
    root = register(tmp_path / "w", sizes)
    whole = codes(sizes)
    counts = {code: filed(60, 30 if k == 1 else 59) for k, code in enumerate(whole[1:], start=1)}
    view = view_of(publish(root, {SEPTEMBER: counts}), "migrant_filing")
    answer = rehearsal(view, Plan(2, None, False, 85.0))
    assert answer.drawn is not None and answer.drawn.unknown == 1
    assert answer.drawn.hit.chance == pytest.approx(1 - comb(7, 2) / comb(8, 2))
    assert answer.drawn.hit_if_unknown == pytest.approx(1 - comb(6, 2) / comb(8, 2))
    assert "1 个村未报" in "。".join(answer.notes) and "乡0镇首村" in "。".join(answer.notes)
    assert {row["未达标村"] for row in rehearsal_table(view, answer).to_pylist()} == {
        "是",
        "否",
        "未报",
    }


@pytest.mark.parametrize(
    "villages",
    [[filed(60, 30)], [filed(60, 0)] * 4, [filed(60, 60)] * 4, [filed(0, 0)] * 4,
     [filed(5, 2), filed(0, 0), filed(80, 70)]],
)  # fmt: skip
@pytest.mark.parametrize("plan", PLANS)
def test_small_and_odd_counties_have_clear_words(
    tmp_path: Path, villages: list[dict[str, int]], plan: Plan
) -> None:
    view = view_of(county(tmp_path / "w", villages, towns=2), "migrant_filing")
    answer = rehearsal(view, plan)
    text = everything(view, answer)
    assert answer.title and answer.sentence and "nan" not in text.lower()
    assert "inf" not in text.lower().replace("information", "")


def test_all_good_says_that_nothing_can_be_hit(tmp_path: Path) -> None:
    view = view_of(county(tmp_path / "w", [filed(60, 60)] * 4), "migrant_filing")
    answer = rehearsal(view, Plan(2, None, False, 85.0))
    assert "抽几个都抽不中" in answer.title


def test_nothing_due_and_one_village_are_said_plainly(tmp_path: Path) -> None:
    none = view_of(county(tmp_path / "none", [filed(0, 0)] * 3), "migrant_filing")
    answer = rehearsal(none, default_plan(none))
    assert answer.is_empty and "在各村都是 0" in answer.sentence
    one = view_of(county(tmp_path / "one", [filed(60, 30)], towns=1), "migrant_filing")
    told = rehearsal(one, default_plan(one)).sentence
    assert "抽到的合计总是 50.0%，低于 85% 线" in told and "九成" not in told


def test_merged_villages_are_drawn_as_one(demo: Engine) -> None:
    view = view_of(demo, "migrant_filing", month=MAY)
    answer = rehearsal(view, default_plan(view))
    former = {line.old_code for line in view.ws.successors}
    assert answer.drawn_from is not None and not former & set(answer.drawn_from.codes)


def test_births_of_a_small_county(tmp_path: Path) -> None:
    view = view_of(
        county(tmp_path / "w", [born(30, 4), born(30, 1), born(30, 0)]), "policy_compliance"
    )
    answer = rehearsal(view, Plan(1, None, False, None))
    assert answer.drawn is not None and answer.drawn.hit.chance == pytest.approx(1 / 3)


def test_only_directed_service_quality_and_policy_can_be_chosen(demo: Engine) -> None:
    keys = {key for key, item in demo.ws.indicators.items() if for_draws(item)}
    assert keys == {"migrant_filing", "benefit_delivery", "policy_compliance"}


def test_the_same_plan_is_drawn_once(demo: Engine) -> None:
    view = view_of(demo, "migrant_filing", month=MAY)
    first, second = (rehearsal(view, Plan(7, None, False, 85.0)) for _ in range(2))
    assert first.drawn is second.drawn


def test_chances_in_words() -> None:
    assert likely_text(0.98134) == "98.1% 的可能"
    assert likely_text(float(np.nextafter(1, 0))) == "几乎一定"
    assert likely_text(1.0) == "几乎一定" and likely_text(0.0) == "不到 0.1% 的可能"


def test_only_what_must_happen_is_called_certain(tmp_path: Path) -> None:
    view = view_of(
        county(tmp_path / "w", [filed(60, 30)] * 3 + [filed(60, 59)] * 3), "migrant_filing"
    )
    assert "必定抽到未达标村" in rehearsal(view, Plan(4, None, False, 85.0)).title
    assert "必定" not in rehearsal(view, Plan(3, None, False, 85.0)).title
    assert "必定抽到未达标村" in rehearsal(view, Plan(1, None, False, 99.0)).title


def test_huge_plans_are_held_to_what_is_drawn_quickly(demo: Engine) -> None:
    view = view_of(demo, "migrant_filing", month=MAY)
    plan = rehearsal(view, Plan(40, 16, True, 85.0)).plan
    assert plan.townships == 16 and plan.villages == 2
    assert rehearsal(view, Plan(900, None, False, 85.0)).plan.villages == MOST_DRAWN


def test_how_the_chance_grows_with_the_number_drawn(demo: Engine) -> None:
    view = view_of(demo, "policy_compliance", month=SEPTEMBER)
    told = "。".join(rehearsal(view, default_plan(view)).notes)
    assert "抽 1 个 47.6%，2 个 72.6%，3 个 85.8%，4 个 92.7%，6 个 98.1%" in told
