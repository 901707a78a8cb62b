"""The fields of a page that open the box (`gate/assets/ask.js`), with the words that it needs."""

from __future__ import annotations

import json

from markupsafe import Markup

from shortplank.wording.asked import told

_WORDS = json.dumps(
    {
        "label": told.LABEL,
        "placeholder": told.PLACEHOLDER,
        "listed": told.LISTED,
        "close": told.CLOSE,
        "unable": told.UNABLE,
    },
    ensure_ascii=False,
)
_OPENER = Markup(
    '<button type="button" class="ask-open" data-words="{}" aria-haspopup="dialog"'
    ' aria-keyshortcuts="/" title="{}">{} <kbd>/</kbd></button>'
)
_HEAD = Markup(
    '<button type="button" class="ask-open ask-head" aria-label="{}" aria-haspopup="dialog"'
    ' style="background:{}">{}</button>'
)


def opener() -> Markup:
    """Return the field that opens the box; it stands where the list of the pages begins."""
    return _OPENER.format(_WORDS, told.OPENED_BY, told.PLACEHOLDER)


def head(paper: str) -> Markup:
    """Return what opens it at the head of a page whose list is folded away, on a page's paper."""
    return _HEAD.format(told.LABEL, paper, told.HEAD)
