"""Posts and units: whoever is asked to do something, or signs for a command, is one of a list.

``registers/posts.csv`` lists posts; units are its supporting units, the county, its townships and
villages. A post is chosen, never typed: so no line of the journal can name a person. Whoever writes
on a page is the account that signed in, and is kept as it is called.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from shortplank.access import MACHINE
from shortplank.audit.lines import note
from shortplank.catalogue import Workspace
from shortplank.errors import StoreError, WorkspaceError
from shortplank.store import journal
from shortplank.store.personal import is_a_person, personal_kind

# Who signs for a command where nobody says which post.
ANALYST = MACHINE.account
# The posts of a workspace without a register of them.
USUAL = ("统计岗", "规划统计股")
_SHOWN = 5
# What a line of the journal calls the county that it is of.
COUNTY = "county"


def posts(ws: Workspace) -> tuple[str, ...]:
    """Return the posts and units that may sign: posts, supporting units, county and townships."""
    listed = [line.post for line in ws.posts] or [*USUAL]
    helping = [line.unit for line in ws.support]
    home = [ws.home, *ws.areas_below.get(ws.settings.home, ())]
    named = (*_of_no_person((*listed, *helping)), *(area.name for area in home), ANALYST)
    return tuple(dict.fromkeys(named))


def owners(ws: Workspace) -> tuple[str, ...]:
    """Return the posts and units that may be asked to do something: with the county's villages."""
    towns = ws.areas_below.get(ws.settings.home, ())
    villages = (f"{t.name}{v.name}" for t in towns for v in ws.areas_below.get(t.area_code, ()))
    able = [post for post in posts(ws) if post != ANALYST]
    return tuple(dict.fromkeys((*able, *villages)))


@lru_cache(maxsize=32)
def _of_no_person(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names that are a post's or a unit's; a register may be kept by hand.

    A page asks some thirty times of the same register, which takes 3 ms to look through.
    """
    return tuple(name for name in names if not is_a_person(name))


def known_post(ws: Workspace, text: str) -> str:
    """Return a post or unit of the list; `StoreError` names some, and never repeats the text.

    A workspace that keeps no list of posts takes any text that is no person's.
    """
    asked, person = text.strip(), is_a_person(text)
    if asked in posts(ws) or asked in owners(ws) or asked in {area.name for area in ws.areas}:
        return asked
    if not ws.posts and not person:
        return asked
    fault = "这里像是人名，应是单位或岗位" if person else "名册里没有这个单位或岗位"
    some = "、".join(posts(ws)[:_SHOWN])
    raise StoreError(
        fault,
        place="单位或岗位",
        mend=f"请从名册中选（{some}等），或先在 registers/posts.csv 登记岗位",
    )


def check_reviewers(ws: Workspace) -> None:
    """Raise `WorkspaceError` for the first card whose keeper (``reviewed_by``) is no post.

    It is one of the list where the workspace keeps one; else any that is no person's. The sentence
    never repeats the text.
    """
    kept = {key: item.reviewed_by for key, item in ws.indicators.items() if item.reviewed_by}
    listed = set(posts(ws)) - {ANALYST} if kept and ws.posts else set[str]()
    for key, post in kept.items():
        person = is_a_person(post) or personal_kind(post) is not None
        if person or (ws.posts and post not in listed):
            fault = "像是人名或个人信息，应是岗位" if person else "岗位名册里没有这个岗位"
            raise WorkspaceError(
                f"指标 {key} 的 reviewed_by：{fault}",
                place="catalogue/indicators",
                mend="请改写岗位，或先在 registers/posts.csv 登记",
            )


def county_of(ws: Workspace) -> dict[str, str]:
    """Return what a line says of its county: nothing where it is the home of the settings."""
    home = ws.settings.home
    return {} if home == ws.whole.settings.home else {COUNTY: home}


def lines_of(ws: Workspace, kind: str) -> list[journal.Line]:
    """Return the journal's lines of a kind that are of the home; one that says none is of its own.

    A line says its county where that is another than the home of the settings.
    """
    own, home = ws.whole.settings.home, ws.settings.home
    return [line for line in journal.read(ws.path, kind) if line.get(COUNTY, own) == home]


def write_line(ws: Workspace, kind: str, line: Mapping[str, Any]) -> None:
    """Append a line to the journal whose posts stand in the list; ``who`` is an account's name."""
    write_lines(ws, kind, [line])


def write_lines(ws: Workspace, kind: str, lines: Sequence[Mapping[str, Any]]) -> None:
    """Append lines to the journal in the same way, all or none."""
    named = [
        {key: known_post(ws, str(line[key])) for key in journal.POSTS if key in line}
        for line in lines
    ]
    told = [
        {**line, **posts_of, **county_of(ws)} for line, posts_of in zip(lines, named, strict=True)
    ]
    known = {post for posts_of in named for post in posts_of.values()}
    journal.append_all(ws.path, kind, told, known=known)
    for line in lines:
        note(ws.path, str(line.get("who", "")), "write", kind=kind)
