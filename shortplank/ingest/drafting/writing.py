"""The files of a workspace that a draft becomes: form, measures, cards, and the scheme's head."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import tomlkit

from shortplank.catalogue import Workspace
from shortplank.catalogue.models import REGISTER_MEASURES, Form
from shortplank.errors import WorkspaceError
from shortplank.ingest.drafting.forming import Measured
from shortplank.ingest.drafting.names import identifier

MEASURES, SCHEME = "catalogue/measures.toml", "catalogue/scheme.toml"
HEADLINES = 4
_SUBMISSION = """
[datasets.submission]
label = "报送"
level = "township"
shape = "submission"
cadence = "event"
keys = { form = "VARCHAR", revision = "BIGINT", received_at = "DATE", file_sha256 = "VARCHAR", sheet = "VARCHAR", cells = "VARCHAR" }
"""  # noqa: E501


@dataclass(frozen=True)
class Written:
    """A draft as it stands in a workspace: the form's identifier, the form, and whole files."""

    key: str
    form: Form
    texts: Mapping[str, str]
    measures: tuple[Measured, ...] = ()


@dataclass(frozen=True)
class Wanted:
    """What is said besides the guesses: the form's identifier, its label, what is not sensitive.

    ``open_because`` has a reason for each measure's identifier; below the township all others stay
    sensitive until somebody says so.
    """

    name: str = ""
    open_because: Mapping[str, str] = field(default_factory=dict)


AS_IS = Wanted()


@dataclass(frozen=True)
class Sum:
    """A total that the report declares: never stored, made of the counts that it adds up."""

    id: str
    label: str
    header: str
    unit: str
    parts: tuple[str, ...]
    stopped: bool = False


def _sums(ws: Workspace, form: Form, measured: tuple[Measured, ...]) -> tuple[Sum, ...]:
    """Return the totals of a form's columns with identifiers of their own."""
    known = {m.id: m for m in measured}
    taken = {*ws.measures, *ws.derived, *ws.indicators, *REGISTER_MEASURES, *known}
    found = []
    for number, total in enumerate(form.totals, start=1):
        parts = [known[part] for part in total.parts]
        name = identifier(total.headers[0], taken, f"total{number}")
        taken.add(name)
        found.append(
            Sum(
                name, total.headers[0], total.headers[0], parts[0].unit,
                tuple(total.parts), any(part.stopped for part in parts),
            )
        )  # fmt: skip
    return tuple(found)


def _heads(measured: tuple[Measured, ...], sums: tuple[Sum, ...]) -> list[str]:
    """Return the cards by weight: totals, other counts, and last what stops at the township."""
    parts = {part for total in sums for part in total.parts}
    rest = [m for m in measured if m.id not in parts] + [m for m in measured if m.id in parts]
    ordered: list[Sum | Measured] = [*sums, *rest]
    ordered.sort(key=lambda each: each.stopped)
    return [each.id for each in ordered]


def write_draft(
    ws: Workspace,
    form: Form,
    measured: tuple[Measured, ...],
    level: str,
    *,
    quarters: bool = False,
    wanted: Wanted = AS_IS,
) -> Written:
    """Return the files that a drafted form becomes in a workspace.

    Raises `WorkspaceError` where the name is taken.
    """
    key = _key(ws, form, wanted)
    form = _labelled(ws, form)
    ids = _identifiers(ws, key, measured)
    own = tuple(replace(m, id=ids[m.id]) for m in measured)
    form = _renamed(form, ids).model_copy(update={"dataset": _dataset(ws, key)})
    sums = _sums(ws, form, own)
    texts = {
        f"catalogue/forms/{key}.toml": form_text(form),
        MEASURES: _measures(ws, form, own, sums, level, quarters, wanted, ids),
        f"catalogue/indicators/{key}.toml": _cards(form, own, sums, level, wanted, ids),
    }
    if not ws.scheme.headline:
        texts[SCHEME] = _scheme(ws, _heads(own, sums))
    return Written(key, form, texts, own)


def _key(ws: Workspace, form: Form, wanted: Wanted) -> str:
    if not wanted.name:
        return identifier(form.label, {*ws.forms, *_cards_of(ws)}, "form")
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,40}", wanted.name):
        raise WorkspaceError(
            f"{wanted.name} 不能作表单的名字", place="--name", mend="请用小写字母、数字和下划线"
        )
    if wanted.name in ws.forms or wanted.name in _cards_of(ws):
        raise WorkspaceError(
            f"已有 {wanted.name} 这个名字的表单或指标文件", place="--name", mend="请换一个名字"
        )
    return wanted.name


def _cards_of(ws: Workspace) -> set[str]:
    return {file.stem for file in (ws.path / "catalogue" / "indicators").glob("*.toml")}


def _labelled(ws: Workspace, form: Form) -> Form:
    taken = {other.label for other in ws.forms.values()}
    label, number = form.label, 1
    while label in taken:
        number += 1
        label = f"{form.label}（{number}）"
    return form.model_copy(update={"label": label})


