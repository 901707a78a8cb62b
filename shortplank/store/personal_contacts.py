"""Where a person is reached: e-mail, WeChat and QQ beside their words, and addresses."""

from __future__ import annotations

import re

from shortplank.store.personal_numbers import plain, spelt

_COUNTED = r"(?!\s*(?:人|个|次|户|条|万|群|%))"
_EMAIL = re.compile(
    # Lengths are bounded, here and in `_N`: a long cell must not cost its square.
    r"[A-Za-z0-9][\w.%+-]{0,64}\s?(?:@|\s?[(\[{<]\s?(?:at|@)\s?[)\]}>]|艾特)\s?[A-Za-z0-9]"
    r"|[A-Za-z0-9][\w.+-]{0,64}\s+at\s+[A-Za-z0-9-]+(?:\s+dot\s+|\.)[A-Za-z]{2,}"
    r"|\w@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,5}\.[A-Za-z]{2,}"
    r"|[A-Za-z0-9]#[A-Za-z0-9-]{1,63}\.(?:com|cn|org|net)"
    r"|(?:邮箱|邮件|e-?mail)\W{0,4}[A-Za-z0-9][\w.-]{2,}\W{0,3}"
    r"(?:qq|163|126|sina|sohu|gmail|139|189)\W{0,3}(?:com|cn|点)",
    re.IGNORECASE,
)
_FILL = r"(?:号码?|號碼?|账号|帐号|名|联系|同|群号|id|no\.?|qq|微信|是|为|[^\w+]|_){0,6}"
_WECHAT_WORD = r"(?:[微薇威]\s?信|v信|加[v微]|wechat|wei\s?xin)"
_WECHAT = re.compile(
    rf"(?:{_WECHAT_WORD}|(?<![a-z])(?:wx|vx)(?![a-z])){_FILL}"
    rf"(?=[A-Za-z0-9_-]*[0-9_])[A-Za-z0-9][A-Za-z0-9_-]{{4,19}}(?![A-Za-z0-9]){_COUNTED}"
    rf"|(?:{_WECHAT_WORD}|(?<![a-z])[vw]x)\s?(?:号码?|账号|id|[:=]){_FILL}"
    rf"[A-Za-z][A-Za-z0-9_-]{{5,19}}"
    r"|(?<![A-Za-z0-9])v[:=]\s?[A-Za-z](?=[\w-]*[\d_])[\w-]{5,19}",
    re.IGNORECASE,
)
_QQ = re.compile(
    rf"(?<![A-Za-z])(?:q\s?q|扣扣|企鹅){_FILL}[1-9]\d{{4,11}}(?!\d){_COUNTED}"
    rf"|(?<![A-Za-z0-9])q(?:号|[:=])[:=]?\s?[1-9]\d{{4,11}}(?!\d){_COUNTED}",
    re.IGNORECASE,
)
_LABEL = re.compile(
    rf"(?:{_WECHAT_WORD}|(?<![a-z])(?:qq|wx|vx)|扣扣)(?:号码?|账号|id)?\W*$", re.IGNORECASE
)
_ACCOUNT = re.compile(r"[A-Za-z][A-Za-z0-9_-]{5,19}|[1-9]\d{4,11}")

_N = r"(?:\d{1,9}|[一二三四五六七八九十百〇零两]{1,9}|[甲乙丙丁A-Za-z](?=[栋幢座单]))"
# 1号表, 4号文: what has a number and no one in it.
_NOT_A_HOUSE = r"(?![文令表卡册件楼栋幢院线井点桩样公通])"
_ROAD = r"(?:路|街|大道|巷|弄|胡同|里弄|坊|新村|小区|花园|公寓|家园|大厦|苑)"
_ADDRESS = re.compile(
    "|".join(
        (
            rf"{_ROAD}[东南西北中]?(?:{_N}段)?{_N}(?:[-—]{_N})*(?:号|號)(?!文|令|表|线|桩|公告|通知)",
            rf"(?:{_ROAD}){_N}弄{_N}?",
            rf"(?:路|街|大道|巷|弄|胡同){_N}(?:[-—]{_N}){{1,3}}"
            r"(?!\d|公里|千米|米|月|年|日|岁|人|%)",
            rf"[村庄屯寨湾]{_N}(?:号|號){_NOT_A_HOUSE}",
            rf"[村庄屯寨][^\d工作]{{1,3}}组{_N}(?:号|號){_NOT_A_HOUSE}",
            rf"{_N}(?:村民)?(?:组|小组|队|社)第?{_N}(?:号|號){_NOT_A_HOUSE}",
            rf"第?{_N}(?:村民)?(?:组|小组|队|社)第{_N}户",
            rf"{_N}(?:栋|幢|座|号楼|#楼|#)第?(?:{_N}|东|西|中)?"
            rf"(?:[-—]{_N}|单元|门|梯|层{_N}|{_N}?室|{_N}号)",
            rf"{_N}(?:栋|幢|座|号楼)\d{{3,4}}(?!\d|人|户|平|元|间|套|个|年)",
            rf"(?:{_ROAD}|[里区村]|期){_N}(?:栋|幢)(?!楼房|房屋|建)",
            r"\d{1,2}-\d{1,2}-\d{3,4}室",
            rf"{_N}单元{_N}(?:室|号|楼|层|户)?",
            rf"{_N}号(?:院|楼)?{_N}室",
            r"(?:县|市|区|旗).{1,8}(?:乡|镇|街道).{1,8}(?:村|社区|居委会|屯|庄).{0,8}"
            rf"(?:{_N}(?:村民)?|[东南西北上下大小老新].{{0,3}}|.家)(?:组|小组|队)(?!长|织|员|级|合)",
            r"住址[:=][^\s\d,。;:(]{2,}",
            r"(?:住址|地址|家住|现住|居住于|居住在|家庭住址|住在)(?:[:=在于是为]|\s)*"
            r"[^\s,，。;；:]{0,24}(?:村|组|号|號|路|街|巷|室|栋|单元|社区|小区|镇|乡)(?!数|名|码)",
        )
    )
)


def is_account(text: str, label: str = "") -> bool:
    """Return whether a text holds a WeChat or QQ number beside its word.

    >>> is_account("QQ：123456"), is_account("123456", "QQ号"), is_account("微信关注人数 123456")
    (True, True, False)
    """
    seen = spelt(text)
    joined = re.sub(r"(?<=\d)[\s.·_–—/-]{1,3}(?=\d)", "", seen)
    if any(shape.search(form) for form in (seen, joined) for shape in (_WECHAT, _QQ)):
        return True
    return bool(_LABEL.search(plain(label)) and _ACCOUNT.fullmatch(joined.strip()))


def is_email(text: str) -> bool:
    """Return whether a text holds an e-mail address.

    >>> is_email("a.b＠example.org"), is_email("每人 @ 3 元")
    (True, False)
    """
    return bool(_EMAIL.search(plain(text)))


def is_address(text: str) -> bool:
    """Return whether a text holds where someone lives: house, stair, flat or group with number.

    >>> is_address("解放路12号3栋2单元501室"), is_address("云人口组〔2009〕4号")
    (True, False)
    """
    return bool(_ADDRESS.search(re.sub(r"\s+", "", plain(text))))
