"""Personal data as people write it, all of it made up and put together at run time."""

from __future__ import annotations

from collections.abc import Callable, Iterator

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
HAN = dict(zip("0123456789", "〇一二三四五六七八九", strict=True))
FORMAL = dict(zip("0123456789", "零壹贰叁肆伍陆柒捌玖", strict=True))
CIRCLED = dict(zip("0123456789", "⓪①②③④⑤⑥⑦⑧⑨", strict=True))
BLACK = dict(zip("0123456789", "⓿❶❷❸❹❺❻❼❽❾", strict=True))
WIDE = dict(zip("0123456789", "０１２３４５６７８９", strict=True))


def identity(born: str = "19491231", serial: str = "002", region: str = "110105") -> str:
    """Return a sound number of 18 characters of nobody."""
    first = f"{region}{born}{serial}"
    return first + "10X98765432"[sum(int(d) * w for d, w in zip(first, WEIGHTS, strict=True)) % 11]


IDENTITY, IDENTITY_X = identity(serial="003"), identity()
assert IDENTITY_X.endswith("X")
assert not IDENTITY.endswith("X")
OLD = IDENTITY[:6] + IDENTITY[8:17]
MOBILE = "138" + "0013" + "8000"  # the operator's own service number
OTHER = "139" + "1234" + "5678"
LINE = "6260" + "1234"
CARD = "6200" + "0000" + "0000" + "0000" + "005"


def spaced(text: str, by: str, *sizes: int) -> str:
    """Return a text cut into pieces of these sizes (one each without), with something between."""
    if not sizes:
        return by.join(text)
    pieces, at = [], 0
    for size in sizes:
        pieces.append(text[at : at + size])
        at += size
    return by.join([*pieces, text[at:]] if at < len(text) else pieces)


def as_(digits: dict[str, str]) -> Callable[[str], str]:
    return lambda text: "".join(digits.get(letter, letter) for letter in text)


def _numbers() -> Iterator[tuple[str, str]]:
    for name, by in (
        ("zero-width space", "\u200b"), ("zero-width joiner", "\u200d"), ("word joiner", "\u2060"),
        ("byte order mark", "\ufeff"), ("direction mark", "\u200e"), ("soft hyphen", "\u00ad"),
        ("zero-width non-joiner", "\u200c"), ("variation selector", "\ufe0f"),
        ("function application", "\u2061"), ("right-to-left mark", "\u200f"),
    ):  # fmt: skip
        yield name, spaced(IDENTITY, by)
        yield name, spaced(MOBILE, by, 3, 4)
        yield name, f"电话{spaced(MOBILE, by)}"
    for by in (
        "/",
        " / ",
        "\\",
        ".",
        " ",
        "　",
        "-",
        "－",
        "—",
        "_",
        "·",
        "|",
        "'",
        "\n",
        "\u00a0",
    ):
        yield f"identity by {by!r}", spaced(IDENTITY, by, 6, 8)
        yield f"identity by {by!r}", spaced(IDENTITY_X, by, 6, 4, 4)
        yield f"old identity by {by!r}", f"证 {spaced(OLD, by, 6, 6)}"
        yield f"mobile by {by!r}", spaced(MOBILE, by, 3, 4)
        yield f"mobile by {by!r}", f"{spaced(OTHER, by, 3, 4)} 转"
    for name, digits in (
        ("circled", CIRCLED), ("black circled", BLACK), ("Chinese", HAN), ("formal", FORMAL),
        ("wide", WIDE),
    ):  # fmt: skip
        write = as_(digits)
        for number in (IDENTITY, IDENTITY_X, OLD, MOBILE, OTHER):
            yield name, write(number)
            yield name, f"（{write(number[:6])}{number[6:]}）"
        yield name, spaced(write(MOBILE), " ", 3, 4)
        yield name, spaced(write(IDENTITY), "/", 6, 8)