def _dataset(ws: Workspace, key: str) -> str:
    return identifier(key, ws.datasets, "dataset")


def _identifiers(ws: Workspace, key: str, measured: tuple[Measured, ...]) -> dict[str, str]:
    taken = {*ws.measures, *ws.derived, *ws.indicators, *REGISTER_MEASURES}
    found: dict[str, str] = {}
    for each in measured:
        own = each.id if each.id not in taken else f"{key}_{each.id}"
        found[each.id] = identifier(own, taken, own)
        taken.add(found[each.id])
    return found


def _renamed(form: Form, ids: Mapping[str, str]) -> Form:
    totals = tuple(
        total.model_copy(update={"parts": tuple(ids[p] for p in total.parts)})
        for total in form.totals
    )
    return form.model_copy(
        update={
            "columns": {ids[k]: headers for k, headers in form.columns.items()},
            "sums": {ids[k]: parts for k, parts in form.sums.items()},
            "optional": tuple(ids.get(k, k) for k in form.optional),
            "totals": totals,
        }
    )


# --- texts ----------------------------------------------------------------------------------------
def form_text(form: Form) -> str:
    """Return a form as TOML, what is not said left out."""
    held = form.model_dump(mode="json", exclude_defaults=True)
    if form.reading is not None:
        own = form.reading.model_dump(mode="json", exclude_none=True)
        said = form.reading.model_dump(mode="json", exclude_defaults=True)
        always = ("encoding", "delimiter", "head_row", "head_rows", "month", "year")
        held["reading"] = {k: v for k, v in own.items() if k in said or k in always}
    head = "# 由 form draft 依文件认出；[reading] 是文件的写法，导入时照此读取，不再猜测。\n"
    return head + tomlkit.dumps(held)


def _measures(
    ws: Workspace,
    form: Form,
    measured: tuple[Measured, ...],
    sums: tuple[Sum, ...],
    level: str,
    quarters: bool,
    wanted: Wanted,
    ids: Mapping[str, str],
) -> str:
    text = (ws.path / MEASURES).read_text(encoding="utf-8").rstrip("\n") + "\n"
    parts = [text]
    if "submission" not in ws.datasets:
        parts.append(_SUBMISSION)
    dataset: dict[str, Any] = {"label": form.label, "level": level}
    if quarters:
        dataset["cadence"] = "quarter"
    parts.append(_table(f"datasets.{form.dataset}", dataset))
    reasons = {ids[k]: why for k, why in wanted.open_because.items() if k in ids}
    for each in measured:
        held: dict[str, Any] = {"label": each.label, "dataset": form.dataset}
        if each.stock:
            held["kind"] = "stock"
        if each.unit != "人":
            held["unit"] = each.unit
        if each.stopped and level == "village":
            held["level"] = "township"
        if level == "village":
            if (why := reasons.get(each.id)) and not each.stopped:
                held["open_because"] = why
            else:
                held["sensitive"] = "unreviewed"
        parts.append(_table(f"measures.{each.id}", held))
    for total in sums:
        parts.append(_table(f"derived.{total.id}", {"label": total.label, "plus": total.parts}))
    return "".join(parts)


def _table(name: str, held: Mapping[str, Any]) -> str:
    lines = [f"{key} = {_value(value)}" for key, value in held.items()]
    return "\n" + "\n".join([f"[{name}]", *lines]) + "\n"


def _value(value: object) -> str:
    """Return a text, number or list as TOML writes it; JSON's strings are among its own."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _cards(
    form: Form,
    measured: tuple[Measured, ...],
    sums: tuple[Sum, ...],
    level: str,
    wanted: Wanted,
    ids: Mapping[str, str],
) -> str:
    """Return a card a measure: its count, of which nothing is judged."""
    opened = {ids[k] for k, why in wanted.open_because.items() if k in ids and why.strip()}
    opened -= {m.id for m in measured if m.stopped}
    opened |= {total.id for total in sums if set(total.parts) <= opened}
    parts = [f"# {form.label}：各数的指标卡，由 form draft 写成，可在指标字典中补充。\n"]
    cards: list[Sum | Measured] = [*sums, *measured]
    for each in cards:
        levels = ["county", "township"]
        if level == "village" and each.id in opened:
            levels.append("village")
        held = {
            "label": each.label,
            "kind": "count",
            "family": "context",
            "numerator": [each.id],
            "factor": 1,
            "unit": each.unit,
            "decimals": 0,
            "polarity": "none",
            "levels": levels,
            "default_window": "month",
            "definition": f"“{form.label}”中“{each.label}”一列的数，按单位相加。",
            "why": "背景。",
            "source": f"{form.label}：{each.header}",
        }
        parts.append(_table(each.id, held))
    return "".join(parts)


def _scheme(ws: Workspace, cards: list[str]) -> str:
    document = tomlkit.parse((ws.path / SCHEME).read_text(encoding="utf-8"))
    document["headline"] = cards[:HEADLINES]
    document["default_indicator"] = cards[0]
    return tomlkit.dumps(document)
