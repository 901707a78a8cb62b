"""Who is in this run of a page: the session that the gate let it pass with."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from shortplank.access import Actor
from shortplank.errors import NotAllowed
from shortplank.gate.house import house_of

# What `server.trustedUserHeaders` in .streamlit/config.toml calls the gate's header.
FIELD = "gate_key"


def gate_key() -> str:
    """Return the key of the session that this run belongs to, "" where no gate stands before it.

    The gate writes behind it for which rights; where those change Streamlit begins anew.
    """
    return str(st.user.get(FIELD) or "").partition("/")[0]


def signed_in(workspace: Path) -> Actor:
    """Return who is looking; `NotAllowed` where nobody is signed in, or no longer.

    What a session may do is read anew at each run: the headers of a websocket are as old as it is.
    """
    key = gate_key()
    actor = house_of(workspace).actor_of(key) if key else None
    if actor is None:
        if key:
            raise NotAllowed("登录已经结束", mend="请重新登录")
        raise NotAllowed(
            "这一页没有经过登录入口，不显示任何数据",
            mend="请用 shortplank serve（或 make run）打开看板，从它给的地址进入",
        )
    return actor


def is_public(workspace: Path) -> bool:
    """Return whether the server answers to a name that others type; else to this machine alone."""
    return house_of(workspace).access.public is not None
