"""A table as HTML: what is in its cells, its pages, and that nothing is left out silently."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow as pa
import pytest

from shortplank.frame import open_page
from shortplank.frame.made import parts
from shortplank.frame.table.html_table import MOST, PAGE_ROWS, html_table
from shortplank.store import engine
from tests.pages.apps import opened, tables, text


def made(table: pa.Table, **changes: object) -> str:
    asked = {"key": "page-table", "name": "各乡镇", "paper": "#FFFFFF", **changes}
    return str(html_table(table, **asked))  # type: ignore[arg-type]


def cells(body: str) -> list[str]:
    """Return the cells below the headings, as they are written."""
    return re.findall(r"<t[hd](?: scope=\"row\")?[^>]*>.*?</t[hd]>", body.split("</thead>")[1])


def test_numbers_keep_their_value_and_nothing_is_no_number() -> None:
    table = pa.table(
        {
            "乡镇": ["甲", "<b>乙</b>", None],
            "个数": pa.array([12345, None, 0], pa.int64()),
            "率": pa.array([12.345678, float("nan"), 5.0]),
        }
    )
    assert cells(made(table)) == [
        '<th scope="row">甲</th>',
        '<td class="n">12345</td>',
        '<td class="n" data-v="12.345678">12.35</td>',
        '<th scope="row">&lt;b&gt;乙&lt;/b&gt;</th>',
        '<td class="n" data-v="">–</td>',
        '<td class="n" data-v="">–</td>',
        '<th scope="row" data-v="">–</th>',
        '<td class="n">0</td>',
        '<td class="n">5.00</td>',
    ]


def test_headings_are_buttons_and_the_box_is_named() -> None:
    body = made(pa.table({"乡镇": ['"甲"'], "率": [0.5]}), name="排名<1>", height=320)
    assert 'tabindex="0" role="region" aria-label="排名&lt;1&gt;，1 行"' in body
    assert '<th scope="col" aria-sort="none"><button type="button">乡镇</button></th>' in body
    assert '<th scope="col" aria-sort="none" class="n"><button type="button">率</button>' in body
    assert "--most:320px" in body and "data-turn" not in body and "data-picks" not in body


@pytest.mark.parametrize(("rows", "pages"), [(1, 1), (PAGE_ROWS, 1), (PAGE_ROWS + 1, 2), (950, 10)])
def test_a_long_table_has_pages_and_all_its_rows(rows: int, pages: int) -> None:
    body = made(pa.table({"村": [f"第{n}村" for n in range(rows)]}))
    assert body.count('<tbody class="now">') == 1
    assert body.count("<tbody") == pages and body.count('<th scope="row">') == rows
    assert ("下一页" in body) == (pages > 1)
    if pages > 1:
        assert f"第 <b>1</b> 页 共 {pages} 页" in body


def test_rows_that_are_picked_have_a_button_with_their_number() -> None:
    body = made(pa.table({"级别": ["错误", "提示"]}), picks=True)
    assert re.findall(r'data-row="(\d)" aria-pressed="false">(\w+)<', body) == [
        ("0", "错误"),
        ("1", "提示"),
    ]


def test_the_most_rows_are_a_document_of_a_sensible_size() -> None:
    """A list of villages with twelve columns, as long as a page shows it: below a megabyte."""
    villages = {"村": [f"第{n}村" for n in range(MOST)]}
    numbers = {f"数{at}": [n * 1.37 + at for n in range(MOST)] for at in range(11)}
    assert len(made(pa.table({**villages, **numbers})).encode()) < 1_000_000


def test_rows_that_are_left_out_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "MOST", 10)
    engine().kept.clear()  # what was made for an earlier test has all rows
    try:
        test = opened("rankings", month="2010-05")
    finally:
        engine().kept.clear()
    assert len(tables(test)[0]) == 10
    assert "共 16 行，下表列前 10 行，全部见下载" in text(test)


def test_the_script_and_the_server_agree_on_what_is_nothing() -> None:
    script = Path(open_page.__file__).parents[1] / "gate" / "assets" / "tables.js"
    assert 'text === "–"' in script.read_text("utf-8")
