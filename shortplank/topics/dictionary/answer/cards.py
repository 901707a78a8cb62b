"""The indicators' cards in words: what each counts, why, from which column, and how it is read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from shortplank.catalogue import Workspace
from shortplank.catalogue.models import Form, Indicator
from shortplank.wording.periods import WINDOW_LABELS, day_text, month_text
from shortplank.wording.sides import REACH, check_term, has_target, line_word, range_wish

FAMILIES = {
    "births": "出生和政策",
    "service": "服务",
    "quality": "统计质量",
    "procedure": "手术、孕情和费用",
    "team": "阵地队伍",
    "context": "背景",
}
LEVELS = {"county": "县", "township": "乡镇", "village": "村"}
POLARITIES = {"up": "越高越好", "down": "越低越好", "none": "只列数，不作评价"}
INTERVALS = {
    "wilson": "Wilson 区间（95%）",
    "byar": "Byar 区间（95%）",
    "srb": "男婴比重的 Wilson 区间换算为性别比（95%）",
    "paired": "两次清点之差的区间（95%）",
    "none": "不作区间",
}
KINDS = {
    "count_over": REACH + " {over:g} 例的村数 ÷ 村数 × 100",
    "streak": "最近连续的次数：每次检查中下列各数都大于 0",
    "published": "省通报公布数，本系统不重算",
}
# How a card stands to its review, the urgent first.
REVIEWS = {
    "overdue": "已过复核期",
    "never": "未复核",
    "ahead": "复核日期在今天之后",
    "current": "在复核期内",
}


@dataclass(frozen=True)
class Card:
    """One indicator's card: its name, its family, and its lines, each a term with its text."""

    indicator: str
    label: str
    family: str
    definition: str
    lines: tuple[tuple[str, str], ...]
    pages: tuple[tuple[str, str], ...]
    """The pages that show it, each with what one sees there."""
    review: str
    """How it stands to its review: a key of `REVIEWS`."""

    def matches(self, text: str) -> bool:
        """Return whether every word of a search stands somewhere on the card."""
        whole = " ".join([self.indicator, self.label, self.family, *(t for _, t in self.lines)])
        return all(word in whole.lower() for word in text.lower().split())

    def text_of(self, term: str) -> str:
        """Return the text of one line, "" where the card has none."""
        return next((text for name, text in self.lines if name == term), "")


def cards(ws: Workspace, today: date) -> list[Card]:
    """Return every indicator's card, family by family, with how its review stands on a day."""
    order = list(FAMILIES)
    items = sorted(ws.indicators.items(), key=lambda pair: order.index(pair[1].family))
    return [_card(ws, key, item, today) for key, item in items]


def _card(ws: Workspace, key: str, item: Indicator, today: date) -> Card:
    review = _review(item, today)
    lines = {
        "定义": item.definition,
        "为什么看": item.why,
        "公式": formula_text(ws, item),
        "来源": item.source,
        "表和栏": _columns_text(ws, item),
        "层级": "、".join(LEVELS[level] for level in item.levels),
        "时段": "、".join(WINDOW_LABELS[window] for window in item.windows),
        "方向": _polarity_text(item),
        **_lines_of(item),
        "区间": INTERVALS[item.interval],
        "最少样本": _sample_text(item),
        "有效期": _validity_text(item),
        "注意": item.caveats,
        check_term(item): item.check,
        "版本": f"第 {item.version} 版" + ("，默认值可由本县修改" if item.editable_default else ""),
        "复核": _review_text(item, review),
    }
    shown = tuple((term, text) for term, text in lines.items() if text)
    pages: tuple[tuple[str, str], ...] = (("trends", "看走势"),) if item.kind != "published" else ()
    pages += (("rankings", "看乡镇"),) if "township" in item.levels else ()
    return Card(key, item.label, FAMILIES[item.family], item.definition, shown, pages, review)


def _lines_of(item: Indicator) -> dict[str, str]:
    """Return the target by itself, and the lines; births have lines alone."""
    target = f"{item.target:g}{item.unit}" if item.target is not None else ""
    lines = [f"{t.label}（{t.source}）" for t in item.thresholds]
    if not has_target(item):
        return {line_word(item): "；".join([target, *lines] if target else lines)}
    return {line_word(item): target, "线": "；".join(lines)}


def formula_text(ws: Workspace, item: Indicator) -> str:
    """Return how an indicator is counted, in the reports' words."""
    if item.kind in KINDS:
        text = KINDS[item.kind].format(over=item.over or 0)
        return f"{text}（{_sum_text(ws, item.numerator)}）" if item.numerator else text
    top = _sum_text(ws, item.numerator)
    if not item.denominator:
        return top
    bottom = _sum_text(ws, item.denominator)
    factor = "" if item.factor == 1 else f" × {item.factor:g}"
    return f"{top} ÷ {bottom}{factor}"


