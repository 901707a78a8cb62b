"""Write the demo workspace: settings, registers, catalogue, and its editions in time order."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from shortplank.audit.state import NAME as STATE
from shortplank.catalogue import copy_standard
from shortplank.demo.boundaries import write_boundaries
from shortplank.demo.calendar import RECOUNT_YEAR, RECOUNTS, edition_of, moment, monthly_editions
from shortplank.demo.county import County, generate
from shortplank.demo.filings import FORMS
from shortplank.demo.frames import changes
from shortplank.demo.months import MONTHS
from shortplank.demo.register import HERE, HOME, REGISTER_FILES
from shortplank.demo.registers import write_registers
from shortplank.demo.reviews import write_reviews
from shortplank.errors import ShortplankError
from shortplank.store import Store
from shortplank.store.boundaries.maps import boundaries_file

SEED = 20100605
WHO = "县人口计生委规划统计股"
RECOUNT_WHO = "县人口计生委政策法规股"

SETTINGS = f"""schema_version = 1
name = "云洲县"
home = "{HOME}"
statistical_year_first_month = 10
due_day = 5
demo = true

[disclosure]
small_count = 3
round_births_to = 5
"""


@dataclass(frozen=True)
class Publication:
    """One edition of the demo: its day, who published it and why."""

    day: date
    who: str
    why: str
    restates: tuple[str, ...] = ()


def build(target: Path, seed: int = SEED) -> None:
    """Write the whole demo workspace into an empty or new folder.

    The same seed gives the same bytes. Raises `ShortplankError` where the folder holds editions.
    """
    target = Path(target)
    if (target / "snapshots").exists():
        raise ShortplankError(
            "这个文件夹里已有版本，没有写入", place=str(target), mend="请换一个空文件夹"
        )
    county = generate(seed)
    write_settings(target)
    write_registers(target / "registers", seed, county.register, county.stocks)
    copy_standard(target)
    write_reviews(target / "catalogue" / "indicators")
    write_events(target / "catalogue" / "events.toml")
    write_boundaries(boundaries_file(target), seed, county.register)
    publish(Store(target), county)
    shutil.rmtree(target / STATE, ignore_errors=True)  # a made-up county was published by nobody


def write_settings(target: Path) -> None:
    """Write ``workspace.toml``, the registers of areas and an empty journal."""
    (target / "journal").mkdir(parents=True, exist_ok=True)
    (target / "journal" / ".gitkeep").touch()
    (target / "workspace.toml").write_text(SETTINGS, encoding="utf-8", newline="\n")
    for name in REGISTER_FILES:
        shutil.copyfile(HERE / "areas" / name, target / name)


def write_events(path: Path) -> None:
    """Add what happened in the county to the catalogue's dated events."""
    merger = (
        date(2008, 7, 1),
        "桂浦镇三个村合并为双店村",
        "行政区划登记册",
        ("room_standard", "leader_coverage", "staff_coverage", "village_led_share"),
    )
    restated = [
        (
            recount.restated[0],
            f"第{place}次回溯查出的出生开始补报",
            f"{RECOUNT_YEAR}统计年度出生人口回溯",
            ("late_registration_share",),
        )
        for place, recount in zip("一二", RECOUNTS, strict=True)
    ]
    with path.open("a", encoding="utf-8", newline="\n") as file:
        for month, label, source, indicators in (merger, *restated):
            listed = ", ".join(f'"{key}"' for key in indicators)
            file.write(
                f'\n[[event]]\nmonth = {month}\nlabel = "{label}"\n'
                f'source = "{source}"\nindicators = [{listed}]\n'
            )


def said(month: date) -> str:
    """Return a month as reports write it.

    >>> said(date(2010, 5, 1))
    '2010年5月'
    """
    return f"{month.year}年{month.month}月"


def plan(county: County) -> list[Publication]:
    """Return the editions in the order in which they were published."""
    first, *later = monthly_editions()
    months = {edition_of(month): month for month in MONTHS}
    history = f"首次建库：{said(MONTHS[0])}至{said(months[first])}历史数据"
    planned = [Publication(first, WHO, history)]
    planned += [Publication(day, WHO, f"{said(months[day])}报表汇总发布") for day in later]
    planned += [
        Publication(
            recount.published,
            RECOUNT_WHO,
            f"{RECOUNT_YEAR}统计年度出生人口第{place}次回溯结果",
        )
        for place, recount in zip("一二", RECOUNTS, strict=True)
    ]
    planned += [
        Publication(
            item.published,
            WHO,
            f"{county.register.names[item.township]}{said(item.month)}{item.reason}，更正重报",
            (f"{item.month:%Y-%m}",),
        )
        for item in county.restatements
    ]
    return sorted(planned, key=lambda publication: publication.day)


def publish(store: Store, county: County) -> None:
    """Publish every edition of the plan."""
    before = date.min
    for publication in plan(county):
        own = store.acting_for(replace(store.actor, account=publication.who))
        own.publish(
            changes(county.frames, before, publication.day),
            why=publication.why,
            published_at=moment(publication.day),
            restates=publication.restates,
            forms=dict.fromkeys(FORMS, 1),
        )
        before = publication.day
