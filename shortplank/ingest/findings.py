"""What is wrong with a file, cell by cell, in one Chinese sentence each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Literal

Severity = Literal["refuse", "error", "warning"]
SEVERITY_LABELS: dict[Severity, str] = {"refuse": "拒收", "error": "错误", "warning": "提示"}
# The same fault in every row is said so often for one file, then counted.
SAID_PER_CODE = 40


@dataclass(frozen=True)
class Finding:
    """One fault; ``cell`` is A1 style, or None where no cell is to blame."""

    file: str
    sheet: str | None
    cell: str | None
    severity: Severity
    code: str
    message: str

    def as_dict(self) -> dict[str, str | None]:
        """Return the finding as the JSON contract has it."""
        return asdict(self)


def column_name(column: int) -> str:
    """Return a column's letters, counted from 0.

    >>> column_name(0), column_name(25), column_name(26), column_name(701), column_name(702)
    ('A', 'Z', 'AA', 'ZZ', 'AAA')
    """
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def cell_name(row: int, column: int) -> str:
    """Return a cell's A1 name, row and column counted from 0.

    >>> cell_name(6, 21)
    'V7'
    """
    return f"{column_name(column)}{row + 1}"


class Findings:
    """Collects findings; repeats beyond `SAID_PER_CODE` a file and code are counted, not listed."""

    def __init__(self) -> None:
        self._list: list[Finding] = []
        self._count: Counter[tuple[str, str | None, str]] = Counter()
        self._severity: dict[tuple[str, str | None, str], Severity] = {}

    def add(
        self,
        file: str,
        sheet: str | None,
        cell: str | None,
        severity: Severity,
        code: str,
        message: str,
    ) -> None:
        """Note one fault."""
        key = (file, sheet, code)
        self._count[key] += 1
        self._severity[key] = severity
        if self._count[key] <= SAID_PER_CODE:
            self._list.append(Finding(file, sheet, cell, severity, code, message))

    def is_full(self, file: str, sheet: str | None, code: str) -> bool:
        """Return whether more of a kind would only be counted, so that no words are needed."""
        return self._count[file, sheet, code] >= SAID_PER_CODE

    def __iter__(self) -> Iterator[Finding]:
        yield from self._list
        for (file, sheet, code), count in self._count.items():
            if count > SAID_PER_CODE:
                severity = self._severity[file, sheet, code]
                more = f"同类问题另有 {count - SAID_PER_CODE} 处，未逐一列出。"
                yield Finding(file, sheet, None, severity, code, more)

    @property
    def stops(self) -> bool:
        """Return whether something was found that stops a publish."""
        return any(severity != "warning" for severity in self._severity.values())

    def has(self, file: str, sheet: str | None, severities: Iterable[Severity]) -> bool:
        """Return whether a sheet has a finding of these severities."""
        wanted = set(severities)
        return any(
            f == file and s == sheet and self._severity[f, s, c] in wanted
            for f, s, c in self._count
        )
