"""The gate's own pages: sign in, choose a password, who one is; plain HTML that needs no script."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from markupsafe import Markup

from shortplank.access import Actor

# The scripts of Streamlit's pages, fetched beside its own: each sets itself up once a document.
PAGE_SCRIPTS = (
    "ahead.js",
    "ask.js",
    "chinese.js",
    "links.js",
    "screens.js",
    "tables.js",
    "tour.js",
)
# The style sheet of every page, of several files.
STYLES = ("page.css", "ask.css", "table.css", "print.css")
ASSETS = {
    "gate.css": "text/css",
    STYLES[0]: "text/css",
    "screens.css": "text/css",
    "alive.js": "text/javascript",
} | dict.fromkeys(PAGE_SCRIPTS, "text/javascript")
_PAGE = Markup(
    '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<meta name="robots" content="noindex"><title>{title} · 短板看板</title>'
    '<link rel="stylesheet" href="{gate}assets/gate.css"></head><body><main>'
    '<p class="brand"><b>短板看板</b>{county}</p><h1>{title}</h1>{body}</main></body></html>'
)
NO_GRANT = "{} 已通过认证，但没有这里的权限。请与本县管理员联系。"
# Which file is at fault, and where it lies, is not for strangers.
UNABLE = "登录设置或状态库有问题，现在谁也不能进入。请管理员查看服务日志。"
# Why somebody stands at the door, as the link says it.
WHY = {
    "ended": "登录已经结束，请重新登录。",
    "out": "已退出登录。",
    "link": "这个启动地址已经失效：服务每次启动换一个新的。",
    "clock": "服务器的时钟倒退了，登录已经失效，请重新登录。维护人员请校准服务器时间，"
    "并运行 shortplank doctor 检查。",
    "changed": "密码已经修改，请用新密码登录。",
}


@cache
def version() -> str:
    """Return what changes with the packaged files: browsers keep each for an hour."""
    return hashlib.sha256(b"".join(asset(name) for name in sorted(ASSETS))).hexdigest()[:8]


def asset(name: str) -> bytes:
    """Return a packaged file of the gate's pages, or the style sheet of every page."""
    names = STYLES if name == STYLES[0] else (name,)
    return b"\n".join((files("shortplank.gate") / "assets" / each).read_bytes() for each in names)


def page(title: str, body: Markup, *, county: str, gate: str) -> str:
    """Return a whole page; ``gate`` is the path of the gate's own pages."""
    return _PAGE.format(title=title, body=body, county=county, gate=gate)


def quiet(text: str) -> Markup:
    """Return a line that stands back."""
    return Markup('<p class="quiet">{}</p>').format(text)


def fault(text: str) -> Markup:
    """Return what went wrong, as a screen reader says it at once."""
    return Markup('<p class="fault" role="alert">{}</p>').format(text) if text else Markup("")


def nowhere(*, home: str) -> Markup:
    """Return what stands where no page is: the way home."""
    said = quiet("地址可能写错了，或这一页已经不在。页面都列在看板左侧。")
    return said + Markup('<a class="button" href="{}">回到看板</a>').format(home)


def sign_in(
    *,
    gate: str,
    next_path: str,
    name: str,
    said: str,
    local: bool,
    providers: Mapping[str, str],
    proxied: bool,
) -> Markup:
    """Return the ways in that a workspace has: accounts, and buttons by their address."""
    parts = [fault(said)]
    if local:
        parts.append(
            Markup(
                '<form method="post" action="{gate}in">'
                '<input type="hidden" name="next" value="{next}">'
                '<label for="name">账号</label><input id="name" name="name" value="{name}" required'
                ' autocomplete="username" autocapitalize="none" spellcheck="false"{first}>'
                '<label for="password">密码</label><input id="password" name="password"'
                ' type="password" required autocomplete="current-password"{second}>'
                "<button>登录</button></form>"
            ).format(
                gate=gate,
                next=next_path,
                name=name,
                first="" if name else Markup(" autofocus"),
                second=Markup(" autofocus") if name else "",
            )
        )
    kind = "button second" if local else "button"
    parts += [
        Markup('<a class="{}" href="{}">{}</a>').format(kind, href, label)
        for label, href in providers.items()
    ]
    if proxied:
        parts.append(quiet("也可从本单位的统一入口进入，由它确认身份。"))
    elif not local and not providers:
        parts.append(
            quiet(
                "这台服务器只供本机使用。请打开启动窗口里以 http:// 开头、带 token 的那一行地址；"
                "窗口关了，就重新启动。"
            )
        )
    return Markup("").join(parts)


def password(*, gate: str, said: str, forced: bool) -> Markup:
    """Return the form by which one changes the own password."""
    why = "第一次登录，或密码由管理员重设过，请先换成自己的密码。" if forced else ""
    rows = Markup("").join(
        Markup(
            '<label for="{0}">{1}</label><input id="{0}" name="{0}" type="password" required'
            ' autocomplete="{2}">'
        ).format(name, label, kind)
        for name, label, kind in (
            ("old", "现在的密码", "current-password"),
            ("new", "新密码（至少 10 个字）", "new-password"),
            ("again", "再写一次新密码", "new-password"),
        )
    )
    form = Markup('<form method="post" action="{}password">{}<button>改密码</button></form>')
    return fault(said) + (quiet(why) if why else Markup("")) + form.format(gate, rows) + out(gate)


def myself(
    *, gate: str, home: str, actor: Actor, way: str, until: str, where: str, local: bool
) -> Markup:
    """Return who is signed in, by which way, until when, and the way out."""
    rows = {
        "账号": actor.account,
        "身份": actor.label,
        "范围": where,
        "登录方式": way,
        "最晚到": until,
    }
    listed = Markup("").join(
        Markup("<dt>{}</dt><dd>{}</dd>").format(*row) for row in rows.items() if row[1]
    )
    body = Markup("<dl>{}</dl>").format(listed)
    body += Markup('<a class="button" href="{}">回到看板</a>').format(home)
    if local:
        body += Markup('<a class="button second" href="{}password">改密码</a>').format(gate)
        body += Markup('<a class="button second" href="{}tokens">令牌</a>').format(gate)
    return body + out(gate)


def out(gate: str) -> Markup:
    """Return the way out: a form, for a link must not sign anybody out."""
    return Markup(
        '<form method="post" action="{}out"><button class="second">退出登录</button></form>'
    ).format(gate)
