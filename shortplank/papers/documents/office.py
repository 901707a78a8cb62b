"""Who issues the documents, as the workspace's ``papers/office.toml`` says, if it has one."""

from __future__ import annotations

import tomllib
from dataclasses import fields
from pathlib import Path

from shortplank.errors import ShortplankError
from shortplank.papers.documents.official import Office

PLACE = "papers/office.toml"
_KEYS = tuple(field.name for field in fields(Office))
_LONGEST = 40


def office_of(root: Path) -> Office:
    """Return the issuing office of a workspace; nothing is known of it without the file.

    ``name`` signs, ``head`` is the red head, ``code`` stands before the year of the number, ``to``
    is whom the notice is for, ``subject`` what the work is called.
    Raises `ShortplankError` for a file that cannot be read so.
    """
    try:
        text = (root / PLACE).read_text("utf-8-sig")
    except FileNotFoundError:
        return Office()
    except (OSError, ValueError) as error:
        raise ShortplankError("文件无法读取", place=PLACE, mend="请检查权限和编码") from error
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ShortplankError(
            "不是 TOML 格式", place=PLACE, mend='请写成 name = "某县人口和计划生育领导小组办公室"'
        ) from error
    for key, value in found.items():
        if key not in _KEYS or not isinstance(value, str) or len(value) > _LONGEST:
            raise ShortplankError(
                f"{key} 不能这样写",
                place=PLACE,
                mend=f"只有 {'、'.join(_KEYS)}，各为不超过 {_LONGEST} 字的文字",
            )
    return Office(**{key: " ".join(str(value).split()) for key, value in found.items()})
