"""What a request asks for: its parameters, each of its kind, within the scope of who asks."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import pyarrow.compute as pc

from shortplank.access import ANYONE, Actor, lowered
from shortplank.doors.headers import kind_of
from shortplank.errors import NotAllowed
from shortplank.gate.programs import Refused
from shortplank.reading.view import View, first_view
from shortplank.store import Engine
from shortplank.store.queries import Query
from shortplank.wording.periods import month_key

# What every request may say besides the parameters of its question.
COMMON = ("county", "edition", "as_of", "role", "format")
LONGEST = 200


@dataclass(frozen=True)
class Look:
    """Where a request looks, as who: a county of the workspace, in one edition."""

    engine: Engine
    edition: int
    actor: Actor

    @property
    def home(self) -> str:
        """Return the code of the county that is looked at, or of the province."""
        return self.engine.ws.settings.home

    @property
    def months(self) -> list[date]:
        """Return the months that the edition has of the county, in order."""
        told = self.engine.ask(
            "months_by_edition", self.edition, self.actor.reads, county=self.home
        )
        return list(pc.unique(told["stat_month"]).to_pylist())


def says_of(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return what an address says; `Refused` where it says something twice, or at length."""
    said: dict[str, str] = {}
    for name, value in pairs:
        if name in said:
            raise wrong(name, "写了两次", "请只写一次")
        if len(value) > LONGEST or not value.isprintable():
            raise wrong(name, "太长，或有不能显示的字符", "请改正")
        said[name] = value
    return said


def wrong(name: str, why: str, mend: str) -> Refused:
    """Return the refusal of a parameter; what stood in it is not repeated."""
    return Refused(400, f"参数 {name[:40]} {why}", place="请求", mend=mend)


def look(shared: Engine, actor: Actor, said: Mapping[str, str], areas: Sequence[str] = ()) -> Look:
    """Return where a request looks: in the county that it names, or in that of its first area.

    `NotAllowed` for an area that is not within the scope of who asks, be there one or not.
    """
    if said.get("role", ANYONE.role) != ANYONE.role:
        raise wrong("role", f"只能是 {ANYONE.role}", f"请去掉，或写 {ANYONE.role}")
    actor, ws = lowered(actor, said.get("role")), shared.ws
    named = said.get("county") or next(iter(areas), None) or actor.seat(ws)
    for each in (named, *areas):
        actor.must("look", each, ws)
    home = ws.home_of(named)
    if home is None or (said.get("county") and home != named):
        raise wrong("county", "不是县的代码", "请改为登记册里一个县的代码")
    return Look(shared.at(home), _edition(shared, said), actor)


def _edition(shared: Engine, said: Mapping[str, str]) -> int:
    """Return the edition that is named by its number or by a moment, else the newest."""
    numbers = shared.store.numbers()
    if not numbers:
        raise Refused(404, "工作区里还没有数据", mend="请先导入报表")
    if "edition" in said and "as_of" in said:
        raise wrong("as_of", "和 edition 只能写一个", "请去掉一个")
    if "as_of" in said:
        number = shared.store.as_of(_moment(said["as_of"])).number
        if not number:
            raise Refused(404, "那时还没有发布过数据", place="as_of", mend="请写晚一些的日期")
        return number
    if "edition" not in said:
        return numbers[-1]
    if said["edition"] not in {str(each) for each in numbers}:
        known = f"请写 {numbers[0]} 至 {numbers[-1]}"
        raise Refused(404, "没有这一版", place="edition", mend=known)
    return int(said["edition"])


def _moment(text: str) -> datetime:
    try:
        if len(text) == 10:
            return datetime.combine(date.fromisoformat(text), time.max)
        return datetime.fromisoformat(text)
    except ValueError:
        raise wrong("as_of", "不是日期", "请写成 2011-03-01") from None


