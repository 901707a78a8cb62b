"""Help and wrong use in Chinese: one sentence instead of typer's English boxes."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

from shortplank.errors import ShortplankError

ACCOUNT = "命令以本机账户的权限读写工作区，不另设身份。"


class WrongUse(ShortplankError):
    """A command that was called in a way that it does not have."""


_HELP_WORDS = {
    "Usage: ": "用法：",
    "Arguments:": "参数：",
    "Options:": "选项：",
    "Commands:": "命令：",
    "Show this message and exit.": "显示这段说明。",
    "[required]": "[必填]",
    "[default: ": "[默认：",
    "[OPTIONS]": "[选项]",
    "COMMAND [ARGS]...": "命令 [参数]...",
    " <list[Path]>": "",
}


def _in_chinese(text: str) -> str:
    for english, chinese in _HELP_WORDS.items():
        text = text.replace(english, chinese)
    return text


class Command(TyperCommand):
    """A command whose help is in Chinese."""

    def get_help(self, ctx: Any) -> str:
        """Return the help, its fixed words in Chinese."""
        return _in_chinese(super().get_help(ctx))


class Group(TyperGroup):
    """A group of commands, in the order in which they are written."""

    def get_help(self, ctx: Any) -> str:
        """Return the help, its fixed words in Chinese."""
        return _in_chinese(super().get_help(ctx))

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the commands as they are written."""
        return list(self.commands)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command; `WrongUse` names those there are."""
        if args and args[0] not in self.commands:
            known = "、".join(self.commands)
            raise WrongUse(f"没有命令 {args[0]}", mend=f"可用的命令：{known}")
        return super().resolve_command(ctx, args)


SETTINGS: dict[str, Any] = {
    "cls": Group,
    "add_completion": False,
    "rich_markup_mode": None,
    "pretty_exceptions_enable": False,
    "no_args_is_help": True,
}


def wrong_use(error: TyperException) -> str:
    """Return the sentence for a wrong use, as typer found it."""
    if type(error).__name__ == "NoArgsIsHelpError":
        return error.format_message()
    return WrongUse(_said(error), mend="请运行 shortplank --help 查看用法").sentence


def _said(error: TyperException) -> str:
    """Return a wrong use, as typer found it, in Chinese."""
    kind = type(error).__name__
    param = getattr(error, "param", None)
    name = getattr(error, "option_name", None) or _shown(param)
    if kind == "NoSuchOption":
        return f"不认识的选项 {name}"
    if kind == "MissingParameter":
        return f"缺少参数 {name}"
    if kind == "BadOptionUsage":
        return f"选项 {name} 缺少取值"
    if kind == "BadParameter":
        return f"参数 {name} 的取值不对"
    return "参数的个数或写法不对"


def _shown(param: Any) -> str:
    """Return a parameter as the help shows it: its longest option or its placeholder."""
    if param is None:
        return ""
    options = [text for text in param.opts if text.startswith("-")]
    return max(options, key=len) if options else (param.metavar or param.name.upper())
