"""Cards of indicators as texts of the catalogue: changed, added, taken away.

A card that is changed keeps its file's comments, order and spelling: only the keys that are said
anew are written. Nothing is written here; `settings_changes.change` checks and keeps the texts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import tomlkit
from pydantic import BaseModel, TypeAdapter, ValidationError

from shortplank.catalogue import Workspace
from shortplank.catalogue.base import Identifier
from shortplank.catalogue.models import Indicator
from shortplank.catalogue.validating import faults_by_key, files_in
from shortplank.errors import StoreError, WorkspaceError
from shortplank.records.settings_changes import text_of

OWN = "catalogue/indicators/own.toml"
MEASURES, SCHEME = "catalogue/measures.toml", "catalogue/scheme.toml"
# What older cards are given from the standard as long as no card of the workspace says it.
_GIVEN = (("quality_part",), ("judged", "cluster"))
_KEY = TypeAdapter(Identifier)
# What a card has to say in words.
_WORDS = ("label", "definition", "why", "source")
Said = Mapping[str, Any]


def faults_of(said: Said) -> dict[str, str]:
    """Return what is wrong with a card, a sentence a field; "" is the card as a whole."""
    try:
        Indicator.model_validate({key: value for key, value in said.items() if value is not None})
    except ValidationError as error:
        return faults_by_key(error)
    return {name: "请填写" for name in _WORDS if not said.get(name)}


def card_texts(ws: Workspace, key: str, said: Said) -> dict[str, str | None]:
    """Return the catalogue's file in which a card says something new, or is new.

    ``said`` are the card's fields by their names; one that is not named stays as it is.
    `StoreError` for a key that cannot be one.
    """
    name = file_of(ws, key) or OWN
    document = tomlkit.parse(text_of(ws.path, name) or "")
    item = ws.indicators.get(key)
    if item is None:
        _check_key(key)
        table = tomlkit.table()
        _write(table, said, {})
        if document:
            document.add(tomlkit.nl())
        document[key] = table
        return {name: tomlkit.dumps(document)}
    _refuse_natural(ws, item, said)
    new = {field: value for field, value in said.items() if value != getattr(item, field)}
    _write(document[key], new, {field: getattr(item, field) for field in new})
    return {**_given(ws, new, name), name: _with_given(ws, document, new)}


def _check_key(key: str) -> None:
    try:
        _KEY.validate_python(key)
    except ValidationError as error:
        raise StoreError(
            "指标的代号只能用小写字母、数字和下划线，以字母开头",
            place="代号",
            mend="请改正后再保存",
        ) from error


def _refuse_natural(ws: Workspace, item: Indicator, said: Said) -> None:
    """Refuse a range of a sex ratio where the workspace's settings say one for all of them."""
    wanted = said.get("target_range", item.target_range)
    if ws.settings.natural and item.interval == "srb" and wanted != item.target_range:
        raise StoreError(
            "性别比的合理范围由 workspace.toml 的 natural 统一规定，不在卡片上改",
            place="合理范围",
            mend="请改 workspace.toml，或不改这一项",
        )


def _write(table: Any, new: Said, old: Said) -> None:
    """Write fields into a card's table; one that is None or its default is left out, or removed."""
    for field, value in new.items():
        default = Indicator.model_fields[field].default
        if value is None or (field not in table and field not in old and value == default):
            table.pop(field, None)
        elif value == default and field in table:
            table.pop(field)
        else:
            table[field] = _toml(value)