def _phones() -> Iterator[tuple[str, str]]:
    head, rest = MOBILE[:3], MOBILE[3:]
    shapes = (
        f"({head}){rest}", f"（{head}）{rest}", f"({head}) {rest[:4]} {rest[4:]}",
        f"[{head}]{rest}", f"{head}({rest[:4]}){rest[4:]}", f"({head}){rest[:4]}-{rest[4:]}",
        f"({head})-{rest}", f"【{head}】{rest}", f"({MOBILE})",
    )  # fmt: skip
    yield from (("brackets", shape) for shape in shapes)
    shapes = (
        f"+86{MOBILE}", f"+86 {MOBILE}", f"+86-{head}-{rest}", f"(+86){MOBILE}", f"0086{MOBILE}",
        f"0086-{MOBILE}", f"86 {head} {rest[:4]} {rest[4:]}", f"＋８６{MOBILE}", f"86-{MOBILE}",
        f"+86({head}){rest}", f"+86{head}-{rest[:4]}-{rest[4:]}", f"086-{MOBILE}",
    )  # fmt: skip
    yield from (("country code", shape) for shape in shapes)
    shapes = (
        f"0551-{LINE}", f"(0551){LINE}", f"0551 {LINE}", f"0551/{LINE}",
        f"（0551）{LINE[:4]} {LINE[4:]}", f"0551—{LINE}", f"电话：{LINE}",
        f"Tel: {LINE[:4]}-{LINE[4:]}", f"座机{LINE}", f"传真 0551{LINE}",
        f"0551.{LINE}", f"李某0551{LINE}", f"+86-551-{LINE}", f"+86 551 {LINE[:4]} {LINE[4:]}",
    )  # fmt: skip
    yield from (("landline", shape) for shape in shapes)
    yield "grouped", spaced(MOBILE, " ", 3, 5)
    yield "grouped", f"手机号 {spaced(MOBILE, ' ', 2, 4)}"
    yield "grouped", f"{MOBILE}.0"
    yield "grouped", f"2010-06_({head}){rest}"
    yield "grouped", f"2010-06-01_{head} {rest[:4]} {rest[4:]}"


def _papers() -> Iterator[tuple[str, str]]:
    eight, seven, ten = "1234" + "5678", "123" + "4567", "01234" + "56789"
    shapes = (
        f"C{eight}", f"CA{seven}", f"港澳通行证：C{eight}", f"往来港澳通行证号码 W{eight}",
        f"H{ten}", f"M{eight}", f"回乡证H{eight}", f"台胞证：{eight}", f"台胞证号 {ten}",
        f"台湾通行证L{eight}", f"通行证 T{eight}", f"护照：E{eight}", f"护照号码G{eight}",
        f"passport no. E{eight}", f"EA{seven}", f"E{eight}", f"Passport: P{seven}",
        f"护照 {spaced(f'E{eight}', ' ', 1, 4)}", f"Ｃ{as_(WIDE)(eight)}",
        f"台胞证 {spaced(eight, '-', 4)}", f"C\u200b{eight}",
        f"c{eight}（台胞证）",
    )  # fmt: skip
    yield from (("permit", shape) for shape in shapes)
    for text in (
        f"卡号 {spaced(CARD, ' ', 4, 4, 4, 4)}", CARD, spaced(CARD, "-", 4, 4, 4, 4),
        f"银行账号：{CARD[:16]}", f"工行卡号{CARD}", spaced(CARD, "\u200b"), as_(WIDE)(CARD),
        f"开户银行卡号：{CARD[:12]}", as_(HAN)(CARD),
    ):  # fmt: skip
        yield "card", text


def _reached() -> Iterator[tuple[str, str]]:
    who, host = "zhang" + "san", "example"
    shapes = (
        f"{who}@{host}.org", f"{who}＠{host}.org", f"{who}@{host}.com.cn",
        f"邮箱：{who} @ {host}.org", f"{who}[at]{host}.org", f"{who}（at）{host}.org",
        f"{who} at {host} dot org", f"mailto:{who}@{host}.cn", f"{who}\u200b@{host}.org",
        "12345678" + "@qq.com", f"<{who}.1949@{host}.org>", f"{who}@qq点com",
        f"张三@{host}.cn", f"{who}#{host}.com",
    )  # fmt: skip
    yield from (("e-mail", shape) for shape in shapes)
    name = who + "_1949"
    shapes = (
        f"微信：{name}", f"微信号 {name}", f"微信号:{who}", f"WeChat: {name}",
        f"wechat id {name}", f"wx:{name}", f"VX {name}", f"V信：{name}", f"微信{MOBILE}",
        f"加微信 {name} 联系", f"微\u200b信：{name}", f"威信号：{name}", f"weixin={name}",
        f"微信（{name}）", f"加微{name}",
    )  # fmt: skip
    yield from (("WeChat", shape) for shape in shapes)
    qq = "1234" + "567"
    shapes = (
        f"QQ：{qq}", f"QQ号{qq}", f"qq {qq}", f"ＱＱ：{qq}", f"QQ号码: {spaced(qq, ' ', 3)}",
        f"Q Q {qq}", f"扣扣{qq}", f"QQ-{qq}", f"Q\u200bQ：{qq}", f"QQ（{qq}）",
        f"QQ：{as_(CIRCLED)(qq)}", f"企鹅号 {qq}", f"QQ群号 {qq}", f"QQ·{qq}", f"QQ，{qq}",
    )  # fmt: skip
    yield from (("QQ", shape) for shape in shapes)


