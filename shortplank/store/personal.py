"""What is personal in a text, and the refusal of it wherever a text is kept.

Files are read for it before they are taken in; what people write beside the figures, before it is
kept.
"""

from __future__ import annotations

from shortplank.errors import StoreError
from shortplank.store.personal_contacts import is_account, is_address, is_email
from shortplank.store.personal_names import (
    is_a_bare_name,
    is_a_person,
    is_label_alone,
    is_named,
    looks_like_a_name,
)
from shortplank.store.personal_numbers import number_kind, proves_number

MESSAGES = {
    "personal_header": "像是个人信息（姓名、证件、电话、住址等），本系统只收汇总数，请删去后再报。",
    "identity_number": "像是居民身份证号码，本系统只收汇总数，请删去后再报。",
    "mobile_number": "像是手机号码，本系统只收汇总数，请删去后再报。",
    "telephone_number": "像是电话号码，本系统只收汇总数，请删去后再报。",
    "card_number": "像是银行卡号或账号，本系统只收汇总数，请删去后再报。",
    "permit_number": "像是通行证或护照号码，本系统只收汇总数，请删去后再报。",
    "email_address": "像是电子邮箱，本系统只收汇总数，请删去后再报。",
    "account_number": "像是微信号或QQ号，本系统只收汇总数，请删去后再报。",
    "home_address": "像是个人住址，本系统只收汇总数，请删去后再报。",
    "person_name": "像是写了个人姓名，本系统只收汇总数，请删去或改写单位、岗位后再报。",
    "person_list": "像是逐人名单，本系统只收汇总数，请删去后再报。",
}


def personal_kind(text: str, label: str = "") -> str | None:
    """Return the kind of personal data that a text holds, None where it holds none.

    ``label`` stands beside the text. A name is one behind the word for what its bearer does;
    a bare name is not, for a place may be called the same.

    >>> personal_kind("填报人：张某"), personal_kind("QQ 123456"), personal_kind("累计 123456")
    ('person_name', 'account_number', None)
    """
    if kind := number_kind(text, label):
        return kind
    if not any(map(str.isalpha, text)):  # figures only, which is most of a report
        return "account_number" if label and is_account(text, label) else None
    if is_email(text):
        return "email_address"
    if is_account(text, label):
        return "account_number"
    if is_address(text):
        return "home_address"
    return "person_name" if is_named(text) else None


def refuse_personal(text: str, *, post: bool = False) -> None:
    """Raise `StoreError` for a text with personal data, or a name where a post belongs.

    The sentence never repeats the text.
    """
    if post and is_a_person(text):
        raise StoreError("这里像是人名", place="单位或岗位", mend="请写单位或岗位，不写个人姓名")
    if kind := personal_kind(text):
        raise StoreError(MESSAGES[kind].split("，")[0], place="填写的文字", mend="请改写后再登记")


__all__ = [
    "MESSAGES",
    "is_a_bare_name",
    "is_a_person",
    "is_email",
    "is_label_alone",
    "looks_like_a_name",
    "number_kind",
    "personal_kind",
    "proves_number",
    "refuse_personal",
]