def params(asked: Look, query: Query, said: Mapping[str, str]) -> dict[str, object]:
    """Return a question's parameters, each as what it is; those left out have their defaults."""
    unknown = sorted(set(said) - set(query.params) - set(COMMON))
    if unknown:
        own = "、".join(query.params) or "没有"
        raise wrong(unknown[0], "不是这个查询的", f"它的参数：{own}；另可写 {'、'.join(COMMON)}")
    found: dict[str, object] = {
        name: _value(asked, name, said[name]) for name in query.params if name in said
    }
    for name in query.params:
        if name not in found:
            found[name] = _default(asked, name, found)
    return {name: found[name] for name in query.params}


def _value(asked: Look, name: str, text: str) -> object:
    ws = asked.engine.ws
    match kind_of(name):
        case "month":
            return month_of(name, text)
        case "area" | "county":
            return _area(asked, name, text)
        case "indicator" | "indicators" as kind:
            keys = text.split(",") if kind == "indicators" else [text]
            if not keys or any(key not in ws.indicators for key in keys):
                raise wrong(name, "不是指标目录里的", "请用 /api/ 列出的指标")
            return text
        case "form":
            if text not in ws.forms:
                raise wrong(name, "不是登记的报表", "请写 catalogue/forms 里的一个")
            return text
        case "integer":
            if not (text.isascii() and text.isdigit() and len(text) <= 4):
                raise wrong(name, "不是整数", "请写整数")
            return int(text)
        case _:
            return _number(name, text)


def _number(name: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise wrong(name, "不是数", "请写数字")
    return value


def month_of(name: str, text: str) -> date:
    """Return a month that is written 2010-05 (or as its first day); `Refused` for what is none."""
    try:
        found = date.fromisoformat(text + "-01" if len(text) == 7 else text)
    except ValueError:
        raise wrong(name, "不是月份", "请写成 2010-05") from None
    if found.day != 1:
        raise wrong(name, "不是一个月的第一天", "请写成 2010-05")
    return found


def _area(asked: Look, name: str, code: str) -> str:
    """Return an area's code; `NotAllowed` where the account has not its figures."""
    asked.actor.must("look", code, asked.engine.ws)
    held = asked.actor.held_to(asked.engine.ws)
    if held is not None and code not in held:
        raise NotAllowed("本账号的令牌只能取本乡镇的数", mend="请改为本乡镇或它的村的代码")
    if code not in asked.engine.ws.area_by_code:
        raise wrong(name, "不在所看的县里", "请改单位，或改 county")
    return code


def _default(asked: Look, name: str, found: Mapping[str, object]) -> object:
    """Return what a parameter is that the request leaves out; `Refused` where it must be said."""
    ws = asked.engine.ws
    month = found.get("month")
    match name:
        case "county":
            return asked.home
        case "month":
            if not (months := asked.months):
                raise Refused(404, "这个县还没有数据", place="county", mend="请换一个县或版次")
            return months[-1]
        case "year_month" if isinstance(month, date):
            return ws.year_start(month)
        case "year":
            return ws.statistical_year(asked.months[-1])
        case "year_opens":
            return ws.settings.statistical_year_first_month
        case "changed":
            return None
        case "factor" if found.get("indicator") in ws.indicators:
            return float(ws.indicators[str(found["indicator"])].factor)
    raise wrong(name, "没有写", f"请在网址里写明 {name}")


def month_view(asked: Look, text: str) -> View:
    """Return the look at a month of a county as pages open it; `Refused` for a month without data.

    Who works for one township has no month of the whole county: `NotAllowed`.
    """
    if asked.actor.held_to(asked.engine.ws) is not None:
        raise NotAllowed("全县的判定不给一个乡镇的令牌", mend="请用县里账号的令牌，或在看板里看")
    month = month_of("month", text)
    view = first_view(asked.engine, asked.actor)
    if view is None or month not in asked.months:
        raise Refused(404, f"第 {asked.edition} 版没有 {month_key(month)} 的数据", mend="请换月份")
    return view.with_(edition=asked.edition, month=month)


def told(values: Mapping[str, object]) -> dict[str, Any]:
    """Return parameters as an answer repeats them."""
    return {k: month_key(v) if isinstance(v, date) else v for k, v in values.items()}
