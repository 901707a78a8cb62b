"""What the link of each page takes, beside the registry of pages; tests hold it to the pages.

The frame stands below the topics and cannot ask them, so what their looks are called and which
indicators each has is said here once more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from shortplank.access import Act
from shortplank.catalogue import Workspace
from shortplank.catalogue.models import Indicator
from shortplank.frame.pages import DESKS, PAGES
from shortplank.reading.asked.offers import Offer
from shortplank.reading.judged.natural import sex_ratios
from shortplank.reading.offered import by_township, for_draws, for_villages, with_months
from shortplank.store.boundaries import has_boundaries
from shortplank.wording.periods import WINDOW_LABELS
from shortplank.wording.pictures.maps import LOOK

TRENDS = {"curve": "月度曲线", "years": "年度对照", "towns": "各乡镇", "compare": "比较",
          "end": "年底预测"}  # fmt: skip
RANKINGS = {"ranks": "排名", "funnel": "漏斗图", "league": "同类县位次", "bump": "位次变化",
            "composite": "综合", "spine": "一个乡镇", "map": LOOK}  # fmt: skip
SEX_RATIO = {"orders": "孩次", "periods": "时段", "forest": "区间", "map": LOOK}
SPANS = {"ytd": "统计年度", "r12": "近12月", "r24": "近24月", "r36": "近36月"}
SHORT_PLANK = {"map": LOOK, "lists": "名单", "village": "村情", "what_if": "推演",
               "warnings": "预警名单"}  # fmt: skip
DATA_QUALITY = {"signals": "值得核对", "filings": "完整及时", "recounts": "上报与回溯",
                "inspections": "抽查核查"}  # fmt: skip
IMPORTS = {"intake": "上报", "history": "历次版本", "differences": "版本差异",
           "draft": "认一张新表"}  # fmt: skip
FILING = {"report": "报送", "sent": "已报送", "record": "完整及时"}
TRAY = {"month": "收齐情况", "waiting": "待收", "publish": "发布", "decided": "已办结"}
DICTIONARY = {"cards": "指标", "phrases": "用语", "forms": "报表表头",
              "edit": "改指标", "changes": "改动记录"}  # fmt: skip
# Looks that are there for who may change settings alone.
SETTLING = ("edit", "changes", "draft")
A_YEAR = 12
Which = Callable[[Indicator], bool]


def offers(ws: Workspace) -> list[Offer]:
    """Return what the links of all pages take in a workspace, in the order of the pages."""
    return [offer for page in PAGES for offer in _MADE.get(page, _plain)(ws, _page(page))]


def _page(key: str) -> Offer:
    return Offer(key, PAGES[key], month=key not in DESKS)


def _plain(_ws: Workspace, page: Offer) -> Iterator[Offer]:
    yield page


def _looks(page: Offer, looks: Iterable[tuple[str, str]]) -> Iterator[Offer]:
    """Yield a page's looks; the first one is what it opens with."""
    for number, (key, label) in enumerate(looks):
        act: Act | None = "settle" if key in SETTLING else None
        yield replace(page, look=key if number else "", look_label=label, act=act)


def _trends(ws: Workspace, page: Offer) -> Iterator[Offer]:
    page = _of(ws, page, with_months, ws.first_indicator)
    page = replace(page, area="township", windows=_windows("month", "ytd", "r12"))
    yield page
    for key, label in TRENDS.items():
        look = replace(page, look=key, look_label=label)
        if key == "compare":
            yield replace(_only(ws, look, by_township), area="")
        else:
            yield _only(ws, look, has_year_end) if key == "end" else look


def _rankings(ws: Workspace, page: Offer) -> Iterator[Offer]:
    page = _of(ws, page, by_township, ws.first_indicator)
    page = replace(page, area="township", windows=_windows("month", "ytd", "r12"))
    for look in _looks(page, RANKINGS.items()):
        match look.look:
            case "funnel":
                yield _only(ws, look, has_funnel)
            case "map":
                yield from [look] if has_boundaries(ws) else []
            case "league" | "bump":
                yield replace(look, area="")
            case "spine":
                bare = replace(look, indicators=(), default="", windows={})
                yield replace(bare, about="township")
            case _:
                yield look


