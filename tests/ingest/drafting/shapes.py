"""Files of many regions' shapes, made up, each with the figures that a right reading gives."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field

import xlsxwriter

Figures = dict[tuple[str, str], tuple[int | None, ...]]
Cell = str | int | float


@dataclass(frozen=True)
class Shape:
    """A file, and what is in it: by month and unit (its code, else its name) the counts in order.

    ``labels`` are the headings of these counts.
    """

    name: str
    data: bytes
    figures: Figures
    labels: tuple[str, ...]
    level: str = "township"
    encoding: str | None = None
    more: dict[str, str] = field(default_factory=dict)


def workbook(
    sheets: dict[str, list[list[Cell]]], merges: dict[str, list[tuple[int, int, int, int, str]]]
) -> bytes:
    """Return an .xlsx file of some sheets, with ranges that are merged."""
    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink, {"in_memory": True}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for r, row in enumerate(rows):
                for c, value in enumerate(row):
                    if value != "":
                        sheet.write(r, c, value)
            for top, left, bottom, right, text in merges.get(name, []):
                sheet.merge_range(top, left, bottom, right, text)
    return sink.getvalue()


def _text(rows: list[list[Cell]], mark: str = ",") -> str:
    return "\r\n".join(mark.join(str(cell) for cell in row) for row in rows) + "\r\n"


def korea() -> Shape:
    """Legal dongs, cp949: three levels of names, 2024년 1월, dashes for none, a total row."""
    head: list[Cell] = [
        "시도명",
        "시군구명",
        "읍면동명",
        "법정동코드",
        "기준연월",
        "출생자수(남)",
        "출생자수(여)",
        "출생자수 계",
    ]
    rows: list[list[Cell]] = [head]
    figures: Figures = {}
    for month in ("2024년 1월", "2024년 2월"):
        for n, (county, dong) in enumerate(
            [("중구", "신당동"), ("중구", "명동"), ("종로구", "사직동"), ("종로구", "삼청동")]
        ):
            boys, girls = n + 2, 3 - n if n < 3 else 1
            code = f"11{110 + 30 * (county == '중구')}{101 + n}00"
            rows.append(["서울특별시", county, dong, code, month, boys, girls or "-", boys + girls])
            figures[f"2024-0{month[6]}", code] = (boys, girls)
    return Shape(
        "출생_읍면동.csv", _text(rows).encode("cp949"), figures,
        ("출생자수(남)", "출생자수(여)"), "township", "cp949",
    )  # fmt: skip


def taiwan() -> Shape:
    """Villages, Big5: years of the Republic, site and village, a total that is the sum."""
    rows: list[list[Cell]] = [
        ["統計年月", "區域別代碼", "區域別", "村里", "出生數", "出生數-男", "出生數-女", "死亡數"]
    ]
    figures: Figures = {}
    for month in ("11301", "11302"):
        for n, (site, village) in enumerate(
            [("連江縣南竿鄉", "介壽村"), ("連江縣南竿鄉", "復興村"), ("連江縣北竿鄉", "塘岐村"),
             ("連江縣北竿鄉", "后沃村")]
        ):  # fmt: skip
            code = f"0900701{int(n > 1)}{n + 1:03}"
            rows.append([month, code, site, village, 2 * n + 1, n, n + 1, 3 * n])
            figures[f"2024-{month[3:]}", code] = (n, n + 1, 3 * n)
    return Shape(
        "村里動態.csv", _text(rows).encode("big5"), figures,
        ("出生數-男", "出生數-女", "死亡數"), "village", "big5",
    )  # fmt: skip


def japan() -> Shape:
    """Municipalities, Shift_JIS with tabs: the month of an era above, units and notes around."""
    rows: list[list[Cell]] = [
        ["人口動態統計月報 令和6年3月分"],
        ["単位：人"],
        ["団体コード", "市区町村名", "出生数", "死亡数", "婚姻件数"],
        ["131016", "千代田区", 40, "1,012", 12],
        ["131024", "中央区", 55, 61, 10],
        ["131032", "港区", "…", 58, 9],
        ["計", "", 95, "1,131", 31],
        ["資料：都統計課"],
    ]
    figures: Figures = {
        ("2024-03", "131016"): (40, 1012, 12),
        ("2024-03", "131024"): (55, 61, 10),
        ("2024-03", "131032"): (None, 58, 9),
    }
    data = _text([[f'"{c}"' if "," in str(c) else c for c in r] for r in rows], "\t")
    return Shape(
        "doutai.txt", data.encode("cp932"), figures, ("出生数", "死亡数", "婚姻件数"),
        "township", "cp932",
    )  # fmt: skip


def mainland() -> Shape:
    """A county's workbook in GB18030 as CSV: merged levels in two rows, 合计, signatures below."""
    rows: list[list[Cell]] = [
        ["云溪县2024年3月人口变动情况统计表", "", "", "", "", "", ""],
        ["填报单位：县统计办", "", "", "", "", "单位：人", ""],
        ["序号", "乡镇", "村", "出生人数", "", "死亡人数", "迁入人数"],
        ["", "", "", "男", "女", "", ""],
        [1, "清河镇", "东岭村", 3, 2, 4, 1],
        [2, "清河镇", "西岭村", 5, 1, 0, 0],
        [3, "柳林乡", "上柳村", 0, 2, 1, 6],
        ["", "合计", "", 8, 5, 5, 7],
        ["单位负责人：", "", "填表人：", "", "报出日期：2024年4月5日", "", ""],
    ]
    figures: Figures = {
        ("2024-03", "东岭村"): (3, 2, 4, 1),
        ("2024-03", "西岭村"): (5, 1, 0, 0),
        ("2024-03", "上柳村"): (0, 2, 1, 6),
    }
    labels = ("出生人数/男", "出生人数/女", "死亡人数", "迁入人数")
    return Shape(
        "人口变动.csv", _text(rows).encode("gb18030"), figures, labels, "village", "gb18030"
    )


