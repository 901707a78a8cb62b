"""Taiwan's village files through the documented command, the register and the production import."""

from __future__ import annotations

import csv
import importlib.util
import io
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from types import ModuleType

import duckdb
import numpy as np
import pytest

from shortplank.access import Actor
from shortplank.catalogue import load_workspace
from shortplank.reading.view import View
from shortplank.store import Engine, Store, ask, engine
from shortplank.topics.overview.answer import overview
from shortplank.topics.rankings.answer.funnel import funnel_of
from shortplank.topics.rankings.answer.league import bump, league
from shortplank.topics.rankings.answer.ranking import ranking
from shortplank.topics.sex_ratio.answer.sex_ratio import sex_ratio
from tests.shared import shared_or_skip

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "tw_births"
EXCERPT = Path(__file__).parent / "tw_excerpt"
# The figures that a correct reading of all files gives: births, boys for 100 girls.
YEARS = {
    2015: (213_598, 108.27),
    2016: (208_440, 107.80),
    2017: (193_844, 107.62),
    2018: (181_601, 107.01),
    2019: (177_767, 107.84),
    2020: (165_249, 107.74),
}
# Our measures, and the columns of the files whose sum each is, by either language.
COLUMNS = {
    "births_m": ["出生數-男", "birth_total_m"],
    "births_f": ["出生數-女", "birth_total_f"],
    "deaths_m": ["死亡數-男", "death_m"],
    "deaths_f": ["死亡數-女", "death_f"],
    "marriages": ["結婚對數", "marry_pair", "marry_pair_OppositeSex", "marry_pair_SameSex"],
    "divorces": ["離婚對數", "divorce_pair", "divorce_pair_OppositeSex", "divorce_pair_SameSex"],
}