def _addresses() -> Iterator[tuple[str, str]]:
    shapes = (
        "解放路12号", "解放路12号3栋2单元501室", "人民街１０８号", "中山路三十二号",
        "高坪村三组12号", "高坪村3组第5户", "3栋2单元501室", "三栋二单元五〇一室",
        "阳光小区5幢301室", "云洲县峰浦镇高坪村张家组", "云洲县峰浦镇高坪村3组",
        "住址：高坪村李家湾", "家住峰浦镇老街巷7号", "幸福巷7-2号", "解放路12-3-501",
        "5号楼2单元", "2单元301", "解放路\u200b12号", "解放 路 12 号", "光明弄12号",
        "胜利大道99号附1室", "现住人民路6号院2号楼", "甲栋3单元", "12号院5室", "12＃楼3单元",
        "住址：王家庄东头", "云洲县峰浦镇高坪村第二村民组", "高坪村张湾组7号",
    )  # fmt: skip
    yield from (("address", shape) for shape in shapes)


NAMES = (
    "小李", "张科", "张-三", "张三13", "zhangsan1", "张三、李四", "张三 主任", "统计员张三",
    "张三", "李 四", "王　五", "赵小六", "欧阳某", "欧阳小明", "司马 某", "诸葛小亮",
    "阿不都·热合曼", "买买提·吐尔逊", "古丽·阿依", "张主任", "李同志", "张三同志", "王小二书记",
    "刘某科长", "陈老师", "孙先生", "张\u200b三", "Zhang San", "ZHANG San", "Li Xiaoming",
    "峰浦镇何某某", "镇长马某", "计生办主任李某某", "Zhang S.",
    "Wang Xiao-ming", "zhang san", "zhangsan", "John Smith", "施某某", "康小五", "尤某",
)  # fmt: skip


def _labelled() -> Iterator[tuple[str, str]]:
    labels = (
        "填报人：",
        "负责人:",
        "联系人 ",
        "审核人（签字）：",
        "经办人：",
        "制表：",
        "填 报 人：",
        "统计员：",
        "填报人",
    )
    for number, label in enumerate(labels):
        yield "label", label + NAMES[number]
        yield "label", f"2010年6月　{label}{NAMES[number]}　2010年7月4日"
    for number, name in enumerate(NAMES):
        yield "labelled name", f"{labels[number % 6]}{name}"
    for text in (
        "填报：张三", "报送：李四", "主任：张三", "书记:李四", "填报人（张三）", "填报人“张三”",
        "负责人：县人口办张三", "统计负责人：张三", "填报人\n张三", "Filled by Zhang San",
        "负责人：爱新觉罗·某", "填报人: ZhangSan", "填表人:zhang.san", "联系：张三",
        "填报人；张三", "统计：李四", "填报员：张三", "报告人：李四", "村医：张三",
    ):  # fmt: skip
        yield "label", text
    yield "label", "单位负责人：张三　　填表人：李四"
    yield "label", "Contact: Zhang San"
    yield "label", "Prepared by: John Smith"
    yield "label", "户主：张三"
    yield "label", "姓名：李四"


def planted() -> list[tuple[str, str]]:
    """Return kinds and texts: everything that must be refused wherever a text is kept."""
    return [*_numbers(), *_phones(), *_papers(), *_reached(), *_addresses(), *_labelled()]
