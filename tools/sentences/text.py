"""The approved sentences as one text that is read without code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from shortplank.access import RIGHTS
from shortplank.catalogue import Workspace
from tools.sentences.county import STATES, SUBJECTS
from tools.sentences.listing import Said

HEAD = """核定的句子

产品在每一种情形下说的话，由一个编造的县生成：五个乡镇、四十个村、二十个月。
改了措辞，这里就会变：运行 make sentences 重写本文件，逐行看改动，确认后一并提交。
每一条先是情形和标题，其下是句子；“看”是标题下的一行，“算”是“怎么算的”里的话，
“注”是说明，“另”是名单和表里的话。

情形：点名（有超出偶然的）、没有（都在偶然范围内）、太少（样本太少）、
未报（一个乡镇和另一个村未报）、不检验（指标没有区间，不作检验）。
指标：四个到村的服务指标，数相同而方向不同；一个出生指标；一个浏览者只到县的指标。
没有写明角色的，两种角色看到的一样；“无”是这种情形没有这一页。
"""


def text_of(ws: Workspace, said: Iterable[Said]) -> str:
    """Return the file: by topic, subject and state, a role by itself where roles read different."""
    lines = [HEAD.rstrip()]
    for topic, own in groupby(said, key=lambda each: each.topic):
        lines += ["", "", f"【{topic.label}】"]
        for subject, part in groupby(own, key=lambda each: each.subject):
            lines += _subject(ws, list(part), headed=topic.by_subject, subject=subject)
    return "\n".join(lines) + "\n"


def _subject(ws: Workspace, part: Sequence[Said], *, headed: bool, subject: str) -> Iterator[str]:
    heading = f"〔{SUBJECTS[subject]}〕{ws.indicators[subject].label}"
    if all(each.told is None for each in part):
        yield f"{heading}：无"
        return
    yield from [heading] if headed else []
    about = ""
    for words, names in _alike(part).items():
        title, own, *rest = words
        yield f"  {'、'.join(names)}：{title}"
        if own != about:
            about = own or about
            yield from [f"    看　{own}"] if own else []
        yield from (f"    {line}" for line in rest)


def _alike(part: Sequence[Said]) -> dict[tuple[str, ...], list[str]]:
    """Return a subject's words with their states, and roles where these read different."""
    found: dict[tuple[str, ...], list[str]] = {}
    for state, roles in groupby(part, key=lambda each: each.state):
        told = {each.role: _words(each) for each in roles}
        same = len(set(told.values())) == 1
        for role, words in told.items():
            name = STATES[state] if same else f"{STATES[state]}·{RIGHTS[role].name}"
            names = found.setdefault(words, [])
            names += [name] if name not in names else []
    return found


def _words(each: Said) -> tuple[str, ...]:
    """Return the title, the line below it and the other words of an entry, line by line."""
    told = each.told
    if told is None:
        return ("无", "")
    return (
        told.title,
        " · ".join(text for text in told.about if text),
        *([told.sentence] if told.sentence else []),
        *(f"算　{line}" for line in told.how),
        *([f"注　{'。'.join(told.notes)}。"] if told.notes else []),
        *(f"另　{line}" for line in each.lines),
    )