def _sum_text(ws: Workspace, names: Sequence[str]) -> str:
    labels = [measure_label(ws, name) for name in names]
    return labels[0] if len(labels) == 1 else f"（{' + '.join(labels)}）"


def measure_label(ws: Workspace, name: str) -> str:
    """Return the label of a measure, a total, or a count of the register."""
    for known in (ws.measures, ws.derived):
        if name in known:
            return known[name].label
    return {
        "villages": "村数",
        "reports_expected": "应报报表数",
        "reports_received": "已收报表数",
        "reports_timely": "按时收到的报表数",
    }.get(name, name)


def _columns_text(ws: Workspace, item: Indicator) -> str:
    """Return the report and column of each leaf count, as the form writes its header."""
    leaves = ws.leaves((*item.numerator, *item.denominator))
    parts = []
    for form in ws.forms.values():
        found = [
            form.columns[name][-1]
            for name in ws.measures
            if name in leaves and ws.measures[name].dataset == form.dataset and name in form.columns
        ]
        if found:
            parts.append(f"{form.label}：{'、'.join(found)}")
    return "；".join(parts)


def _polarity_text(item: Indicator) -> str:
    if item.target_range is not None:
        low, high = item.target_range
        return range_wish(low, high)
    return POLARITIES.get(item.polarity, "")


def _sample_text(item: Indicator) -> str:
    parts = []
    if item.min_denominator:
        parts.append(f"分母不到 {item.min_denominator:g} 不列数")
    if item.grey_denominator:
        parts.append(f"不到 {item.grey_denominator:g} 只作灰色参考")
    return "，".join(parts)


def _validity_text(item: Indicator) -> str:
    if item.valid_from is None and item.valid_to is None:
        return ""
    start = month_text(item.valid_from) if item.valid_from else "最初"
    end = month_text(item.valid_to) if item.valid_to else "现在"
    return f"{start}至{end}" + ("（历史口径）" if item.historical else "")


def _review(item: Indicator, today: date) -> str:
    if item.reviewed_on is None or item.review_due is None:
        return "never"
    if item.reviewed_on > today:
        return "ahead"
    return "overdue" if item.review_due < today else "current"


def _review_text(item: Indicator, review: str) -> str:
    if item.reviewed_on is None or item.review_due is None:
        return REVIEWS[review]
    done, due = day_text(item.reviewed_on), day_text(item.review_due)
    said = "" if review == "current" else f"（{REVIEWS[review]}）"
    return f"{item.reviewed_by}，{done}；下次不晚于{due}{said}"


def review_sentence(known: Sequence[Card]) -> str:
    """Return how many cards were looked through, and how many stand how to their review."""
    counts = {said: sum(card.review == key for card in known) for key, said in REVIEWS.items()}
    parts = [f"{count} 个{said}" for said, count in counts.items() if count]
    return f"看了全部 {len(known)} 个指标：{'，'.join(parts)}"


def unreviewed(known: Iterable[Card]) -> dict[str, list[Card]]:
    """Return the cards that are to be reviewed, by how they stand, those overdue first."""
    found: dict[str, list[Card]] = {key: [] for key in REVIEWS if key != "current"}
    for card in known:
        if card.review in found:
            found[card.review].append(card)
    return {key: listed for key, listed in found.items() if listed}


def found_cards(known: Iterable[Card], text: str, family: str) -> list[Card]:
    """Return the cards that a search and a family leave."""
    return [card for card in known if family in ("", card.family) and card.matches(text)]


def dictionary_table(known: Iterable[Card]) -> pa.Table:
    """Return the cards as a table, a line an indicator, to be taken away."""
    listed = list(known)
    terms = list(dict.fromkeys(term for card in listed for term, _ in card.lines))
    columns = {"指标": [card.label for card in listed], "类别": [card.family for card in listed]}
    columns |= {term: [card.text_of(term) for card in listed] for term in terms}
    return pa.table({name: pa.array(texts, pa.string()) for name, texts in columns.items()})


def headers_table(ws: Workspace, form: Form) -> pa.Table:
    """Return the headers that a form knows: each count with its spellings."""
    lines = [
        (measure_label(ws, measure), "；".join(reversed(headers)))
        for measure, headers in form.columns.items()
    ]
    return pa.table(
        {
            "数": pa.array([label for label, _ in lines], pa.string()),
            "表头写法": pa.array([spellings for _, spellings in lines], pa.string()),
        }
    )
