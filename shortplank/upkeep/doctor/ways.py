"""Who can come in, and who can read what is not theirs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from shortplank.access import Actor, Role
from shortplank.audit.state import state_place
from shortplank.catalogue import load_access
from shortplank.catalogue.ways import Access
from shortplank.gate.accounts import NAME as ACCOUNTS
from shortplank.gate.accounts import Accounts
from shortplank.gate.kept_secrets import check_secrets
from shortplank.upkeep.doctor.found import Found, State, found
from shortplank.wording.upkeep import WAYS

GROUP_AND_OTHERS, OTHERS = 0o077, 0o007


def ways(path: Path) -> Iterator[Found]:
    """Yield by which ways people come in, and whether one of them is an administrator."""
    access = load_access(path)
    check_secrets(access)
    if not access.ways:
        yield found("ways", "ok", "ways_here")
        return
    roles = [*_granted(access)]
    accounts: list[Role] = []
    if access.local is not None:
        accounts = [each.role for each in Accounts(path, lambda _name: None).all()]
    about = {"ways": _named(access, len(accounts))}
    if not roles and not accounts:
        yield found("ways", "wrong", "ways_nobody", **about)
    elif not any(Actor(role).may("manage_accounts") for role in [*roles, *accounts]):
        yield found("ways", "warn", "ways_no_admin", **about)
    elif not access.public:
        yield found("ways", "warn", "ways_no_public", **about)
    else:
        yield found("ways", "ok", "ways_ok", **about)


def _granted(access: Access) -> Iterator[Role]:
    for table in (access.oidc, access.proxy):
        yield from (grant.role for grant in table.grants if table) if table else ()


def _named(access: Access, accounts: int) -> str:
    """Return the open ways, local accounts with their number."""
    names = [WAYS[way] + (f" {accounts}" if way == "local" else "") for way in access.ways]
    return "、".join([*names, WAYS["metrics"]] if access.metrics else names)


def permissions(path: Path) -> Iterator[Found]:
    """Yield what other accounts of the machine can read and should not."""
    if os.name != "posix":
        return
    # How each file should be, which bits are too many, and how bad that is.
    wanted: dict[Path, tuple[int, str, State]] = {
        state_place(path): (GROUP_AND_OTHERS, "700", "wrong"),
        path / ACCOUNTS: (GROUP_AND_OTHERS, "600", "wrong"),
        path / "access.toml": (OTHERS, "640", "warn"),
        path: (OTHERS, "750", "warn"),
    }
    there = {file: told for file, told in wanted.items() if file.exists()}
    open_ones = {file: told for file, told in there.items() if file.stat().st_mode & told[0]}
    if not open_ones:
        yield found("permissions", "ok", "permissions_ok")
        return
    state: State = "wrong" if "wrong" in {told[2] for told in open_ones.values()} else "warn"
    names = "、".join(file.name for file in open_ones)
    mend = "；".join(f"chmod {told[1]} {file}" for file, told in open_ones.items())
    yield found("permissions", state, "permissions_open", names=names, mend=mend)
