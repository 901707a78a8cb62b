"""What is counted and how it is read: the only schema of the workspace's settings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

Level = Literal["county", "township", "village"]
Window = Literal["month", "ytd", "r12"]
Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
AreaCode = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z]{1,20}$")]
DAY_FORM = "日期请写成 2006-10-01"
_DAY = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})|(\d{4})年(\d{1,2})月(\d{1,2})日")


def _day(value: object) -> object:
    """Return a register's day, as people and spreadsheets write it: 2006-10-01, 2006/10/1."""
    if not isinstance(value, str) or (len(value) == 10 and value[4] == "-"):
        return value
    match = _DAY.fullmatch(value.removesuffix(" 0:00:00").removesuffix(" 0:00").strip())
    parts = [int(part) for part in match.groups() if part and part.isdigit()] if match else []
    try:
        return date(*parts)
    except (ValueError, TypeError) as error:
        raise ValueError(DAY_FORM) from error


Day = Annotated[date, BeforeValidator(_day)]

LEVELS: tuple[Level, ...] = ("county", "township", "village")
WINDOWS: tuple[Window, ...] = ("month", "ytd", "r12")
# Counts that the product takes from the register and from `submission`, not from a report's cells.
REGISTER_MEASURES = ("villages", "reports_expected", "reports_received", "reports_timely")


class Strict(BaseModel):
    """Base of every model: unknown keys are refused, instances do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Disclosure(Strict):
    """How small village counts about births are banded for viewers."""

    small_count: int = Field(3, ge=1)
    round_births_to: int = Field(5, ge=1)


class Settings(Strict):
    """``workspace.toml``."""

    schema_version: Literal[1]
    name: str
    home: AreaCode
    locale: Literal["zh-CN", "zh-TW"] = "zh-CN"
    statistical_year_first_month: int = Field(10, ge=1, le=12)
    due_day: int = Field(5, ge=1, le=28)
    digit_grouping: Literal["thousands", "lakh"] = "thousands"
    """How commas group the digits of a number: 1,234,567, or 12,34,567."""
    demo: bool = False
    attribution: str = ""
    disclosure: Disclosure = Disclosure(small_count=3, round_births_to=5)


class Dataset(Strict):
    """A table of an edition: the lowest level it may hold, its cadence and extra key columns.

    ``viewer_level`` is the lowest level at which viewers have its counts, ``viewer_except`` the
    values of key columns whose rows they have as they are.
    """

    label: str
    level: Level
    cadence: Literal["month", "quarter", "event"] = "month"
    keys: dict[str, Literal["VARCHAR", "DATE", "BIGINT"]] = {}
    shape: Literal["wide", "bulletin", "submission"] = "wide"
    latest_by: str | None = None
    viewer_level: Level | None = None
    viewer_except: dict[str, str] = {}

    @property
    def chosen(self) -> bool:
        """Return whether it holds chosen villages: what is counted in one may be all there is."""
        return self.level == "village" and self.cadence == "event"

    @property
    def lowest_for_viewers(self) -> Level:
        """Return the lowest level that viewers have; of chosen villages the county, unless said."""
        return self.viewer_level or ("county" if self.chosen else self.level)


class Measure(Strict):
    """A leaf count. ``window = "mean"`` turns a population into person-years."""

    label: str
    dataset: str
    kind: Literal["flow", "stock"] = "flow"
    window: Literal["sum", "last", "mean"] | None = None
    column: str | None = None
    unit: str = "人"
    sensitive: Literal["births"] | None = None
    level: Level | None = None
    filter: dict[str, str] = {}
    matched: str | None = None

    @model_validator(mode="after")
    def _window_fits_kind(self) -> Measure:
        if self.kind == "flow" and self.window not in (None, "sum"):
            raise ValueError("流量指标（flow）的 window 只能是 sum")
        return self


class Derived(Strict):
    """A total of measures, never stored: the sum of ``plus`` less ``minus``, or the largest."""

    label: str
    plus: tuple[str, ...]
    minus: tuple[str, ...] = ()
    op: Literal["sum", "max"] = "sum"


class Measures(Strict):
    """``catalogue/measures.toml``."""

    datasets: dict[Identifier, Dataset]
    measures: dict[Identifier, Measure]
    derived: dict[Identifier, Derived] = {}


class Threshold(Strict):
    """A line to be counted against, with its source."""

    value: float
    side: Literal["above", "below"]
    label: str
    source: str


class Indicator(Strict):
    """One indicator's definition and the words of its card."""

    label: str
    kind: Literal["ratio", "count", "count_over", "streak", "completeness", "published"]
    family: Literal["births", "service", "quality", "procedure", "team", "context"]
    numerator: tuple[str, ...] = ()
    denominator: tuple[str, ...] = ()
    factor: float = 100.0
    unit: str = "%"
    decimals: int = 2
    interval: Literal["wilson", "byar", "srb", "paired", "none"] = "none"
    polarity: Literal["up", "down", "range", "none"]
    target: float | None = None
    target_range: tuple[float, float] | None = None
    thresholds: tuple[Threshold, ...] = ()
    county_line: bool = False
    over: float | None = None
    levels: tuple[Level, ...]
    windows: tuple[Window, ...] = WINDOWS
    default_window: Window = "ytd"
    min_denominator: float = 0
    grey_denominator: float = 0
    valid_from: date | None = None
    valid_to: date | None = None
    historical: bool = False
    closed_years_only: bool = False
    editable_default: bool = True
    definition: str
    why: str
    source: str
    caveats: str = ""
    check: str = ""
    """What to look at first where the indicator is below its line: records, never people."""
    version: int = 1

    @model_validator(mode="after")
    def _parts_fit_kind(self) -> Indicator:
        if self.kind in ("ratio", "completeness") and not (self.numerator and self.denominator):
            raise ValueError("比率指标须同时写明 numerator 和 denominator")
        if self.kind == "count_over" and self.over is None:
            raise ValueError("count_over 指标须写明 over")
        return self

    @property
    def is_share(self) -> bool:
        """Return whether the numerator is a part of the denominator: Wilson's interval says so."""
        return self.interval == "wilson"

    @property
    def helpable(self) -> bool:
        """Return whether what-ifs, warnings and levers may exist (never on births)."""
        return self.family in ("service", "quality") and self.polarity != "none"


