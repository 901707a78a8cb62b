"""What every page says of the made-up county: a topic after the other, in each state and role."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from shortplank.access import Role
from shortplank.reading.offered import for_draws, for_villages
from shortplank.reading.told import Told
from shortplank.reading.view import View
from shortplank.records.follow_ups import follow_ups, last_items
from shortplank.records.meeting import meeting_told
from shortplank.store import Engine
from shortplank.topics.inspection.answer.rehearsal import default_plan, rehearsal
from shortplank.topics.overview.answer import overview
from shortplank.topics.points.answer import points
from shortplank.topics.quality.answer.checks_found import checks_found
from shortplank.topics.quality.answer.completeness import completeness
from shortplank.topics.quality.answer.recounts import recounts
from shortplank.topics.quality.answer.signals import signals
from shortplank.topics.rankings.answer.composite import composite
from shortplank.topics.rankings.answer.funnel import funnel, has_funnel
from shortplank.topics.rankings.answer.league import bump, league
from shortplank.topics.rankings.answer.ranking import ranking
from shortplank.topics.rankings.answer.spine import spine
from shortplank.topics.sex_ratio.answer.sex_ratio import LOOKS, default_span, sex_ratio
from shortplank.topics.short_plank.answer.on_map import plank_map
from shortplank.topics.short_plank.answer.short_plank import short_plank
from shortplank.topics.short_plank.answer.village import village
from shortplank.topics.short_plank.answer.visits import visits
from shortplank.topics.short_plank.answer.warning_list import warning_list
from shortplank.topics.short_plank.answer.what_if import may_what_if, what_if
from shortplank.topics.trends.answer.comparison import comparison
from shortplank.topics.trends.answer.trend import picture_labels, trend
from shortplank.topics.trends.answer.year_end import has_year_end, year_end
from tools.sentences.beside import beside
from tools.sentences.county import (
    CLOSED,
    FIRST_TOWN,
    FIRST_VILLAGE,
    STATES,
    SUBJECTS,
    State,
    view_of,
)

ROLES: tuple[Role, ...] = ("analyst", "viewer")
Say = Callable[[View], Told | None]
TOWNSHIPS: tuple[State, ...] = ("named", "nothing", "too_few", "unfiled", "untested")
# A sex ratio, a place among the peers and a register of reports are what they are in each state.
COUNTED: tuple[State, ...] = ("named", "nothing", "too_few", "unfiled")


@dataclass(frozen=True)
class Topic:
    """A look of a page: what it says of a view, and in which states of the county it exists."""

    label: str
    say: Say
    by_subject: bool = False
    monthly: bool = False
    """Whether it may look at a month by itself, where no earlier figure stands for it."""
    states: tuple[State, ...] = TOWNSHIPS


@dataclass(frozen=True)
class Said:
    """What a look says of a subject in a state to a role; no answer where there can be none."""

    topic: Topic
    subject: str
    state: State
    role: Role
    told: Told | None = None
    lines: tuple[str, ...] = ()
    """What stands beside the answer's own words: lists, verdicts of rows, a column's heading."""


def _picture(picture: str, view: View) -> Told:
    return trend(view.with_(window="month") if picture == "curve" else view, picture)


def _visits(view: View) -> Told | None:
    found = visits(view) if for_villages(view.item) else None
    if found is None:
        return None
    return Told(
        title=found.told,
        sentence=f"{found.why}{found.change}{'；' if found.rest else '。'}{found.rest}"
        if found.change
        else found.why,
        named=tuple(found.names[: found.sure]),
        tested=found.tested,
    )


def _meeting(view: View) -> Told:
    now = [each for each in follow_ups(view) if each.month == view.month]
    return meeting_told(view, last_items(view), now)


def _ratio(look: str, view: View) -> Told:
    return sex_ratio(view, look, default_span(view), "sex_ratio_at_birth")


def _if(may: Callable[[View], bool], say: Say, view: View) -> Told | None:
    return say(view) if may(view) else None


def _births(view: View) -> View:
    """Return a view of births by village in the closed year: viewers read it in bands."""
    return view.with_(indicator="policy_compliance", month=CLOSED)


def _villages(view: View) -> bool:
    return for_villages(view.item)


TOPICS: tuple[Topic, ...] = (
    Topic("调度总览", overview),
    *(
        Topic(
            f"指标趋势·{label}",
            partial(_picture, picture),
            by_subject=True,
            monthly=picture == "towns",
        )
        for picture, label in picture_labels().items()
    ),
    Topic(
        "指标趋势·比较",
        lambda view: comparison(view, list(view.towns)[:2]),
        by_subject=True,
        monthly=True,
    ),
    Topic(
        "指标趋势·年底预测", partial(_if, lambda v: has_year_end(v.item), year_end), by_subject=True
    ),
    Topic(
        "指标趋势·年底（年度已结束）",
        partial(_if, lambda v: has_year_end(v.item), lambda v: year_end(v.with_(month=CLOSED))),
        by_subject=True,
    ),
    Topic("乡镇排名·排名", ranking, by_subject=True, monthly=True),
    Topic(
        "乡镇排名·漏斗图",
        partial(_if, lambda v: has_funnel(v.item), funnel),
        by_subject=True,
        monthly=True,
    ),
    Topic("乡镇排名·位次变化", lambda view: bump(view.with_(window="ytd")), by_subject=True),
    Topic("乡镇排名·同类县位次", league, states=COUNTED),
    Topic("乡镇排名·综合", composite),
    Topic("乡镇排名·一个乡镇", lambda view: spine(view, FIRST_TOWN)),
    *(
        Topic(f"性别比·{label}", partial(_ratio, look), states=COUNTED)
        for look, label in LOOKS.items()
    ),
    Topic("短板村·水桶图", partial(_if, _villages, short_plank), by_subject=True),
    Topic("短板村·先去哪几个村", _visits, by_subject=True),
    Topic(
        "短板村·村情",
        partial(_if, _villages, lambda view: village(view.with_(area=FIRST_VILLAGE))),
        by_subject=True,
    ),
    Topic("短板村·出生（年度已结束）", lambda view: short_plank(_births(view))),
    Topic(
        "短板村·村情（出生，年度已结束）",
        lambda view: village(_births(view).with_(area=FIRST_VILLAGE)),
    ),
    Topic(
        "短板村·推演",
        partial(
            _if,
            lambda v: _villages(v) and may_what_if(v.item),
            lambda v: what_if(v, 5, 95.0 if v.item.polarity == "up" else 5.0),
        ),
        by_subject=True,
    ),
    Topic(
        "短板村·地图（没有边界）",
        partial(_if, _villages, lambda v: plank_map(v, short_plank(v))),
        by_subject=True,
    ),
    Topic("短板村·预警名单", warning_list),
    Topic(
        "抽查预演",
        partial(_if, lambda v: for_draws(v.item), lambda v: rehearsal(v, default_plan(v))),
        by_subject=True,
    ),
    Topic("月积分", points),
    Topic("数据质量·值得核对", signals),
    Topic("数据质量·完整及时", completeness, states=COUNTED),
    Topic("数据质量·上报与回溯", recounts, states=("named", "nothing", "too_few")),
    Topic("数据质量·抽查核查", checks_found, states=("named", "nothing", "too_few")),
    Topic("会议材料", _meeting, states=("named", "nothing")),
)


def every_said(counties: Mapping[State, Engine]) -> Iterator[Said]:
    """Return what is said in every combination of topic, subject, state and role."""
    for topic in TOPICS:
        for subject in SUBJECTS if topic.by_subject else ("migrant_filing",):
            for state in STATES:
                for role in ROLES:
                    yield _said(counties[state], topic, subject, state, role)


def _said(shared: Engine, topic: Topic, subject: str, state: State, role: Role) -> Said:
    view = view_of(shared, subject, role)
    if topic.monthly and state == "unfiled":
        view = view.with_(window="month")
    told = topic.say(view) if state in topic.states else None
    if told is None:
        return Said(topic, subject, state, role)
    return Said(topic, subject, state, role, told, tuple(beside(view, told)))
