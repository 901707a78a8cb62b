"""A form is drafted from a file of any shape, accepted, and imports that file exactly."""

from __future__ import annotations

from pathlib import Path

import pytest

from shortplank.ingest import Upload
from shortplank.ingest.drafting.draft import draft_file
from shortplank.ingest.drafting.explaining import explained
from shortplank.ingest.grid import Unreadable
from tests.ingest.drafting.registered import accepted, blank, imported, opened, register
from tests.ingest.drafting.shapes import SHAPES, Cell, workbook


@pytest.mark.parametrize("name", SHAPES)
def test_what_is_drafted_imports_its_own_file(name: str, tmp_path: Path) -> None:
    shape = SHAPES[name]()
    root, upload = blank(tmp_path / "w"), Upload(shape.name, shape.data)
    made, written = accepted(root, [upload])
    assert tuple(m.label for m in written.measures) == shape.labels
    assert made.first.areas.level == shape.level
    assert written.form.reading is not None
    assert written.form.reading.encoding == shape.encoding
    called = register(root, upload, written.key)
    assert imported(root, [upload], written.key, called) == shape.figures


@pytest.mark.parametrize("name", SHAPES)
def test_a_draft_says_each_guess_and_writes_nothing(name: str) -> None:
    shape = SHAPES[name]()
    draft = draft_file(Upload(shape.name, shape.data))
    keys = [guess.key for guess in draft.guesses]
    assert {"head", "month", "level"} <= set(keys)
    assert all(column.letter in keys for column in draft.table.columns if column.path)


@pytest.mark.parametrize("name", ["korea", "taiwan", "japan", "mainland", "france"])
def test_the_right_encoding_is_best_by_far(name: str) -> None:
    shape = SHAPES[name]()
    found = explained(shape.data)
    assert found[0].encoding == shape.encoding
    assert all(other.score < found[0].score - 0.2 for other in found[1:])


def test_a_file_in_another_encoding_is_told_so(tmp_path: Path) -> None:
    from shortplank.ingest import check_batch

    shape = SHAPES["korea"]()
    root = blank(tmp_path / "w")
    accepted(root, [Upload(shape.name, shape.data)])
    other = shape.data.decode("cp949").encode("utf-8")
    batch = check_batch(opened(root), [Upload("other.csv", other)])
    (said,) = [f for f in batch.findings if f.severity == "error"]
    assert said.code == "encoding"
    assert "UTF-8" in said.message and "CP949" in said.message


def test_a_new_column_is_an_error_and_not_passed_over(tmp_path: Path) -> None:
    from shortplank.ingest import check_batch

    shape = SHAPES["france"]()
    root = blank(tmp_path / "w")
    _, written = accepted(root, [Upload(shape.name, shape.data)])
    register(root, Upload(shape.name, shape.data), written.key)
    lines = shape.data.decode("latin-1").splitlines()
    wider = "\r\n".join([lines[0] + ";Mariages", *(line + ";3" for line in lines[1:])])
    batch = check_batch(opened(root), [Upload("x.csv", wider.encode("latin-1"))])
    assert [f.code for f in batch.findings if f.severity == "error"] == ["unknown_header"]


def test_sums_that_do_not_add_up_stop_the_import(tmp_path: Path) -> None:
    from shortplank.ingest import check_batch

    shape = SHAPES["japan"]()
    root = blank(tmp_path / "w")
    upload = Upload(shape.name, shape.data)
    _, written = accepted(root, [upload])
    register(root, upload, written.key)
    wrong = shape.data.decode("cp932").replace("計\t\t95", "計\t\t96").encode("cp932")
    batch = check_batch(opened(root), [Upload(shape.name, wrong)])
    assert [f.code for f in batch.findings if f.severity == "error"] == ["total_row_differs"]


# --- files that make no form ----------------------------------------------------------------------
PEOPLE = "姓名,身份证号,电话,出生日期\n" + "\n".join(
    f"张三{n},11010119900101{n:04},1380013800{n},1990-01-0{n + 1}" for n in range(5)
)
TOWNS = ("清河镇", "柳林乡", "白水乡", "红岩乡")


def _lines(head: str, *rows: str) -> bytes:
    return "\n".join([head, *rows]).encode()


HOSTILE: dict[str, tuple[str, bytes, str]] = {
    "people": ("名单.csv", PEOPLE.encode(), "个人"),
    "empty": ("空.csv", b"", "空文件"),
    "blank": ("blank.csv", b" \n \n", "空文件"),
    "image": ("图.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, "编码"),
    "words": ("字.csv", "通知\n各单位请于月底前上报\n谢谢".encode(), "没有找到表"),
    "percent": (
        "率.csv",
        _lines(
            "乡镇,月份,及时率(%),合格率",
            *(f"{t},2024-01,9{n}.5,8{n}%" for n, t in enumerate(TOWNS)),
        ),
        "没有计数",
    ),
    "no month": (
        "表.csv",
        _lines("乡镇,出生,死亡", *(f"{t},3,{n}" for n, t in enumerate(TOWNS))),
        "月份",
    ),
    "only years": (
        "表.csv",
        _lines("年份,乡镇,出生,死亡", *(f"2024,{t},3,{n}" for n, t in enumerate(TOWNS))),
        "年份",
    ),
    "no area": ("表.csv", _lines("月份,出生,死亡", "2024-01,3,4", "2024-02,5,6"), "单位"),
    "days": (
        "visits.csv",
        _lines("site,date,seen,treated", *(f"A{n},{n + 3:02}/05/2024,{n},1" for n in range(9))),
        "逐日",
    ),
    "page": ("x.xls", b"<html><table><tr><td>1</td></tr></table></html>", "网页"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_makes_no_form_is_said_in_one_sentence(name: str, tmp_path: Path) -> None:
    file, data, words = HOSTILE[name]
    with pytest.raises(Unreadable) as fault:
        draft_file(Upload(file, data))
    assert words in fault.value.message
    assert fault.value.message.count("。") <= 2


def test_a_wide_huge_file_is_refused_in_words() -> None:
    data = ("a," * 20_000 + "\n" + "1," * 20_000).encode()
    with pytest.raises(Unreadable) as fault:
        draft_file(Upload("huge.csv", data))
    assert fault.value.code == "too_large"


def test_a_workbook_of_pictures_alone_has_no_table() -> None:
    rows: list[list[Cell]] = [["会议照片"], [""]]
    with pytest.raises(Unreadable) as fault:
        draft_file(Upload("照片.xlsx", workbook({"图": rows}, {})))
    assert "没有找到表" in fault.value.message


def test_a_village_is_no_sum_of_its_neighbours_by_chance(tmp_path: Path) -> None:
    """65000190010 begins 65000190011 without its zeros, and had a death as one neighbour had."""
    rows = [
        f"2018-01,650001900{n:02d},{name}里,{births},{deaths}"
        for n, name, births, deaths in (
            (9, "石碇", 3, 4), (10, "豐林", 0, 1), (11, "烏塗", 0, 1), (12, "中民", 0, 0),
            (20, "永定", 0, 2), (21, "豐田", 1, 1), (22, "彭山", 2, 0),
        )
    ]  # fmt: skip
    text = "\n".join(["統計年月,區域別代碼,村里,出生數,死亡數", *rows]) + "\n"
    root, upload = blank(tmp_path / "w"), Upload("2018-01.csv", text.encode())
    _, written = accepted(root, [upload])
    assert written.form.reading is not None
    assert (written.form.reading.sum_rows, written.form.reading.skip_rows) == ((), ())
    called = register(root, upload, written.key)
    assert len(imported(root, [upload], written.key, called)) == len(rows)
