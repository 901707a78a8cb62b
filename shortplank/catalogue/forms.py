"""Forms: how the headers, the month and the units of a report become measures."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from shortplank.catalogue.base import Identifier, Strict


class FormMonth(Strict):
    """Where the month stands and how it is written."""

    headers: tuple[str, ...] = ()
    """Headers of the column that holds the month."""
    calendar: Literal["iso", "roc"] = "iso"
    """How years are counted: of the common era, or of the Republic (10304 is 2014-04)."""
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
