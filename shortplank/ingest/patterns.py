"""The shapes of personal numbers: identity, telephone and bank card, in any width and spacing."""

from __future__ import annotations

import re
import unicodedata

MESSAGES = {
    "personal_header": "像是个人信息（姓名、证件、电话、住址等），本系统只收汇总数，请删去后再报。",
    "identity_number": "像是居民身份证号码，本系统只收汇总数，请删去后再报。",
    "mobile_number": "像是手机号码，本系统只收汇总数，请删去后再报。",
    "telephone_number": "像是电话号码，本系统只收汇总数，请删去后再报。",
    "card_number": "像是银行卡号或账号，本系统只收汇总数，请删去后再报。",
}
# 18 digits (the last may be X), with a sound check digit or not, and the 15 of the old form.
_ID_18 = re.compile(r"(?<!\d)\d{17}[\dxX](?!\d)")
_ID_15 = re.compile(r"(?<!\d)\d{15}(?!\d)")
_ID_15_DATED = re.compile(r"(?<!\d)\d{6}\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}(?!\d)")
# Excel's own way to show an identity number that it took for a count: 1.10105E+17.
_ROUNDED = re.compile(r"(?<![\d.])\d(\.\d+)?[eE]\+?1[4-9](?!\d)")
_MOBILE = re.compile(r"(?<!\d)(?:(?:00)?86)?1[3-9]\d{9}(?!\d)")
_AREA_CODED = re.compile(r"(?<!\d)\(?0\d{2,3}\)?-\d{7,8}(?!\d)|\(0\d{2,3}\)\d{7,8}(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)(?:0\d{2,3})?[2-9]\d{6,7}(?!\d)")
_TELEPHONE_LABEL = re.compile(r"电话|電話|座机|热线|传真|联系|\btel\b|phone|fax", re.IGNORECASE)
_CARD = re.compile(r"(?<!\d)\d{16,19}(?!\d)")
_CARD_LABEL = re.compile(r"银行|卡号|账号|帐号|account|card", re.IGNORECASE)
_CARD_LABELLED = re.compile(r"(?<!\d)\d{12,30}(?!\d)")
_BLANKS = re.compile(r"\s+")
_HYPHENS = re.compile(r"(?<=\d)[-.·_–—](?=\d)")


def number_kind(text: str, label: str = "", *, identity_only: bool = False) -> str | None:
    """Return the kind of personal number that a text holds, None where it holds none.

    ``label`` stands beside the text; ``identity_only`` is for a whole number that stands under a
    known count's header, where only an identity number is one.

    >>> number_kind("１３８ ００13 8000"), number_kind("6260123", "联系电话："), number_kind("6260")
    ('mobile_number', 'telephone_number', None)
    """
    plain = unicodedata.normalize("NFKC", text)
    bare = _BLANKS.sub("", plain)
    joined = _HYPHENS.sub("", bare)
    for form in (bare, joined):
        if _ID_18.search(form) or _ID_15_DATED.search(form) or _ROUNDED.search(form):
            return "identity_number"
    if identity_only:
        return None
    if _ID_15.search(joined):
        return "identity_number"
    if _MOBILE.search(bare) or _MOBILE.search(joined) or _MOBILE.search(joined.replace("+", "")):
        return "mobile_number"
    labelled = _CARD_LABEL.search(bare + label)
    if _CARD.search(joined) or (labelled and _CARD_LABELLED.search(joined)):
        return "card_number"
    if _AREA_CODED.search(bare):
        return "telephone_number"
    if _TELEPHONE_LABEL.search(bare + label) and _LANDLINE.search(joined):
        return "telephone_number"
    return None
