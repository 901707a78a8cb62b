"""What becomes of a report that a township handed in, in words."""

from __future__ import annotations

TRAY_STATES = {
    "handed_in": "待收",
    "accepted": "已收下",
    "sent_back": "已退回",
    "replaced": "已由后来的一份代替",
    "published": "已发布",
}
