"""Cards as texts: what is said anew is written, all else of the file stays to the letter."""

from __future__ import annotations

from difflib import unified_diff
from pathlib import Path
from typing import Any

import pytest

from shortplank.catalogue import load_workspace
from shortplank.catalogue.models import Indicator, Threshold
from shortplank.errors import ShortplankError, StoreError
from shortplank.records.settings_changes import change, text_of
from shortplank.store import Store
from shortplank.topics.dictionary.answer.texts import (
    OWN,
    card_texts,
    faults_of,
    headline_texts,
    named_by,
    total_texts,
    without_card,
)
from tests.store import workspaces as w

SERVICE = "catalogue/indicators/service.toml"
NEW: dict[str, Any] = {
    "label": "出生登记率", "kind": "ratio", "family": "service", "polarity": "up",
    "numerator": ("births",), "denominator": ("births_with_late",), "levels": ("county",),
    "definition": "登记的出生占全部出生的比重。", "why": "看登记。", "source": "村月报：出生",
}  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(w.make(tmp_path / "county"))


def changed_lines(store: Store, texts: dict[str, str | None]) -> list[str]:
    found = []
    for name, text in texts.items():
        old = (text_of(store.root, name) or "").splitlines()
        lines = unified_diff(old, str(text).splitlines(), n=0, lineterm="")
        found += [line for line in lines if line[:2] not in ("--", "++", "@@")]
    return found


def test_only_what_is_said_anew_is_written(store: Store) -> None:
    said = {name: getattr(store.workspace.indicators["migrant_filing"], name)
            for name in Indicator.model_fields}  # fmt: skip
    assert changed_lines(store, card_texts(store.workspace, "migrant_filing", said)) == []
    texts = card_texts(store.workspace, "migrant_filing", {**said, "target": 88.5, "caveats": "新"})
    assert [*texts] == [SERVICE]
    assert sorted(changed_lines(store, texts)) == [
        '+caveats = "新"',
        "+target = 88.5",
        "-target = 85",
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("target", None), ("target", 91.0), ("min_denominator", 0), ("decimals", 1),
        ("levels", ("county",)), ("windows", ("ytd",)), ("label", '名"称\\\n'),
        ("thresholds", (Threshold(value=5, side="below", label="线", source="文件"),)),
        ("thresholds", ()), ("factor", 1000.0), ("judged", False), ("check", ""),
    ],
)  # fmt: skip
def test_a_field_is_read_back_as_it_was_said(field: str, value: object, store: Store) -> None:
    texts = card_texts(store.workspace, "migrant_filing", {field: value})
    change(store, texts, "试")
    before, after = store.workspace.indicators, load_workspace(store.root).indicators
    assert getattr(after["migrant_filing"], field) == value
    assert {k: v for k, v in after.items() if k != "migrant_filing"} == {
        k: v for k, v in before.items() if k != "migrant_filing"
    }


def test_a_new_card_stands_in_a_file_of_its_own_and_goes_again(store: Store) -> None:
    change(store, card_texts(store.workspace, "own_1", NEW), "新指标")
    store = Store(store.root)
    assert store.workspace.indicators["own_1"].label == "出生登记率"
    change(store, card_texts(store.workspace, "own_2", {**NEW, "label": "二"}), "新指标")
    store = Store(store.root)
    change(store, without_card(store.workspace, "own_1"), "不用了")
    store = Store(store.root)
    assert "own_1" not in store.workspace.indicators and "own_2" in store.workspace.indicators
    change(store, without_card(store.workspace, "own_2"), "不用了")
    assert text_of(store.root, OWN) is None


@pytest.mark.parametrize("key", ["", "Own", "1a", "own-1", "own 1", "指标", "a.b", "a\nb", "[x]"])
def test_a_key_is_a_name(key: str, store: Store) -> None:
    with pytest.raises(StoreError, match="代号"):
        card_texts(store.workspace, key, NEW)