def france() -> Shape:
    """Communes, Latin-1 with semicolons: months in words, a rate, blanks between the thousands."""
    rows: list[list[Cell]] = [
        ["Département", "Code commune", "Commune", "Mois", "Naissances", "Décès", "Taux (%)"]
    ]
    figures: Figures = {}
    for m, month in enumerate(("janvier 2024", "février 2024"), start=1):
        for n, (code, name) in enumerate(
            [("63001", "Saint-Étienne"), ("63002", "Évaux"), ("63003", "Bréal")]
        ):
            births, deaths = 10 * n + m, 1200 + n
            shown = f"{deaths // 1000} {deaths % 1000:03}"
            rows.append(["Puy-de-Dôme", code, name, month, births, shown, "12,5"])
            figures[f"2024-0{m}", code] = (births, deaths)
    return Shape(
        "etat_civil.csv", _text(rows, ";").encode("latin-1"), figures, ("Naissances", "Décès"),
        "township", "cp1252",
    )  # fmt: skip


def england() -> Shape:
    """Organisations, UTF-8, long: a column of types beside two counts; rows that are not there."""
    rows: list[list[Cell]] = [["period", "org_code", "type", "attendances", "admissions"]]
    figures: Figures = {}
    for month in ("2017-03-01", "2017-04-01"):
        for n, org in enumerate(("RF4", "R1H", "RQM")):
            rows.append([month, org, "1", f"{100 + n}.0", f"{n}.0"])
            first = (100 + n, n)
            if n != 1:
                rows.append([month, org, "other", f"{20 + n}.0", "0.0"])
            other = (20 + n, 0) if n != 1 else (None, None)
            figures[month[:7], org] = (*first, *other)
    labels = ("1/attendances", "1/admissions", "other/attendances", "other/admissions")
    return Shape("ae.csv", _text(rows).encode("utf-8-sig"), figures, labels, "township", "utf-8")


