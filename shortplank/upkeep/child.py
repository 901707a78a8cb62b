"""A program that does not outlive its parent: `python -m shortplank.upkeep.child PARENT PROGRAM …`.

The system itself ends it with the parent, also where that was killed: nobody has to listen, and
what an edition, a mart or the state folder holds is whole whenever a process is killed.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence

_SET_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2); it stays over an exec


def command_of(program: Sequence[str]) -> list[str]:
    """Return a command that runs a program for as long as this process lives.

    Where the system has no such thing (it is Linux's own) it is the program alone.
    """
    if sys.platform != "linux":
        return list(program)
    return [sys.executable, "-m", "shortplank.upkeep.child", str(os.getpid()), *program]


def main(arguments: Sequence[str]) -> None:
    """Become the program, bound to the parent that is named first."""
    import ctypes

    parent, *program = arguments
    if ctypes.CDLL(None, use_errno=True).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")
    if os.getppid() == int(parent):  # else it ended before the system was told
        os.execv(program[0], program)


if __name__ == "__main__":
    main(sys.argv[1:])
