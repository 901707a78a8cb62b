"""A name that points nowhere is refused, with the file that holds it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from shortplank.catalogue import load_workspace
from tests.catalogue.faults import BIRTHS, FORM, MEASURES, SCHEME, change, refusal, write
from tests.store import workspaces as w

ROW = f"{w.S3},{w.SOUTH},village,溪口村,村,2000-01-01,"


def successors(*rows: tuple[str, str]) -> Callable[[Path], None]:
    """Return how to write a register of successors."""
    lines = "".join(f"{old},{new},2009-01-01\n" for old, new in rows)
    return lambda folder: write(folder, "successors.csv", "old_code,new_code,from\n" + lines)


def areas(old: str, new: str) -> Callable[[Path], None]:
    """Return how to change the register of areas."""
    return lambda folder: change(folder, "areas.csv", old, new)


def edited(name: str, old: str, new: str) -> Callable[[Path], None]:
    """Return how to change a file."""
    return lambda folder: change(folder, name, old, new)


def added(name: str, text: str) -> Callable[[Path], None]:
    """Return how to write a file."""
    return lambda folder: write(folder, name, text)


TARGETS = "area_code,indicator,statistical_year,target,source\n"
NOWHERE: dict[str, tuple[Callable[[Path], None], str, str]] = {
    "home": (
        edited("workspace.toml", w.COUNTY, "990299"),
        "workspace.toml",
        "键 home：登记册中没有县 990299",
    ),
    "home that is no county": (
        edited("workspace.toml", w.COUNTY, w.NORTH),
        "workspace.toml",
        f"没有县 {w.NORTH}",
    ),
    "parent": (
        areas(f"{w.N2},{w.NORTH}", f"{w.N2},990201199"),
        "areas.csv",
        f"{w.N2} 中坪村 的上级 990201199 不在登记册中",
    ),
    "parent two levels up": (
        areas(f"{w.N2},{w.NORTH}", f"{w.N2},{w.COUNTY}"),
        "areas.csv",
        "不是它的上一级",
    ),
    "area twice": (
        lambda folder: write(folder, "areas.csv", w.AREAS + ROW + "\n"),
        "areas.csv",
        f"代码 {w.S3} 重复",
    ),
    "successor": (successors((w.N1, "990201101299")), "successors.csv 第 2 行", "990201101299"),
    "two successors": (
        successors((w.N1, w.N2), (w.N1, w.N3)),
        "successors.csv 第 3 行",
        f"{w.N1} 已有去向 {w.N2}",
    ),
    "its own successor": (successors((w.N1, w.N1)), "successors.csv 第 2 行", "绕回"),
    "successors in a circle": (
        successors((w.N1, w.N2), (w.N2, w.N3), (w.N3, w.N1)),
        "successors.csv 第 4 行",
        "绕回",
    ),
    "a measure's dataset": (
        edited(
            MEASURES, 'label = "死亡人数", dataset = "village_month"', 'label = "x", dataset = "y"'
        ),
        MEASURES,
        "键 measures.deaths.dataset：没有数据集 y",
    ),
    "what a measure is matched with": (
        edited(MEASURES, 'matched = "births"', 'matched = "birth"'),
        MEASURES,
        "键 measures.recount_reported.matched",
    ),
    "a measure's filter": (
        edited(MEASURES, 'filter = { kind = "key_check" }', 'filter = { sort = "key_check" }'),
        MEASURES,
        "没有键列 sort",
    ),
    "a total's part": (
        edited(MEASURES, '"births_p1_m", "births_p1_f"]', '"births_p1_m", "births_p9"]'),
        MEASURES,
        "键 derived.births_p1：没有度量 births_p9",
    ),
    "a total of itself": (
        edited(MEASURES, 'plus = ["births_m", "births_f"]', 'plus = ["births_out"]'),
        MEASURES,
        "绕回",
    ),
    "a total named as a measure": (
        edited(MEASURES, "births_p1 = {", "deaths = {"),
        MEASURES,
        "",
    ),
    "the largest of totals": (
        edited(MEASURES, '"births_registered"], op', '"births"], op'),
        MEASURES,
        "键 derived.births_largest",
    ),
    "an indicator's measure": (
        edited(BIRTHS, 'numerator = ["births_in"]', 'numerator = ["births_within"]'),
        "catalogue/indicators",
        "指标 policy_compliance：没有度量 births_within",
    ),
    "an indicator below its measures": (
        edited(
            "catalogue/indicators/procedure.toml",
            'levels = ["county", "township"]',
            'levels = ["county", "township", "village"]',
        ),
        "catalogue/indicators",
        "指标 procedure_completion：度量 procedures_done 没有这样低的级别",
    ),
    "a form's dataset": (
        edited(FORM, 'dataset = "village_month"', 'dataset = "village_week"'),
        FORM,
        "没有数据集 village_week",
    ),
    "a form's column": (edited(FORM, "deaths = [", "marriages = ["), FORM, "键 columns.marriages"),
    "a rule's measure": (
        edited("catalogue/rules.toml", 'left = ["births_p1_in"]', 'left = ["births_p9"]'),
        "catalogue/rules.toml",
        "规则 p1_in_le_births：没有度量 births_p9",
    ),
    "a headline": (edited(SCHEME, '"migrant_filing", "ben', '"filing", "ben'), SCHEME, "filing"),
    "the default": (
        edited(SCHEME, 'default_indicator = "policy', 'default_indicator = "no_policy'),
        SCHEME,
        "no_policy",
    ),
    "the short plank's default": (
        edited(SCHEME, 'short_plank_default = "', 'short_plank_default = "no_'),
        SCHEME,
        "no_migrant_filing",
    ),
    "a part of the composite": (
        edited(SCHEME, 'indicator = "recount_gap"', 'indicator = "gap"'),
        SCHEME,
        "没有指标 gap",
    ),
    "an event's indicator": (
        added(
            "catalogue/events.toml",
            '[[event]]\nmonth = 2009-01-01\nlabel = "x"\nsource = "y"\nindicators = ["z"]\n',
        ),
        "catalogue/events.toml 第 1 项",
        "没有指标 z",
    ),
    "a target's area": (
        added("registers/targets.csv", f"{TARGETS}990201199,migrant_filing,2009,90,书\n"),
        "registers/targets.csv",
        "第 2 行：登记册中没有单位 990201199",
    ),
    "a target below its indicator's lowest level": (
        added("registers/targets.csv", f"{TARGETS}{w.N1},procedure_completion,2009,90,书\n"),
        "registers/targets.csv",
        "没有村级数，不能给",
    ),
    "a target's indicator": (
        added("registers/targets.csv", f"{TARGETS}{w.NORTH},births_goal,2009,90,书\n"),
        "registers/targets.csv 第 2 行",
        "没有指标 births_goal",
    ),
    "an alias's area": (
        added("aliases.csv", "area_code,alias\n990201199,老乡\n"),
        "aliases.csv",
        "990201199",
    ),
}


@pytest.mark.parametrize(("spoil", "place", "message"), NOWHERE.values(), ids=NOWHERE)
def test_a_name_that_points_nowhere(
    folder: Path, spoil: Callable[[Path], None], place: str, message: str
) -> None:
    spoil(folder)
    error = refusal(folder)
    assert error.place == place
    assert message in error.message


def test_two_periods_of_one_code_are_one_area(folder: Path) -> None:
    renamed = f"{ROW}2008-12-31\n{ROW.replace('溪口村', '河口村').replace('2000', '2009')}"
    write(folder, "areas.csv", w.AREAS.replace(ROW, renamed))
    area = load_workspace(folder).area_by_code[w.S3]
    assert (area.name, area.valid_from) == ("河口村", date(2009, 1, 1))
