"""Real months: counties and towns renamed, villages recoded, codes only from 2018 on."""

from __future__ import annotations

import csv
import io
import shutil
from collections import Counter
from pathlib import Path

import duckdb
import pytest

from shortplank import cli
from shortplank.ingest import Upload
from shortplank.store import Store
from tests.ingest.gazetteer.county import errors, opened
from tests.shared import shared_or_skip

EXAMPLE = Path(__file__).resolve().parents[3] / "examples/tw_births"
# Before and after 桃園縣 became 桃園市 and its towns districts, 頭份鎮 became 頭份市, and 三民一
# and 三民二 one district with other codes; 2018-01 is the first month with codes.
MONTHS = ("2014/11", "2014/12", "2015/09", "2015/10", "2018/01", "2020/02", "2020/03", "2020/12")
COUNTIES = ("桃園市", "桃園縣", "苗栗縣", "高雄市", "連江縣")
BIRTHS = ("出生數", "birth_total")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Some months of some counties, as published."""
    source, target = shared_or_skip("real/tw_births"), tmp_path_factory.mktemp("tw")
    found = []
    for month in MONTHS:
        lines = (source / month / "data.csv").read_text("utf-8-sig").splitlines()
        head = lines[: 2 if lines[1].startswith("統計年月") else 1]
        kept = [line for line in lines[len(head) :] if any(c in line for c in COUNTIES)]
        path = target / f"{month.replace('/', '-')}.csv"
        path.write_text("\n".join([*head, *kept]) + "\n", "utf-8-sig")
        found.append(path)
    return found


def totals(files: list[Path]) -> Counter[tuple[str, int]]:
    """Return births by county (as it is called today) and year, by a reading of the test's own."""
    found: Counter[tuple[str, int]] = Counter()
    for path in files:
        lines = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"))))
        for line in lines[1:]:
            row = dict(zip(lines[0], line, strict=False))
            month = row.get("統計年月") or row["statistic_yyymm"]
            if month.isdigit():
                site = (row.get("區域別") or row["site_id"]).replace("桃園縣", "桃園市")
                births = next(row[name] for name in BIRTHS if name in row)
                found[site[:3], int(month[:-2]) + 1911] += int(births)
    return found


def test_the_commands_give_the_files_own_figures(files: list[Path], tmp_path: Path) -> None:
    root, names = tmp_path / "w", [str(path) for path in files]
    assert cli.run(["init", str(root), "--blank"]) == 0
    shutil.copytree(EXAMPLE / "catalogue", root / "catalogue", dirs_exist_ok=True)
    command = ["areas", "from", *names, "-w", str(root), "--home", "連江縣", "--accept"]
    assert cli.run(command) == 0
    ws = opened(root).workspace
    assert ws.home.name == "連江縣"
    assert {a.name for a in ws.areas if a.level == "county"} == set(COUNTIES) - {"桃園縣"}
    uploads = [Upload(path.name, path.read_bytes()) for path in files]
    assert errors(opened(root), uploads) == []
    assert cli.run(["import", *names, "-w", str(root)]) == 0
    store = Store(root)
    rows = duckdb.sql(
        "select area_code, year(stat_month), sum(births_m + births_f)::bigint"
        " from read_parquet($files, hive_partitioning = false) group by all",
        params={"files": [str(path) for path in store.edition().files("village_month")]},
    ).fetchall()
    own = store.workspace.area_by_code
    got: Counter[tuple[str, int]] = Counter()
    for code, year, births in rows:
        got[own[str(ws.county_of(code))].name, year] += births
    assert got == totals(files)
    capital = [a for a in ws.areas if a.level == "township" and a.name == "三民區"]
    assert len(capital) == 1
    assert {a.alias for a in ws.aliases if a.area_code == capital[0].area_code} == {
        "高雄市三民一", "高雄市三民二",
    }  # fmt: skip
