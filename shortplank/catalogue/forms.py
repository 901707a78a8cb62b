"""Forms: how the headers, the month and the units of a report become measures."""

from __future__ import annotations

from typing import Literal, get_args

from pydantic import Field, model_validator

from shortplank.catalogue.base import Identifier, Strict

Encoding = Literal[
    "utf-8", "utf-16", "gb18030", "big5", "cp949", "cp932", "cp1250", "cp1251", "cp1252"
]
ENCODINGS: tuple[str, ...] = get_args(Encoding)


class FormMonth(Strict):
    """Where the month stands and how it is written."""

    headers: tuple[str, ...] = ()
    """Headers of the column that holds the month."""
    calendar: Literal["iso", "roc", "era"] = "iso"
    """How years are counted: of the common era, of the Republic (10304 is 2014-04), or of Japan's
    eras (令和6年1月 is 2024-01)."""
    many: bool = False
    """Whether one file may hold several months."""
    key: Identifier | None = None
    """A key column that holds a day: the row belongs to the day's month."""


class FormArea(Strict):
    """Where the reporting unit stands: a code, or a name within its township's name."""

    code_headers: tuple[str, ...] = ()
    """Headers of the column with the unit's code."""
    parent_headers: tuple[str, ...] = ()
    """Headers of the column with the name of the township above."""
    name_headers: tuple[str, ...] = ()
    """Headers of the column with the unit's name."""
    county_headers: tuple[str, ...] = ()
    """Headers of the column with the name of the county above, where names repeat across
    counties."""
    province_headers: tuple[str, ...] = ()
    """Headers of the column with the province's name, which then is written before the county's."""
    parent_code_headers: tuple[str, ...] = ()
    """Headers of the column with the code of the township above; read by registers alone."""
    county_code_headers: tuple[str, ...] = ()
    """Headers of the column with the code of the county above; read by registers alone."""


class FormTotal(Strict):
    """A declared total: the sum of ``parts`` less that of ``minus``."""

    headers: tuple[str, ...]
    """Headers of the total's column; a total is checked, never stored."""
    parts: tuple[str, ...]
    """Measures of ``columns`` that are added."""
    minus: tuple[str, ...] = ()
    """Measures of ``columns`` that are taken away."""


class FormKey(Strict):
    """A key column: its headers, the words for each of its values, and what a blank stands for."""

    headers: tuple[str, ...]
    """Headers of the column."""
    values: dict[str, tuple[str, ...]] = Field({})
    """Each value with the words that reports write for it; without any, the text itself counts."""
    default: str | None = None
    """The value of a blank cell or an absent column; without it both are refused."""


class FormFigures(Strict):
    """A bulletin's columns: the words for each figure, and indicators' other names."""

    numerator: tuple[str, ...] = ()
    """Headers of the published numerator."""
    denominator: tuple[str, ...] = ()
    """Headers of the published denominator."""
    value: tuple[str, ...] = ()
    """Headers of the published value."""
    published_rank: tuple[str, ...] = ()
    """Headers of the published rank."""
    indicators: dict[Identifier, tuple[str, ...]] = Field({})
    """Other names of indicators, beside the label of each card."""


