"""Queries that analysts wrote and kept: files of the workspace, and what the pinned ones answer.

A kept query is a statement with a header (`store.bench.statements`) in the workspace's
``queries/``, written through the settings' history with who and why. Wherever one is shown it is
run again over the relations of who looks, in a process of its own: what is banded for them is not
there. To those without exact figures it is shown only where its header says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shortplank.access import Actor
from shortplank.catalogue import Workspace
from shortplank.catalogue.pending import names_in
from shortplank.errors import NotAllowed, ShortplankError
from shortplank.reading.view import View
from shortplank.records.settings_changes import Changed, change, text_of
from shortplank.store import Store
from shortplank.store.bench.bounded import MOST_TEXT, Answer, BenchError
from shortplank.store.bench.held import query
from shortplank.store.bench.statements import (
    Param,
    Statement,
    checked,
    parse_statement,
    values_of,
    written,
)
from shortplank.wording.periods import month_key

FOLDER, ENDING = "queries", ".sql"
# How long the process of a query that is pinned may be at work: pages and papers wait for it.
PINNED_SECONDS = 4.0
# Why there is no answer now, though there may be at the next look.
PASSING = ("busy", "ended")
# So many are looked at: a page lists them, and each pinned one is run.
MOST, MOST_PINNED = 200, 6


@dataclass(frozen=True)
class Pinned:
    """A pinned query as who looks has it: its answer, or the sentence that says why there is none.

    ``values`` are what its parameters were.
    """

    statement: Statement
    values: Mapping[str, Any]
    answer: Answer | None
    fault: str = ""


def file_of(name: str) -> str:
    """Return the file of a kept query, by its name in the workspace."""
    return f"{FOLDER}/{name}{ENDING}"


def saved_queries(ws: Workspace) -> list[Statement]:
    """Return the queries that the workspace keeps, by name."""
    found = []
    for name in sorted(names_in(ws.path, FOLDER, ENDING))[:MOST]:
        text = text_of(ws.path, f"{FOLDER}/{name}") or ""
        found.append(parse_statement(name.removesuffix(ENDING), text[:MOST_TEXT]))
    return found


def save_query(
    store: Store, statement: Statement, why: str, *, seen: Mapping[str, str] | None = None
) -> Changed:
    """Keep a query under its name, in place of what has it; its header is checked first.

    ``seen`` is the hash of that file as it was opened (`settings_changes.seen_of`). Raises
    `AskError` for a header that may not be kept, and what `settings_changes.change` raises.
    """
    store.actor.must("query")
    kept = checked(store.workspace, statement)
    return change(store, {file_of(kept.name): written(kept)}, why, seen=seen)


def remove_query(store: Store, name: str, why: str) -> Changed:
    """Take a kept query away; the history still has it."""
    store.actor.must("query")
    return change(store, {file_of(name): None}, why)


def may_see(actor: Actor, statement: Statement) -> bool:
    """Return whether a kept query is shown to who looks at all."""
    return actor.may("see_exact") or statement.viewers


def answered(view: View, statement: Statement, values: Mapping[str, Any]) -> Answer:
    """Return what a kept query answers who looks; the same for all who read the same tables.

    `NotAllowed` where it is not for them, `BenchError` where it goes beyond a limit.
    """
    if not may_see(view.actor, statement):
        raise NotAllowed("这条查询没有声明可给浏览者看", mend="请由分析员在头注里声明")
    return view.engine.keep(
        ("bench", *_key(view, statement, values)),
        lambda: query(view.engine, view.edition, view.actor, statement.text, values),
    )


def _key(view: View, statement: Statement, values: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return what an answer rests on, besides the home and the settings."""
    return view.edition, view.actor.reads, statement.text, tuple(values.items())


def begin_values(view: View, params: tuple[Param, ...]) -> dict[str, str]:
    """Return what parameters begin with: a month and an area are what is looked at."""
    ws, month = view.ws, view.month
    of_kind = {
        "month": month_key(month),
        "date": month.isoformat(),
        "area": ws.settings.home,
        "indicator": view.indicator,
        "form": _first_form(ws),
    }
    # What the product's own questions ask for besides.
    of_name = {
        "changed": "",
        "year": str(ws.statistical_year(month)),
        "year_opens": str(ws.settings.statistical_year_first_month),
        "year_month": month_key(ws.year_start(month)),
        "first_month": month_key(ws.year_start(month)),
        "factor": "100",
    }
    return {p.name: p.first or of_name.get(p.name, of_kind.get(p.kind, "")) for p in params}


def _first_form(ws: Workspace) -> str:
    """Return the form of the villages' reports, else the first."""
    of_villages = (
        key
        for key, form in ws.forms.items()
        if form.expected and ws.datasets[form.dataset].level == "village"
    )
    return next(of_villages, next(iter(ws.forms), ""))


def pinned_queries(view: View) -> list[Pinned]:
    """Return the pinned queries that who looks may see, each run for them in what is looked at."""
    found = [each for each in saved_queries(view.ws) if each.pinned and may_see(view.actor, each)]
    return [_pinned(view, each) for each in found[:MOST_PINNED]]


def _pinned(view: View, statement: Statement) -> Pinned:
    values: dict[str, Any] = {}
    try:
        statement = checked(view.ws, statement)
        values = values_of(statement.params, begin_values(view, statement.params))
        found = view.engine.keep(
            ("pinned", *_key(view, statement, values)), lambda: _tried(view, statement, values)
        )
    except ShortplankError as error:
        return Pinned(statement, values, None, error.sentence)
    if isinstance(found, str):
        return Pinned(statement, values, None, found)
    return Pinned(statement, values, found)


def _tried(view: View, statement: Statement, values: Mapping[str, Any]) -> Answer | str:
    """Return an answer or why there is none, which is kept too: a page waits for it only once."""
    try:
        return answered(view, statement, values)
    except BenchError as error:
        if error.fault in PASSING:
            raise
        return error.sentence
