"""What a key is, in words: its meaning, type, default, allowed values, and a value as TOML."""

from __future__ import annotations

import ast
import inspect
import json
import sys
from datetime import date
from functools import cache
from itertools import pairwise
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le
from pydantic import BaseModel
from pydantic.fields import FieldInfo

PATTERNS = {
    "^[a-z][a-z0-9_]*$": ("id", "a–z, 0–9 and _, a letter first"),
    "^[0-9A-Za-z]{1,20}$": ("area code", "1 to 20 digits and letters"),
    "^[0-9a-f]{64}$": ("SHA-256", "64 of 0–9 and a–f"),
}
WORDS: dict[Any, str] = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "`true` or `false`",
    date: "date",
}


@cache
def meanings(model: type[BaseModel]) -> dict[str, str]:
    """Return what each field of a model means: the text under it in the source."""
    (body,) = (
        node.body
        for node in ast.parse(inspect.getsource(sys.modules[model.__module__])).body
        if isinstance(node, ast.ClassDef) and node.name == model.__name__
    )
    found = {}
    for field, text in pairwise(body):
        if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr):
            assert isinstance(field.target, ast.Name) and isinstance(text.value, ast.Constant)
            found[field.target.id] = " ".join(str(text.value.value).replace("``", "`").split())
    return found


def key_of(name: str, info: FieldInfo) -> str:
    """Return a field's key, as a file writes it."""
    return info.alias or name


def plain(kind: Any) -> Any:
    """Return a type without what may be None and what is annotated."""
    if get_origin(kind) is Annotated:
        return plain(get_args(kind)[0])
    if get_origin(kind) in (Union, UnionType):
        (only,) = (part for part in get_args(kind) if part is not NoneType)
        return plain(only)
    return kind


def constraints_of(kind: Any, metadata: list[Any]) -> list[Any]:
    if get_origin(kind) in (Union, UnionType):
        return [*metadata, *(c for part in get_args(kind) for c in constraints_of(part, []))]
    return [*metadata, *(get_args(kind)[1:] if get_origin(kind) is Annotated else ())]


def type_text(kind: Any, constraints: list[Any]) -> str:
    """Return a type in plain words."""
    for each in constraints:
        if pattern := getattr(each, "pattern", None):
            return PATTERNS[pattern][0]
    kind = plain(kind)
    args = get_args(kind)
    if get_origin(kind) is Literal:
        return WORDS[type(args[0])]
    if get_origin(kind) is tuple:
        part = _parts_text(args[0])
        return f"list of {part}" if args[1:] == (...,) else f"{len(args)} {part}"
    if get_origin(kind) is dict:
        inner = plain(args[1])
        return "tables by id" if is_model(inner) else f"table of {_parts_text(args[1])}"
    return "table" if is_model(kind) else WORDS[kind]


def _parts_text(kind: Any) -> str:
    text = type_text(kind, constraints_of(kind, []))
    return text.replace("list of", "lists of") if "list of" in text else f"{text}s"


def model_in(kind: Any) -> type[BaseModel] | None:
    """Return the model that a type is, or is a list or table of; None for values."""
    whole = plain(kind)
    for each in (whole, *map(plain, get_args(whole))):
        if is_model(each):
            return each
    return None


def is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def allowed_text(kind: Any, constraints: list[Any]) -> str:
    """Return which values are allowed, "" where the type says all."""
    whole = plain(kind)
    for each in (whole, *map(plain, get_args(whole))):
        if get_origin(each) is Literal:
            return ", ".join(f"`{value}`" for value in get_args(each))
    bounds = {type(each): each for each in constraints}
    if Ge in bounds and Le in bounds:
        return f"{bounds[Ge].ge} to {bounds[Le].le}"
    if Ge in bounds or Gt in bounds:
        return f"{bounds[Ge].ge} or more" if Ge in bounds else f"more than {bounds[Gt].gt}"
    patterns = (getattr(each, "pattern", None) for each in constraints)
    return next((PATTERNS[each][1] for each in patterns if each), "")


def default_text(info: FieldInfo) -> str:
    """Return that a key is required, or its default."""
    if info.is_required():
        return "required"
    if info.default in (None, "", (), {}):
        return "none"
    return "as below" if isinstance(info.default, BaseModel) else f"`{toml(info.default)}`"


def toml(value: Any) -> str:
    """Return a value as TOML writes it in one line.

    >>> toml({"births_m": ["男"]}), toml(True), toml(47.5)
    ('{ births_m = ["男"] }', 'true', '47.5')
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        pairs = (f"{_bare(key)} = {toml(each)}" for key, each in value.items())
        return f"{{ {', '.join(pairs)} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(toml, value))}]"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else f"{value:}"


def _bare(key: str) -> str:
    ascii_word = key.isascii() and key.replace("_", "").replace("-", "").isalnum()
    return key if ascii_word else json.dumps(key, ensure_ascii=False)
