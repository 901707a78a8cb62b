"""The few rules of style that Streamlit's theme does not hold, and bits of HTML made safely."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path

import streamlit as st
from markupsafe import Markup

from shortplank.drawing.theme import Tokens
from shortplank.frame.html import bullets, joined, paragraph
from shortplank.wording.verdicts import VERDICT_MARKS

CSS = """
<style>
.stMainBlockContainer { padding-top: 2.2rem; padding-bottom: 3.25rem; max-width: 1760px;
  padding-left: 2rem; padding-right: 2rem; }
a:focus-visible, summary:focus-visible { outline: 2px solid currentColor !important;
  outline-offset: 1px; }
h1.finding { font-size: 1.875rem; line-height: 1.3; padding: 0; margin: 0; font-weight: 700; }
p.about { font-size: 1rem; margin: 8px 0 0; opacity: .72; }
p.say { font-size: 1.125rem; margin: 0; }
p.notes { font-size: .9375rem; margin: 0; opacity: .78; }
/* The stamp has a strip of its own below what is read. */
.stamp { position: fixed; left: 0; right: 0; bottom: 0; height: 28px; line-height: 28px;
  overflow: hidden; text-align: right; white-space: nowrap; text-overflow: ellipsis;
  padding: 0 24px; font-size: .8125rem; z-index: 5; font-variant-numeric: tabular-nums; }
