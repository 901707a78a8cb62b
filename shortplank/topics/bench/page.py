"""The bench: choose or write a statement, give its parameters, run it, look, take away, keep."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pyarrow.parquet as pq
import streamlit as st
from markupsafe import Markup

from shortplank.access import ANYONE
from shortplank.audit.seen import note_part
from shortplank.catalogue import Workspace
from shortplank.errors import ShortplankError
from shortplank.frame.html import joined, write_html
from shortplank.frame.open_page import Page
from shortplank.frame.writing import write_down, write_signer
from shortplank.reading.maps import offers_map, shapes_for
from shortplank.reading.view import View
from shortplank.records.settings_changes import LONGEST_WHY, seen_of
from shortplank.store.bench.bounded import MOST_TEXT, Answer
from shortplank.store.bench.held import query
from shortplank.store.bench.statements import (
    LONGEST_TITLE,
    Chart,
    Param,
    Statement,
    name_of,
    parse_statement,
    values_of,
)
from shortplank.store.posts import posts
from shortplank.topics.bench.answer import (
    BLANK,
    CHARTS,
    STARTER,
    charts_of,
    drawn,
    drawn_note,
    first_columns,
    label_columns,
    offered_queries,
    relations_rows,
    told,
    value_columns,
    values_text,
)
from shortplank.topics.bench.figure import result_figure
from shortplank.topics.bench.kept import (
    PINNED_SECONDS,
    answered,
    begin_values,
    file_of,
    remove_query,
    save_query,
)
from shortplank.wording.periods import month_key

# What a session keeps: its last answer, the statements that it ran, the kept ones as it opened
# them, and how its answer is drawn.
LAST, RAN, SEEN, DRAWN = "bench-last", "bench-ran", "bench-seen", "bench-drawn"
MOST_RAN = 10
RESULT = "查询结果"
# What the audit calls a statement that is no kept query's: its text is not written down.
OWN = "own"
EDITOR = 340


@dataclass(frozen=True)
class Ran:
    """A statement that was run: what it was, with which values, and what came of it."""

    statement: Statement
    values: Mapping[str, Any]
    edition: int
    answer: Answer | None
    fault: str = ""


def write_bench(page: Page) -> None:
    """Write the bench, for who may write statements of their own."""
    page.view.actor.must("query")
    head = st.container()
    offered = offered_queries(page.view)
    titles = {BLANK: "从空白写起", **{name: each.title or name for name, each in offered.items()}}
    name = page.choose("query", "从哪一条写起", titles, BLANK)
    statement = _write_editor(page, name, offered.get(name))
    said = _write_params(page.view, statement)
    left, right = st.columns([1, 5], vertical_alignment="center")
    with left:
        run = st.button("运行", type="primary", key="bench-run")
    with right:
        page.notes(["只读本版本的表，最长 8 秒；浏览者的分档数在浏览者的库里就是分档的"])
    if run:
        _run(page, statement, said)
    ran: Ran | None = st.session_state.get(LAST)
    with head:
        page.title(_title(ran), f"第{page.view.edition}版")
    if ran is not None:
        _write_answer(page, ran)
    _write_plan(page, statement, said)
    _write_saving(page, name, statement, said, ran)
    _write_ran(page)
    _write_relations(page.view.ws)


def _title(ran: Ran | None) -> str:
    if ran is None or ran.answer is None:
        return "用 SQL 查询本版本的数"
    return ran.statement.title or RESULT


# --- the statement --------------------------------------------------------------------------------
def _write_editor(page: Page, name: str, chosen: Statement | None) -> Statement:
    """Write the editor, filled with what was chosen, and return what stands in it."""
    seen = st.session_state.setdefault(SEEN, {})
    seen.setdefault(name, seen_of(page.view.ws.path, [file_of(name)]))
    with st.container(key="bench-editor"):
        text = st.text_area(
            "SQL（一条 SELECT；以 `--` 开头的头注写标题和参数）",
            value=chosen.text if chosen else STARTER,
            key=f"bench-text-{name}",
            height=EDITOR,
            max_chars=MOST_TEXT,
        )
    return parse_statement(name, text)


def _write_params(view: View, statement: Statement) -> dict[str, str]:
    """Offer each parameter of the header by its type, and return the texts that were given."""
    if not statement.params:
        return {}
    first, said = begin_values(view, statement.params), dict[str, str]()
    for begin in range(0, len(statement.params), 4):
        row = statement.params[begin : begin + 4]
        for place, each in zip(st.columns(4), row, strict=False):
            with place:
                said[each.name] = _write_param(view, statement.name, each, first[each.name])
    return said


def _write_param(view: View, name: str, param: Param, first: str) -> str:
    label, key = param.about or f"${param.name}", f"bench-{name}-{param.name}-{param.kind}"
    options = _options(view, param)
    if options is None:
        return st.text_input(label, value=first, key=key, max_chars=200)
    at = list(options).index(first) if first in options else 0
    return str(
        st.selectbox(label, list(options), index=at, key=key, format_func=options.__getitem__)
    )


def _options(view: View, param: Param) -> dict[str, str] | None:
    """Return of what a parameter is chosen, None where it is typed."""
    ws = view.ws
    match param.kind:
        case "month":
            asked = view.engine.ask(
                "months_by_edition", view.edition, view.actor.reads, county=ws.settings.home
            )
            months = [month_key(month) for month in reversed(asked["stat_month"].to_pylist())]
            return {"": "（空）", **{month: month for month in months}}
        case "indicator":
            return {key: item.label for key, item in ws.indicators.items()}
        case "form":
            return {key: form.label for key, form in ws.forms.items()}
        case "area":
            return {code: f"{area.name}（{code}）" for code, area in ws.area_by_code.items()}
    return None


# --- running it -----------------------------------------------------------------------------------
def _run(page: Page, statement: Statement, said: Mapping[str, str]) -> None:
    """Run a statement and keep what came of it for the session's next looks."""
    view, values = page.view, dict[str, Any]()
    answer, fault = None, ""
    seen = page.seen()
    seen = replace(seen, facts={**seen.facts, "query": statement.name or OWN})
    note_part(seen, "query", st.session_state)
    try:
        values = values_of(statement.params, said)
        with st.spinner("正在查询…"):
            answer = query(view.engine, view.edition, view.actor, statement.text, values)
    except ShortplankError as error:
        fault = error.sentence
    ran = Ran(statement, values, view.edition, answer, fault)
    st.session_state[LAST] = ran
    earlier = [each for each in st.session_state.get(RAN, []) if each.statement != statement]
    st.session_state[RAN] = [replace(ran, answer=None), *earlier][:MOST_RAN]


