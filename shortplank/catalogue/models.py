"""What is counted and how it is read: the only schema of the workspace's settings.

Forms, the scheme and the registers' lines have modules of their own; all are had from here.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from shortplank.catalogue.base import (
    DAY_FORM,
    LEVELS,
    WINDOWS,
    AreaCode,
    Day,
    Identifier,
    Level,
    Strict,
    Window,
    Words,
)
from shortplank.catalogue.forms import (
    Form,
    FormArea,
    FormFigures,
    FormKey,
    FormMonth,
    FormReading,
    FormTotal,
)
from shortplank.catalogue.lines import (
    Alias,
    Area,
    AreaLine,
    ClassYear,
    Peer,
    Post,
    Status,
    Successor,
    Support,
    Target,
)
from shortplank.catalogue.schemes import (
    CompositeItem,
    InspectionRule,
    PointsRule,
    PointsScheme,
    Scheme,
)
from shortplank.catalogue.ways import Access, Api, Grant, Metrics, Oidc, Proxy

__all__ = [
    "DAY_FORM",
    "LEVELS",
    "REGISTER_MEASURES",
    "WINDOWS",
    "Access",
    "Alias",
    "Api",
    "Area",
    "AreaCode",
    "AreaLine",
    "ClassYear",
    "CompositeItem",
    "Dataset",
    "Day",
    "Derived",
    "Disclosure",
    "Event",
    "Form",
    "FormArea",
    "FormFigures",
    "FormKey",
    "FormMonth",
    "FormReading",
    "FormTotal",
    "Grant",
    "Identifier",
    "Indicator",
    "InspectionRule",
    "JudgedWindow",
    "Level",
    "Measure",
    "Measures",
    "Metrics",
    "Natural",
    "Oidc",
    "Peer",
    "PointsRule",
    "PointsScheme",
    "Post",
    "Proxy",
    "Rule",
    "Scheme",
    "Settings",
    "Status",
    "Strict",
    "Successor",
    "Support",
    "Target",
    "Threshold",
    "Window",
    "Words",
]

JudgedWindow = Literal["month_end", "r12", "r36"]

# Counts that the product takes from the register and from `submission`, not from a report's cells.
TIMELY = "reports_timely"
REGISTER_MEASURES = ("villages", "reports_expected", "reports_received", TIMELY)


class Disclosure(Strict):
    """How small village counts about births are banded for viewers."""

    small_count: int = Field(3, ge=1)
    """Village counts about births from 1 to below this are told to viewers as "<3" alone."""
    round_births_to: int = Field(5, ge=1)
    """Viewers see a village's births rounded to a multiple of this."""


class Natural(Strict):
    """What the sex ratio at birth is where nobody interferes, boys per 100 girls."""

    lowest: float = Field(103.0, gt=0, lt=1000)
    """Lower end of the natural range."""
    highest: float = Field(107.0, gt=0, lt=1000)
    """Upper end; a region whose own level is higher sets its own."""
    usual: float = Field(106.0, gt=0, lt=1000)
    """The ratio that counts above a line are expected from, within the range."""

    @model_validator(mode="after")
    def _ends_in_order(self) -> Natural:
        if not self.lowest <= self.usual <= self.highest:
            raise ValueError("自然范围须为 lowest ≤ usual ≤ highest")
        return self


class Audit(Strict):
    """How long is kept what was done by whom."""

    days: int = Field(400, ge=30)
    """Days after which what was done is deleted; a year and the next one's first meeting."""


