"""The doctor: what is right and wrong about an installation, a line each with its mend."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from shortplank.audit.state import state_place
from shortplank.upkeep.doctor import disks, kept, machine, outside, ways
from shortplank.upkeep.doctor.found import Found, found, guarded

__all__ = ["Found", "examine", "found"]
Check = Callable[[], Iterable[Found]]


def examine(workspace: Path, url: str | None = None, *more: tuple[str, Check]) -> list[Found]:
    """Return what every check finds; ``more`` are checks that others bring, with their names.

    Where there is no workspace only the machine is looked at; what rests on one that opens is left
    out where it does not, for that is said once.
    """
    state = state_place(workspace)
    checks: list[tuple[str, Check]] = [
        ("python", machine.python),
        ("packages", machine.packages),
        ("fonts", machine.fonts),
    ]
    opened = list(guarded("workspace", partial(kept.workspace, workspace)))
    checks.append(("workspace", lambda: opened))
    if workspace.is_dir():
        checks += [
            ("form", partial(kept.form, workspace)),
            ("account", partial(machine.account, workspace)),
            ("permissions", partial(ways.permissions, workspace)),
            ("workspace_disk", partial(disks.space, "workspace_disk", workspace)),
            ("state_disk", partial(disks.space, "state_disk", state)),
            ("locks", partial(disks.locks, workspace)),
            ("state", partial(disks.state, state)),
            ("clock", partial(kept.clock, workspace)),
            ("ways", partial(ways.ways, workspace)),
            ("proxy", partial(outside.proxy, workspace, url)),
            ("verified", partial(kept.verified, workspace)),
            ("backup", partial(kept.backup, workspace)),
        ]
    if all(line.state == "ok" for line in opened):
        checks += [
            ("marts", partial(kept.marts, workspace)),
            ("boundaries", partial(kept.boundaries, workspace)),
            *more,
        ]
    return [line for name, check in checks for line in guarded(name, check)]
