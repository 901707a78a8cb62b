"""Files made at random from the words of six regions: levels, months, marks, sums, shapes."""

from __future__ import annotations

import random
from dataclasses import dataclass

from tests.ingest.drafting.shapes import Cell, workbook

Unit = tuple[str, ...]


@dataclass(frozen=True)
class Region:
    """How files of a region are written; headers and endings of areas from the lowest level up."""

    encodings: tuple[str, ...]
    heads: tuple[tuple[str, ...], ...]
    endings: tuple[str, ...]
    counts: tuple[str, ...]
    total: str
    months: tuple[str, ...]
    month: str
    code: str
    long: tuple[str, str]
    stems: str


REGIONS = (
    Region(
        ("utf-8", "gb18030", "utf-16"),
        (("村名", "乡镇名称", "县"), ("单位名称",), ("社区", "街道")), ("村", "镇", "县"),
        ("出生人数", "死亡人数", "迁入人数", "门诊人次"), "合计",
        ("2024年{m}月", "2024{m:02}", "2024/{m}"), "月份", "代码", ("指标", "数值"),
        "东西南北上下大小新老",
    ),
    Region(
        ("utf-8-sig", "big5"), (("村里", "鄉鎮市區", "縣市"),), ("里", "鎮", "縣"),
        ("出生數", "死亡數", "遷入人數", "結婚對數"), "總計", ("113{m:02}", "113年{m}月"),
        "統計年月",
        "代碼", ("項目", "數值"), "東西南北上下大小新老",
    ),
    Region(
        ("cp949", "utf-8"), (("읍면동", "시군구", "시도"), ("행정동명",)), ("동", "구", "시"),
        ("출생아수", "사망자수", "전입", "전출"), "합계", ("2024년 {m}월", "2024.{m:02}"),
        "기준년월",
        "행정동코드", ("항목", "값"), "가나다라마바사아자차",
    ),
    Region(
        ("cp932", "utf-8"), (("市区町村名", "都道府県名"), ("市町村",)), ("町", "県"),
        ("出生数", "死亡数", "転入者数", "婚姻件数"), "合計", ("令和6年{m}月", "R6.{m}"), "年月",
        "団体コード", ("項目", "値"), "東西南北上下大小新本",
    ),
    Region(
        ("latin-1", "utf-8"), (("Commune", "Département"), ("Établissement",)), ("é", "ç"),
        ("Naissances", "Décès", "Mariages", "Entrées"), "Total", ("2024-{m:02}", "{m:02}/2024"),
        "Mois", "Code INSEE", ("Indicateur", "Valeur"), "ABCDEFGHIJ",
    ),
    Region(
        ("utf-8", "utf-16"), (("Ward", "District"), ("Organisation name",)), ("ton", "shire"),
        ("Births", "Deaths", "Attendances", "Admissions"), "Total", ("2024-{m:02}", "2024M{m:02}"),
        "Month", "Area code", ("Indicator", "Value"), "ABCDEFGHIJ",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class MadeUp:
    """A file, and the counts of each month and line in it, in no order."""

    name: str
    data: bytes
    figures: list[tuple[str, tuple[int, ...]]]


def made_up(seed: int) -> MadeUp:
    """Return the file of a seed."""
    return _Making(random.Random(seed)).file()


class _Making:
    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.region = chance.choice(REGIONS)
        self.heads = chance.choice(self.region.heads)
        self.months = sorted(chance.sample(range(1, 13), chance.randint(1, 4)))
        shapes = ["wide", "wide", "long", "across"] if len(self.months) > 1 else ["wide", "long"]
        self.shape = chance.choice(shapes)
        self.style = chance.choice(self.region.months)
        least = 1 if self.shape == "across" else 2
        most = 1 if self.shape == "across" else len(self.region.counts)
        self.counts = chance.sample(self.region.counts, chance.randint(least, most))
        self.units = self._units(len(self.heads) - 1, ())
        self.coded, self.dashed = chance.random() < 0.5, chance.random() < 0.3
        self.summed, self.added = chance.random() < 0.4, chance.random() < 0.4
        self.held = {
            (m, u): tuple(
                0 if chance.random() < 0.1 else chance.randint(1, 5_000) for _ in self.counts
            )
            for m in self.months
            for u in self.units
        }

    def _units(self, depth: int, above: Unit) -> list[Unit]:
        stems, found = self.region.stems, []
        for i in range(self.chance.randint(2, 4)):
            name = stems[(i + len(above)) % 10] + stems[(3 * i + depth) % 10]
            own = (*above, name + self.region.endings[depth])
            found += [own] if not depth else self._units(depth - 1, own)
        return found

    def file(self) -> MadeUp:
        """Return the file."""
        rows = {"wide": self._wide, "long": self._long, "across": self._across}[self.shape]()
        figures = [(f"2024-{m:02}", tuple(sorted(v))) for (m, _), v in self.held.items()]
        if self.chance.random() < 0.25:
            return MadeUp("report.xlsx", workbook({"S": rows}, {}), figures)
        mark = self.chance.choice(",;\t|")
        lines = [mark.join(f'"{c}"' if mark in str(c) else str(c) for c in row) for row in rows]
        data = "\n".join(lines).encode(self.chance.choice(self.region.encodings))
        return MadeUp("report.csv", data, figures)

    def _said(self, month: int) -> str:
        return self.style.format(m=month)

    def _cell(self, value: int) -> Cell:
        return "-" if self.dashed and not value else value

    def _head(self, *more: str) -> list[Cell]:
        code = [self.region.code] if self.coded else []
        return [*code, *reversed(self.heads), *more]

    def _left(self, unit: Unit) -> list[Cell]:
        code = [f"26{self.units.index(unit) + 1_001:05}7"] if self.coded else []
        return [*code, *unit]

    def _wide(self) -> list[list[Cell]]:
        total = [self.region.total] if self.added else []
        rows = [self._head(self.region.month, *self.counts, *total)]
        for month in self.months:
            lines = [(self._left(unit), self.held[month, unit]) for unit in self.units]
            if self.summed:
                all_ = tuple(sum(column) for column in zip(*(v for _, v in lines), strict=True))
                blank = [""] * (len(self.heads) - 1)
                lines.append(([*([""] if self.coded else []), self.region.total, *blank], all_))
            for left, values in lines:
                cells = [self._cell(v) for v in values]
                more = [self._cell(sum(values))] if self.added else []
                rows.append([*left, self._said(month), *cells, *more])
        return rows

    def _long(self) -> list[list[Cell]]:
        rows = [self._head(self.region.month, *self.region.long)]
        for (month, unit), values in self.held.items():
            for count, value in zip(self.counts, values, strict=True):
                rows.append([*self._left(unit), self._said(month), count, self._cell(value)])
        return rows

    def _across(self) -> list[list[Cell]]:
        rows = [self._head(*map(self._said, self.months))]
        for unit in self.units:
            cells = [self._cell(self.held[m, unit][0]) for m in self.months]
            rows.append([*self._left(unit), *cells])
        return rows