class Settings(Strict):
    """The workspace's own settings."""

    schema_version: Literal[1]
    """Version of the workspace's form; this product reads 1."""
    name: str
    """Name of the workspace, usually the county's."""
    home: AreaCode
    """Code of the county that the workspace belongs to: a line of ``areas.csv`` at county level.

    Or of the province: its pages then begin with its counties, and lead to each of them."""
    statistical_year_first_month: int = Field(10, ge=1, le=12)
    """Month in which a statistical year begins; the year is named by the one that it ends in."""
    due_day: int = Field(5, ge=1, le=28)
    """Day of the next month on which a month's reports are due."""
    digit_grouping: Literal["thousands", "lakh"] = "thousands"
    """How commas group the digits of a number: 1,234,567, or 12,34,567."""
    demo: bool = False
    """Whether the figures are made up; every page then says so."""
    attribution: str = ""
    """Source and licence of the data, shown under every page."""
    natural: Natural | None = None
    """The natural range of sex ratios in this region; without it the cards' own, around 106."""
    disclosure: Disclosure = Disclosure(small_count=3, round_births_to=5)
    """How small village counts about births are banded for viewers."""
    audit: Audit = Audit(days=400)
    """How long is kept who signed in, looked, took files away and wrote."""


class Dataset(Strict):
    """A table of an edition: the lowest level it may hold, its cadence and extra key columns."""

    label: str
    """Name of the dataset, as pages and sentences write it."""
    level: Level
    """Lowest level of area that it may hold; rows below are refused."""
    cadence: Literal["month", "quarter", "event"] = "month"
    """How often it is reported; an event has no due day."""
    keys: dict[str, Literal["VARCHAR", "DATE", "BIGINT"]] = Field({})
    """Key columns beside area and month, each with its SQL type."""
    shape: Literal["wide", "bulletin", "submission"] = "wide"
    """A column a measure; a bulletin's published figures; or the register of reports."""
    latest_by: str | None = None
    """A key column: of several rows of one area and month the latest by it counts."""
    viewer_level: Level | None = None
    """Lowest level at which viewers have its counts; of events in villages the county, unless said
    otherwise, of all else ``level``."""
    viewer_except: dict[str, str] = Field({})
    """Values of key columns whose rows viewers have as they are."""

    @property
    def chosen(self) -> bool:
        """Return whether it holds chosen villages: what is counted in one may be all there is."""
        return self.level == "village" and self.cadence == "event"

    @property
    def lowest_for_viewers(self) -> Level:
        """Return the lowest level that viewers have; of chosen villages the county, unless said."""
        return self.viewer_level or ("county" if self.chosen else self.level)


class Measure(Strict):
    """A leaf count, which a report holds."""

    label: str
    """Name of the count, as pages and sentences write it."""
    dataset: str
    """The dataset that holds it."""
    kind: Literal["flow", "stock"] = "flow"
    """Whether it counts what happened in the month, or what there is at its end."""
    window: Literal["sum", "last", "mean"] | None = None
    """How months become a window; a flow's is their sum, a stock's the last one, unless ``mean``
    turns a population into person-years."""
    column: str | None = None
    """Column of the dataset's files, where it is not called like the measure."""
    unit: str = "人"
    """What is counted, as a note for whoever reads the file; the product does not read it."""
    sensitive: Literal["births", "unreviewed"] | None = None
    """Marks counts about births, and those of a drafted form that nobody has looked at yet:
    village figures that rest on either are banded for viewers."""
    open_because: str = ""
    """Why a count below the township is not sensitive, in the words of who said so."""
    level: Level | None = None
    """Lowest level at which indicators may use it, where that is above its dataset's."""
    filter: dict[str, str] = Field({})
    """Values of key columns: rows with others are not counted."""
    matched: str | None = None
    """A measure or total of another dataset: what the same areas had reported for the month."""

    @model_validator(mode="after")
    def _window_fits_kind(self) -> Measure:
        if self.kind == "flow" and self.window not in (None, "sum"):
            raise ValueError("流量指标（flow）的 window 只能是 sum")
        return self


class Derived(Strict):
    """A total of measures, never stored: the sum of ``plus`` less ``minus``, or the largest."""

    label: str
    """Name of the total, as pages and sentences write it."""
    plus: tuple[str, ...]
    """Measures or totals that are added, or compared."""
    minus: tuple[str, ...] = ()
    """Measures or totals that are taken away."""
    op: Literal["sum", "max"] = "sum"
    """Whether the parts are added, or the largest counts."""


