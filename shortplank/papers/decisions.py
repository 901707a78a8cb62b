"""The table in which a meeting writes down what it decided, the same in every paper."""

from __future__ import annotations

HEADS = ("议定事项", "单位", "依据指标", "责任单位", "期限")
