"""Rows with the time during which they were known, and their tables in an edition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import pandas as pd
import pyarrow as pa

KNOWN = ("known_from", "known_to")
FOREVER = date.max
Changes = dict[tuple[str, date], pa.Table | None]
KEY_TYPES = {
    "area_code": pa.string(),
    "stat_month": pa.date32(),
    "recount_date": pa.date32(),
    "inspection_id": pa.string(),
    "date": pa.date32(),
    "level": pa.string(),
    "kind": pa.string(),
    "subject": pa.string(),
    "source": pa.string(),
    "form": pa.string(),
    "received_at": pa.date32(),
    "file_sha256": pa.string(),
    "sheet": pa.string(),
    "cells": pa.string(),
    "indicator": pa.string(),
    "value": pa.float64(),
}


def known(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Return rows as a frame; those without an end are known until today."""
    return pd.DataFrame([{"known_to": FOREVER, **row} for row in rows], dtype=object)


def as_of(frame: pd.DataFrame, day: date) -> pd.DataFrame:
    """Return the rows that the edition of a day holds."""
    return frame[(frame["known_from"] <= day) & (frame["known_to"] > day)]


def touched(frame: pd.DataFrame, after: date, upto: date) -> list[date]:
    """Return the months whose rows came or went in editions after one day and up to another."""
    came = (frame["known_from"] > after) & (frame["known_from"] <= upto)
    went = (frame["known_to"] > after) & (frame["known_to"] <= upto)
    return sorted(set(frame.loc[came | went, "stat_month"]))


def table(frame: pd.DataFrame, columns: list[str]) -> pa.Table:
    """Return rows as Arrow: keys by their type, every other column a whole count."""
    arrays = [
        pa.array(frame[name].tolist(), type=KEY_TYPES.get(name, pa.int64())) for name in columns
    ]
    return pa.table(arrays, names=columns)


def data_columns(frame: pd.DataFrame) -> list[str]:
    """Return the columns that an edition stores."""
    return [name for name in frame.columns if name not in KNOWN]


def changes(frames: Mapping[str, pd.DataFrame], after: date, upto: date) -> Changes:
    """Return the whole new content of every (dataset, month) that an edition changes."""
    changed: Changes = {}
    for dataset, frame in frames.items():
        months = touched(frame, after, upto)
        changed |= {(dataset, month): None for month in months}
        now = as_of(frame, upto)
        for month, rows in now[now["stat_month"].isin(months)].groupby("stat_month", sort=True):
            changed[dataset, month] = table(rows, data_columns(frame))
    return changed


def month_rows(values: Mapping[str, Any], unit: int, month: int) -> dict[str, int]:
    """Return one unit's counts of a month out of unit × month arrays."""
    return {name: int(array[unit, month]) for name, array in values.items()}
