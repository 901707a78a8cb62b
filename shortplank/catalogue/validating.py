"""Files of a workspace, read and validated; what is wrong is one sentence with key and mend."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from shortplank.catalogue.base import DAY_FORM
from shortplank.catalogue.pending import names_in, read_standing
from shortplank.errors import WorkspaceError

Model = TypeVar("Model", bound=BaseModel)


def files_in(root: Path, folder: str) -> list[str]:
    """Return the TOML files of a folder, in order.

    Those that begin with a dot or ``~$`` are other programs' (AppleDouble, locks, what a sync has
    not finished) and passed over.
    """
    found = names_in(root, folder, ".toml")
    return [f"{folder}/{name}" for name in found if not name.startswith((".", "~$"))]


def read_file(root: Path, name: str) -> bytes:
    """Return a file's bytes; `WorkspaceError` where it is not there or may not be read."""
    try:
        return read_standing(root, name)
    except FileNotFoundError as error:
        raise WorkspaceError("缺少这个文件", place=name, mend="请从备份恢复") from error
    except OSError as error:
        raise WorkspaceError("无法读取这个文件", place=name, mend="请检查文件权限") from error


def read_text(root: Path, name: str) -> str:
    """Return a file's text, which is UTF-8."""
    try:
        return read_file(root, name).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise WorkspaceError("文件不是 UTF-8 编码", place=name, mend="请另存为 UTF-8") from error


def validated(model: type[Model], data: Any, place: str) -> Model:
    """Return the instance of a model; `WorkspaceError` names the keys at fault."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise WorkspaceError(_explain(error), place=place, mend="请改正后重试") from error


_WORDS = {
    "extra_forbidden": "不认识的键",
    "missing": "缺少必填的键",
    "literal_error": "取值不在允许的范围内",
    "value_error": "取值不合要求",
    "string_pattern_mismatch": "只能用字母和数字；代码若成了 9.9E+11，请把这一列设为文本再填",
    "date_from_datetime_parsing": DAY_FORM,
    "date_from_datetime_inexact": DAY_FORM,
    "date_parsing": DAY_FORM,
    "date_type": DAY_FORM,
    "int_parsing": "取值须是整数",
    "float_parsing": "取值须是数字",
}

# Keys that were read once, or look as if they were: nobody may think that they do anything.
_NO_LISTS = "人员名单不写在这里，请删去，改用 [local]、[oidc] 或 [proxy] 登记谁能登录"
_RETIRED = {
    "locale": "已取消的键，从来不起作用，请删去",
    "analysts": _NO_LISTS,
    "viewers": _NO_LISTS,
    "default": "没有登录的人不再有任何身份，请删去，改用 [local]、[oidc] 或 [proxy] 登记谁能登录",
}


def _explain(error: ValidationError) -> str:
    """Return the first two faults in words, unknown keys first: a misspelt key is missing too."""
    faults = error.errors(include_url=False, include_input=False)
    faults.sort(key=lambda fault: fault["type"] != "extra_forbidden")
    more = f"，另有 {len(faults) - 2} 处" if len(faults) > 2 else ""
    return "；".join(_fault(fault) for fault in faults[:2]) + more


def faults_by_key(error: ValidationError) -> dict[str, str]:
    """Return what is wrong, a sentence for each key of the first level; "" is the whole."""
    found: dict[str, str] = {}
    for fault in error.errors(include_url=False, include_input=False):
        key = str(fault["loc"][0]) if fault["loc"] else ""
        found.setdefault(key, _word(fault))
    return found


def _fault(fault: ErrorDetails) -> str:
    key = ".".join(str(part) for part in fault["loc"]) or "整个文件"
    return f"键 {key}：{_word(fault)}"


def _word(fault: ErrorDetails) -> str:
    """Return what is wrong with a value."""
    key = ".".join(str(part) for part in fault["loc"])
    word = _WORDS.get(fault["type"], "取值的类型或格式不对")
    if fault["type"] == "extra_forbidden":
        word = _RETIRED.get(key, word)
    if fault["type"] == "value_error":
        word += "，" + fault["msg"].removeprefix("Value error, ")
    if fault["type"] == "literal_error":
        word += "，只能是 " + fault["ctx"]["expected"].replace("'", "").replace(" or ", "、")
    return word
