"""No page and no paper announces what the month's ledger has not: every look is walked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

import pytest

from shortplank.access import Actor, Role
from shortplank.reading.judged.ledger import Finding, Ledger, ledger_of
from shortplank.reading.view import View
from shortplank.store import engine
from shortplank.topics.rankings.answer.ranking import ranking
from shortplank.topics.short_plank.answer.short_plank import short_plank
from shortplank.topics.short_plank.answer.warning_list import warning_list
from shortplank.wording import judged as words
from tests.copies import DEMO
from tests.topics.judged import quiet
from tests.topics.looks import TOPICS, Look, looks
from tests.topics.sentences import view_of

APART = re.compile(
    "|".join((words.CLEARLY_WORSE, words.CLEARLY_OVER, words.CLEARLY_UNDER, words.CLEARLY_OFF))
)
LISTED = re.compile(f"{words.LISTED}|{words.ON_LIST}")
MOVED = re.compile(f"{words.ROSE}|{words.FELL}")
TRUE = re.compile(f"{words.TRUE}|差别几乎全部属实")
# What says that nobody is on the list or never can be; and what says what a mark means.
ANY = f"{APART.pattern}|{LISTED.pattern}"
DENIED = re.compile(
    f"{words.NOT_JUDGED}|(?:没有(?:单位|村|乡镇|一个)?|不)(?:{ANY})|为{words.LISTED}的"
)
# The heading of a column.
HEADING = re.compile(f"{words.LISTED}的(?:乡镇|村)")
# A count's twelve months against twelve: a fact, with its numbers beside it.
COUNTED = re.compile(r"近12月 [\d,]+ \S+，上年同期 [\d,]+ \S")
# What pages said of chance when each of them had a test of its own.
CHANCE = re.compile(
    "超出偶然|不像偶然|不是偶然|与偶然相符|偶然范围内|仅凭偶然|多于偶然|只是偶然|只有偶然|证据尚弱"
)
MONTHS = (date(2008, 10, 1), date(2009, 9, 1), date(2010, 5, 1))
ROLES: tuple[Role, ...] = ("analyst", "viewer")


class Ground(NamedTuple):
    """What a month's ledger has, and the names of its county."""

    book: Ledger
    home: str
    towns: tuple[str, ...]
    villages: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, view: View) -> Ground:
        """Return the ground that a view's pages stand on."""
        areas = view.ws.area_by_code
        return cls(
            ledger_of(view),
            view.county.name,
            tuple(area.name for area in areas.values() if area.level == "township"),
            tuple(
                (areas[area.parent_code].name, area.name)
                for area in areas.values()
                if area.level == "village"
            ),
        )

    def announced(self, indicator: str | None) -> set[str]:
        """Return the names of the townships and villages announced in an indicator."""
        return {
            f.area
            for f in self.book.of(indicator)
            if f.kind in ("named", "listed") and f.level != "county"
        }

    def names(self, text: str) -> set[str]:
        """Return the townships and villages that a text names."""
        found = set()
        for town, village in self.villages:
            for spelled in (f"{town}{village}", f"{town} {village}"):
                if spelled in text:
                    found.add(f"{town}{village}")
                    text = text.replace(spelled, "")
        return found | {town for town in self.towns if town in text}


def faults(look: Look, ground: Ground) -> Iterator[str]:
    """Yield what a look announces and the ledger has not."""
    known = ground.announced(look.indicator)
    yield from (f"named {name}" for name in look.named if name not in known)
    for text in look.texts:
        plain = "" if HEADING.fullmatch(text.strip()) else DENIED.sub("", text)
        for part in re.split("[；。]", plain):
            if _apart(part, look, ground) or _moved(part, look, ground):
                yield part


def _apart(part: str, look: Look, ground: Ground) -> bool:
    """Return whether a part says that one stands apart or is listed, and none such is found."""
    found = ground.book.of(look.indicator)
    if TRUE.search(part):
        return not any(each.kind == "spread" for each in found)
    if not (APART.search(part) or LISTED.search(part)):
        return False
    # Who comes after the last such phrase is told for another reason: （按贡献）.
    last = [found.end() for found in re.finditer(ANY, part)][-1]
    names = ground.names(part[:last]) or ground.names(part)
    if names:
        return not names <= ground.announced(look.indicator)
    return not any(each.kind in ("named", "listed") for each in found)


def _moved(part: str, look: Look, ground: Ground) -> bool:
    """Return whether a part says that a rate moved for sure, and none such is found."""
    said = MOVED.search(part)
    if said is None or COUNTED.search(part):
        return False
    way = "up" if said.group() == words.ROSE else "down"
    changes = [
        f for f in ground.book.of(look.indicator, "county", "changed") if _told(f, part, look)
    ]
    return not any(each.direction == way for each in changes)