.stamp span { opacity: .8; }
.legend { display: flex; gap: 24px; font-size: .9375rem; flex-wrap: wrap; }
.tiles { display: grid; grid-template-columns: repeat(var(--columns), minmax(0, 1fr)); gap: 16px; }
@media (max-width: 1000px) { .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
@media (max-width: 640px) { .tiles { grid-template-columns: 1fr; } }
/* Where the list of pages is folded, what opens it lies over the page's head. */
.folded .stMainBlockContainer { padding-top: 3.5rem; }
@media (max-width: 768px) {
  .stMainBlockContainer { padding: 3.5rem 1rem 3rem; }
  h1.finding { font-size: 1.375rem; }
  .stamp { padding: 0 8px; text-align: left; font-size: .75rem; }
}
/* A row of looks breaks rather than being cut. */
[data-testid="stButtonGroup"], [data-testid="stButtonGroup"] > * { max-width: 100%; }
[data-testid="stButtonGroup"] [role="radiogroup"] { flex-wrap: wrap; }
.clock { display: flex; gap: 4px; }
.clock .stroke { height: 8px; flex: 1; border-radius: 2px; background: currentColor; opacity: .15; }
.clock .stroke.full { opacity: .7; }
.tile { border: 1px solid color-mix(in srgb, currentColor 18%, transparent); border-radius: 4px;
  padding: 12px 16px; min-width: 0; }
.tile .name { font-size: 1rem; opacity: .78; }
.tile .value { font-size: 2.125rem; font-weight: 700; line-height: 1.2;
  font-variant-numeric: tabular-nums; }
.tile .line { font-size: .9375rem; line-height: 1.55; font-variant-numeric: tabular-nums; }
.tile .word { font-weight: 700; }
.tile a, ul.plain a { color: inherit; }
.tile .head { display: flex; justify-content: space-between; align-items: end; gap: 12px; }
ul.plain { margin: 0; padding-left: 1.2em; font-size: 1rem; line-height: 1.7; }
.brand { font-size: 1.25rem; font-weight: 700; margin-top: -32px; }
nav.contents { display: flex; flex-direction: column; gap: 8px; }
nav.contents a { color: inherit; text-decoration: none; font-size: .875rem; line-height: 1.25rem;
  padding: 4px 8px; border-radius: 4px; }
nav.contents a:hover, nav.contents a[aria-current] {
  background: color-mix(in srgb, currentColor 9%, transparent); }
nav.contents a[aria-current] { font-weight: 600; }
.brand span { font-weight: 400; opacity: .75; }
.papers { display: grid; grid-template-columns: repeat(auto-fill, minmax(280px, 1fr)); gap: 16px; }
.stImage img { outline: 1px solid color-mix(in srgb, currentColor 20%, transparent); }
.papers figure { margin: 0; max-height: 520px; overflow: auto; }
table.list { border-collapse: collapse; width: 100%; font-size: .9375rem;
  font-variant-numeric: tabular-nums; }
table.list th, table.list td { padding: 4px 8px; text-align: right; white-space: nowrap;
  border: 0; border-bottom: 1px solid color-mix(in srgb, currentColor 14%, transparent); }
table.list th { font-weight: 400; opacity: .78; }
table.list .place { text-align: left; padding-left: 0; }
table.list tr.own td { font-weight: 700; }
table.list a { color: inherit; }
table.wrap th, table.wrap td { white-space: normal; text-align: left; vertical-align: top;
  line-height: 1.45; }
table.wrap th, table.wrap .place, table.wrap .keep { white-space: nowrap; }
.status { display: block; width: 0; min-width: 100%; white-space: normal; font-size: .8125rem;
  font-weight: 400; line-height: 1.3; opacity: .85; }
.town { opacity: .72; font-size: .875rem; }
p.card-link { margin: -28px 0 0; text-align: right; font-size: .9375rem; }
@media (max-width: 768px) { p.card-link { margin: -8px 0 0; text-align: left; } }
p.card-link a, p.account a, details.card a { color: inherit; }
p.account { font-size: .875rem; }
details.card { border-bottom: 1px solid color-mix(in srgb, currentColor 14%, transparent);
  padding: 8px 0; }
details.card summary { cursor: pointer; font-size: 1rem; }
details.card dl { display: grid; grid-template-columns: 6.5em 1fr; gap: 6px 16px; margin: 12px 0; }
details.card dt { opacity: .72; }
details.card dd { margin: 0; }
details.card dd .keep { display: inline-block; }
@media (max-width: 640px) {
  details.card dl { grid-template-columns: 1fr; gap: 0; }
  details.card dl, details.card dt, details.card dd { padding-left: 0; margin-left: 0; }
  details.card dt { font-size: .875rem; }
  details.card dd { margin-bottom: 8px; }
}
table.cells { width: auto; }
/* A table wider than a phone scrolls in its own box. */
.sideways { overflow-x: auto; }
table.cells td.fault { outline: 3px solid currentColor; font-weight: 700; }
[data-testid="stFileUploaderDropzoneInstructions"] * { display: none; }
[data-testid="stFileUploaderDropzoneInstructions"]::before { content:
  "把报表拖到这里，可一次多个；每个不超过 50 MB"; font-size: 1rem; }
.st-key-one-file [data-testid="stFileUploaderDropzoneInstructions"]::before { content:
  "把报表拖到这里，不超过 50 MB"; }
.st-key-one-paper [data-testid="stFileUploaderDropzoneInstructions"]::before { content:
  "把填好的材料拖到这里，不超过 20 MB"; }
p.say a, p.notes a, p.about a { color: inherit; }
ul.badges { list-style: none; margin: 0; padding: 0; font-size: .9375rem; line-height: 1.6; }
ul.badges .badge { font-weight: 600; }
button[data-variant="segmented_control"][aria-checked="true"] { color: inherit !important;
  font-weight: 600; }
dl.terms { display: grid; grid-template-columns: max-content 1fr; gap: 8px 24px; margin: 0;
  padding: 0; }
dl.terms dt { font-weight: 600; }
dl.terms dt, dl.terms dd { margin: 0; padding: 0; }
@media (max-width: 900px) { dl.terms { grid-template-columns: 1fr; gap: 0; }
  dl.terms dd { margin-bottom: 12px; } }
abbr.term { text-decoration: underline dotted 1px; text-underline-offset: .25em;
  text-decoration-color: color-mix(in srgb, currentColor 45%, transparent); cursor: help; }
abbr.term:focus { outline: 2px solid currentColor; outline-offset: 1px; }
/* A finger and a key have no hover: the meaning lies over the foot of the page. */
/* What is written pale would leave its meaning below the picture. */
:has(> abbr.term:focus) { opacity: 1 !important; }
abbr.term:focus::after { content: attr(title); position: fixed; left: 50%; bottom: 40px;
  transform: translateX(-50%); width: max-content; max-width: min(44em, calc(100vw - 32px));
  padding: 8px 16px; border: 1px solid #5B6470; border-radius: 4px; z-index: 6;
  background: #1B1F24; color: #F1F3F5; font-size: 1rem; font-weight: 400; line-height: 1.5; }
/* What is selected: at the foot of the screen while one reads on. */
[data-testid="stLayoutWrapper"]:has(> .st-key-selected) { position: sticky; bottom: 28px;
  z-index: 4; }
section.selected { border-top: 2px solid; padding: 8px 16px; max-height: 45vh; overflow-y: auto; }
section.selected p { margin: 0; }
section.selected .chosen { font-size: 1.125rem; }
section.selected .ways { display: flex; gap: 4px 24px; flex-wrap: wrap; font-size: 1rem; }
section.selected a { color: inherit; }
/* What is pinned to the view. */
.pinned { padding-left: 12px; font-size: 1rem;
  border-left: 3px solid color-mix(in srgb, currentColor 40%, transparent); }
/* The first steps. */
.step p { margin: 0; font-size: 1rem; }
.step h2.part { margin-top: 8px; }
p.onward { display: flex; flex-wrap: wrap; gap: 8px 12px; margin: 8px 0 0 !important; }
p.onward a { color: inherit; text-decoration: none; padding: 6px 14px; border-radius: 4px;
  border: 1px solid color-mix(in srgb, currentColor 40%, transparent); }
p.onward a:hover { border-color: currentColor; }
/* The tour's card; what it lies over can be scrolled clear of it. */
nav.tour { position: fixed; right: 24px; bottom: 40px; z-index: 6; box-sizing: border-box;
  width: min(30rem, calc(100vw - 32px)); padding: 12px 16px; border-radius: 4px;
  border: 1px solid color-mix(in srgb, currentColor 40%, transparent);
  box-shadow: 0 2px 12px rgb(0 0 0 / 18%); }
nav.tour p { margin: 0 0 4px; font-size: 1rem; line-height: 1.5; }
.toured .stMainBlockContainer { padding-bottom: 15rem; }
@media (max-width: 640px) { nav.tour { right: 16px; } }
.chosen nav.tour { bottom: 11rem; }
h2.part { font-size: 1.25rem; margin: 0 0 8px; padding: 0; font-weight: 600; }
</style>
"""


def write() -> None:
    """Write the style sheet of every page, and how it is printed."""
    st.html(f"{CSS}<style>{_rules('table')}{_rules('print')}</style>")


@cache
def _rules(name: str) -> str:
    return (Path(__file__).parent / "assets" / f"{name}.css").read_text(encoding="utf-8")


def legend(tokens: Tokens, wording: Callable[[str], str | None], codes: Sequence[str]) -> Markup:
    """Return the legend: mark and word of each verdict, in its colour."""
    told = {code: text for code in dict.fromkeys(codes) if (text := wording(code))}
    return marks_legend(
        (tokens.verdict(code), VERDICT_MARKS[code], text) for code, text in told.items()
    )


def marks_legend(rows: Iterable[tuple[str, str, str]]) -> Markup:
    """Return a legend of (colour, mark, what it means)."""
    item = Markup('<span><span style="color:{}">{}</span> {}</span>')
    return Markup('<div class="legend">{}</div>').format(joined(item.format(*row) for row in rows))


def plain_list(lines: Sequence[str], empty: str) -> Markup:
    """Return lines as a list, or what stands for none."""
    return bullets(lines) if lines else paragraph(empty)
