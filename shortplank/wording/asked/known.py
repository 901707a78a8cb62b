"""Words that are typed for pages, windows, months and areas, besides the names they bear."""

from __future__ import annotations

import re

# What a page is called besides its label; a part of the label is known by itself.
PAGES: dict[str, tuple[str, ...]] = {
    "overview": ("首页", "看板"),
    "trends": ("走势", "曲线"),
    "rankings": ("名次", "位次"),
    "short_plank": ("水桶图", "帮扶"),
    "inspection": ("抽村",),
    "points": ("得分",),
    "data_quality": ("核对",),
    "briefing": ("幻灯片", "通报", "定版"),
    "imports": ("导入",),
    "filing": ("填报",),
    "tray": ("收表", "催报"),
    "dictionary": ("口径", "定义", "指标说明"),
    "audit": ("日志",),
}
# Windows by the keys of the pages' links; a page says itself which it has.
WINDOWS: dict[str, tuple[str, ...]] = {
    "month": ("当月", "单月"),
    "ytd": ("年度累计", "本年累计", "统计年度", "累计", "本年度"),
    "r12": ("近12月", "近12个月", "近十二个月", "近一年", "近1年", "最近一年", "滚动12月"),
    "r24": ("近24月", "近24个月", "近二十四个月", "近两年", "近二年", "近2年", "最近两年"),
    "r36": ("近36月", "近36个月", "近三十六个月", "近三年", "近3年", "最近三年"),
}
# What areas are called by kind: a name is known without it, and with another.
KINDS = ("街道", "社区", "乡", "镇", "村", "县", "区", "市")
# How characters of several readings are read in the names of places.
PLACE_READINGS = {"长": "chang", "重": "chong", "都": "du"}
# What says nothing by itself.
FILLERS = ("的", "看", "查", "找", "和", "与", "在", "请", "一下")

_NUMBER = r"(?P<month>\d{1,2}|十[一二]?|[一二三四五六七八九])"
_LAST, _BEFORE = "去年|上年", "前年"
_YEAR = rf"(?P<word>今年|{_LAST}|{_BEFORE})"
# Months as they are written; ``word`` and ``same`` are told from the month that is looked at.
MONTHS: tuple[re.Pattern[str], ...] = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?P<year>\d{{4}}|\d{{2}})年{_NUMBER}月份?",
        r"(?<!\d)(?P<year>(?:19|20)\d{2})[-./](?P<month>\d{1,2})(?!\d)",
        r"(?<!\d)(?P<year>(?:19|20)\d{2})(?P<month>0[1-9]|1[0-2])(?!\d)",
        rf"{_YEAR}的?{_NUMBER}月份?",
        rf"(?P<word>{_LAST}|{_BEFORE})(?P<same>同月|同期|本月|这个月)",
        r"(?P<same>本月|这个月|上个?月|下个?月)",
        r"(?P<newest>最新(?:的?月份?|一个月)?)",
        rf"(?<![\d近一二三四五六七八九十]){_NUMBER}月份?",
    )
)
YEARS_BACK = {"今年": 0, **dict.fromkeys(_LAST.split("|"), 1), _BEFORE: 2}
MONTHS_ON = {"上月": -1, "上个月": -1, "下月": 1, "下个月": 1}
NUMBERS = {text: number for number, text in enumerate("一二三四五六七八九", start=1)} | {
    "十": 10,
    "十一": 11,
    "十二": 12,
}
