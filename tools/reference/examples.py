"""The shortest example of each key that the repository's own files hold; a few are made up."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, get_origin

from pydantic import BaseModel

from shortplank.catalogue import STANDARD
from shortplank.catalogue import models as m
from shortplank.catalogue.registers import register_lines
from tools.browser import REPOSITORY
from tools.reference.contents import ACCESS, DEMO, references
from tools.reference.words import key_of, model_in, plain, toml

# What is looked through for a key first, and what after it: folders of settings and catalogues.
OWN = ((DEMO,), (STANDARD, DEMO / "catalogue"))
OTHERS = (
    tuple(sorted(path.parent for path in REPOSITORY.glob("examples/*/workspace.toml"))),
    tuple(sorted(REPOSITORY.glob("examples/*/catalogue"))),
)
_NOTHING: tuple[Any, ...] = (None, "", [], {})
# Examples of keys that no file of the repository has.
MADE: dict[tuple[str, str], Any] = {
    ("Grant", "role"): "viewer",
    ("Indicator", "judged_window"): "r36",
    ("Indicator", "worth"): 3.0,
    ("Settings", "natural"): {"highest": 108.0},
    ("Settings", "audit"): {"days": 400},
    ("Audit", "days"): 400,
    ("Natural", "lowest"): 102.0,
    ("Natural", "highest"): 108.0,
    ("Natural", "usual"): 105.0,
    ("Indicator", "valid_from"): date(2001, 12, 29),
    ("Indicator", "version"): 2,
    ("Scheme", "valid_from"): date(2009, 10, 1),
    ("Settings", "digit_grouping"): "lakh",
    ("Post", "valid_to"): "2010-03-31",
    ("Alias", "area_code"): "990101101",
    ("Alias", "alias"): "峰浦乡",
    ("Measure", "open_because"): "统计年鉴已公开",
    ("FormArea", "county_headers"): ["시군구명"],
    ("FormArea", "province_headers"): ["시도명"],
    ("FormArea", "parent_code_headers"): ["乡镇代码"],
    ("FormArea", "county_code_headers"): ["县代码"],
    ("Form", "reading"): {"encoding": "cp949"},
    ("FormReading", "encoding"): "cp949",
    ("FormReading", "delimiter"): "comma",
    ("FormReading", "head_row"): 3,
    ("FormReading", "head_rows"): 2,
    ("FormReading", "month"): "across",
    ("FormReading", "year"): "title",
    ("FormReading", "year_headers"): ["年份"],
    ("FormReading", "day_first"): False,
    ("FormReading", "split_headers"): ["指标"],
    ("FormReading", "value_headers"): ["数值"],
    ("FormReading", "grouping"): "blank",
    ("FormReading", "zeros"): ["-"],
    ("FormReading", "unknown"): ["…"],
    ("FormReading", "may_lack"): ["district_code"],
    ("FormReading", "fill_down"): True,
    ("FormReading", "fill_names"): True,
    ("FormReading", "sum_rows"): ["合计"],
    ("FormReading", "skip_rows"): ["1100000000"],
}


@cache
def raw_tables(*, own: bool = True) -> dict[str, list[dict[str, Any]]]:
    """Return tables by their model's name, as written: the standard's and demo's, or examples'."""
    found: dict[str, list[dict[str, Any]]] = {}
    for model, data in _roots(*(OWN if own else OTHERS)):
        _collect(model, data, found)
    return found


def _roots(
    settings: tuple[Path, ...], catalogues: tuple[Path, ...]
) -> Iterator[tuple[type[BaseModel], dict[str, Any]]]:
    for root in settings:
        yield m.Settings, _toml(root / "workspace.toml")
    for root in catalogues:
        yield m.Measures, _toml(root / "measures.toml")
        yield m.Scheme, _toml(root / "scheme.toml")
        yield from ((m.Rule, data) for data in _toml(root / "rules.toml").get("rule", []))
        yield from ((m.Event, data) for data in _toml(root / "events.toml").get("event", []))
        for path in sorted(root.glob("indicators/*.toml")):
            yield from ((m.Indicator, data) for data in _toml(path).values())
        yield from ((m.Form, _toml(path)) for path in sorted(root.glob("forms/*.toml")))
    yield m.Access, tomllib.loads(ACCESS)
    for page in references():
        for place, model in page.tables:
            if page.is_csv and isinstance(model, type) and (DEMO / place).exists():
                for line in register_lines(DEMO, place, model):
                    given = line.model_dump(by_alias=True, mode="json", exclude_unset=True)
                    yield model, given


def _toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _collect(
    model: type[BaseModel], data: dict[str, Any], found: dict[str, list[dict[str, Any]]]
) -> None:
    found.setdefault(model.__name__, []).append(data)
    for name, info in model.model_fields.items():
        value = data.get(key_of(name, info))
        inner = model_in(info.annotation)
        if value is None or inner is None:
            continue
        kind = get_origin(plain(info.annotation))
        for each in value.values() if kind is dict else value if kind is tuple else [value]:
            _collect(inner, each, found)


def tables_with(model: type[BaseModel], key: str) -> list[dict[str, Any]]:
    """Return the tables that say something for a key, of the examples where no other does."""
    tables = (raw_tables(own=own).get(model.__name__, []) for own in (True, False))
    found = ([table for table in each if table.get(key) not in _NOTHING] for each in tables)
    return next((each for each in found if each), [])


def example_of(model: type[BaseModel], key: str) -> Any:
    """Return the shortest value of a key in the repository's own files; of a table its first."""
    if (model.__name__, key) in MADE:
        return MADE[model.__name__, key]
    values = [table[key] for table in tables_with(model, key)]
    parts = [dict([next(iter(v.items()))]) if isinstance(v, dict) else v for v in values]
    return min(parts, key=lambda value: len(toml(value)))