class Measures(Strict):
    """What is counted: datasets, their measures, and totals."""

    datasets: dict[Identifier, Dataset]
    """The tables of an edition."""
    measures: dict[Identifier, Measure]
    """The counts that reports hold."""
    derived: dict[Identifier, Derived] = Field({})
    """Totals of them, never stored."""


class Threshold(Strict):
    """A line to be counted against, with its source."""

    value: float
    """The value, in the indicator's unit."""
    side: Literal["above", "below"]
    """On which side of the line an area is counted."""
    label: str
    """Name of the line."""
    source: str
    """The document that sets it."""


class Indicator(Strict):
    """One indicator's definition and the words of its card."""

    label: str
    """Name of the indicator."""
    kind: Literal["ratio", "count", "count_over", "streak", "completeness", "published"]
    """A ratio of counts; a count; villages with ``over`` cases or more; inspections in a row;
    a ratio of reports; or a figure that is only published."""
    family: Literal["births", "service", "quality", "procedure", "team", "context"]
    """Its group. Only service and quality have what-ifs, warnings and points."""
    numerator: tuple[str, ...] = ()
    """Measures or totals that are added above the line."""
    denominator: tuple[str, ...] = ()
    """Measures or totals that are added below the line."""
    factor: float = 100.0
    """What the ratio is multiplied by."""
    unit: str = "%"
    """The unit of the value."""
    decimals: int = 2
    """Decimals shown."""
    interval: Literal["wilson", "byar", "srb", "paired", "none"] = "none"
    """Its confidence interval: of a share, a rate, a sex ratio, two counts of the same; or none."""
    polarity: Literal["up", "down", "range", "none"]
    """Whether more is better, less is, ``target_range`` is right, or nothing is judged."""
    target: float | None = None
    """The county's standing target, where no line of ``targets.csv`` sets one."""
    target_range: tuple[float, float] | None = None
    """The range that is right, both ends in it."""
    thresholds: tuple[Threshold, ...] = ()
    """Lines to be counted against; the first leads."""
    county_line: bool = False
    """Whether townships below the county's own value are counted too."""
    over: float | None = None
    """Of ``count_over``: the cases from which a village counts."""
    levels: tuple[Level, ...]
    """Levels at which it exists."""
    windows: tuple[Window, ...] = WINDOWS
    """Periods over which it exists: month, statistical year to date, rolling twelve months."""
    default_window: Window = "ytd"
    """The period that pages open with."""
    min_denominator: float = 0
    """A value whose denominator is smaller is not shown (样本太少)."""
    grey_denominator: float = 0
    """A value whose denominator is smaller is shown grey."""
    valid_from: date | None = None
    """First day of the rule that it rests on, said on the card."""
    valid_to: date | None = None
    """Last day of that rule, said on the card."""
    historical: bool = False
    """Whether that rule is history; pages label the figures so."""
    closed_years_only: bool = False
    """Whether viewers have townships' figures of closed statistical years alone."""
    editable_default: bool = True
    """Whether target and lines are the county's to change, said on the card."""
    definition: str
    """What is counted, in one sentence."""
    why: str
    """Why it is looked at."""
    source: str
    """Report and columns, in words."""
    caveats: str = ""
    """What to mind when reading it."""
    check: str = ""
    """What to look at first where the indicator is below its line: records, never people."""
    reviewed_by: Words | None = None
    """The post that last checked the card: one of ``registers/posts.csv``, never a person's name.
    It comes with ``reviewed_on`` and ``review_due``."""
    reviewed_on: date | None = None
    """Day of that check."""
    review_due: date | None = None
    """Day by which the card is to be checked again, after ``reviewed_on``."""
    judged: bool = False
    """Whether the month's ledger judges it: whose townships and villages are named, and changes.
    Never a procedure, a count or a figure of context."""
    judged_window: JudgedWindow | None = None
    """The one period over which it is judged: twelve months, the month's end of a stock, or
    thirty-six months of a sex ratio where nothing is said."""
    worth: float = Field(2.0, ge=0)
    """The gap, in the card's unit, from which a word is worth while; half of it for the county."""
    cluster: float = Field(1.0, ge=1)
    """How many cases come together, as the reports of a township do."""
    quality_part: Literal["recount", "late", "petitions"] | None = None
    """What 数据质量 takes it for: a recount's gap, births registered late, petitions found true."""
    version: int = 1
    """Number of the definition, said on the card."""

    @model_validator(mode="after")
    def _parts_fit_kind(self) -> Indicator:
        if self.kind in ("ratio", "completeness") and not (self.numerator and self.denominator):
            raise ValueError("比率指标须同时写明 numerator 和 denominator")
        if self.kind == "count_over" and self.over is None:
            raise ValueError("count_over 指标须写明 over")
        return self

    @model_validator(mode="after")
    def _procedures_are_not_aimed_at(self) -> Indicator:
        if self.family == "procedure" and (self.target, self.target_range) != (None, None):
            raise ValueError("手术、孕情和费用类指标不设目标，请删去 target 和 target_range")
        return self

    @model_validator(mode="after")
    def _may_be_judged(self) -> Indicator:
        if not self.judged:
            return self
        if self.family in ("procedure", "context"):
            raise ValueError("手术、孕情、费用和背景类指标不作判断，请删去 judged")
        if self.kind not in ("ratio", "completeness") or self.polarity == "none":
            raise ValueError("只有分好坏的比率能作判断（judged），人数和位次不能")
        if self.polarity == "range" and self.target_range is None:
            raise ValueError("要判断（judged）的范围指标须写明 target_range")
        if self.polarity == "range" and self.interval not in ("srb", "paired"):
            raise ValueError("范围指标里只有性别比和两数之差能作判断，请删去 judged")
        if self.polarity != "range" and self.interval in ("byar", "paired"):
            raise ValueError("按人口算的率和没有范围的两数之差不作判断，请删去 judged")
        return self

    @model_validator(mode="after")
    def _review_is_whole(self) -> Indicator:
        said = (self.reviewed_by, self.reviewed_on, self.review_due)
        if any(said) and not all(said):
            raise ValueError("reviewed_by、reviewed_on 和 review_due 须一起写明")
        if self.reviewed_on and self.review_due and self.review_due <= self.reviewed_on:
            raise ValueError("review_due 须晚于 reviewed_on")
        return self

    @property
    def is_share(self) -> bool:
        """Return whether the numerator is a part of the denominator: Wilson's interval says so."""
        return self.interval == "wilson"

    @property
    def in_time(self) -> bool:
        """Return whether it counts the reports that came in time."""
        return self.kind == "completeness" and TIMELY in self.numerator

    @property
    def helpable(self) -> bool:
        """Return whether what-ifs, warnings and levers may exist (never on births)."""
        return self.family in ("service", "quality") and self.polarity != "none"


class Event(Strict):
    """A dated event that a reader of a trend should know."""

    month: date
    """First day of the month in which it happened."""
    label: str
    """What happened."""
    source: str
    """The document that says so."""
    indicators: tuple[str, ...] = ()
    """The indicators whose trends show it; without any, all of them."""


class Rule(Strict):
    """A check between two sides of one row of a report."""

    id: Identifier
    """The rule's own name."""
    dataset: str
    """The dataset whose rows are checked."""
    left: tuple[str, ...]
    """Measures or totals that are added on the left."""
    operator: Literal["<=", "=", ">="]
    """How the two sides must stand to each other."""
    right: tuple[str, ...]
    """Measures or totals that are added on the right."""
    severity: Literal["error", "warning"]
    """An error stops the report, a warning is shown and kept."""
    message: str
    """What is said of a row that fails."""
