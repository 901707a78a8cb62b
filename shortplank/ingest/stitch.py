"""续表: a table that goes on below under its header again, laid together as one grid."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa

from shortplank.ingest.findings import Findings
from shortplank.ingest.grid import Grid, Place
from shortplank.ingest.header import Block, find_block, header_texts, path_of
from shortplank.ingest.text import name_key
from shortplank.ingest.words import Words

_FEWEST_KNOWN = 3


def stitch(grid: Grid, words: Words, first: Block, findings: Findings) -> Grid:
    """Return the grid with its 续表 blocks laid together; the grid itself where it has none.

    A block under the same header adds rows; one with other counts for the same areas adds columns.
    Each cell keeps where it stood (`Grid.cell`).
    """
    blocks = _blocks(grid, words, first)
    if len(blocks) < 2:
        return grid
    return _Stitcher(grid, words, blocks, findings).stitched()


def _blocks(grid: Grid, words: Words, first: Block) -> list[Block]:
    """Return every header of the form in the sheet, counted in the sheet's rows."""
    found, start = [first], first.last + 1
    known = {key for key in words.roles}
    while start < grid.rows:
        begins = _next_header(grid, words, known, start)
        if begins is None:
            break
        part = replace(
            grid,
            columns=tuple(c.slice(begins) for c in grid.columns),
            spans=tuple(
                (t - begins, b - begins, left, r) for t, b, left, r in grid.spans if t >= begins
            ),
        )
        block = find_block(part, {first.form: words})
        if block is None or block.known < _FEWEST_KNOWN:
            start = begins + 1
            continue
        found.append(replace(block, first=block.first + begins, last=block.last + begins))
        start = found[-1].last + 1
    return found


def _next_header(grid: Grid, words: Words, known: set[str], start: int) -> int | None:
    """Return the next row that names an area column, as only headers do."""
    areas = {key for key in known if words.roles[key][0] in ("name", "code")}
    rows: list[int] = []
    for column, texts in enumerate(grid.texts):
        hits = {p for p, t in enumerate(texts) if len(t) < 20 and t and words.key(t) in areas}
        if hits:
            places = grid.places(column, start).tolist()
            rows += [start + i for i, place in enumerate(places) if place in hits][:1]
    return min(rows, default=None)


class _Stitcher:
    def __init__(self, grid: Grid, words: Words, blocks: list[Block], findings: Findings) -> None:
        self.grid, self.words, self.blocks, self.findings = grid, words, blocks, findings
        ends = [block.first for block in blocks[1:]] + [grid.rows]
        self.ends = [
            self._without_title(block, end) for block, end in zip(blocks, ends, strict=True)
        ]
        self.rows = [list(row) for row in grid.slice(0, self.ends[0])]
        self.origin: dict[Place, Place] = {}
        self.faults = {p: f for p, f in grid.faults.items() if p[0] < self.ends[0]}
        self.header = self._headers(blocks[0])
        self.name = self._name_column(self.header)

    def _headers(self, block: Block) -> dict[str, int]:
        texts = header_texts(self._window(block), 0, block.last - block.first)
        return {self.words.key(path_of(t)): c for c, t in enumerate(texts) if t}

    def _window(self, block: Block) -> Grid:
        spans = tuple(
            (t - block.first, b - block.first, left, r)
            for t, b, left, r in self.grid.spans
            if t >= block.first
        )
        columns = tuple(c.slice(block.first) for c in self.grid.columns)
        return replace(self.grid, columns=columns, spans=spans)

    def _name_column(self, header: dict[str, int]) -> int | None:
        kinds = {self.words.roles[k][0]: c for k, c in header.items() if k in self.words.roles}
        return kinds.get("name", kinds.get("code"))

    def _without_title(self, block: Block, end: int) -> int:
        """Return where a block's rows end: the next one's title (续表 …) is not among them."""
        while end < self.grid.rows and end > block.last + 1:
            cells = [name_key(c) for c in self.grid.slice(end - 1, 1)[0] if name_key(c)]
            if len(set(cells)) > 2 or (cells and not ("续" in cells[0] or "表" in cells[0])):
                break
            end -= 1
        return end

    def stitched(self) -> Grid:
        """Return the one grid."""
        for block, end in zip(self.blocks[1:], self.ends[1:], strict=True):
            header = self._headers(block)
            own = {k: c for k, c in header.items() if k in self.header}
            counts = [
                k
                for k in header
                if self.words.roles.get(k, ("",))[0] in ("measure", "part", "total")
            ]
            if any(key not in self.header for key in counts):
                self._add_columns(block, end, header)
            else:
                self._add_rows(block, end, own)
        width = max(len(row) for row in self.rows)
        padded = [row + [""] * (width - len(row)) for row in self.rows]
        columns = tuple(pa.array(column, pa.string()) for column in zip(*padded, strict=True))
        spans = tuple(s for s in self.grid.spans if s[0] < self.ends[0])
        return replace(
            self.grid, columns=columns, origin=self.origin, faults=self.faults, spans=spans
        )

    def _move(self, source: Place, target: Place) -> None:
        self.origin[target] = source
        if source in self.grid.faults:
            self.faults[target] = self.grid.faults[source]

    def _add_rows(self, block: Block, end: int, own: dict[str, int]) -> None:
        for row in range(block.last + 1, end):
            cells = self.grid.slice(row, 1)[0]
            line = [""] * max(len(cells_before) for cells_before in self.rows)
            for key, column in own.items():
                line[self.header[key]] = cells[column]
                self._move((row, column), (len(self.rows), self.header[key]))
            self.rows.append(line)

    def _add_columns(self, block: Block, end: int, header: dict[str, int]) -> None:
        """Lay a block's further counts beside the rows of the same names."""
        name = self._name_column(header)
        if name is None or self.name is None:
            return
        new = {k: c for k, c in header.items() if k not in self.header}
        start = max(len(row) for row in self.rows)
        for cells_before in self.rows:
            cells_before += [""] * (start - len(cells_before))
        first, last = self.blocks[0].first, self.blocks[0].last
        for row in range(last + 1):
            self.rows[row] += list(new) if row >= first else [""] * len(new)
        for at, column in enumerate(new.values()):
            self._move((block.last, column), (last, start + at))
        lines = {
            name_key(r[self.name]): i for i, r in enumerate(self.rows) if i > last and r[self.name]
        }
        for row in range(block.last + 1, end):
            cells = self.grid.slice(row, 1)[0]
            line = lines.get(name_key(cells[name]))
            if line is None:
                self._unmatched(row, name, cells, new)
                continue
            self.rows[line] += [""] * (start - len(self.rows[line]))
            self.rows[line] += [cells[column] for column in new.values()]
            for at, column in enumerate(new.values()):
                self._move((row, column), (line, start + at))
        self.header |= {key: start + at for at, key in enumerate(new)}

    def _unmatched(self, row: int, name: int, cells: tuple[str, ...], new: dict[str, int]) -> None:
        if any(name_key(cells[column]) for column in new.values()) and name_key(cells[name]):
            message = f"续表第 {row + 1} 行的单位在前一张表里没有，请核对。"
            cell = self.grid.cell(row, name)
            self.findings.add(
                self.grid.file, self.grid.sheet, cell, "error", "continued_row", message
            )
