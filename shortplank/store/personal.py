"""What is personal in a text: identity, telephone and bank card numbers, and a person's name.

Files are read for it before they are taken in; what people write beside the figures, before it is
kept.
"""

from __future__ import annotations

import re
import unicodedata

from shortplank.errors import StoreError

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
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林郑谢罗梁宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁"
    "任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫"
    "孔向汤温"
)
_AREA_ENDS = frozenset("村镇乡区里街道县市会场组计屯寨站所院局办科股队表报月年度孩男女数率")
_PARTS = re.compile(r"[\s,，、;；]+")
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


def looks_like_a_name(text: str) -> bool:
    """Return whether a text may be a person's name: two to four characters after a surname.

    >>> looks_like_a_name("张某某"), looks_like_a_name("高坪村"), looks_like_a_name("合计")
    (True, False, False)
    """
    key = _BLANKS.sub("", unicodedata.normalize("NFKC", text))
    han = all("一" <= letter <= "鿿" for letter in key)
    return 2 <= len(key) <= 4 and han and key[0] in _SURNAMES and key[-1] not in _AREA_ENDS


def refuse_personal(text: str, *, post: bool = False) -> None:
    """Raise `StoreError` for a text with a personal number, or a name where a post belongs.

    The sentence never repeats the text.
    """
    if kind := number_kind(text):
        raise StoreError(MESSAGES[kind].split("，")[0], place="填写的文字", mend="请改写后再登记")
    if post and any(looks_like_a_name(part) for part in _PARTS.split(text) if part):
        raise StoreError("这里像是人名", place="单位或岗位", mend="请写单位或岗位，不写个人姓名")
