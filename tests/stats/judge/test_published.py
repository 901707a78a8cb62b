"""What pages say of a published county is what the judge says of its arrays."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.published import check
from benchmarks.worlds import VILLAGES


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "low"), [(11, slice(0)), (12, slice(0, int(VILLAGES[0])))])
def test_pages_and_arrays_agree(tmp_path: Path, seed: int, low: slice) -> None:
    named, wrong = check(tmp_path / "county", seed, low)
    assert not wrong
    assert bool(named) == bool(low.stop)
    assert not named or any(name.endswith("镇") for name in named)
