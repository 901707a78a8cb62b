"""A card's fields as widgets: what is written in each, and where its fault is said."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import streamlit as st
from pydantic import ValidationError
from streamlit.delta_generator import DeltaGenerator

from shortplank.catalogue import Workspace
from shortplank.catalogue.models import REGISTER_MEASURES, Indicator, Threshold
from shortplank.frame.writing import as_written
from shortplank.store.posts import ANALYST, posts
from shortplank.topics.dictionary.answer.cards import FAMILIES, LEVELS, measure_label
from shortplank.wording.periods import WINDOW_LABELS
from shortplank.wording.sides import REACH

KINDS = {
    "ratio": "两数之比",
    "count": "人数、件数",
    "count_over": f"{REACH}若干例的村所占比重",
    "streak": "连续合格次数",
    "completeness": "报表之比",
    "published": "只有公布数",
}
INTERVALS = {
    "none": "不作区间",
    "wilson": "比重（分子是分母的一部分）",
    "byar": "按人口算的率",
    "srb": "性别比",
    "paired": "同一批数的两次清点之差",
}
POLARITIES = {"up": "越高越好", "down": "越低越好", "range": "在范围内为好", "none": "不作评价"}
WINDOWS: dict[str, str] = {str(key): label for key, label in WINDOW_LABELS.items()}
JUDGED = {"": "不指定", "month_end": "月末", "r12": "近12月", "r36": "近36月"}
MOST_LINES = 6


@dataclass
class Fields:
    """The widgets of one card, what they hold, and the place below each for its fault.

    ``name`` begins the widgets' keys: another card, or one that was changed, has others.
    """

    ws: Workspace
    name: str
    first: Mapping[str, Any]
    said: dict[str, Any] = field(default_factory=dict)
    slots: dict[str, DeltaGenerator] = field(default_factory=dict)

    def key(self, name: str) -> str:
        """Return the key of a widget."""
        return f"dictionary-edit-{self.name}-{name}"

    def put(self, name: str, place: Any, write: Callable[[str, Any], Any]) -> None:
        """Write a widget, keep what it holds, and leave a place for its fault below it."""
        with place:
            self.said[name] = write(self.key(name), self.first.get(name))
            self.slots[name] = st.empty()

    def tell(self, faults: Mapping[str, str]) -> None:
        """Say each fault below its field, and beside the button that there are some.

        What is wrong with the whole card stands there itself.
        """
        whole = [fault for name, fault in faults.items() if name not in self.slots or not name]
        for name, fault in faults.items():
            if fault not in whole:
                self.slots[name].error(as_written(fault))
        if len(whole) < len(faults):
            whole.append(f"有 {len(faults) - len(whole)} 处要改，写在各栏下面。")
        self.slots[""].error(as_written(" ".join(whole)))


def write_fields(ws: Workspace, name: str, first: Mapping[str, Any], *, new: bool) -> Fields:
    """Write all fields of a card, in the order in which they are read."""
    made = Fields(ws, name, first)
    _write_name(made, new=new)
    _write_terms(made)
    _write_reading(made)
    _write_lines(made)
    _write_reach(made)
    _write_judged(made)
    _write_words(made)
    _write_review(made)
    made.slots[""] = st.empty()
    return made


def _write_name(made: Fields, *, new: bool) -> None:
    one, two, three = st.columns([3, 2, 2])
    made.put("label", one, lambda key, held: _text("名称", key, held, 40))
    made.put("family", two, lambda key, held: _choice("类别", key, held, FAMILIES))
    made.put("kind", three, lambda key, held: _choice("算法", key, held, KINDS))
    if new:
        label = "代号（小写字母、数字、下划线，定了不再改）"
        made.put("key", one, lambda key, held: _text(label, key, held, 40))


def _write_terms(made: Fields) -> None:
    known = [*made.ws.measures, *made.ws.derived, *REGISTER_MEASURES]

    def terms(label: str, key: str, held: Any) -> tuple[str, ...]:
        options = [*known, *(each for each in held or () if each not in known)]
        found = st.multiselect(
            label, options, default=list(held or ()), key=key, placeholder="可选多个，相加",
            format_func=lambda each: f"{measure_label(made.ws, each)}（{each}）",
        )  # fmt: skip
        return tuple(found)

    one, two = st.columns(2)
    made.put("numerator", one, lambda key, held: terms("分子", key, held))
    made.put("denominator", two, lambda key, held: terms("分母", key, held))
    cells = st.columns(5)
    made.put("factor", cells[0], lambda key, held: _number("乘以", key, held))
    made.put("unit", cells[1], lambda key, held: _text("单位", key, held, 10))
    made.put("decimals", cells[2], lambda key, held: _whole("小数位", key, held))
    made.put("interval", cells[3], lambda key, held: _choice("区间", key, held, INTERVALS))
    made.put("over", cells[4], lambda key, held: _number("几例起算（只用于村的比重）", key, held))


def _write_reading(made: Fields) -> None:
    cells = st.columns(4)
    made.put("polarity", cells[0], lambda key, held: _choice("方向", key, held, POLARITIES))
    made.put("target", cells[1], lambda key, held: _number("目标（可不填）", key, held))
    low, high = made.first.get("target_range") or (None, None)
    with cells[2]:
        lowest = _number("合理范围，从", made.key("lowest"), low)
        made.slots["target_range"] = st.empty()
    with cells[3]:
        highest = _number("到", made.key("highest"), high)
    ends = (lowest, highest)
    made.said["target_range"] = None if ends == (None, None) else ends


def _write_lines(made: Fields) -> None:
    """Write the lines that areas are counted against, and one more to be filled in."""
    held = tuple(made.first.get("thresholds") or ())
    found = []
    for place in range(min(len(held) + 1, MOST_LINES)):
        old = held[place] if place < len(held) else None
        cells = st.columns([1, 1, 2, 3])
        with cells[0]:
            value = _number(f"第 {place + 1} 条线", made.key(f"line-{place}"), old and old.value)
        with cells[1]:
            sides = {"below": "线下", "above": "线上"}
            chosen = old.side if old else "below"
            side = _choice("数哪一边", made.key(f"side-{place}"), chosen, sides)
        with cells[2]:
            label = _text("线的名称", made.key(f"name-{place}"), old.label if old else "", 40)
        with cells[3]:
            where = old.source if old else ""
            source = _text("出处（哪份文件定的）", made.key(f"source-{place}"), where, 80)
        if value is not None:
            found.append({"value": value, "side": side, "label": label, "source": source})
    made.slots["thresholds"] = st.empty()
    made.said["thresholds"] = _thresholds(found)


def _thresholds(found: Sequence[Mapping[str, Any]]) -> tuple[Any, ...]:
    """Return lines as the model has them, or as they were written where it refuses one."""
    try:
        return tuple(Threshold.model_validate(each) for each in found)
    except ValidationError:
        return tuple(found)


def _write_reach(made: Fields) -> None:
    one, two, three = st.columns([2, 2, 1])
    made.put("levels", one, lambda key, held: _some("层级", key, held, LEVELS))
    made.put("windows", two, lambda key, held: _some("时段", key, held, WINDOWS))
    made.put("default_window", three, lambda key, held: _choice("打开时", key, held, WINDOWS))
    cells = st.columns(2)
    made.put("min_denominator", cells[0], lambda key, held: _number("分母不到几不列数", key, held))
    made.put(
        "grey_denominator", cells[1], lambda key, held: _number("分母不到几只作参考", key, held)
    )


def _write_judged(made: Fields) -> None:
    cells = st.columns(3, vertical_alignment="bottom")
    made.put("judged", cells[0], lambda key, held: st.checkbox("每月判定", bool(held), key=key))
    made.put(
        "judged_window",
        cells[1],
        lambda key, held: _choice("判定的时段", key, held or "", JUDGED) or None,
    )
    made.put("worth", cells[2], lambda key, held: _number("差多少才值得说", key, held))


def _write_words(made: Fields) -> None:
    texts = {
        "definition": ("定义（一句话）", 200),
        "why": ("为什么看", 200),
        "source": ("来源：哪张表、哪几栏", 200),
        "caveats": ("注意", 400),
        "check": ("不到线时先查什么（查记录，不查人）", 400),
    }
    for name, (label, most) in texts.items():
        made.put(
            name,
            st.container(),
            lambda key, held, label=label, most=most: st.text_area(  # type: ignore[misc]
                label, held or "", key=key, max_chars=most, height=68
            ).strip(),
        )


def _write_review(made: Fields) -> None:
    listed = [post for post in posts(made.ws) if post != ANALYST]
    held = made.first.get("reviewed_by")
    options = {"": "未复核", **{each: each for each in (*listed, *([held] if held else []))}}
    cells = st.columns(3)
    made.put(
        "reviewed_by",
        cells[0],
        lambda key, held: _choice("复核的岗位", key, held or "", options) or None,
    )
    made.put("reviewed_on", cells[1], lambda key, held: _day("复核日期", key, held))
    made.put("review_due", cells[2], lambda key, held: _day("下次不晚于", key, held))


# --- widgets --------------------------------------------------------------------------------------
def _text(label: str, key: str, held: Any, most: int) -> str:
    return st.text_input(label, held or "", key=key, max_chars=most).strip()


def _number(label: str, key: str, held: Any) -> float | None:
    found = st.number_input(
        label, value=None if held is None else float(held), key=key, format="%g", step=None
    )
    return None if found is None else float(found)


def _day(label: str, key: str, held: Any) -> date | None:
    found = st.date_input(label, held, key=key, format="YYYY-MM-DD")
    return found if isinstance(found, date) else None


def _whole(label: str, key: str, held: Any) -> int:
    return int(st.number_input(label, 0, 6, int(held or 0), key=key))


def _choice(label: str, key: str, held: Any, options: Mapping[str, str]) -> str:
    keys = list(options)
    place = keys.index(held) if held in keys else 0
    return str(st.selectbox(label, keys, place, key=key, format_func=lambda each: options[each]))


def _some(label: str, key: str, held: Any, options: Mapping[str, str]) -> tuple[str, ...]:
    own = [each for each in options if each in (held or ())]
    found = st.multiselect(
        label, list(options), own, key=key, placeholder="请选", format_func=lambda e: options[e]
    )
    return tuple(each for each in options if each in found)


def first_of(item: Indicator | None, key: str) -> dict[str, Any]:
    """Return what a card's fields hold at first: what it says, or a new one's defaults."""
    if item is not None:
        return {name: getattr(item, name) for name in Indicator.model_fields}
    fields = Indicator.model_fields.items()
    held = {name: info.default for name, info in fields if not info.is_required()}
    return {**held, "levels": ("county", "township"), "family": "service", "kind": "ratio",
            "polarity": "up", "interval": "wilson", "key": key}  # fmt: skip