class FormMonth(Strict):
    """Where the month stands and how it is written; ``many``: one file may hold several months.

    ``key`` names the key column that holds a day, in whose month the row belongs.
    """

    headers: tuple[str, ...] = ()
    calendar: Literal["iso", "roc"] = "iso"
    many: bool = False
    key: Identifier | None = None


class FormArea(Strict):
    """Where the reporting unit stands: a code, or a name within its township's name."""

    code_headers: tuple[str, ...] = ()
    parent_headers: tuple[str, ...] = ()
    name_headers: tuple[str, ...] = ()


class FormTotal(Strict):
    """A declared total: the sum of ``parts`` less that of ``minus``."""

    headers: tuple[str, ...]
    parts: tuple[str, ...]
    minus: tuple[str, ...] = ()


class FormKey(Strict):
    """A key column: its headers, the words for each of its values, and what a blank stands for."""

    headers: tuple[str, ...]
    values: dict[str, tuple[str, ...]] = {}
    default: str | None = None


class FormFigures(Strict):
    """A bulletin's columns: the words for each figure, and indicators' other names."""

    numerator: tuple[str, ...] = ()
    denominator: tuple[str, ...] = ()
    value: tuple[str, ...] = ()
    published_rank: tuple[str, ...] = ()
    indicators: dict[Identifier, tuple[str, ...]] = {}


class Form(Strict):
    """How one report's headers become measures."""

    label: str
    version: int = 1
    dataset: str
    expected: Literal["month", "quarter"] | None = None
    month: FormMonth | None = None
    area: FormArea = FormArea()
    columns: dict[Identifier, tuple[str, ...]] = {}
    optional: tuple[str, ...] = ()
    """Measures that a file may leave out; ``"*"``: any of them, but one."""
    synonyms: dict[str, tuple[str, ...]] = {}
    """One level of a header, and other spellings of it."""
    sums: dict[Identifier, tuple[tuple[str, ...], ...]] = {}
    """Measures that some files give in parts: for each part its headers; the parts are added."""
    totals: tuple[FormTotal, ...] = ()
    keys: dict[Identifier, FormKey] = {}
    scope: tuple[Identifier, ...] = ()
    """Keys that an import replaces by, beside township and month: rows of other values stay."""
    split: dict[Identifier, str] = {}
    """Measures of one line that become a row each, with the value of the (only) key."""
    figures: FormFigures | None = None
    blank: Literal["refused", "single", "zero"] = "refused"
    """What a blank count is: refused, since nobody knows; a zero where it stands by itself, a
    column without any count being refused; or always a zero. Zeros of blanks are said."""
    title: tuple[str, ...] = ()
    """Words of the title or the file's name that tell this form from one with the same header."""
    ignore: tuple[str, ...] = ()

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


class CompositeItem(Strict):
    """One part of the composite: weight and the linear score's floor and goal."""

    indicator: str
    weight: float = Field(gt=0)
    floor: float
    goal: float


