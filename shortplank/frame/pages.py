"""The pages, in their order: a page is one entry here, and all that lists pages reads it.

The way to a page and its title are made from it, and the READMEs' tables: `make sentences`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal

from shortplank.catalogue.models import Indicator, Scheme, Window
from shortplank.reading.offered import (
    by_township,
    for_draws,
    for_villages,
    is_sex_ratio,
    with_months,
)
from shortplank.wording.sides import SHORT_VILLAGE


@dataclass(frozen=True)
class Looks:
    """What a page of data looks at: what its filters offer, and what a link to it may name."""

    indicators: Callable[[Indicator], bool] | None = None
    """Which indicators a link may name, None where the page has its own."""
    offered: bool = True
    """Whether the list of filters offers them: else a part of the page does."""
    default: Callable[[Scheme], str | None] = lambda scheme: None
    required: bool = True
    """Whether the workspace must have one; else the page says itself that there is none."""
    windows: tuple[Window, ...] = ()
    areas: Literal["none", "towns"] = "none"
    """Whether the filters offer the county and its townships."""
    villages: bool = False
    """Whether the page reads villages, whose marts are then made ready, with words."""


SPANS: tuple[Window, ...] = ("month", "ytd", "r12")
PLANKS = Looks(
    for_villages,
    default=lambda scheme: scheme.short_plank_default,
    required=False,
    windows=("ytd", "r12"),
    villages=True,
)


@dataclass(frozen=True)
class Entry:
    """A page's name, and what it shows, in English and in Chinese."""

    label: str
    shows: str
    shows_zh: str
    desk: bool = False
    """Whether it is a page of work: it opens on the workspace, whether or not it has data."""
    looks: Looks = field(default_factory=Looks)
    province: bool = False
    """Whether it can be about a province too, with its counties as units; else about a county."""
    province_label: str = ""
    """What it is called there, where its name says of which units it is."""


REGISTRY: dict[str, Entry] = {
    "overview": Entry(
        "调度总览",
        "headline indicators with interval, target, same period, place among the peers; "
        "what needs attention; reports; restatements",
        "主要指标的值、区间、目标差距、同比、同类县位次；需要过问的单位；报表；近期修订",
        province=True,
    ),
    "trends": Entry(
        "指标趋势",
        "months and statistical years of one indicator, with limits and the rule that "
        "fired in words",
        "一个指标的月度和年度曲线，界限和触发的规则用文字说明",
        looks=Looks(with_months, windows=SPANS, areas="towns"),
        province=True,
    ),
    "rankings": Entry(
        "乡镇排名",
        "townships with intervals and rank intervals, on one scale with the peer counties; "
        "one township in every indicator",
        "乡镇带区间和位次区间，与同类县同一把尺；一个乡镇的各项指标",
        looks=Looks(by_township, windows=SPANS),
        province=True,
        province_label="各县排名",
    ),
    "sex_ratio": Entry(
        "性别比",
        "township × period and × birth order, faded by how little the births can say",
        "乡镇 × 时段、乡镇 × 孩次，出生越少颜色越淡",
        looks=Looks(is_sex_ratio, offered=False),
        province=True,
    ),
    "short_plank": Entry(
        "短板村",
        "the barrel: worst rate and largest contribution, two lists that people confuse; "
        "whom to visit first, what if, the warning list; one village's profile",
        "水桶图；按率和按贡献两张不同的名单；先去哪几个村、推演、预警名单；一个村的情况",
        looks=PLANKS,
    ),
    "inspection": Entry(
        "抽查预演",
        "villages drawn at random: the chance of a weak one, the drawn result, the points, "
        "where help lowers that risk",
        f"随机抽村：抽到{SHORT_VILLAGE}的可能、抽到的合计会落在哪里、扣多少分、补哪里风险降得最多",
        looks=replace(PLANKS, indicators=for_draws),
    ),
    "points": Entry(
        "月积分",
        "monthly points of services and quality, each mark traced; what brings the next "
        "one; honest corrections never cost",
        "服务和质量的月积分，每一分可追到规则、分子分母和版次；如实订正不扣分",
    ),
    "data_quality": Entry(
        "数据质量",
        "what deserves a second look, who reported when, reported against recounted, inspections",
        "值得核对的数、谁按时报了、上报与回溯、抽查核查",
        looks=Looks(villages=True),
    ),
    "briefing": Entry(
        "会议材料",
        "freeze the meeting's edition, follow-ups answered by figures, running order; "
        "deck, workbook, notice, one A4 a township, minutes, one HTML",
        "定版、跟进事项（数自动补上）、放映顺序；幻灯片、表格、通报、乡镇一页纸、会议纪要、放映网页",
        looks=Looks(villages=True),
    ),
    "imports": Entry(
        "数据上报",
        "drop the reports, what is wrong cell by cell, what will change, publish; history, "
        "differences, restore; a form from a report that none knows",
        "拖入报表，逐格核对，看清会变的数，发布；历次版本、差异、恢复；认一张新表",
        desk=True,
    ),
    "filing": Entry(
        "乡镇上报",
        "for townships: hand in by file or fill in on the page, checked as one types; what the "
        "county said; the own completeness and timeliness",
        "乡镇办理：交文件或在线填报，边填边核对；县里的意见；本乡镇的完整和及时",
        desk=True,
    ),
    "tray": Entry(
        "收件",
        "for analysts: who has handed in and who has not, whom to urge, findings and what would "
        "change; accept, send back, publish as one edition",
        "分析员办理：谁交了、谁没交、催报名单，核对结果和会变的数；收下、退回、一并发布",
        desk=True,
    ),
    "dictionary": Entry(
        "指标字典",
        "every indicator's card, searchable: definition, formula, source column, "
        "threshold, caveats; the headers that forms know; for analysts: cards changed and added, "
        "previewed on the newest month, every change kept and taken back",
        "每个指标的定义、公式、来源栏目、线和注意事项，可查找；用语；各报表认得的表头；"
        "分析员改卡片、加指标，先看最近一个月会怎样，改动可恢复",
        desk=True,
        province=True,
    ),
    "handbook": Entry(
        "使用手册",
        "for each kind of user what is done where, with pictures; one HTML file to carry away",
        "领导、分析员、会务、填报员、管理员各怎么用，换一个地区怎么办；可下载为一个网页",
        desk=True,
        province=True,
    ),
    "bench": Entry(
        "自助查询",
        "for analysts: SQL over an edition's tables, bounded and read only; table, chart, files; "
        "kept queries, pinned to the meeting's papers",
        "分析员用 SQL 查询本版本的表，只读、有界限；成表、成图、可取用；存下的可钉到会议材料",
        desk=True,
    ),
    "audit": Entry(
        "操作记录",
        "for admins: who signed in, looked, took files away, published, restored or was refused",
        "管理员查看：谁登录、查看、取用、发布、恢复，谁被拒绝",
        desk=True,
        province=True,
    ),
}
PAGES: dict[str, str] = {key: entry.label for key, entry in REGISTRY.items()}
DESKS: tuple[str, ...] = tuple(key for key, entry in REGISTRY.items() if entry.desk)


def page_table(*, chinese: bool) -> str:
    """Return the list of pages as a README's table."""
    if chinese:
        rows = [f"| {entry.label} | {entry.shows_zh} |" for entry in REGISTRY.values()]
        return "\n".join(["| 页面 | 内容 |", "|---|---|", *rows])
    rows = [f"| {key} {entry.label} | {entry.shows} |" for key, entry in REGISTRY.items()]
    return "\n".join(["| page | shows |", "|---|---|", *rows])
