"""The handbook's chapters, read from ``docs/handbook``: for a page, and all as one file."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from shortplank.store.served import SERVED

FOLDER = SERVED / "docs" / "handbook"
# The chapters in their order; each is a file, and each is for somebody.
CHAPTERS = ("leaders", "analysts", "meetings", "townships", "administrators", "regions")
# How a chapter leads to a page of the app: as a repository's reader finds it.
_PAGE = ("../../pages/", ".py")
_STYLE = """\
body { max-width: 46rem; margin: 0 auto; padding: 1rem; color: #222; background: #fff;
  font: 1rem/1.75 "Microsoft YaHei", "PingFang SC", "Noto Sans CJK SC", SimHei, sans-serif; }
h1 { margin-top: 3rem; border-bottom: 2px solid #222; } h2 { margin-top: 2rem; }
img { max-width: 100%; border: 1px solid #ccc; } figure { margin: 1rem 0; }
table { border-collapse: collapse; } th, td { border: 1px solid #bbb; padding: .25rem .6rem;
  text-align: left; vertical-align: top; }
pre { background: #f3f3f1; padding: .6rem .8rem; overflow-x: auto; } code { font-size: .95em; }
@media print { h1 { break-before: page; } }
"""

# What a link of a chapter leads to; "" leaves its words alone.
Way = Callable[[str], str]


@dataclass(frozen=True)
class Picture:
    """A picture of a chapter: its file, and what it shows in words."""

    path: Path
    says: str


@dataclass(frozen=True)
class Chapter:
    """A chapter: its title, for whom it is, and its pieces in order."""

    key: str
    title: str
    about: str
    pieces: tuple[Markup | Picture, ...]


def chapters(way: Way) -> tuple[Chapter, ...]:
    """Return all chapters; ``way`` says where their links lead."""
    return tuple(chapter(key, way) for key in CHAPTERS)


@cache
def titles() -> dict[str, str]:
    """Return what each chapter is called, by its key."""
    return {each.key: each.title for each in chapters(lambda _link: "")}


def chapter(key: str, way: Way) -> Chapter:
    """Return one chapter.

    >>> chapter("leaders", lambda link: "").title
    '领导看板五分钟'
    """
    tokens = _tokens(key)
    title, about, rest = tokens[1].content, tokens[4].content, tokens[6:]
    return Chapter(key, title, about, tuple(_pieces(rest, way)))


def linked_page(link: str) -> str:
    """Return the page that a link of a chapter leads to, "" for none.

    >>> linked_page("../../pages/rankings.py"), linked_page("analysts.md")
    ('rankings', '')
    """
    before, after = _PAGE
    is_page = link.startswith(before) and link.endswith(after)
    return link.removeprefix(before).removesuffix(after) if is_page else ""


def linked_chapter(link: str) -> str:
    """Return the chapter that a link leads to, "" for none.

    >>> linked_chapter("analysts.md"), linked_chapter("../backup.md")
    ('analysts', '')
    """
    key = link.removesuffix(".md")
    return key if link.endswith(".md") and key in CHAPTERS else ""


def one_file() -> bytes:
    """Return the whole handbook as one HTML file, its pictures in it: it needs no network."""
    told = chapters(lambda link: f"#{found}" if (found := linked_chapter(link)) else "")
    item = Markup('<li><a href="#{}">{}</a>　{}</li>')
    listed = Markup("").join(item.format(each.key, each.title, each.about) for each in told)
    body = Markup("").join(_whole(each) for each in told)
    page = Markup(
        '<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>短板看板使用手册</title>'
        "<style>{}</style></head><body><nav><ul>{}</ul></nav>{}</body></html>"
    )
    return page.format(Markup(_STYLE), listed, body).encode()


def _whole(told: Chapter) -> Markup:
    figure = Markup('<figure><img alt="{}" src="data:image/png;base64,{}"></figure>')
    pieces = Markup("").join(
        piece
        if isinstance(piece, Markup)
        else figure.format(piece.says, base64.b64encode(piece.path.read_bytes()).decode())
        for piece in told.pieces
    )
    head = Markup('<h1 id="{}">{}</h1><p>{}</p>').format(told.key, told.title, told.about)
    return head + pieces


@cache
def _parser() -> MarkdownIt:
    """Return the reader of Markdown; HTML in a chapter is text."""
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def _tokens(key: str) -> list[Token]:
    return _parser().parse((FOLDER / f"{key}.md").read_text("utf-8"))


def _pieces(tokens: Sequence[Token], way: Way) -> list[Markup | Picture]:
    """Return HTML and pictures in order; a picture stands in a paragraph of its own."""
    found: list[Markup | Picture] = []
    held: list[Token] = []
    at = 0
    while at < len(tokens):
        picture = _picture(tokens[at : at + 3])
        if picture is None:
            held.append(tokens[at])
            at += 1
            continue
        found += [*_html(held, way), picture]
        held, at = [], at + 3
    return [*found, *_html(held, way)]


def _picture(tokens: Sequence[Token]) -> Picture | None:
    if len(tokens) < 3 or tokens[0].type != "paragraph_open":
        return None
    inside = tokens[1].children or []
    if len(inside) != 1 or inside[0].type != "image":
        return None
    return Picture(FOLDER / str(inside[0].attrs["src"]), inside[0].content)


def _html(tokens: Sequence[Token], way: Way) -> list[Markup]:
    if not tokens:
        return []
    for token in tokens:
        _lead(token.children or [], way)
    parser = _parser()
    return [Markup(parser.renderer.render(list(tokens), parser.options, {}))]


def _lead(inside: Sequence[Token], way: Way) -> None:
    """Have the links of a line lead where they do here; one that leads nowhere is strong text.

    Where a line of the file ends, nothing stands: Chinese has no blanks between words.
    """
    leads = True
    for token in inside:
        if token.type == "softbreak":
            token.type = "text"
        if token.type == "link_open":
            to = way(str(token.attrs["href"]))
            leads = bool(to)
            token.attrs = {"href": to} if leads else {}
        if token.type in ("link_open", "link_close") and not leads:
            token.tag = "strong"
