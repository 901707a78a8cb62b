"""Lines below a table that are signed or dated; names on them are dropped, never kept."""

from __future__ import annotations

import re

from shortplank.ingest.text import name_key

SIGNED = re.compile(
    r"(单位|部门)?负责人|填表人|填报人|制表人?|统计员|审核人?|复核人?|经办人|签名|盖章|签章|"
    r"报出日期|報出日期|上报日期|填报日期|联系人|联系电话|说明[:：]|备?注[:：]"
)
NOTE_ROWS = 12


def is_signed(text: str) -> bool:
    """Return whether a cell begins a line that is signed or dated."""
    return len(text) < 60 and bool(SIGNED.match(name_key(text)))
