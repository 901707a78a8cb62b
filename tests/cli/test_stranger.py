"""A stranger's files become a running county by commands alone, with nothing written by hand."""

from __future__ import annotations

import csv
import io
import random
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from shortplank.catalogue import load_workspace
from shortplank.store import Engine
from tests.cli.conftest import Command

YEAR = [date(2023, month, 1) for month in range(1, 13)]
KOREA = {
    ("서울특별시", "중구"): ("1114010", ("무교동", "다동", "태평로1가")),
    ("부산광역시", "중구"): ("2611010", ("영주동", "대창동1가")),
    ("전라남도", "신안군"): ("4691025", ("지도읍", "압해읍", "증도면")),
}
RI = ("읍내리", "감정리", "광정리", "봉리")


@dataclass(frozen=True)
class Region:
    """A region's files, and what they count by county's name in the whole year."""

    files: dict[str, bytes]
    totals: Counter[str]


def _file(rows: list[list[object]], encoding: str, mark: str = ",") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=mark).writerows(rows)
    return text.getvalue().encode(encoding)


def korea() -> Region:
    """Legal dongs and ris: four levels, a ri left blank, names that recur, cp949, one file."""
    chance, totals = random.Random(1), Counter[str]()
    rows: list[list[object]] = [
        ["법정동코드", "기준연월", "시도명", "시군구명", "읍면동명", "리명", "계", "남자", "여자"]
    ]
    for month in YEAR:
        for (sido, gu), (code, towns) in KOREA.items():
            for i, town in enumerate(towns):
                for j, ri in enumerate(RI if town[-1] in "읍면" else ("",)):
                    boys, girls = chance.randrange(9), chance.randrange(9)
                    own = f"{code}{i + 1}{21 + j if ri else 0:02}"
                    names = [own, f"{month:%Y-%m}", sido, gu, town, ri]
                    rows.append([*names, boys + girls, boys, girls])
                    totals[f"{sido} {gu}"] += boys + girls
    return Region({"출생등록_법정동.csv": _file(rows, "cp949")}, totals)


def japan() -> Region:
    """Towns by a file a month, tabs, Shift_JIS, the month in the file's name, no county above."""
    chance, totals, files = random.Random(2), Counter[str](), {}
    for month in YEAR:
        rows: list[list[object]] = [["市区町村", "町名", "出生数", "死亡数"]]
        for city in ("山口市", "萩市"):
            for town in ("大内", "小郡", "川上", "須佐"):
                born = chance.randrange(20)
                rows.append([city, f"{city[0]}{town}町", born, chance.randrange(20)])
                totals["一个地区"] += born
        files[f"出生死亡_{month:%Y年}{month.month}月.csv"] = _file(rows, "cp932", "\t")
    return Region(files, totals)


def municipalities() -> Region:
    """Districts whose column of codes is their municipality's, months as 202301, Shift_JIS."""
    chance, totals = random.Random(4), Counter[str]()
    rows: list[list[object]] = [["年月", "市町村コード", "市町村名", "地区名", "出生", "死亡"]]
    for month in YEAR:
        for code, city in (("352012", "下関市"), ("352021", "宇部市")):
            for district in ("東地区", "西地区", "中央地区"):
                born = chance.randrange(20)
                rows.append([f"{month:%Y%m}", code, city, district, born, chance.randrange(20)])
                totals["一个地区"] += born
    return Region({"動態.csv": _file(rows, "cp932")}, totals)


def signed() -> Region:
    """Months and counts in one heading without a mark in between, GB18030."""
    chance, totals = random.Random(5), Counter[str]()
    heads = [f"2023年{month.month}月{what}" for month in YEAR for what in ("出生", "死亡")]
    rows: list[list[object]] = [["乡镇", *heads]]
    for town in ("东山镇", "西河乡", "南坪镇"):
        counts = [chance.randrange(20) for _ in heads]
        rows.append([town, *counts])
        totals["一个地区"] += sum(counts[::2])
    return Region({"变动.csv": _file(rows, "gb18030")}, totals)


def england() -> Region:
    """Districts of two counties, months across, one file, latin-1, a title above the head."""
    chance, totals = random.Random(3), Counter[str]()
    rows: list[list[object]] = [
        ["Live births by district – café count", *[""] * 13],
        ["County", "District", *(f"{month:%b-%y}" for month in YEAR)],
    ]
    for county in ("Devon", "Dorset"):
        for district in ("North", "South", "East", "West"):
            counts = [chance.randrange(40) for _ in YEAR]
            rows.append([county, f"{district} {county}", *counts])
            totals[county] += sum(counts)
    return Region({"births.csv": _file(rows, "cp1252", ";")}, totals)


@pytest.mark.parametrize("region", [korea, japan, municipalities, signed, england])
def test_files_become_a_county_by_commands_alone(
    region: object, command: Command, tmp_path: Path
) -> None:
    made = region()  # type: ignore[operator]
    root, paths = tmp_path / "w", []
    for name, data in made.files.items():
        (tmp_path / name).write_bytes(data)
        paths.append(tmp_path / name)
    for arguments in (
        ("init", root, "--blank", "--name", "一个地区"),
        ("form", "draft", *paths, "-w", root, "--accept"),
        ("areas", "from", *paths, "-w", root, "--accept"),
        ("import", *paths, "-w", root),
        ("build", "-w", root),
    ):
        said = command(*arguments)
        assert said.code == 0, (arguments[0], said.out, said.err)
    ws = load_workspace(root)
    shared = Engine(ws)
    first = ws.first_indicator
    found = Counter[str]()
    for county in (area for area in ws.areas if area.level == "county"):
        table = shared.at(county.area_code).ask(
            "series_by_area", None, "analyst", indicator=first, county=county.area_code,
            month=YEAR[-1], year_opens=1,
        )  # fmt: skip
        (own,) = (
            row for row in table.to_pylist()
            if row["area_code"] == county.area_code and row["stat_month"] == YEAR[-1]
        )  # fmt: skip
        above = ws.area_by_code.get(county.parent_code)
        name = county.name if above is None else f"{above.name} {county.name}"
        found[name] += int(own["ytd_numerator"])
    assert found == made.totals
