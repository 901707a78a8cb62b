"""A month's judgement as a file beside the marts: worked out once, not once a process."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from shortplank import stats
from shortplank.catalogue import Workspace
from shortplank.reading import gaps
from shortplank.reading.judged.matters import QUESTIONS, Subject
from shortplank.reading.view import View
from shortplank.stats.judge.comparisons import Change
from shortplank.stats.judge.month import Matter, Month, Tested, Units
from shortplank.store import all_queries
from shortplank.store.kept import kept, source_hash

Judged = tuple[dict[str, Subject], Month]


def kept_month(view: View, make: Callable[[], Judged]) -> Judged:
    """Return a month's subjects and verdicts from their file, made where there is none.

    Of the counts only those of the window and of the year before are kept: single months have
    done their part.
    """
    parts = (_judge_version(), view.county.area_code, view.month.isoformat())
    data = kept(view.ws, view.published, "ledger", parts, lambda: _written(*make()))
    return _read(view.ws, json.loads(data))


@cache
def _judge_version() -> str:
    """Return a hash of the source that judges: statistics, questions, and what stands between.

    Another judge judges anew, without a version that somebody has to remember.
    """
    code = source_hash(
        Path(str(stats.__file__)).parent, Path(__file__).parent, Path(str(gaps.__file__))
    )
    questions = [all_queries()[name].sql.encode() for name in QUESTIONS]
    return hashlib.sha256(b"\0".join([code.encode(), *questions])).hexdigest()[:16]


# --- to bytes and back ----------------------------------------------------------------------------
def _written(subjects: dict[str, Subject], month: Month) -> bytes:
    held = {
        "subjects": [_subject_out(each) for each in subjects.values()],
        "tests": month.tests,
        "listed": [
            [*key, np.flatnonzero(rows).tolist(), len(rows)] for key, rows in month.listed.items()
        ],
        "scatter": [[*key, value] for key, value in month.scatter.items()],
        "changes": list(month.changes.items()),
        "real": [[*key, value] for key, value in month.real.items()],
    }
    return json.dumps(held, ensure_ascii=False, separators=(",", ":")).encode()


def _read(ws: Workspace, held: dict[str, Any]) -> Judged:
    month = Month(tests=[Tested(*row) for row in held["tests"]])
    for key, place, rows, size in held["listed"]:
        flags = np.zeros(size, dtype=bool)
        flags[rows] = True
        month.listed[key, place] = flags
    month.scatter.update({(key, place): value for key, place, value in held["scatter"]})
    month.real.update({(key, place): value for key, place, value in held["real"]})
    month.changes.update({key: Change(*values) for key, values in held["changes"]})
    found = [_subject_in(ws, each) for each in held["subjects"]]
    return {each.key: each for each in found}, month


def _subject_out(subject: Subject) -> dict[str, Any]:
    matter = subject.matter
    return {
        "key": subject.key,
        "window": subject.window,
        "months": subject.months,
        "towns": subject.towns,
        "villages": subject.villages,
        "kind": matter.kind,
        "worse": matter.worse,
        "anew": matter.anew,
        "counts": [
            None if each is None else _units_out(each)
            for each in (matter.county, matter.towns, matter.villages)
        ],
    }


def _units_out(units: Units) -> list[list[float]]:
    return [part.tolist() for part in (units.x, units.n, units.x_then, units.n_then)]


def _subject_in(ws: Workspace, held: dict[str, Any]) -> Subject:
    county, towns, villages = (None if u is None else _units_in(u) for u in held["counts"])
    assert county is not None and towns is not None
    matter = Matter(
        held["key"], held["kind"], held["worse"], county, towns, villages, anew=held["anew"]
    )
    towns_, villages_ = (
        [(code, name) for code, name in held[name]] for name in ("towns", "villages")
    )
    item = ws.indicators[held["key"]]
    return Subject(held["key"], item, matter, held["window"], held["months"], towns_, villages_)


def _units_in(held: list[list[float]]) -> Units:
    x, n, x_then, n_then = (np.array(part, dtype=np.float64) for part in held)
    none = np.empty((0, x.size))
    return Units(x, n, x_then, n_then, none, none)