class FormReading(Strict):
    """How the file itself is written: recorded when a form is drafted, and read by, not guessed."""

    encoding: Encoding | None = None
    """How a text file's characters are written; without it the form's files are workbooks."""
    delimiter: Literal["comma", "semicolon", "tab", "bar"] | None = None
    """What stands between the cells of a text file."""
    head_row: int = Field(1, ge=1)
    """The row of the file in which the header begins; one that stands elsewhere is looked for."""
    head_rows: int = Field(1, ge=1, le=6)
    """How many rows the header has; merged levels are joined by "/"."""
    month: Literal["column", "across", "title", "sheet", "file"] = "column"
    """Where the month stands: in a column, as columns side by side, above the header, in the
    sheet's name or in the file's."""
    year: Literal["month", "column", "title", "sheet", "file"] = "month"
    """Where the year stands: with the month, or elsewhere."""
    year_headers: tuple[str, ...] = ()
    """Headers of the column with the year, where it is not with the month."""
    day_first: bool = True
    """Whether 01/02/2024 is the first of February."""
    split_headers: tuple[str, ...] = ()
    """Headers of columns that say of which count a line is; ``columns`` then are their values."""
    value_headers: tuple[str, ...] = ()
    """Headers of the columns with the counts of such lines; several are joined to the values."""
    grouping: Literal["blank", "apostrophe"] | None = None
    """What groups the digits of a number, where it is no comma: 1 234, 1'234."""
    zeros: tuple[str, ...] = ()
    """Marks that stand for a count of zero."""
    unknown: tuple[str, ...] = ()
    """Marks that stand for a count that is not known or not published."""
    may_lack: tuple[str, ...] = ()
    """Headers of areas' codes or names that a file may do without."""
    fill_down: bool = False
    """Whether a blank name of an area above, or a blank month, is that of the line before."""
    fill_names: bool = False
    """Whether a unit without a name of its own has that of the area above it."""
    sum_rows: tuple[str, ...] = ()
    """Names or codes of rows that add up others: they are checked, never stored."""
    skip_rows: tuple[str, ...] = ()
    """Names or codes of rows that are passed over; "" is a line whose unit is blank."""


class Form(Strict):
    """How one report's headers become measures."""

    label: str
    """The report's name, as people say it; two forms may not share one."""
    version: int = 1
    """Number of the form's version; an edition notes the one that it was read with."""
    dataset: str
    """The dataset of ``measures.toml`` that the report fills."""
    expected: Literal["month", "quarter"] | None = None
    """How often every township owes this report; without it nobody does."""
    month: FormMonth | None = None
    """Where the month stands; title, file name and command are read in any case."""
    area: FormArea = FormArea()
    """Where the reporting unit stands."""
    columns: dict[Identifier, tuple[str, ...]] = Field({})
    """Each measure with the headers of its column; levels of a merged header are joined by "/"."""
    optional: tuple[str, ...] = ()
    """Measures that a file may leave out; ``"*"``: any of them, but one."""
    synonyms: dict[str, tuple[str, ...]] = Field({})
    """One level of a header, and other spellings of it."""
    sums: dict[Identifier, tuple[tuple[str, ...], ...]] = Field({})
    """Measures that some files give in parts: for each part its headers; the parts are added."""
    totals: tuple[FormTotal, ...] = ()
    """Totals that the report declares, checked against their parts."""
    keys: dict[Identifier, FormKey] = Field({})
    """The dataset's key columns, as the report writes them."""
    scope: tuple[Identifier, ...] = ()
    """Keys that an import replaces by, beside township and month: rows of other values stay."""
    split: dict[Identifier, str] = Field({})
    """Measures of one line that become a row each, with the value of the (only) key."""
    figures: FormFigures | None = None
    """A bulletin's columns, instead of ``columns``."""
    blank: Literal["refused", "single", "zero"] = "refused"
    """What a blank count is: refused, since nobody knows; a zero where it stands by itself, a
    column without any count being refused; or always a zero. Zeros of blanks are said."""
    title: tuple[str, ...] = ()
    """Words of the title or the file's name that tell this form from one with the same header."""
    ignore: tuple[str, ...] = ()
    """Headers of columns that are passed over."""
    reading: FormReading | None = None
    """How the file is written; a form with it reads by it alone."""

    @model_validator(mode="after")
    def _parts_are_columns(self) -> Form:
        totals = {part for total in self.totals for part in (*total.parts, *total.minus)}
        if unknown := {*self.sums, *totals, *self.split} - set(self.columns):
            raise ValueError(f"sums、totals 和 split 只能用 columns 中的度量，没有 {min(unknown)}")
        if unknown := set(self.optional) - set(self.columns) - {"*"}:
            raise ValueError(f"optional 只能用 columns 中的度量，没有 {min(unknown)}")
        keys = {*self.scope, *([self.month.key] if self.month and self.month.key else [])}
        if unknown := keys - set(self.keys):
            raise ValueError(f"scope 和 month.key 只能用 keys 中的键，没有 {min(unknown)}")
        if not self.columns and not self.figures:
            raise ValueError("columns 中没有度量")
        return self
