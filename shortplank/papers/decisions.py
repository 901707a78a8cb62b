"""What a meeting decides, as a table that is filled in and read back."""

from __future__ import annotations

HEADS = ("议定事项", "单位", "依据指标", "责任单位", "期限")