def _write_answer(page: Page, ran: Ran) -> None:
    """Write what came of the last run: its rows, drawn as is asked, and what takes them away."""
    if ran.answer is None:
        st.error(ran.fault)
        return
    answer, statement = ran.answer, ran.statement
    asked = values_text(page.view.ws, statement.params, ran.values)
    page.say("；".join(part for part in (told(answer), asked) if part) + "。")
    if ran.edition != page.view.edition:
        page.say(f"这是第{ran.edition}版的结果，请再运行一次。")
    _write_chart(page, answer, statement)
    name = statement.title or RESULT
    page.table(answer.table, name=name, key="result", height=420)
    if answer.table.num_rows:
        page.download(
            lambda: _parquet(answer), f"{name}.parquet", key="result", label="下载 Parquet"
        )


def _parquet(answer: Answer) -> bytes:
    sink = io.BytesIO()
    pq.write_table(answer.table, sink)
    return sink.getvalue()


def _write_chart(page: Page, answer: Answer, statement: Statement) -> None:
    table = answer.table
    st.session_state[DRAWN] = ("table", "", "")
    kinds = charts_of(table, shapes=offers_map(page.view))
    if len(kinds) == 1:
        return
    first = statement.chart if statement.chart in kinds else "table"
    kind = page.switch("chart", "图", {each: CHARTS[each] for each in kinds}, first)
    found: Chart = next((each for each in kinds if each == kind), "table")
    if found == "table":
        return
    x, y = first_columns(table, found, statement.x, statement.y)
    left, right = st.columns(2)
    with left:
        labels = label_columns(table)
        x = str(st.selectbox("名称列", labels, index=labels.index(x), key=f"bench-x-{kind}"))
    with right:
        values = value_columns(table)
        y = str(st.selectbox("数值列", values, index=values.index(y), key=f"bench-y-{kind}"))
    made = drawn(table, found, x, y)
    shapes = shapes_for(page.view, made.codes) if found == "map" else None
    figure = result_figure(made, page.style, shapes)
    page.chart(figure, key="result", alt=f"{statement.title or RESULT}：{y}")
    st.session_state[DRAWN] = (found, x, y)
    if note := drawn_note(made):
        page.notes([note])


def _write_plan(page: Page, statement: Statement, said: Mapping[str, str]) -> None:
    """Let the plan of a statement be looked at: what is scanned, joined and in which order."""
    with st.expander("执行计划（EXPLAIN）"):
        if not st.button("看计划", key="bench-explain"):
            return
        view = page.view
        try:
            values = values_of(statement.params, said)
            plan = query(
                view.engine, view.edition, view.actor, statement.text, values, explain=True
            )
        except ShortplankError as error:
            st.error(error.sentence)
            return
        st.code("\n".join(map(str, plan.table.column(1).to_pylist())), language=None)


