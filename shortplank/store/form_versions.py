"""From which month on each form was reported in which version, as the editions recorded it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pyarrow as pa

from shortplank.catalogue import Workspace
from shortplank.store.edition import Edition

SCHEMA = pa.schema(
    [
        ("form", pa.string()),
        ("version", pa.int64()),
        ("previous", pa.int64()),
        ("stat_month", pa.date32()),
        ("edition", pa.int64()),
    ]
)


def form_versions(
    ws: Workspace, newest: Edition, edition: Callable[[int], Edition] | None
) -> pa.Table:
    """Return each form's versions with the edition that first read one, and its first month.

    ``previous`` is null for the version that a form begins with. The month is the earliest that
    came in with that edition, or the newest of the form's reports where none was new.
    """
    lineage = [newest]
    while edition is not None and lineage[-1].parent:
        lineage.append(edition(lineage[-1].parent))
    rows: list[dict[str, object]] = []
    known: dict[str, int] = {}
    before: Edition | None = None
    for each in reversed(lineage):
        for form, version in sorted(each.forms.items()):
            if known.get(form) == version:
                continue
            month = _first_month(ws, form, each, before)
            row = {"form": form, "version": version, "previous": known.get(form)}
            rows.append({**row, "stat_month": month, "edition": each.number})
            known[form] = version
        before = each
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def _first_month(ws: Workspace, form: str, edition: Edition, before: Edition | None) -> date | None:
    if form not in ws.forms:
        return None
    months = edition.months(ws.forms[form].dataset)
    old = set(before.months(ws.forms[form].dataset)) if before else set()
    return next((month for month in months if month not in old), months[-1] if months else None)
