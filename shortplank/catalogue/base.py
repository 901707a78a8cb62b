"""What every model of the workspace's settings rests on: strictness, names, codes and days."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints

Level = Literal["province", "county", "township", "village"]
Window = Literal["month", "ytd", "r12"]
Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Words = Annotated[str, StringConstraints(strip_whitespace=True)]
AreaCode = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z]{1,20}$")]
DAY_FORM = "日期请写成 2006-10-01"
_DAY = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})|(\d{4})年(\d{1,2})月(\d{1,2})日")


def _day(value: object) -> object:
    """Return a register's day, as people and spreadsheets write it: 2006-10-01, 2006/10/1."""
    if not isinstance(value, str) or (len(value) == 10 and value[4] == "-"):
        return value
    match = _DAY.fullmatch(value.removesuffix(" 0:00:00").removesuffix(" 0:00").strip())
    parts = [int(part) for part in match.groups() if part and part.isdigit()] if match else []
    try:
        return date(*parts)
    except (ValueError, TypeError) as error:
        raise ValueError(DAY_FORM) from error


Day = Annotated[date, BeforeValidator(_day)]

LEVELS: tuple[Level, ...] = ("province", "county", "township", "village")
WINDOWS: tuple[Window, ...] = ("month", "ytd", "r12")


class Strict(BaseModel):
    """Base of every model: unknown keys are refused, instances do not change.

    The line under a field is its description, of which ``docs/reference/`` is made.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
