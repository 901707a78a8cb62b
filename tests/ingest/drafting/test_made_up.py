"""Whatever is made up of regions' words is drafted, and read by its own form to the last count."""

from __future__ import annotations

import pytest

from shortplank.ingest import Upload
from shortplank.ingest.drafting.draft import draft_file, lay_own
from shortplank.ingest.numbers import parse_count
from tests.ingest.drafting.made_up import made_up


@pytest.mark.parametrize("seed", range(60))
def test_a_drafted_form_reads_its_own_file_exactly(seed: int) -> None:
    file = made_up(seed)
    laid = lay_own(draft_file(Upload(file.name, file.data)))
    rows = list(zip(*(column.to_pylist() for column in laid.grid.columns), strict=True))
    month, columns = laid.layout.month, [c[0] for c in laid.layout.measures.values()]
    assert month is not None
    read = [
        (row[month], tuple(sorted(parse_count(row[c])[0] for c in columns)))
        for row in rows[laid.layout.last + 1 :]
        if row[month]
    ]
    assert sorted(read) == sorted(file.figures)