def _toml(value: object) -> Any:
    """Return a value as TOML writes it: whole numbers without a point, lines as inline tables."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, BaseModel):
        inline = tomlkit.inline_table()
        for key, each in value.model_dump().items():
            inline[key] = _toml(each)
        return inline
    if isinstance(value, tuple | list):
        array = tomlkit.array()
        for each in value:
            array.append(_toml(each))
        return array
    assert isinstance(value, str | int | float | date), value
    return value


# --- what older cards are given -------------------------------------------------------------------
def _given(ws: Workspace, new: Said, but: str) -> dict[str, str | None]:
    """Return the other files, where what their cards were given has to be written down now."""
    found: dict[str, str | None] = {}
    for name in files_in(ws.path, "catalogue/indicators"):
        if name != but:
            text = text_of(ws.path, name) or ""
            written = _with_given(ws, tomlkit.parse(text), new)
            if written != text:
                found[name] = written
    return found


def _with_given(ws: Workspace, document: tomlkit.TOMLDocument, new: Said) -> str:
    """Return a file's text, its cards saying themselves what they were given until now.

    As soon as one card says such a key, the loader gives it to none.
    """
    for keys in _GIVEN:
        if not set(keys) & set(new) or _is_said(ws, keys[0]):
            continue
        for key, table in document.items():
            item = ws.indicators.get(key)
            for field in keys if item is not None and keys[0] not in table else ():
                value = getattr(item, field)
                if field not in table and value != Indicator.model_fields[field].default:
                    table[field] = _toml(value)
    return tomlkit.dumps(document)


def _is_said(ws: Workspace, field: str) -> bool:
    """Return whether any card of the workspace says a field itself."""
    for name in files_in(ws.path, "catalogue/indicators"):
        if any(field in table for table in tomlkit.parse(text_of(ws.path, name) or "").values()):
            return True
    return False


# --- away -----------------------------------------------------------------------------------------
def without_card(ws: Workspace, key: str) -> dict[str, str | None]:
    """Return the file without a card; `StoreError` says what still names it."""
    name = file_of(ws, key)
    if name is None:
        raise StoreError(f"没有指标 {key}", place="catalogue/indicators", mend="请刷新这一页")
    if used := named_by(ws, key):
        raise StoreError(
            f"“{ws.indicators[key].label}”还用在{'、'.join(used)}，不能删去",
            place=name,
            mend="请先在那里换成别的指标",
        )
    document = tomlkit.parse(text_of(ws.path, name) or "")
    document.remove(key)
    return {name: tomlkit.dumps(document) if len(document) else None}


def named_by(ws: Workspace, key: str) -> list[str]:
    """Return where an indicator is named: a card that is cannot be taken away."""
    scheme = ws.scheme
    places = {
        "首页指标": scheme.headline,
        "默认指标": (scheme.default_indicator, scheme.short_plank_default),
        "综合评分": [item.indicator for item in scheme.composite],
        "月积分": [rule.indicator for points in scheme.points for rule in points.rules],
        "大事记": [each for event in ws.events for each in event.indicators],
        "目标登记": [target.indicator for target in ws.targets],
    }
    return [place for place, named in places.items() if key in named]


def file_of(ws: Workspace, key: str) -> str | None:
    """Return the name of the file that holds a card, None where there is none."""
    for name in files_in(ws.path, "catalogue/indicators"):
        if key in tomlkit.parse(text_of(ws.path, name) or ""):
            return name
    return None


# --- what cards rest on, and which come first -----------------------------------------------------
def total_texts(
    ws: Workspace, key: str, label: str, plus: Sequence[str], minus: Sequence[str] = ()
) -> dict[str, str | None]:
    """Return the measures with a total of some of them; `StoreError` where it is no new one."""
    _check_key(key)
    if key in ws.derived or key in ws.measures:
        raise StoreError(f"已有名为 {key} 的度量", place="代号", mend="请换一个代号")
    if not (label.strip() and plus):
        raise StoreError("合计须有名称和至少一个相加的度量", place="合计", mend="请补全")
    document = tomlkit.parse(text_of(ws.path, MEASURES) or "")
    total = tomlkit.inline_table()
    total.update({"label": label.strip(), "plus": _toml(list(plus))})
    if minus:
        total["minus"] = _toml(list(minus))
    document.setdefault("derived", tomlkit.table())[key] = total
    return {MEASURES: tomlkit.dumps(document)}


def headline_texts(ws: Workspace, headline: Sequence[str]) -> dict[str, str | None]:
    """Return the scheme with these indicators at the head of the overview, in this order."""
    text = text_of(ws.path, SCHEME)
    if text is None:
        raise WorkspaceError("缺少这个文件", place=SCHEME, mend="请从备份恢复")
    document = tomlkit.parse(text)
    document["headline"] = _toml(list(headline))
    return {SCHEME: tomlkit.dumps(document)}
