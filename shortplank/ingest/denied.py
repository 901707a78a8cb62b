"""Headers that name personal data: a column under one of them is refused, whatever it holds."""

from __future__ import annotations

import re

from shortplank.ingest.text import name_key

# Headers of person lists. A header that contains one of these is refused wherever headers stand.
DENIED = (
    "姓名", "身份证", "身份證", "身份号", "公民身份号码", "证件号", "證件號", "电话", "電話",
    "手机", "手機", "联系方式", "微信", "邮箱", "住址", "家庭地址", "详细地址", "门牌", "配偶",
    "丈夫", "妻子", "父亲", "母亲", "户主", "戶主", "孕妇", "产妇", "出生日期", "出生年月日",
    "末次月经", "预产期", "银行卡", "银行账号", "银行帐号", "监护人", "社保号", "病历号",
    "准生证号", "生育证号", "户口簿", "通行证号", "台胞证", "护照号", "QQ号", "联系地址",
    "通讯地址", "户籍地址", "居住地址",
)  # fmt: skip
_DENIED_ENGLISH = re.compile(
    r"\b(full|first|last|given|family|mother|father|patient|child|person)('?s)?\s?names?\b"
    r"|\bsurname\b|\b(id|identity|passport)\s?(card|number|no)\b|\b(tele)?phones?\b|\bmobile\b"
    r"|\baddress(es)?\b|\bspouse\b|\bhusband\b|\bwife\b|\bhouseholder\b|\be\s?mail\b|\bwechat\b"
    r"|\bdate\sof\sbirth\b|\bbirth\s?(date|day)\b|\bdob\b|\blmp\b|\blast\smenstrual\b|^qq$"
)
# An instruction that forbids such columns is no such column; nor is a sentence.
_INSTRUCTION = re.compile(r"[。！？；]|不得|不要|请勿|严禁|禁止|无需|不含|不报|不填")
LONGEST_HEADER = 24


def is_denied(text: str) -> bool:
    """Return whether a header names personal data.

    >>> is_denied("丈夫身份证号"), is_denied("Date of birth"), is_denied("出生数-男")
    (True, True, False)
    >>> is_denied("不得填写姓名、身份证号")
    False
    """
    key = name_key(text)
    if any(word in key for word in DENIED):
        return len(key) <= LONGEST_HEADER and not _INSTRUCTION.search(key)
    words = re.sub(r"[\s_.\-]+", " ", text.strip().casefold())
    return bool(_DENIED_ENGLISH.search(words))