@contextmanager
def command() -> Iterator[ModuleType]:
    """Yield the example's command, as a module."""
    sys.path.insert(0, str(EXAMPLE))
    spec = importlib.util.spec_from_file_location("tw_births_build", EXAMPLE / "build.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    sys.path.remove(str(EXAMPLE))


@pytest.fixture(scope="module")
def example() -> Iterator[ModuleType]:
    """The example's command, for all tests."""
    with command() as module:
        yield module


@pytest.fixture(scope="module")
def excerpt(example: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of the twelve months of the excerpt."""
    target = tmp_path_factory.mktemp("tw") / "workspace"
    assert example.build(EXCERPT, target, "嘉義市") == 0
    return target


def village_files(workspace: Path) -> list[str]:
    """Return the newest edition's files of village counts."""
    return [str(path) for path in Store(workspace).edition().files("village_month")]


def read_naively(folder: Path) -> dict[tuple[str, str, str], dict[str, int]]:
    """Return month, town and village with their counts, by a reading of the test's own."""
    found: dict[tuple[str, str, str], dict[str, int]] = {}
    for file in sorted(folder.glob("*/*/data.csv")):
        lines = csv.reader(io.StringIO(file.read_text("utf-8-sig"), newline=""))
        header = next(lines)
        for line in lines:
            row = dict(zip(header, line, strict=True))
            month = row.get("統計年月") or row["statistic_yyymm"]
            if not month.isdigit():
                continue
            town = "".join((row.get("區域別") or row["site_id"]).split())[3:]
            village = row.get("村里") or row["village"]
            iso = f"{int(month[:-2]) + 1911}-{month[-2:]}"
            found[iso, town, village] = {
                name: sum(int(row[c]) for c in columns if c in row)
                for name, columns in COLUMNS.items()
            }
    return found


def test_every_count_of_the_excerpt_arrives(excerpt: Path) -> None:
    wanted = read_naively(EXCERPT)
    names = {a.area_code: a for a in Store(excerpt).workspace.areas}
    rows = duckdb.sql(
        "select * from read_parquet($files, hive_partitioning = false)",
        params={"files": village_files(excerpt)},
    ).to_arrow_table()
    got = {}
    for row in rows.to_pylist():
        village = names[row["area_code"]]
        town = names[village.parent_code]
        got[f"{row['stat_month']:%Y-%m}", town.name, village.name] = {k: row[k] for k in COLUMNS}
    assert len(wanted) == 12 * 84
    assert got == wanted


def test_the_excerpt_has_two_towns_however_they_are_spelt(excerpt: Path) -> None:
    ws = Store(excerpt).workspace
    assert [a.name for a in ws.areas if a.level == "township"] == ["東區", "西區"]
    assert all(a.valid_from == date(2014, 4, 1) and not a.valid_to for a in ws.areas)
    assert ws.home.name == "嘉義市" and "內政部" in ws.settings.attribution
    assert not ws.aliases


def test_the_excerpt_answers_from_its_marts(excerpt: Path) -> None:
    question = {"indicator": "sex_ratio_at_birth", "county": "10020", "month": "2014-05"}
    table = ask(
        "townships_by_month", workspace=excerpt, role="analyst", year_month="2014-01", **question
    )
    row = next(r for r in table.to_pylist() if r["level"] == "county")
    assert (row["numerator"], row["denominator"]) == (82, 71)
    assert (row["ytd_numerator"], row["ytd_denominator"]) == (82 + 82, 93 + 71)


def test_a_wrong_source_or_home_is_told(example: ModuleType, tmp_path: Path) -> None:
    for source, home, words in ((tmp_path, "嘉義市", "data.csv"), (EXCERPT, "金門縣", "嘉義市")):
        with pytest.raises(example.ShortplankError, match=words):
            example.build(source, tmp_path / "workspace", home)
    assert not (tmp_path / "workspace").exists()


@pytest.fixture(scope="module")
def nation(example: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All 81 months of all counties, 連江縣 at home."""
    source = shared_or_skip("real/tw_births")
    target = tmp_path_factory.mktemp("nation") / "tw"
    assert example.build(source, target, "連江縣") == 0
    return target


@pytest.mark.slow
def test_all_files_give_the_published_years(nation: Path) -> None:
    store = Store(nation)
    rows = duckdb.sql(
        """
        select year(stat_month) as y, sum(births_m)::BIGINT as m, sum(births_f)::BIGINT as f
        from read_parquet($files, hive_partitioning = false) group by y order by y
        """,
        params={"files": village_files(nation)},
    ).fetchall()
    years = {y: (m + f, round(100 * m / f, 2)) for y, m, f in rows if y in YEARS}
    assert years == YEARS
    levels = defaultdict(int)
    for area in store.workspace.areas:
        levels[area.level] += 1
    assert (levels["county"], levels["township"]) == (22, 368)
    assert [e.number for e in store.history()] == [1]
    peers = ask("peers_by_county", workspace=nation, role="analyst", month="2020-12",
                indicator="sex_ratio_at_birth", year_month="2020-01")  # fmt: skip
    assert peers.num_rows == 22 and all(peers["computed"].to_pylist())
    boys, girls = sum(peers["numerator"].to_pylist()), sum(peers["denominator"].to_pylist())
    assert (boys + girls, round(100 * boys / girls, 2)) == YEARS[2020]


def at_home(root: Path, county: str) -> View:
    """Return the last month's view with a county at home."""
    settings = root / "workspace.toml"
    codes = {a.name: a.area_code for a in engine(root).ws.areas if a.level == "county"}
    text = re.sub(r'(?m)^home = ".*"$', f'home = "{codes[county]}"', settings.read_text("utf-8"))
    settings.write_text(text, "utf-8")
    shared, month = Engine(load_workspace(root)), date(2020, 12, 1)
    number, key = shared.newest(), "sex_ratio_at_birth"
    return View(shared, number, Actor("analyst"), month, "ytd", key, codes[county])


def test_a_county_of_a_few_dozen_births_is_never_last_without_saying_too_few(
    nation: Path,
) -> None:
    own = at_home(nation, "連江縣")
    [place] = [p for p in league(own).places if p.indicator == "sex_ratio_at_birth"]
    assert place.few and place.mark == "样本太少"
    assert "末位" not in league(own).title and "样本太少" in league(own).title
    assert "样本太少" in bump(own).title
    towns = ranking(own)
    assert np.isfinite(towns.towns.value).sum() == 1 and np.isnan(towns.ranks).all()
    assert funnel_of(towns).is_empty
    tiles = {tile.indicator: tile for tile in overview(own).tiles}
    assert tiles["sex_ratio_at_birth"].rank is None


@pytest.mark.parametrize("county", ["新北市", "桃園市", "高雄市", "宜蘭縣"])
def test_three_years_of_births_announce_no_town_as_abnormal(nation: Path, county: str) -> None:
    """The negative control: all 22 counties were tried once, 368 towns, none announced."""
    made = sex_ratio(at_home(nation, county), "periods", "r36", "sex_ratio_at_birth")
    verdicts = made.columns[-1].verdicts[1:]
    assert len(verdicts) >= 12 and set(verdicts) <= {"similar", "better", "too_few", "none"}
