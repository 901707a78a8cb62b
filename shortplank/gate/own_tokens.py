"""The page of an account's own tokens, below ``/gate/tokens``: made, shown once, revoked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from shortplank.errors import ShortplankError
from shortplank.gate.bearers import DAYS, MOST_DAYS, MOST_NAME, Bearer
from shortplank.gate.forms import fields
from shortplank.gate.pages import fault, quiet

if TYPE_CHECKING:
    from shortplank.gate.door import Gate, Visitor

_WHAT = (
    "令牌让别的程序（Excel、Python、县里的大屏）按本账号的权限只读取数。"
    "角色变了它跟着变，改密码后全部失效；不用了就撤销。"
)


async def show(gate: Gate, request: Request) -> Response:
    """Show the tokens of who is signed in."""
    visitor = _visitor(gate, request)
    return _page(gate, visitor) if visitor else gate.redirect(gate.own)


async def add(gate: Gate, request: Request) -> Response:
    """Make a token of the own account, and show it this once."""
    visitor = _visitor(gate, request)
    if visitor is None:
        return gate.redirect(gate.own)
    form = await fields(request)
    name, days = (form.get(key, [""])[-1] for key in ("name", "days"))
    own = visitor.actor
    try:
        number = int(days) if days.isascii() and days.isdigit() else 0
        _, text = gate.house.bearers.add(own, own.account, name, number)
    except ShortplankError as error:
        return _page(gate, visitor, said=error.sentence, status=400)
    return _page(gate, visitor, made=text)


async def revoke(gate: Gate, request: Request) -> Response:
    """Revoke one of the own tokens."""
    visitor = _visitor(gate, request)
    if visitor is None:
        return gate.redirect(gate.own)
    wanted = (await fields(request)).get("id", [""])[-1]
    bearers = gate.house.bearers
    if wanted not in {each.id for each in bearers.all(visitor.actor.account)}:
        return PlainTextResponse("没有这个令牌。", 404)
    bearers.revoke(visitor.actor, wanted)
    return gate.redirect(f"{gate.own}tokens")


def _visitor(gate: Gate, request: Request) -> Visitor | None:
    """Return who is signed in by a password of its own; nobody else has tokens."""
    visitor = gate.visitor(request.scope)
    if visitor is None or visitor.session.way != "local":
        return None
    return None if gate.house.must_change(visitor.session) else visitor


def _page(
    gate: Gate, visitor: Visitor, *, said: str = "", made: str = "", status: int = 200
) -> Response:
    bearers = gate.house.bearers
    rows = [(each, bearers.lives(each)) for each in bearers.all(visitor.actor.account)]
    body = fault(said) + quiet(_WHAT) + (_shown(made) if made else Markup(""))
    body += _listed(gate.own, rows) + _form(gate.own)
    body += Markup('<a class="button second" href="{}me">回到账号</a>').format(gate.own)
    return gate.told("令牌", body, status=status)


def _shown(text: str) -> Markup:
    return Markup(
        '<label for="made">新的令牌，只显示这一次，请马上存好</label>'
        '<input id="made" readonly value="{}" autofocus>'
    ).format(text)


def _listed(gate: str, rows: Sequence[tuple[Bearer, bool]]) -> Markup:
    one = Markup(
        '<dt>{name}</dt><dd>{id}，{until}，{seen}<form method="post" action="{gate}tokens/revoke">'
        '<input type="hidden" name="id" value="{id}">'
        '<button class="second" aria-label="撤销 {name}">撤销</button>'
        "</form></dd>"
    )
    listed = Markup("").join(
        one.format(
            name=each.name,
            id=each.id,
            until=f"{_day(each.expires)} 到期" if lives else "已失效",
            seen=f"{_day(each.seen)} 用过" if each.seen else "没有用过",
            gate=gate,
        )
        for each, lives in rows
    )
    return Markup("<h2>已有的令牌</h2><dl>{}</dl>").format(listed) if rows else Markup("")


def _form(gate: str) -> Markup:
    return Markup(
        '<form method="post" action="{gate}tokens"><label for="name">给哪个程序用</label>'
        '<input id="name" name="name" required maxlength="{most}" autocomplete="off">'
        '<label for="days">用多少天（最多 {longest}）</label>'
        '<input id="days" name="days" inputmode="numeric" required value="{days}">'
        "<button>新建令牌</button></form>"
    ).format(gate=gate, most=MOST_NAME, longest=MOST_DAYS, days=DAYS)


def _day(moment: float) -> str:
    return datetime.fromtimestamp(moment).strftime("%Y-%m-%d")
