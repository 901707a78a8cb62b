"""Registers from plain lists: shapes, encodings, and lists that contradict themselves."""

from __future__ import annotations

import io
from collections import Counter
from pathlib import Path

import openpyxl
import pytest

from shortplank.errors import ShortplankError
from shortplank.ingest import Upload
from shortplank.ingest.gazetteer import Named, Proposed
from shortplank.records.settings_changes import change
from shortplank.store import Store
from tests.ingest.gazetteer.county import blank, opened, proposed

POINTING = "代码,名称,上级代码,类别\n01,甲县,,县\n0101,东镇,01,镇\n0102,西乡,01,乡\n" + "".join(
    f"010{t}0{v},{n}村,010{t},村\n" for t in (1, 2) for v, n in enumerate("一二三", 1)
)
BY_NAME = POINTING.replace("上级代码", "上级").replace(",01,镇", ",甲县,镇").replace(
    ",01,乡", ",甲县,乡"
).replace("村,0101,", "村,东镇,").replace("村,0102,", "村,西乡,")  # fmt: skip
COLUMNS = "县,乡镇,村,村代码\n" + "".join(
    f"甲县,{town},{n}村,010{t}0{v}\n"
    for t, town in ((1, "东镇"), (2, "西乡"))
    for v, n in enumerate("一二三", 1)
)
UPWARDS = "村代码,村,乡镇,县\n" + "".join(
    ",".join(reversed(line.split(",")[:3])).join([line.split(",")[3] + ",", "\n"])
    for line in COLUMNS.splitlines()[1:]
)
TITLED = "2010年甲县行政区划,,,\n" + COLUMNS
CODED = "县码,县,镇码,乡镇,村码,村\n" + "".join(
    f"01,甲县,010{t},{town},010{t}0{v},{n}村\n"
    for t, town in ((1, "东镇"), (2, "西乡"))
    for v, n in enumerate("一二三", 1)
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return blank(tmp_path / "w", form=False)


def shape(made: Proposed) -> dict[str, int]:
    return dict(Counter(area.level for area in made.registers.areas))


def names(made: Proposed) -> set[str]:
    return {area.name for area in made.registers.areas}


def file(text: str, encoding: str = "utf-8") -> Upload:
    return Upload("名单.csv", text.encode(encoding))


def workbook(text: str) -> Upload:
    book = openpyxl.Workbook()
    for line in text.splitlines():
        book.active.append(line.split(","))
    data = io.BytesIO()
    book.save(data)
    return Upload("名单.xlsx", data.getvalue())


@pytest.mark.parametrize("text", [POINTING, BY_NAME, COLUMNS, UPWARDS, TITLED, CODED])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16", "xlsx"])
def test_every_shape_gives_one_register(store: Store, text: str, encoding: str) -> None:
    made = proposed(store, [workbook(text) if encoding == "xlsx" else file(text, encoding)])
    assert shape(made) == {"county": 1, "township": 2, "village": 6}
    assert names(made) == {"甲县", "东镇", "西乡", "一村", "二村", "三村"}
    areas = {a.area_code: a for a in made.registers.areas}
    assert made.registers.home in areas and areas[made.registers.home].name == "甲县"
    assert all(a.parent_code in areas for a in areas.values() if a.level != "county")
    assert areas["010203"].name == "三村" and areas[areas["010203"].parent_code].name == "西乡"
    change(store, made.texts, "登记")
    again = opened(store.root)
    assert proposed(again, [file(text)]).texts == {}


def test_a_town_without_a_code_has_its_villages_beginning(store: Store) -> None:
    made = proposed(store, [file(COLUMNS)])
    codes = {a.name: a.area_code for a in made.registers.areas if a.level != "village"}
    assert (codes["东镇"], codes["西乡"]) == ("01010", "01020")
    said = [note.sentence for note in made.notes if "共有的开头" in note.sentence]
    assert "东镇 01010" in said[0] and "甲县 010" in said[1]


def test_what_has_no_code_gets_one_that_is_not_official(store: Store) -> None:
    text = "县,乡镇,村\n甲县,东镇,一村\n甲县,东镇,二村\n甲县,西乡,一村\n"
    made = proposed(store, [file(text)])
    codes = [a.area_code for a in made.registers.areas]
    assert len(set(codes)) == len(codes) == 6 and all("X" in code for code in codes)
    assert any("不是正式代码" in note.sentence for note in made.notes)


def test_units_of_one_level_stand_under_the_home(store: Store) -> None:
    made = proposed(store, [file("org_code,period\nR1,2017-03\nR2,2017-03\nR1,2017-04\n")])
    assert shape(made) == {"county": 1, "township": 2}
    assert made.registers.home == "990101"
    assert any("没有县一级" in note.sentence for note in made.notes)


KOREA = "통계년월,법정동코드,시도명,시군구명,읍면동명,남자,여자\n" + "".join(
    f"2023-0{m},{code},{sido},{gu},{dong},{m},{len(dong)}\n"
    for m in (1, 2)
    for code, sido, gu, dong in (
        ("1111010100", "서울특별시", "종로구", "청운동"),
        ("1111010200", "서울특별시", "종로구", "신교동"),
        ("1114010100", "서울특별시", "중구", "무교동"),
        ("1114016200", "서울특별시", "중구", "신당동"),
        ("2611010100", "부산광역시", "중구", "영주동"),
        ("2611010200", "부산광역시", "중구", "대창동"),
        ("3611010100", "세종특별자치시", "", "반곡동"),
    )
)


def test_a_nation_of_provinces_and_districts(store: Store) -> None:
    made = proposed(store, [file(KOREA)], home="부산광역시")
    assert shape(made) == {"county": 3, "township": 4, "village": 7}
    own = {a.area_code: a for a in made.registers.areas}
    assert own[made.registers.home].name == "부산광역시"
    jung = [a for a in own.values() if a.name == "중구"]
    assert {own[a.parent_code].name for a in jung} == {"서울특별시", "부산광역시"}
    assert {peer.name for peer in made.registers.peers} == {
        "서울특별시", "부산광역시", "세종특별자치시",
    }  # fmt: skip
    first = proposed(store, [file(KOREA)])
    assert first.registers.home == next(a.area_code for a in own.values() if a.name == "서울특별시")
    assert any("--home" in note.sentence for note in first.notes)
    lower = proposed(store, [file(KOREA)], lowest="township")
    assert shape(lower) == {"province": 3, "county": 4, "township": 7}


TAIWAN = "縣市,鄉鎮,村里,代碼\n" + "".join(
    f"{county},{town},{village},{code}0{number}\n"
    for county, town, code in (("連江縣", "南竿鄉", "0900701"), ("連江縣", "北竿鄉", "0900702"))
    for number, village in enumerate(("介壽村", "復興村", "福沃村", "清水村"), 1)
)
JAPAN = "団体コード,都道府県名,市区町村名,町丁名\n" + "".join(
    f"1310{t}0{n},東京都,{town},{name}\n"
    for t, town in ((1, "千代田区"), (2, "中央区"))
    for n, name in enumerate(("日本橋", "神田", "一番町"), 1)
)
FRANCE = "code;région;département;commune\n" + "".join(
    f"0{d}00{n};Rhône-Alpes;{dep};{name}\n"
    for d, dep in ((1, "Isère"), (2, "Drôme"))
    for n, name in enumerate(("Évian", "Crépy", "Saint-Étienne"), 1)
)


@pytest.mark.parametrize(
    ("text", "encoding", "counts"),
    [
        (KOREA, "cp949", {"county": 3, "township": 4, "village": 7}),
        (TAIWAN, "big5", {"county": 1, "township": 2, "village": 8}),
        (JAPAN, "cp932", {"county": 1, "township": 2, "village": 6}),
        (FRANCE, "cp1252", {"county": 1, "township": 2, "village": 6}),
    ],
)
def test_other_encodings_are_told_by_their_letters(
    store: Store, text: str, encoding: str, counts: dict[str, int]
) -> None:
    made = proposed(store, [file(text, encoding)])
    assert shape(made) == counts
    assert made.registers == proposed(store, [file(text)]).registers
    assert any(note.sentence.startswith("编码取") for note in made.notes)


def test_columns_that_are_named_are_taken(store: Store) -> None:
    text = "甲,乙,丙\n01,x,东镇\n02,y,西乡\n"
    made = proposed(store, [file(text)], Named(codes=("甲",), names=("丙",)))
    assert {(a.area_code, a.name) for a in made.registers.areas if a.level == "township"} == {
        ("01", "东镇"), ("02", "西乡"),
    }  # fmt: skip


def test_headers_tell_levels_of_which_each_has_one_area(store: Store) -> None:
    text = "시도명,시군구명,읍면동명\n서울특별시,종로구,청운동\n서울특별시,종로구,신교동\n"
    assert shape(proposed(store, [file(text)])) == {"county": 1, "township": 1, "village": 2}
    made = proposed(store, [file("村,乡\n王家湾,东镇\n李家湾,东镇\n张家坡,西镇\n")])
    assert shape(made) == {"county": 1, "township": 2, "village": 3}
    assert made.registers.home == "990101"


def test_a_parent_may_be_named_where_nothing_has_a_code(store: Store) -> None:
    made = proposed(store, [file("名称,上级\n甲县,\n东镇,甲县\n西镇,甲县\n一村,东镇\n二村,东镇\n")])
    assert shape(made) == {"county": 1, "township": 2, "village": 2}


def test_an_analysts_lines_stay(store: Store) -> None:
    change(store, proposed(store, [file(POINTING)]).texts, "登记")
    path = store.root / "areas.csv"
    text = path.read_text("utf-8").replace("0101,01,township,东镇", "0101,01,township,东大镇")
    text += "0103,01,township,南镇,镇,2001-01-01,\n"
    path.write_text(text, "utf-8")
    made = proposed(opened(store.root), [file(POINTING)])
    areas = {a.area_code: a.name for a in made.registers.areas}
    assert areas["0103"] == "南镇" and areas["0101"] == "东大镇"
    assert [(a.area_code, a.alias) for a in made.registers.aliases] == [("0101", "东镇")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("代码,名称\n01,东镇\n01,西乡\n02,南镇\n", "代码 01 是两个单位的"),
        ("代码,名称,上级代码\n01,甲镇,02\n02,乙镇,01\n03,丙镇,01\n", "绕回了自己"),
        ("代码,名称,上级代码\n01,甲县,\n0101,东镇,01\n010101,一村,0199\n", "0199 不在名单里"),
        ("省,市,县,乡,村\n甲省,乙市,丙县,丁乡,一村\n甲省,乙市,丙县,丁乡,二村\n", "共有 5 级"),
        ("数一,数二\n1,2\n3,4\n", "认不出哪一列"),
        ("代码,名称\n", "没有数据行"),
        ("姓名,身份证号,代码\n张三,110101199003078515,01\n", "个人"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_nothing_is_written(
    store: Store, text: str, words: str
) -> None:
    before = (store.root / "areas.csv").read_bytes()
    with pytest.raises(ShortplankError, match=words) as raised:
        proposed(store, [file(text)])
    assert raised.value.sentence.count("。") <= 2 and "\n" not in raised.value.sentence
    assert (store.root / "areas.csv").read_bytes() == before


def test_a_home_that_is_none_is_told(store: Store) -> None:
    with pytest.raises(ShortplankError, match="没有县 乙县"):
        proposed(store, [file(POINTING)], home="乙县")