BAD: dict[str, tuple[dict[str, Any], str, str]] = {
    "no numerator": ({"numerator": ()}, "", "numerator"),
    "no label": ({"label": ""}, "label", "请填写"),
    "no source": ({"source": ""}, "source", "请填写"),
    "another kind": ({"kind": "mean"}, "kind", "只能是"),
    "half a range": ({"target_range": (None, 5.0)}, "target_range", ""),
    "a line without a side": ({"thresholds": ({"value": 1},)}, "thresholds", ""),
    "half a review": ({"reviewed_by": "统计岗"}, "", "须一起写明"),
    "no cases": ({"kind": "count_over"}, "", "over"),
    "a judged count": ({"judged": True, "polarity": "none"}, "", "judged"),
    "a judged procedure": ({"judged": True, "family": "procedure"}, "", "judged"),
    "a target of procedures": ({"family": "procedure", "target": 90.0}, "", "不设目标"),
    "a worth below zero": ({"worth": -1.0}, "worth", ""),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_what_is_wrong_is_said_of_its_field(case: str) -> None:
    new, where, said = BAD[case]
    faults = faults_of({**NEW, **new})
    assert [*faults] == [where] and said in faults[where]


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "villages of procedures": (
        {"family": "procedure", "levels": ("county", "township", "village")}, "只到乡镇",
    ),
    "procedures as a service": ({"numerator": ("procedures_done",)}, "手术、孕情或费用"),
    "pregnancies below": (
        {"denominator": ("pregnancies_known",), "levels": ("county", "village")},
        "没有这样低的级别|手术、孕情或费用",
    ),
    "no such measure": ({"numerator": ("nowhere",)}, "没有度量"),
    "a keeper who is a person": (
        {"reviewed_by": "张伟", "reviewed_on": "2010-01-01", "review_due": "2011-01-01"}, "人名",
    ),
    "a telephone": ({"caveats": "问13812345678"}, "号码"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_a_card_may_not_rest_on_is_a_sentence(case: str, store: Store) -> None:
    new, said = REFUSED[case]
    with pytest.raises(ShortplankError, match=said):
        change(store, card_texts(store.workspace, "own_1", {**NEW, **new}), "试")
    assert text_of(store.root, OWN) is None


def test_a_card_that_is_named_stays(store: Store) -> None:
    ws = store.workspace
    assert named_by(ws, "migrant_filing") == ["首页指标", "默认指标", "综合评分", "月积分"]
    with pytest.raises(StoreError, match=r"还用在首页指标、默认指标、综合评分、月积分，不能删去"):
        without_card(ws, "migrant_filing")
    free = next(key for key in ws.indicators if not named_by(ws, key))
    change(store, without_card(ws, free), "不用了")
    assert free not in load_workspace(store.root).indicators


def test_totals_and_the_head_of_the_overview(store: Store) -> None:
    texts = total_texts(store.workspace, "own_total", "两孩合计", ["births_p1", "births_p2"])
    change(store, texts, "要用")
    store = Store(store.root)
    assert store.workspace.derived["own_total"].plus == ("births_p1", "births_p2")
    for key, label, plus in (
        ("own_total", "x", ["births"]),
        ("deaths", "x", ["births"]),
        ("own_2", "", ["births"]),
        ("own_2", "x", []),
        ("X", "x", ["births"]),
    ):
        with pytest.raises(StoreError):
            total_texts(store.workspace, key, label, plus)
    change(store, headline_texts(store.workspace, ["benefit_delivery", "migrant_filing"]), "先看")
    after = load_workspace(store.root).scheme
    assert after.headline == ("benefit_delivery", "migrant_filing")
    assert after.composite == store.workspace.scheme.composite


def test_older_cards_keep_what_they_were_given_when_one_says_it_itself(store: Store) -> None:
    for path in (store.root / "catalogue" / "indicators").glob("*.toml"):
        lines = path.read_text("utf-8").splitlines(keepends=True)
        left = (each for each in lines if not each.startswith(("judged =", "cluster =")))
        path.write_text("".join(left), "utf-8")
    store = Store(store.root)
    before = store.workspace.indicators
    assert before["migrant_filing"].judged
    change(store, card_texts(store.workspace, "migrant_filing", {"judged": False}), "不判")
    after = load_workspace(store.root).indicators
    assert not after["migrant_filing"].judged
    for key in before.keys() - {"migrant_filing"}:
        assert (after[key].judged, after[key].cluster) == (before[key].judged, before[key].cluster)
