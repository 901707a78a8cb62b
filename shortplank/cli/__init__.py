"""The command ``shortplank``: the same code as the pages, for scripts and the analyst's desk."""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path

import typer
from typer.exceptions import TyperException

from shortplank.cli.commands import app
from shortplank.cli.output import say
from shortplank.cli.usage import ACCOUNT, WrongUse, wrong_use
from shortplank.errors import AskError, NotAllowed, ShortplankError

DONE, REFUSED, WRONG_USE = 0, 1, 2


def run(arguments: Sequence[str]) -> int:
    """Return the exit code of one command: 0 done, 1 refused, 2 wrong use; never a traceback."""
    try:
        code = app(args=list(arguments), prog_name="shortplank", standalone_mode=False)
        return code if isinstance(code, int) else DONE
    except ShortplankError as error:
        say(_told(error))
        return WRONG_USE if isinstance(error, (WrongUse, AskError)) else REFUSED
    except TyperException as error:
        say(wrong_use(error))
        return WRONG_USE
    except (KeyboardInterrupt, typer.Abort):
        say("已中断，数据没有改动。")
        return REFUSED
    except BrokenPipeError:  # the reader of a pipe has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception as error:
        say(_unexpected(error))
        return REFUSED


def _told(error: ShortplankError) -> str:
    """Return a fault's sentence; where a right was lacking, whose rights a command has."""
    lacking = isinstance(error, NotAllowed) or isinstance(error.__cause__, PermissionError)
    return error.sentence + (ACCOUNT if lacking else "")


def _unexpected(error: Exception) -> str:
    """Return the sentence for a fault of ours; the log says where, never what a file held."""
    log = Path(tempfile.gettempdir()) / f"shortplank{_own()}.log"
    frames = "".join(traceback.format_tb(error.__traceback__))
    try:
        with log.open("a", encoding="utf-8") as file:
            file.write(f"{type(error).__name__}\n{frames}\n")
    except OSError:
        return ShortplankError("程序内部出错，没有完成", mend="请告诉维护人员").sentence
    return ShortplankError("程序内部出错，没有完成", mend=f"请把日志 {log} 交给维护人员").sentence


def _own() -> str:
    """Return what tells this account's log from others'; on Windows its folder is its own."""
    return f"-{os.getuid()}" if hasattr(os, "getuid") else ""


def main() -> None:
    """Run the command line and exit with its code."""
    sys.exit(run(sys.argv[1:]))
