"""What was done by whom, in Chinese: a row a line, the newest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from shortplank.audit.lines import What
from shortplank.audit.reading import Found, Line
from shortplank.catalogue import Workspace
from shortplank.frame.pages import PAGES
from shortplank.wording.periods import WINDOW_LABELS

WHATS: dict[What, str] = {
    "sign_in": "登录",
    "sign_in_failed": "登录未成",
    "sign_out": "退出",
    "expired": "登录到期",
    "look": "查看",
    "export": "取用",
    "publish": "发布",
    "restore": "恢复",
    "write": "登记",
    "accounts": "管理账号",
    "refused": "被拒绝",
}
_FIGURES = {"exact": "精确数", "banded": "分档数"}
# Codes that a line may hold, in words; one that is not here stands as it is.
_CODES: dict[str, dict[str, str]] = {
    "act": {
        "brief": "命令 brief",
        "export": "命令 export",
        "ask": "命令 ask",
        "query": "命令 query",
        "findings": "命令 findings",
        "diff": "命令 editions diff",
        "vacuum": "清理旧文件",
        "backup": "备份",
        "upgrade": "升级工作区",
        "add": "新建账号",
        "password": "改密码",
        "reset": "重设密码",
        "role": "改角色",
        "remove": "删除账号",
        "token": "新建令牌",
        "revoke": "撤销令牌",
        "api": "数据接口",
    },
    "kind": {
        "freezes": "定版",
        "exact_exports": "取用精确数",
        "checked_signals": "核对标记",
        "pinned_notes": "标注",
        "follow_ups": "跟进事项",
        "rebases": "重算界限",
        "running_orders": "放映顺序",
        "papers": "做出的材料",
        "accepted_headers": "认可表头",
        "tray": "报送和收件",
    },
    "way": {
        "start": "本机启动地址",
        "local": "本地账号",
        "oidc": "统一认证",
        "proxy": "前置代理",
    },
    "reason": {
        "host": "网址不符",
        "origin": "来源不符",
        "grant": "没有授权",
        "wait": "试错过多",
        "password": "账号或密码不对",
        "account": "账号名不能用",
        "headers": "代理的请求头不符",
        "secret": "代理的密钥不符",
        "token": "令牌无效",
        "scope": "不在范围内",
        "settings": "设置有误",
    },
    "role": {},
    "subject": {},
    "dataset": {},
    "query": {},
}


# Every other format is called by its ending.
_FORMATS = {"copy": "复制"}


def audit_title(found: Found, most: int) -> str:
    """Return how many lines fit: 12 条操作记录, or that there are more than are shown."""
    return f"最近 {most} 条操作记录" if found.more else f"{len(found.lines)} 条操作记录"


def empty_text(known: Sequence[object], looked: int) -> str:
    """Return why there is no line."""
    if not known:
        return "还没有操作记录：这里从第一次登录起记。"
    if not looked:
        return "所选的日子没有操作记录，请放宽起止日期。"
    return "没有符合条件的操作记录，请放宽账号、事项或页面。"


def audit_table(ws: Workspace, lines: Sequence[Line]) -> pa.Table:
    """Return lines with Chinese headings and the names of the workspace's own."""
    columns: dict[str, list[str]] = {
        "时间": [str(line.get("at", ""))[:19].replace("T", " ") for line in lines],
        "账号": [str(line.get("account", "")) or "（未登录）" for line in lines],
        "事项": [_named(WHATS, line, "what") for line in lines],
        "页面": [_page(line) for line in lines],
        "指标": [_indicator(ws, line) for line in lines],
        "所看月份": [str(line.get("month", "")) for line in lines],
        "时段": [_named(WINDOW_LABELS, line, "window") for line in lines],
        "单位": [_area(ws, line) for line in lines],
        "所看版次": [f"第{line['edition']}版" if "edition" in line else "" for line in lines],
        "取用": [_named(_FIGURES, line, "figures") for line in lines],
        "格式": [_named(_FORMATS, line, "format") for line in lines],
    }
    table = pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})
    table = table.append_column("行数", pa.array([_rows(line) for line in lines], pa.int64()))
    about = pa.array(["，".join(_about(line)) for line in lines], pa.string())
    return table.append_column("说明", about)


def _named(labels: Mapping[Any, str], line: Line, key: str) -> str:
    """Return the word for a code; a code of another version of the product stands as it is."""
    code = str(line.get(key, ""))
    return labels.get(code, code)


def _page(line: Line) -> str:
    name = _named(PAGES, line, "page")
    if line.get("ahead"):  # given to the browser beside what was looked at
        return f"{name}（预备）"
    return f"{name}（放映）" if line.get("present") else name


def _indicator(ws: Workspace, line: Line) -> str:
    item = ws.indicators.get(str(line.get("indicator", "")))
    return item.label if item else str(line.get("indicator", ""))


def _area(ws: Workspace, line: Line) -> str:
    area = ws.area_by_code.get(str(line.get("area", "")))
    return area.name if area else str(line.get("area", ""))


def _rows(line: Line) -> int | None:
    rows = line.get("rows")
    return rows if isinstance(rows, int) else None


def _about(line: Line) -> Iterator[str]:
    """Yield what else a line says, in words."""
    for key, words in _CODES.items():
        if code := str(line.get(key, "")):
            yield words.get(code, code)
    if token := str(line.get("token", "")):
        yield f"令牌 {token}"
    if left := line.get("left_out"):
        yield f"另有 {left} 次没有逐条记"