def _sex_ratio(ws: Workspace, page: Offer) -> Iterator[Offer]:
    ratios = tuple(sex_ratios(ws))
    if not ratios:
        return
    total = ratios[0]
    page = replace(page, indicators=ratios, default=total, area="township", about="indicator")
    page = replace(page, windows=SPANS, window_name="span")
    looks = dict(SEX_RATIO)
    if not has_boundaries(ws):
        del looks["map"]
    if len(ratios) < 2:
        del looks["orders"]
        page = replace(page, indicator_name="")
    opens = replace(page, indicators=(total,), indicator_name="", look_label="")
    yield opens
    for key, label in looks.items():
        look = replace(page, look=key, look_label=label)
        match key:
            case "orders":
                yield replace(look, indicators=(total,), indicator_name="")
            case "periods":
                rolling = {each: label for each, label in SPANS.items() if each != "ytd"}
                yield replace(look, windows=rolling, history=A_YEAR)
            case _:
                yield look


def _short_plank(ws: Workspace, page: Offer) -> Iterator[Offer]:
    page = _of(ws, page, for_villages, ws.scheme.short_plank_default)
    yield replace(page, windows=_windows("ytd", "r12") if page.indicators else {})
    if not page.indicators:
        return
    page = replace(page, windows=_windows("ytd", "r12"))
    for key, label in SHORT_PLANK.items():
        look = replace(page, look=key, look_label=label)
        if key == "village":
            yield replace(look, area="village", about="village")
        elif key == "what_if":
            yield from _any(_only(ws, look, may_what_if))
        elif key == "map":
            yield from [look] if has_boundaries(ws) else []
        elif key == "lists" or any(map(is_warned, ws.indicators.values())):
            yield look


def _inspection(ws: Workspace, page: Offer) -> Iterator[Offer]:
    page = _of(ws, page, for_draws, ws.scheme.short_plank_default)
    yield replace(page, windows=_windows("ytd", "r12") if page.indicators else {})


def _points(_ws: Workspace, page: Offer) -> Iterator[Offer]:
    yield replace(page, area="township")


def _with(looks: Mapping[str, str]) -> Callable[[Workspace, Offer], Iterator[Offer]]:
    """Return what makes the looks of a page that takes nothing else."""
    return lambda _ws, page: _looks(page, looks.items())


def _dictionary(ws: Workspace, page: Offer) -> Iterator[Offer]:
    for look in _looks(page, DICTIONARY.items()):
        yield look if look.look else replace(look, indicators=tuple(ws.indicators))


def _any(offer: Offer) -> Iterator[Offer]:
    if offer.indicators:
        yield offer


def _of(ws: Workspace, page: Offer, which: Which, wanted: str | None) -> Offer:
    """Return a page with its indicators, and the one that it opens with."""
    keys = tuple(key for key, item in ws.indicators.items() if which(item))
    candidates = [key for key in (wanted, ws.first_indicator) if key in keys]
    return replace(page, indicators=keys, default=next(iter((*candidates, *keys)), ""))


def _only(ws: Workspace, look: Offer, which: Which) -> Offer:
    """Return a look with those of its page's indicators that it is for."""
    keys = tuple(key for key in look.indicators if which(ws.indicators[key]))
    default = look.default if look.default in keys else next(iter(keys), "")
    return replace(look, indicators=keys, default=default)


def _windows(*keys: str) -> dict[str, str]:
    return {key: label for key, label in WINDOW_LABELS.items() if key in keys}


# --- which indicators a look is for -------------------------------------------------------------
def has_year_end(item: Indicator) -> bool:
    """Return whether an indicator's year end is forecast."""
    return item.interval == "wilson" and item.kind in ("ratio", "completeness")


def has_funnel(item: Indicator) -> bool:
    """Return whether an indicator has a funnel."""
    return item.interval in ("wilson", "srb")


def may_what_if(item: Indicator) -> bool:
    """Return whether an indicator has what-ifs."""
    return item.helpable and item.interval == "wilson" and item.polarity in ("up", "down")


def is_warned(item: Indicator) -> bool:
    """Return whether an indicator warns of villages."""
    return "village" in item.levels and item.judged and item.helpable and item.interval == "wilson"


_MADE: dict[str, Callable[[Workspace, Offer], Iterator[Offer]]] = {
    "trends": _trends,
    "rankings": _rankings,
    "sex_ratio": _sex_ratio,
    "short_plank": _short_plank,
    "inspection": _inspection,
    "points": _points,
    "data_quality": _with(DATA_QUALITY),
    "imports": _with(IMPORTS),
    "filing": _with(FILING),
    "tray": _with(TRAY),
    "dictionary": _dictionary,
}