# --- keeping it -----------------------------------------------------------------------------------
def _write_saving(
    page: Page, name: str, statement: Statement, said: Mapping[str, str], ran: Ran | None
) -> None:
    """Let a statement that was run be kept with a header, and a kept one be taken away."""
    view = page.view
    if not view.may("settle"):
        return
    kept = seen_of(view.ws.path, [file_of(name)])[file_of(name)]
    with st.expander("保存这条查询"), st.form(f"bench-save-{name}", border=False):
        one, two = st.columns(2)
        title = one.text_input(
            "标题",
            value=statement.title,
            max_chars=LONGEST_TITLE,
            key=f"bench-title-{name}-{statement.title}",  # a new header, a new box
        )
        known = posts(view.ws)
        at = known.index(statement.author) if statement.author in known else 0
        author = two.selectbox("署名的单位或岗位", known, index=at)
        viewers = st.checkbox("可给浏览者看（用浏览者的分档数另查一遍）", value=statement.viewers)
        pinned = st.checkbox("钉到会议材料（页面、幻灯片和表格）", value=statement.pinned)
        why = st.text_input("为什么存或改", max_chars=LONGEST_WHY, key=f"bench-why-{name}")
        write_signer(st, view.actor, "保存")
        if st.form_submit_button("保存"):
            wanted = replace(statement, title=title.strip(), author=str(author), viewers=viewers,
                             pinned=pinned)  # fmt: skip
            write_down(lambda: _save(page, name if kept else "", wanted, said, ran, why))
        if kept and st.form_submit_button("删去"):
            write_down(lambda: remove_query(_store(view), name, why))


def _store(view: View) -> Any:
    return view.engine.store.acting_for(view.actor)


def _save(
    page: Page,
    opened: str,
    wanted: Statement,
    said: Mapping[str, str],
    ran: Ran | None,
    why: str,
) -> None:
    """Keep a statement as it was run last, drawn as it is now; the link then names it."""
    view = page.view
    if ran is None or ran.answer is None or ran.statement.body != wanted.body:
        raise ShortplankError("这条语句还没有运行成功过", place="保存", mend="请先运行再保存")
    if wanted.pinned and ran.answer.work > PINNED_SECONDS:
        slow = f"钉住的查询要在 {PINNED_SECONDS:.0f} 秒内算完，这条算了 {ran.answer.work:.1f} 秒"
        raise ShortplankError(slow, place="保存", mend="请缩小范围后再钉")
    kind, x, y = st.session_state.get(DRAWN, ("table", "", ""))
    # What the page looks at is another month by month; what begins with nothing was named.
    begun = begin_values(view, tuple(replace(each, first="") for each in wanted.params))
    params = tuple(
        each
        if each.kind in ("month", "area") and begun[each.name]
        else replace(each, first=said.get(each.name, ""))
        for each in wanted.params
    )
    made = replace(
        wanted,
        name=opened or name_of(wanted.title),
        params=params,
        columns=tuple(ran.answer.table.column_names),
        reads=ran.answer.reads,
        chart=kind,
        x=x,
        y=y,
    )
    if made.viewers:
        answered(replace(view, actor=replace(ANYONE, scope=view.actor.scope)), made, ran.values)
    seen = st.session_state[SEEN].pop(opened, {}) if opened else {file_of(made.name): ""}
    save_query(_store(view), made, why, seen=seen)
    st.session_state.pop(f"bench-text-{made.name}", None)


# --- beside it ------------------------------------------------------------------------------------
def _write_ran(page: Page) -> None:
    """Write the statements that the session ran, the last first."""
    ran: list[Ran] = st.session_state.get(RAN, [])
    if not ran:
        return
    with st.expander(f"本次登录运行过的 {len(ran)} 条语句"):
        for each in ran:
            said = values_text(page.view.ws, each.statement.params, each.values)
            page.notes([" · ".join(part for part in (each.statement.title, said) if part)])
            st.code(each.statement.body, language="sql")


def _write_relations(ws: Workspace) -> None:
    """Write the relations with their columns, each in a fold."""
    with st.expander("可以查的表和列"):
        write_html(joined(_relation(*each) for each in relations_rows(ws)), explain=False)


def _relation(name: str, about: str, columns: list[tuple[str, str]]) -> Markup:
    row = Markup("<dt><code>{}</code></dt><dd>{}</dd>")
    return Markup(
        '<details class="card"><summary><b><code>{}</code></b> <span class="town">{}</span>'
        "</summary><dl>{}</dl></details>"
    ).format(name, about, joined(row.format(*each) for each in columns))