class InspectionRule(Strict):
    """How an inspection by drawing villages is planned, and what its result costs."""

    valid_from: date
    source: str
    villages: int = Field(6, ge=1)
    townships: int = Field(3, ge=1)
    points_per_weak: float = Field(ge=0)
    points_missed: float = Field(ge=0)
    most: float = Field(ge=0)


class PointsRule(Strict):
    """One mark of the monthly points: an indicator scored linearly, or corrections made oneself.

    A ``correction`` only adds: so many marks for a month in which the township corrected an
    earlier one, without taking part in what can be earned.
    """

    id: Identifier
    label: str
    kind: Literal["indicator", "correction"] = "indicator"
    indicator: str | None = None
    window: Window = "month"
    weight: float = Field(gt=0)
    floor: float = 0
    goal: float = 100

    @model_validator(mode="after")
    def _parts_fit_kind(self) -> PointsRule:
        if self.kind == "indicator" and (not self.indicator or self.floor == self.goal):
            raise ValueError("计分须写明 indicator，floor 与 goal 不能相等")
        return self


class PointsScheme(Strict):
    """The points' rules from a day on; a later version leaves earlier months as they were."""

    version: int
    valid_from: date
    source: str
    rules: tuple[PointsRule, ...]


class Scheme(Strict):
    """``catalogue/scheme.toml``: what heads the overview, and the composite's weights."""

    version: int = 1
    valid_from: date | None = None
    headline: tuple[str, ...]
    default_indicator: str
    short_plank_default: str | None = None
    keep_rank: int | None = None
    composite: tuple[CompositeItem, ...] = ()
    points: tuple[PointsScheme, ...] = ()
    inspection: InspectionRule | None = None
    note: str = ""


class Event(Strict):
    """A dated event that a reader of a trend should know."""

    month: date
    label: str
    source: str
    indicators: tuple[str, ...] = ()


class Rule(Strict):
    """A check between two sides of one row, evaluated in DuckDB."""

    id: Identifier
    dataset: str
    left: tuple[str, ...]
    operator: Literal["<=", "=", ">="]
    right: tuple[str, ...]
    severity: Literal["error", "warning"]
    message: str


class AreaLine(Strict):
    """One line of ``areas.csv``, as it is checked."""

    area_code: AreaCode
    parent_code: str
    level: Level
    name: str
    kind: str = ""
    valid_from: Day
    valid_to: Day | None = None


_OFTEN = ("parent_code", "level", "kind", "valid_from", "valid_to")


@dataclass(frozen=True, slots=True)
class Area:
    """An area in one of its periods: a quarter of a checked line's memory, for a nation's sake."""

    area_code: str
    parent_code: str
    level: Level
    name: str
    kind: str = ""
    valid_from: date = date.min
    valid_to: date | None = None

    @classmethod
    def of(cls, line: AreaLine, shared: dict[Any, Any]) -> Area:
        """Return a line's area; values that many lines have are held once, in ``shared``."""
        values: dict[str, Any] = {k: shared.setdefault(v, v) for k, v in line if k in _OFTEN}
        return cls(area_code=line.area_code, name=line.name, **values)


class Successor(Strict):
    """One line of ``successors.csv``: where a merged or renamed village's history goes."""

    old_code: AreaCode
    new_code: AreaCode
    valid_from: Day = Field(alias="from")


class Alias(Strict):
    """One line of ``aliases.csv``: another spelling of an area's name."""

    area_code: AreaCode
    alias: str


class Peer(Strict):
    """One line of ``peers.csv``."""

    area_code: AreaCode
    name: str
    class_: str = Field(alias="class")
    group: str
    valid_from: Day
    valid_to: Day | None = None


class ClassYear(Strict):
    """One line of ``class_history.csv``."""

    statistical_year: int
    area_code: AreaCode
    class_: str = Field(alias="class")
    group: str


class Status(Strict):
    """One line of ``registers/status.csv``."""

    area_code: AreaCode
    status: str
    valid_from: Day
    valid_to: Day | None = None
    source: str


class Support(Strict):
    """One line of ``registers/support.csv``: a post or unit, never a person."""

    area_code: AreaCode
    role: str
    unit: str
    valid_from: Day
    valid_to: Day | None = None
    source: str


class Post(Strict):
    """One line of ``registers/posts.csv``: a post of an area's offices, never a person."""

    area_code: AreaCode
    post: str
    valid_from: Day
    valid_to: Day | None = None
    source: str


class Target(Strict):
    """One line of ``registers/targets.csv``."""

    area_code: AreaCode
    indicator: str
    statistical_year: int
    target: float
    source: str


class Access(Strict):
    """``access.toml``: who is analyst and who is viewer where the server is not on loopback."""

    analysts: tuple[str, ...] = ()
    viewers: tuple[str, ...] = ()
    default: Literal["analyst", "viewer"] | None = None
