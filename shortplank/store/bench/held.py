"""The relations of one role at one county, as a statement of the bench is given them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from shortplank.access import Actor
from shortplank.store.asking import Engine
from shortplank.store.bench.bounded import Answer, run


def query(
    shared: Engine,
    edition: int,
    actor: Actor,
    text: str,
    values: Mapping[str, Any] | None = None,
    *,
    explain: bool = False,
) -> Answer:
    """Return the answer to one statement over an edition as who asks has it.

    The relations are those of the engine's home with the masks of the role that reads them: what
    is banded or withheld is not among the rows. `NotAllowed` for another county than the scope's,
    `BenchError` where the statement is refused or goes beyond a limit.
    """
    home = shared.ws.settings.home
    actor.must("look", home, shared.ws)
    opened = shared.open(edition, actor.reads)

    def rows(names: list[str]) -> dict[str, pa.Table]:
        with opened.reading(names, home) as cursor:
            return {
                name: cursor.execute(f'select * from "{name}"').to_arrow_table() for name in names
            }

    return run(text, values or {}, opened.relations, rows, explain=explain)
