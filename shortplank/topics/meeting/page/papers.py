"""The papers: what they would lack, made when asked for, seen as pictures, taken and remembered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import streamlit as st
from markupsafe import Markup

from shortplank.errors import ShortplankError
from shortplank.frame.html import bullets, joined, paragraph, write_html
from shortplank.frame.open_page import Page
from shortplank.frame.writing import write_down, write_signer
from shortplank.papers.lacking import LOOKED_FOR, lacking
from shortplank.records.exact import note_exact
from shortplank.records.follow_ups import FollowUp
from shortplank.records.kept_papers import KeptPaper, digest_of, keep_papers, kept_papers
from shortplank.records.meeting import frozen_view

if TYPE_CHECKING:  # slow to import
    from shortplank.papers.pack import Pack

ALL = "幻灯片、表格、通报、乡镇一页纸、会议纪要和放映网页"
# So many pages of a paper are shown, so wide, and so many beside each other.
MOST_PAGES, WIDE, BESIDE = 40, 900, 3
# So many digits of a hash tell two papers apart for the eye.
SHORT = 12
_SEEN = "briefing-seen"


@dataclass(frozen=True)
class Made:
    """Papers that were made in this session: file names and bytes by their keys, and of what."""

    files: dict[str, tuple[str, bytes]]
    pack: Pack
    exact: bool


def write_papers(page: Page, items: list[FollowUp], last: list[FollowUp]) -> None:
    """Make the papers when they are asked for, banded unless exact ones are taken on purpose."""
    if page.style.present:
        return
    page.part(
        "材料", paragraph("幻灯片、表格、通报、乡镇一页纸、会议纪要和放映网页，数与各页相同。")
    )
    missing = lacking(page.view, items, last)
    write_html(bullets(missing) if missing else paragraph(f"不缺什么：查了{LOOKED_FOR}。"))
    quarterly, exact = _choose(page)
    if st.button("生成材料", key="briefing-make", type="primary"):
        _make(page, quarterly=quarterly, exact=exact)
    made = st.session_state.get(_slot(page, quarterly=quarterly, exact=exact))
    if made is not None:
        _write_made(page, made)
    _write_kept(page, made)


def _choose(page: Page) -> tuple[bool, bool]:
    """Let whoever makes papers choose a quarter's, where one ends, and exact ones."""
    from shortplank.papers.pack import quarter_ending  # slow to import

    view, quarterly, exact = page.view, False, False
    if (quarter := quarter_ending(view.engine, view.month)) is not None:
        quarterly = st.toggle(f"按季度：{quarter.text}", key="briefing-quarter")
    if view.may("export_exact"):
        left, right = st.columns([2, 3], vertical_alignment="bottom")
        exact = left.toggle("精确数（标明内部使用，记入日志）", key="briefing-exact")
        if exact:
            write_signer(right, view.actor, "取用")
    return quarterly, exact


def _slot(page: Page, *, quarterly: bool, exact: bool) -> str:
    view = page.view
    parts = (view.ws.path, view.edition, view.month, view.actor.reads, quarterly, exact)
    return f"papers-{'-'.join(map(str, parts))}"


def _make(page: Page, *, quarterly: bool, exact: bool) -> None:
    from shortplank.papers.brief import PAPERS, file_name, paper
    from shortplank.papers.pack import pack, quarter_ending

    view = frozen_view(page.view)
    own = view if exact else view.with_(actor=view.actor.outward)
    files: dict[str, tuple[str, bytes]] = {}
    quarter = quarter_ending(view.engine, view.month) if quarterly else None
    try:
        if exact:
            note_exact(own, "会议材料")
        bar = st.progress(0.0, text="正在汇总各页的数…")
        whole = pack(own, quarter)
        for at, key in enumerate(PAPERS, start=1):
            files[key] = (file_name(whole, key), paper(whole, key))
            bar.progress(at / len(PAPERS), text=f"已写好 {files[key][0]}")
        bar.empty()
    except ShortplankError as error:
        st.error(error.sentence)
        return
    st.session_state[_slot(page, quarterly=quarterly, exact=exact)] = Made(files, whole, exact)
    if view.may("keep_papers") and view.actor.account:
        told = quarter.key if quarter else ""
        write_down(
            lambda: keep_papers(view, files, edition=whole.view.edition, exact=exact, quarter=told)
        )