def across() -> Shape:
    """Months side by side, UTF-16 with tabs; the year above, a total of the year at the end."""
    months = [f"{m}月" for m in range(1, 7)]
    rows: list[list[Cell]] = [
        ["2024年各区门诊人次"],
        ["地区代码", "地区", *months, "合计"],
    ]
    figures: Figures = {}
    for n, (code, name) in enumerate([("3301", "东城区"), ("3302", "西城区"), ("3303", "南城区")]):
        counts = [100 * n + m for m in range(1, 7)]
        rows.append([code, name, *counts, sum(counts)])
        figures |= {(f"2024-0{m}", code): (counts[m - 1],) for m in range(1, 7)}
    return Shape(
        "outpatients.txt", _text(rows, "\t").encode("utf-16"), figures, ("各区门诊人次",),
        "township", "utf-16",
    )  # fmt: skip


def two_columns() -> Shape:
    """Year and month in two columns, measures in rows: 指标 and 数值."""
    rows: list[list[Cell]] = [["年份", "月份", "县", "乡镇", "指标", "数值"]]
    figures: Figures = {}
    for month in (11, 12):
        for n, town in enumerate(("青山镇", "白水乡", "红岩乡")):
            rows.append([2023, month, "平江县", town, "出生人数", 5 + n])
            rows.append([2023, month, "平江县", town, "死亡人数", n])
            figures[f"2023-{month}", town] = (5 + n, n)
    return Shape(
        "long.csv", _text(rows).encode(), figures, ("出生人数", "死亡人数"), "township", "utf-8"
    )


def sheets() -> Shape:
    """A workbook with a sheet a month: a title, two levels merged, a row of English, notes."""
    merges = {}
    pages: dict[str, list[list[Cell]]] = {}
    figures: Figures = {}
    for m in (1, 2):
        name = f"2024-0{m}"
        pages[name] = [
            ["街道门诊服务月报"],
            ["街道", "门诊", "", "住院"],
            ["", "人次", "其中急诊", ""],
        ]
        merges[name] = [(1, 0, 2, 0, "街道"), (1, 1, 1, 2, "门诊"), (1, 3, 2, 3, "住院")]
        for n, street in enumerate(("长宁街道", "永安街道", "新华街道")):
            pages[name].append([street, 500 + 10 * n + m, 30 + n, 7 * n])
            figures[name, street] = (500 + 10 * n + m, 30 + n, 7 * n)
        pages[name] += [["合计", 1530 + 3 * m, 93, 21], ["注：数据来自各街道卫生服务中心。"]]
    data = workbook(pages, merges)
    return Shape("月报.xlsx", data, figures, ("门诊/人次", "门诊/其中急诊", "住院"), "township")


SHAPES: dict[str, Callable[[], Shape]] = {
    made.__name__: made
    for made in (
        korea, taiwan, japan, mainland, france, england, across, two_columns, sheets,
    )
}  # fmt: skip


def legal_dongs() -> Shape:
    """Legal dongs as Korea publishes them: four levels of names, most without a ri, a total."""
    head: list[Cell] = [
        "법정동코드", "통계년월", "시도명", "시군구명", "읍면동명", "리명", "계", "남자", "여자",
    ]  # fmt: skip
    rows = [head]
    figures: Figures = {}
    places = [
        ("1111010100", "종로구", "청운동", ""),
        ("1111010200", "종로구", "신교동", ""),
        ("4182025021", "가평군", "가평읍", "읍내리"),
        ("4182025022", "가평군", "가평읍", "대곡리"),
        ("4182025321", "가평군", "설악면", "신천리"),
    ]
    for month in ("202401", "202402", "202403"):
        for n, (code, county, town, ri) in enumerate(places):
            province = "서울특별시" if code.startswith("11") else "경기도"
            boys, girls = n + int(month[-1]), 4 - n % 4
            rows.append([code, month, province, county, town, ri, boys + girls, boys, girls])
            figures[f"2024-{month[4:]}", code] = (boys, girls)
    return Shape(
        "출생등록자수.csv", _text(rows).encode("cp949"), figures, ("남자", "여자"), "village",
        "cp949",
    )  # fmt: skip


def months_and_counts() -> Shape:
    """Months and counts in one header: 2024년01월_출생자수; thousands grouped; names unheaded."""
    kinds, months = ("출생자수", "사망자수"), ("2024년01월", "2024년02월")
    head: list[Cell] = ["", *(f"{month}_{kind}" for month in months for kind in kinds)]
    rows = [head]
    figures: Figures = {}
    for n, name in enumerate(("사직동", "삼청동", "부암동")):
        counts = [1_000 * (n + 1) + c for c in range(4)]
        rows.append([name, *(f'"{count:,}"' for count in counts)])
        figures |= {("2024-01", name): tuple(counts[:2]), ("2024-02", name): tuple(counts[2:])}
    return Shape("dong.csv", _text(rows).encode(), figures, kinds, "township", "utf-8")


