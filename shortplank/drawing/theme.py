"""Colours, type and the template of every picture; `.streamlit/config.toml` has the same tokens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

FONT = "'Noto Sans CJK SC','Microsoft YaHei','SimHei','PingFang SC',sans-serif"


@dataclass(frozen=True)
class Tokens:
    """The palette of one theme."""

    paper: str
    ink: str
    muted: str
    grid: str
    better: str
    worse: str
    similar: str
    too_few: str
    higher: str
    lower: str
    ratio_low: str
    ratio_mid: str
    ratio_high: str
    water: str
    stave: str

    def verdict(self, code: str) -> str:
        """Return a verdict's colour."""
        return {
            "better": self.better,
            "worse": self.worse,
            "higher": self.higher,
            "lower": self.lower,
            "too_few": self.too_few,
        }.get(code, self.similar)


# The marks of words.VERDICT_MARKS as Plotly draws them; those without judgement are open.
SYMBOLS = {
    "better": "triangle-up",
    "worse": "triangle-down",
    "higher": "triangle-up",
    "lower": "triangle-down",
}
# Verdicts that judge are filled; those that only name a side are open.
FILLED = ("better", "worse", "similar")


LIGHT = Tokens(
    paper="#FFFFFF",
    ink="#1B1F24",
    muted="#5B6470",
    grid="#E5E7EB",
    better="#1F6FB2",
    worse="#C2570C",
    similar="#6B717A",
    too_few="#C9CDD3",
    higher="#6B4FA0",
    lower="#237A73",
    ratio_low="#1B7F79",
    ratio_mid="#F6F4EF",
    ratio_high="#B5341C",
    water="#CFE3F3",
    stave="#B8A78A",
)
DARK = Tokens(
    paper="#12161C",
    ink="#F1F3F5",
    muted="#A7B0BB",
    grid="#2A313A",
    better="#5AA9E6",
    worse="#F0964B",
    similar="#8A8F98",
    too_few="#4A525C",
    higher="#A48BD6",
    lower="#5BC0B5",
    ratio_low="#35A79F",
    ratio_mid="#232A33",
    ratio_high="#E0664D",
    water="#1D3A52",
    stave="#7C7159",
)


@dataclass(frozen=True)
class Style:
    """How a picture is drawn: its theme and the scale of its type (projection is larger)."""

    dark: bool = False
    present: bool = False

    @property
    def tokens(self) -> Tokens:
        """Return the palette."""
        return DARK if self.dark else LIGHT

    @property
    def axis(self) -> int:
        """Return the size of axis type in pixels."""
        return 18 if self.present else 14

    @property
    def label(self) -> int:
        """Return the size of labels at marks in pixels."""
        return 20 if self.present else 14


def layout(style: Style, *, height: int, **changes: Any) -> dict[str, Any]:
    """Return a figure's layout in the house style."""
    t = style.tokens
    axis = {
        "gridcolor": t.grid,
        "zeroline": False,
        "linecolor": t.grid,
        "tickfont": {"size": style.axis, "color": t.muted},
        "fixedrange": True,
    }
    base: dict[str, Any] = {
        "height": height,
        "paper_bgcolor": t.paper,
        "plot_bgcolor": t.paper,
        "font": {"family": FONT, "size": style.axis, "color": t.ink},
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "showlegend": False,
        "hoverlabel": {"font": {"family": FONT, "size": style.axis}, "align": "left"},
        "separators": ".,",
        "xaxis": dict(axis),
        "yaxis": dict(axis),
    }
    for key, value in changes.items():
        if isinstance(value, dict) and isinstance(base.get(key), dict):
            base[key] = {**base[key], **value}
        elif key.startswith(("xaxis", "yaxis")):
            base[key] = {**axis, **value}
        else:
            base[key] = value
    return base


def faded(colour: str, paper: str, strength: float) -> str:
    """Return a colour mixed into the paper: 1 is the colour itself, 0 the paper.

    >>> faded("#000000", "#FFFFFF", 0.5)
    '#808080'
    """
    parts = [
        round(int(colour[i : i + 2], 16) * strength + int(paper[i : i + 2], 16) * (1 - strength))
        for i in (1, 3, 5)
    ]
    return "#" + "".join(f"{part:02X}" for part in parts)


def text_on(background: str, tokens: Tokens) -> str:
    """Return ink or paper, whichever reads better on a background, at a contrast of 4.5 or more.

    On a few middle tones neither reaches it; black or white always does.

    >>> text_on("#F6F4EF", LIGHT), text_on("#C76855", LIGHT)
    ('#1B1F24', '#000000')
    """
    best = max((tokens.ink, tokens.paper), key=lambda c: contrast(c, background))
    if contrast(best, background) >= 4.5:
        return best
    return max(("#000000", "#FFFFFF"), key=lambda c: contrast(c, background))


def contrast(one: str, other: str) -> float:
    """Return the WCAG 2 contrast ratio of two colours.

    >>> round(contrast("#000000", "#FFFFFF"), 1)
    21.0
    """
    light = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light[0] + 0.05) / (light[1] + 0.05)


def _luminance(colour: str) -> float:
    def channel(value: int) -> float:
        part = value / 255
        return part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = (channel(int(colour[i : i + 2], 16)) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


_MONTHS = [f"{n}月" for n in range(1, 13)]
_DAYS = ["星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"]

LOCALE: dict[str, Any] = {
    "dictionary": {
        "Autoscale": "自动缩放",
        "Box Select": "框选",
        "Click to enter Plot title": "点击输入标题",
        "Compare data on hover": "悬停时对比数据",
        "Download plot": "下载图片",
        "Download plot as a png": "下载为 PNG 图片",
        "Download plot as a PNG": "下载为 PNG 图片",
        "Lasso Select": "套索选择",
        "Pan": "平移",
        "Reset": "重置",
        "Reset axes": "重置坐标轴",
        "Show closest data on hover": "悬停时显示最近的数据",
        "Snapshot succeeded": "图片已生成",
        "Sorry, there was a problem downloading your snapshot!": "图片没有生成",
        "Taking snapshot - this may take a few seconds": "正在生成图片",
        "Toggle Spike Lines": "显示辅助线",
        "Toggle show closest data on hover": "切换悬停方式",
        "Zoom": "缩放",
        "Zoom in": "放大",
        "Zoom out": "缩小",
        "Double-click to zoom back out": "双击还原",
        "Fullscreen": "全屏",
        "Close fullscreen": "退出全屏",
    },
    "format": {
        "days": _DAYS,
        "shortDays": [day.replace("星期", "周") for day in _DAYS],
        "months": _MONTHS,
        "shortMonths": _MONTHS,
        "date": "%Y-%m-%d",
    },
}

CONFIG: dict[str, Any] = {
    "displaylogo": False,
    "locale": "zh-CN",
    "locales": {"zh-CN": LOCALE},
    "modeBarButtonsToRemove": [
        "select2d",
        "lasso2d",
        "zoom2d",
        "pan2d",
        "zoomIn2d",
        "zoomOut2d",
        "autoScale2d",
        "resetScale2d",
    ],
    "toImageButtonOptions": {"format": "png", "scale": 2, "filename": "shortplank"},
}
