"""One more line of a register, as an analyst adds it: another spelling, an heir, a new area.

Each returns the texts of the files it changes, none where the register says so already.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from shortplank.catalogue import Workspace
from shortplank.catalogue.base import LEVELS
from shortplank.catalogue.lines import Alias, Area, Successor
from shortplank.errors import ShortplankError
from shortplank.ingest.gazetteer.merging import Registers, texts_of
from shortplank.ingest.gazetteer.placing import made_code
from shortplank.ingest.text import code_key, name_key
from shortplank.store.personal import personal_kind

Texts = dict[str, str]


def _now(ws: Workspace) -> Registers:
    home = ws.whole.settings.home
    return Registers(ws.areas, ws.successors, ws.aliases, ws.peers, ws.posts, home)


def _known(ws: Workspace, code: str) -> Area:
    area = ws.area_by_code.get(code_key(code))
    if area is None:
        raise ShortplankError(f"登记册中没有代码 {code[:30]}", mend="请先在 areas.csv 登记")
    return area


def with_alias(ws: Workspace, code: str, *aliases: str) -> Texts:
    """Return the texts with other spellings (or codes) of an area.

    `ShortplankError` where a spelling is another area's own code or, in one township, its name.
    """
    ws = now = ws.whole
    for alias in aliases:
        now = _spelled(now, code, alias).within(now)
    return texts_of(ws, replace(_now(ws), aliases=now.aliases))


def _spelled(ws: Workspace, code: str, alias: str) -> Registers:
    area, said = _known(ws, code), alias.strip()
    if not said or personal_kind(said) is not None:
        raise ShortplankError("别名是空的或像是个人信息", mend="请写单位的另一写法")
    key = name_key(said)
    own = {a.alias for a in ws.aliases if a.area_code == area.area_code}
    if key in {name_key(text) for text in (area.area_code, area.name, *own)}:
        return _now(ws)
    _check_free(ws, area, key)
    line = Alias(area_code=area.area_code, alias=said)
    return replace(_now(ws), aliases=(*ws.aliases, line))


def _check_free(ws: Workspace, area: Area, key: str) -> None:
    other = ws.area_by_code.get(key)
    if other is None:
        beside = ws.areas_below.get(area.parent_code, ())
        same = (each for each in beside if name_key(each.name) == key)
        other = next((each for each in same if _meet(each, area)), None)
    if other is None:
        codes = (a.area_code for a in ws.aliases if name_key(a.alias) == key)
        siblings = {a.area_code for a in ws.areas_below.get(area.parent_code, ())}
        other = next((ws.area_by_code[c] for c in codes if c in siblings), None)
    if other is not None:
        raise ShortplankError(
            f"“{key[:20]}”已是{other.name}（{other.area_code}）的代码或名称",
            mend="一个写法只能指一个单位；如是合并，请登记去向",
        )


def _meet(one: Area, other: Area) -> bool:
    first, last = max(one.valid_from, other.valid_from), date.max
    return first <= min(one.valid_to or last, other.valid_to or last)


def with_successor(ws: Workspace, old: str, new: str, day: date) -> Texts:
    """Return the texts with the heir of an area that is no more; it ends on the day before."""
    return texts_of(ws.whole, _succeeded(ws.whole, old, new, day))


def _succeeded(ws: Workspace, old: str, new: str, day: date) -> Registers:
    gone, heir = _known(ws, old), _known(ws, new)
    if gone.level != heir.level:
        raise ShortplankError(
            f"{gone.name}和{heir.name}不是同一级的单位", mend="请改正代码：去向须是同级单位"
        )
    line = Successor.model_validate(
        {"old_code": gone.area_code, "new_code": heir.area_code, "from": day}
    )
    said = next((s for s in ws.successors if s.old_code == gone.area_code), None)
    if said is not None and said != line:
        raise ShortplankError(
            f"{gone.name}（{gone.area_code}）已有去向 {said.new_code}，自 {said.valid_from} 起",
            mend="一个旧代码只能有一个去向",
        )
    last = day - timedelta(days=1)
    if last < gone.valid_from:
        raise ShortplankError(
            f"{gone.name}自 {gone.valid_from} 才有，不能自 {day} 起归别的单位",
            mend="请改正日期",
        )
    areas = tuple(replace(a, valid_to=last) if _ends(a, gone, last) else a for a in ws.areas)
    successors = ws.successors if said else (*ws.successors, line)
    return replace(_now(ws), areas=areas, successors=successors)


def _ends(area: Area, gone: Area, last: date) -> bool:
    """Return whether a line is the one that the heir's day closes."""
    if area.area_code != gone.area_code or area.valid_from > last:
        return False
    return area.valid_to is None or area.valid_to > last


def with_area(ws: Workspace, code: str, name: str, parent: str, day: date) -> Texts:
    """Return the texts with one more area under a registered one, from a day on.

    Without a code it gets one that is made.
    """
    return texts_of(ws.whole, _added(ws.whole, code, name, parent, day))


def with_heir(ws: Workspace, code: str, name: str, old: str, day: date) -> Texts:
    """Return the texts with a new area beside one that is no more, whose history it takes over."""
    ws = ws.whole
    added = _added(ws, code, name, _known(ws, old).parent_code, day)
    own = added.areas[-1].area_code
    return texts_of(ws, _succeeded(added.within(ws), old, own, day))


def _added(ws: Workspace, code: str, name: str, parent: str, day: date) -> Registers:
    above, own, said = _known(ws, parent), code_key(code), name.strip()
    if not said or personal_kind(said) is not None:
        raise ShortplankError("名称是空的或像是个人信息", mend="请写单位的名称")
    if own in ws.area_by_code:
        registered = ws.area_by_code[own]
        raise ShortplankError(f"代码 {own} 已是{registered.name}", mend="请改用别名或去向")
    place = LEVELS.index(above.level) + 1
    if place >= len(LEVELS):
        raise ShortplankError(f"{above.name}之下没有单位", mend="上级须是乡镇或县")
    own = own or made_code(above.area_code, ws.area_by_code)
    area = Area(own, above.area_code, LEVELS[place], said, "", day, None)
    return replace(_now(ws), areas=(*ws.areas, area))
