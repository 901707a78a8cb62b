"""Who is in this run of a page: the session that the gate let it pass with."""

from __future__ import annotations

from pathlib import Path

from streamlit.runtime.scriptrunner import get_script_run_ctx

from shortplank.access import Actor, lowered
from shortplank.errors import NotAllowed
from shortplank.frame import history
from shortplank.gate.house import house_of
from shortplank.store import Engine
from shortplank.wording.naming import speak_of

# What `server.trustedUserHeaders` in .streamlit/config.toml calls the gate's header.
FIELD = "gate_key"
# What a link calls the county that is looked at.
COUNTY = "county"


def gate_key() -> str:
    """Return the key of the session that this run belongs to, "" where no gate stands before it."""
    return rights_key().partition("/")[0]


def rights_key() -> str:
    """Return the same with the rights that the gate writes behind it.

    Where those change Streamlit begins anew.
    """
    run = get_script_run_ctx()  # `st.user` reads the settings of sign-ins that are not ours, too
    return str(run.user_info.get(FIELD) or "") if run else ""


def signed_in(workspace: Path) -> Actor:
    """Return who is looking; `NotAllowed` where nobody is signed in, or no longer.

    What a session may do is read anew at each run: the headers of a websocket are as old as it is.
    """
    if not (key := gate_key()):
        raise NotAllowed(
            "这一页没有经过登录入口，不显示任何数据",
            mend="请用 shortplank serve（或 make run）打开看板，从它给的地址进入",
        )
    return _actor(workspace, key)


def _actor(workspace: Path, key: str) -> Actor:
    actor = house_of(workspace).actor_of(key)
    if actor is None:
        raise NotAllowed("登录已经结束", mend="请重新登录")
    return actor


def seat_of(shared: Engine, key: str) -> tuple[Engine, Actor]:
    """Return the county of the link that is read and who looks by a session's key, without a run.

    `NotAllowed` where nobody is signed in by it, or no longer, or not for that county.
    """
    actor = lowered(_actor(shared.ws.path, key), history.said("role"))
    shared = at_home(shared, actor)
    speak_of(shared.ws)
    return shared, actor


def is_public(workspace: Path) -> bool:
    """Return whether the server answers to a name that others type; else to this machine alone."""
    return house_of(workspace).access.public is not None


def at_home(shared: Engine, actor: Actor) -> Engine:
    """Return the workspace at the county that is looked at: the link's, else that of who looks.

    The link says it only where it is another than who looks would have without it. `NotAllowed`
    where it is not within the scope, whether or not there is such a county.
    """
    ws = shared.ws
    own = actor.seat(ws)
    named = history.said(COUNTY)
    if named is not None:
        actor.must("look", named, ws)
    home = ws.home_of(named or own) or own
    history.show(COUNTY, None if home == own else home)
    actor.must("look", home, ws)
    return shared.at(home)