def merged_down() -> Shape:
    """A workbook whose townships are merged down over their villages; months as date cells."""
    rows: list[list[Cell]] = [
        ["各村计划免疫月报表"],
        ["乡镇", "村", "所属期", "应种人数（人）", "实种人数（人）", "接种率%"],
    ]
    figures: Figures = {}
    for n, (town, village) in enumerate(
        [("东湖镇", "李庄村"), ("", "王庄村"), ("", "赵庄村"), ("西河乡", "孙庄村"), ("", "钱庄村")]
    ):
        rows.append([town, village, "2024年5月", 20 + n, 18 + n, 90.5])
        figures["2024-05", village] = (20 + n, 18 + n)
    rows.append(["总计", "", "", 110, 100, ""])
    merges = {"Sheet1": [(2, 0, 4, 0, "东湖镇"), (5, 0, 6, 0, "西河乡")]}
    return Shape(
        "免疫.xlsx", workbook({"Sheet1": rows}, merges), figures,
        ("应种人数（人）", "实种人数（人）"), "village",
    )  # fmt: skip


def quarters() -> Shape:
    """Quarters, Windows-1251 with bars; a mark for what is withheld."""
    rows: list[list[Cell]] = [["Район", "Период", "Родилось", "Умерло"]]
    figures: Figures = {}
    for q in (1, 2):
        for n, name in enumerate(("Ленинский", "Кировский", "Октябрьский")):
            rows.append([name, f"2024Q{q}", 30 + n, "*" if n == 1 else 10 * q + n])
            figures[f"2024-0{3 * q}", name] = (30 + n, None if n == 1 else 10 * q + n)
    return Shape(
        "рождаемость.csv", _text(rows, "|").encode("cp1251"), figures, ("Родилось", "Умерло"),
        "township", "cp1251",
    )  # fmt: skip


def sexes() -> Shape:
    """US days of a month's beginning, a column of sexes, one value; subtotals of each county."""
    rows: list[list[Cell]] = [["County", "Town", "Month", "Sex", "Deaths"]]
    figures: Figures = {}
    for month in (1, 2, 3):
        for sex in ("Female", "Male"):
            total = 0
            for n, town in enumerate(("Ayr", "Bute", "Clyde")):
                value = 5 * n + month + (sex == "Male")
                total += value
                rows.append(["Kyle", town, f"{month}/1/2024", sex, value])
                own = figures.get((f"2024-0{month}", town), ())
                figures[f"2024-0{month}", town] = (*own, value)
            rows.append(["Kyle", "Total", f"{month}/1/2024", sex, total])
    return Shape(
        "deaths.csv", _text(rows, ";").encode("utf-16"), figures, ("Female", "Male"),
        "township", "utf-16",
    )  # fmt: skip


def counts_and_months() -> Shape:
    """A column of counts beside months side by side, in Big5; villages of one name, no codes."""
    rows: list[list[Cell]] = [["縣市", "鄉鎮市區", "項目", "11301", "11302", "11303"]]
    figures: Figures = {}
    for n, town in enumerate(("南竿鄉", "北竿鄉", "莒光鄉")):
        for k, kind in enumerate(("出生數", "死亡數")):
            counts = [10 * n + 3 * k + m for m in range(3)]
            rows.append(["連江縣", town, kind, *counts])
            for m, count in enumerate(counts, start=1):
                own = figures.get((f"2024-0{m}", town), ())
                figures[f"2024-0{m}", town] = (*own, count)
    return Shape(
        "項目.csv", _text(rows).encode("big5"), figures, ("出生數", "死亡數"), "township", "big5"
    )  # fmt: skip


SHAPES |= {
    made.__name__: made
    for made in (legal_dongs, months_and_counts, merged_down, quarters, sexes, counts_and_months)
}