# --- what was made now ----------------------------------------------------------------------------
def _write_made(page: Page, made: Made) -> None:
    """Offer each paper, and show the pages of the one that is to be looked at."""
    for key, (name, data) in made.files.items():
        with st.container(horizontal=True, vertical_alignment="center"):
            page.download(
                lambda data=data: data,  # type: ignore[misc]
                name,
                key=f"paper-{key}",
                label=f"下载 {name}（{_size(len(data))}）",
                exact=made.exact,
                named=True,
            )
            if not name.endswith(".html") and st.button("先看一看", key=f"briefing-see-{key}"):
                st.session_state[_SEEN] = key
    if page.view.ws.areas_below.get(page.view.county.area_code):
        from shortplank.papers.brief import ONE_BY_ONE, named, one_by_one

        page.download(
            lambda: one_by_one(made.pack)[1],
            named(made.pack, ONE_BY_ONE),
            key="paper-townships-apart",
            label="下载 乡镇一页纸，一个乡镇一个文件（zip）",
            exact=made.exact,
            named=True,
        )
    if st.session_state.get(_SEEN) in made.files:
        _show(*made.files[st.session_state[_SEEN]])


@st.cache_data(show_spinner=False, max_entries=12)
def _pictures(name: str, data: bytes) -> list[bytes]:
    """Return a paper's pages as PNG: the same file is laid out once, whoever looks at it."""
    from shortplank.papers.office import pictures  # slow to import

    return pictures(name, data, most=MOST_PAGES, wide=WIDE)


def _show(name: str, data: bytes) -> None:
    """Show a paper's pages: laid out by the machine's office program, else as a sketch."""
    from shortplank.papers.office import draws
    from shortplank.papers.shown import sketches

    drawn: list[bytes] = []
    if draws():
        with st.spinner("正在排版…"):
            try:
                drawn = _pictures(name, data)
            except ShortplankError as error:
                st.warning(error.sentence)
    if drawn:
        for first in range(0, len(drawn), BESIDE):  # row by row: a phone has them one by one
            beside = drawn[first : first + BESIDE]
            for at, (column, picture) in enumerate(zip(st.columns(BESIDE), beside, strict=False)):
                column.image(picture, caption=f"第 {first + at + 1} 页", width="stretch")
        if len(drawn) == MOST_PAGES:
            write_html(paragraph(f"只看前 {MOST_PAGES} 页，全部见下载。", "notes"))
        return
    pages = sketches(name, data)
    body = joined(Markup("<figure>{}</figure>").format(each) for each in pages[:MOST_PAGES])
    said = "按文件内容画的草图，换行和分页以打开后的为准。"
    if len(pages) > MOST_PAGES:
        said += f"只看前 {MOST_PAGES} 页，全部见下载。"
    write_html(Markup('<div class="papers">{}</div>').format(body), explain=False)
    write_html(paragraph(said, "notes"))


def _size(number: int) -> str:
    """Return a file's size in words.

    >>> _size(104_630), _size(2_338_397)
    ('102 KB', '2.2 MB')
    """
    return f"{number / 2**20:.1f} MB" if number >= 2**20 else f"{max(number // 1024, 1)} KB"


# --- what was made before -------------------------------------------------------------------------
def _write_kept(page: Page, made: Made | None) -> None:
    """Write who made which papers of the month, and whether those made now are the same."""
    kept = kept_papers(page.view)
    if not kept:
        return
    now = {digest_of(data) for _, data in made.files.values()} if made else set[str]()
    with st.expander(f"做过的材料（{len(kept)} 份）"):
        write_html(paragraph("数和事项没有变，再做一次，文件逐字节相同，校验值也相同。", "notes"))
        page.table(_kept_table(kept, now), name="做过的材料", key="papers")


def _kept_table(kept: list[KeptPaper], now: set[str]) -> pa.Table:
    return pa.table(
        {
            "时间": [f"{each.at.astimezone():%Y-%m-%d %H:%M}" for each in kept],
            "账号": [each.who for each in kept],
            "版次": [f"第{each.edition}版" for each in kept],
            "文件": [each.name for each in kept],
            "大小": [_size(each.size) for each in kept],
            "校验值（SHA-256 前 12 位）": [each.digest[:SHORT] for each in kept],
            "与现在做的": ["相同" if each.digest in now else "–" for each in kept],
        }
    )