def _told(found: Finding, part: str, look: Look) -> bool:
    """Return whether a part of a look of several indicators is about this one."""
    return look.indicator is not None or found.item.label in part


def of_chance(look: Look) -> Iterator[str]:
    """Yield what a look says of chance as pages did when each had a test of its own."""
    yield from (text for text in (*look.texts, *look.legend) if CHANCE.search(text))


# --- the demo county ------------------------------------------------------------------------------
def demo(month: date, role: Role) -> View:
    return view_of(engine(DEMO), month, role)


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_announces_what_the_ledger_has_and_the_same_to_every_role(topic: str) -> None:
    for month in MONTHS:
        named = []
        for role in ROLES:
            view = demo(month, role)
            ground, every = Ground.of(view), list(looks(view, topic))
            assert ground.book.findings and every
            for look in every:
                assert (look.where, list(faults(look, ground))) == (look.where, [])
                assert (look.where, list(of_chance(look))) == (look.where, [])
            named.append({look.where: look.named for look in every})
        both = named[0].keys() & named[1].keys()
        assert both
        assert {w: named[0][w] for w in both} == {w: named[1][w] for w in both}


def test_what_is_announced_is_somewhere_to_be_read() -> None:
    """The ledger's names stand on the overview, and the pages of their level name them, too."""
    for month in MONTHS:
        view = demo(month, "viewer")
        ground, first = Ground.of(view), next(looks(view, "overview"))
        assert set(first.named) == ground.announced(None)
        texts = " ".join(first.texts)
        units = [f for f in ground.book.findings if f.kind in ("named", "listed")]
        for found in units:
            assert (found.area if found.level != "county" else "全县") in texts
            own = view.with_(indicator=found.indicator)
            if found.item.interval == "srb":
                continue
            if found.level == "township":
                assert found.area in ranking(own).named
            if found.level == "village":
                assert (
                    found.area in short_plank(own).named and found.area in warning_list(own).named
                )


# --- a quiet county -------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> View:
    view = view_of(quiet(tmp_path_factory.mktemp("quiet")), date(2009, 9, 1))
    assert ledger_of(view).findings == [] and ledger_of(view).tests > 60
    return view


@pytest.mark.parametrize("topic", TOPICS)
def test_a_quiet_county_is_told_nothing(topic: str, calm: View) -> None:
    for role in ROLES:
        view = calm.with_(actor=Actor(role))
        ground = Ground.of(view)
        for look in looks(view, topic):
            assert (look.where, look.named) == (look.where, ())
            assert (look.where, [*faults(look, ground), *of_chance(look)]) == (look.where, [])


# --- the rule itself ------------------------------------------------------------------------------
def test_the_rules_know_what_an_announcement_is() -> None:
    ground = Ground.of(view_of(engine(DEMO), date(2010, 5, 1)))

    def wrong(text: str, indicator: str | None = None, named: tuple[str, ...] = ()) -> list[str]:
        return list(faults(Look("x", indicator, [text], named), ground))

    assert wrong("", named=("潭渚镇",)) and not wrong("", named=("峰浦镇",))
    assert wrong("潭渚镇明显差于全县，列入本月核对名单")
    assert wrong("峰浦镇、潭渚镇明显高于自然范围")
    assert not wrong("潭渚镇 84.4%；峰浦镇明显高于自然范围，列入核对")
    assert wrong("梅坪镇杨墩村 69.5%，列入核对") and not wrong("梅坪镇老屋村 69.5%，列入核对")
    assert wrong("梅坪镇老屋村明显差于全县", "sex_ratio_at_birth")
    assert wrong("3 个村列入核对", "policy_compliance") and not wrong("3 个村列入核对")
    assert not wrong("共比较 602 项，没有单位列入核对") and not wrong(words.NOT_JUDGED)
    assert not wrong("先去梅坪镇老屋村（列入本月核对名单），梅坪镇杨墩村（按贡献）")
    assert wrong("先去梅坪镇杨墩村（列入本月核对名单），梅坪镇老屋村（按贡献）")
    assert not wrong("120 个数一并比过，没有一个明显差于全县") and not wrong("列入核对的村")
    assert wrong("政策符合率比上年同期升 1.2 个百分点，确有上升")
    assert wrong("比上年同月降 1.2 个百分点，确有下降", "migrant_filing")
    assert not wrong("比上年同月升 1.2 个百分点，确有上升", "migrant_filing")
    assert not wrong("出生近12月 5,915 人，上年同期 5,656 人，升 4.1%，确有上升")
    assert not wrong("近12月 159 對，上年同期 210 對，降 24.3%（−40.6% 至 −3.7%），确有下降")
    assert wrong("各乡镇差别属实的约三成，其余逐月摆动", "policy_compliance")
    assert CHANCE.search("13 个乡镇低于全县，仅凭偶然也会有约 7.8 个")
