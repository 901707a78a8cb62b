"""Which encodings explain a text file's bytes, best first, by what its letters then are.

Nearly every run of bytes is some text in several of the older encodings. Of these the right one
gives letters that its language uses: of the everyday rows of its table, and of the hundred or two
that tables of counts are full of.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from shortplank.ingest.recorded.texts import decoded

_HEAD = 200_000
_NO_TEXT = re.compile("[\x00-\x08\x0e-\x1f\x7f\x80-\x9f\ufffd\ue000-\uf8ff]")
_HANS = set(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经"
    "县市区镇乡村街道办事处社区居委会合计总小计男女出生死亡孕产妇人数月季度统计表单位户籍流动代码名称序号省自治州盟旗组所站院"
    "迁入迁出常住期末孩次一二三四五六七八九十新增本例次率其中备注填报日期负责审核结婚离婚登记手术检查服务"
)  # fmt: skip
_HANT = set(
    "的一是在不了有和人這中大為上個國我以要他時來用們生到作地於出就分對成會可主發年動同工也能下過子說產種面而方後多定行學法所民得經"
    "縣市區鎮鄉村里鄰合計總小計男女出生死亡人口數月季度統計表單位戶籍代碼名稱序號省區域別遷入遷出結婚離婚對數登記新臺北中南高雄"
    "桃園宜蘭竹苗栗彰化投雲林嘉義屏東花蓮澎湖金門連江基隆門診服務件次"
)  # fmt: skip
_HANGUL = set(
    "시도군구읍면동리계남여자출생사망인구세대수합전국명코드행정역법별년월기간연도분단위건기준지총소특광역치울서부산대천주경강원"
    "북충청라상제종로중용은평마포양초송파은악관작이혼인신고가나다라마바사아의을를에는한하외국일고급"
)
_JA = set(
    "年月日市区町村都道府県人口数出生死亡男女計総合世帯転入転出東京大阪名称番号団体地域別令和平成分件者統計表単位所保健"
    "北南西中央山川島田新上下本小"
)
_KANA = re.compile("[ぁ-ゖァ-ヺー]")


@dataclass(frozen=True)
class Explained:
    """An encoding that explains the bytes: how well (0 to 1), and how the text then begins."""

    encoding: str
    score: float
    sample: str


def explained(data: bytes) -> list[Explained]:
    """Return the encodings that explain a file's bytes, best first.

    >>> [each.encoding for each in explained("시도,출생\\n서울,1".encode("cp949"))][:1]
    ['cp949']
    >>> explained(b"area,births")[0].encoding
    'utf-8'
    """
    for sure in ("utf-16", "utf-8"):
        if (sure != "utf-16" or _is_utf16(data)) and (text := decoded(data, sure)) is not None:
            return [] if _NO_TEXT.search(text) else [Explained(sure, 1.0, _sample(text))]
    found = []
    head = _whole_lines(data)
    for encoding, score in _SCORES.items():
        # The whole file has to be of the encoding; how well is seen on its beginning.
        if decoded(data, encoding) is None:
            continue
        text = decoded(head, encoding)
        if text is None or _NO_TEXT.search(text):
            continue
        found.append(Explained(encoding, round(score(text, head), 3), _sample(text)))
    return sorted((e for e in found if e.score > 0), key=lambda e: -e.score)


def rivals(found: list[Explained]) -> list[Explained]:
    """Return those that explain the bytes about as well as the best one."""
    return [each for each in found[1:] if each.score >= found[0].score - _NEAR]


_NEAR = 0.2


def _is_utf16(data: bytes) -> bool:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    head = data[:4_000]
    return len(head) > 20 and max(head[::2].count(0), head[1::2].count(0)) > 0.2 * len(head)


def _whole_lines(data: bytes) -> bytes:
    return data if len(data) <= _HEAD else data[: data.rfind(b"\n", 0, _HEAD) + 1] or data


def _sample(text: str) -> str:
    """Return the first words that are not plain ASCII, as they read."""
    found = list(
        dict.fromkeys(re.findall(r"[^\s,;\t|\"]*[^\x00-\x7f][^\s,;\t|\"]*", text[:20_000]))
    )
    return " ".join(found[:8])[:60]


def _foreign(text: str) -> list[str]:
    return [letter for letter in text if letter > "\x7f"]


def _east(
    often: set[str], usual: Callable[[int, int], bool], codec: str
) -> Callable[[str, bytes], float]:
    """Return a score: half for letters of the table's everyday rows, half for frequent ones."""

    def score(text: str, data: bytes) -> float:
        letters = [x for x in _foreign(text) if not _is_mark(x)]
        if not letters:
            return 0.05
        everyday = 0
        for letter in letters:
            try:
                pair = letter.encode(codec)
            except UnicodeEncodeError:
                continue
            everyday += len(pair) == 2 and usual(pair[0], pair[1])
        frequent = sum(letter in often for letter in letters)
        return 0.4 * everyday / len(letters) + 0.6 * min(1.0, 2 * frequent / len(letters))

    return score


def _is_mark(letter: str) -> bool:
    return not letter.isalpha()


def _japanese(text: str, data: bytes) -> float:
    letters = [x for x in _foreign(text) if not _is_mark(x)]
    if not letters:
        return 0.05
    halves = sum("\uff66" <= x <= "\uff9f" for x in letters)
    kana = sum(bool(_KANA.match(x)) for x in letters)
    frequent = sum(x in _JA for x in letters)
    level_one = 0
    for x in letters:
        try:
            pair = x.encode("cp932")
        except UnicodeEncodeError:
            continue
        level_one += len(pair) == 2 and 0x88 <= pair[0] <= 0x97
    share = (level_one + kana) / len(letters)
    return max(
        0.0,
        0.4 * share + 0.6 * min(1.0, 2 * (frequent + kana) / len(letters))
        - 2 * halves / len(letters),
    )  # fmt: skip


_RUN = re.compile(r"[^\x00-\x7f]+")


def _western(text: str, data: bytes) -> float:
    """Return how much of what is not ASCII stands as accents do: single letters within words."""
    found = list(re.finditer(r"[^\x00-\x7f]+", text))
    if not found:
        return 0.0
    good = 0
    for match in found:
        around = (
            text[max(match.start() - 1, 0) : match.start()] + text[match.end() : match.end() + 1]
        )
        lone = len(match[0]) == 1
        letter = all("\u00c0" <= x <= "\u024f" for x in match[0])
        good += (lone and letter and any(x.isalpha() for x in around)) or match[
            0
        ] in "°–—’‘“”£€º«»…²³µ§"
    return 0.95 * good / len(found)


def _central(text: str, data: bytes) -> float:
    own = sum(x in "ąćęłńśźżčďěňřšťůžőűăşţțș" for x in text.casefold())
    foreign = len(_foreign(text))
    return 0.97 * _western(text, data) if own and 3 * own >= foreign else 0.5 * _western(text, data)


def _cyrillic(text: str, data: bytes) -> float:
    letters = [x for x in _foreign(text) if x.isalpha()]
    if not letters:
        return 0.0
    own = sum("а" <= x.casefold() <= "я" or x in "ёЁіІїЇєЄґҐ" for x in letters)
    often = sum(x.casefold() in "оеаинтсрвлкмдпу" for x in letters)
    mixed = len(re.findall(r"[а-я][А-Я]", text))
    return max(0.0, (0.3 * own + 0.65 * min(own, 1.3 * often) - 3 * mixed) / len(letters))


_SCORES: dict[str, Callable[[str, bytes], float]] = {
    "gb18030": _east(_HANS, lambda a, b: 0xB0 <= a <= 0xD7 and b >= 0xA1, "gb18030"),
    "big5": _east(_HANT, lambda a, b: 0xA4 <= a <= 0xC6, "big5hkscs"),
    "cp949": _east(_HANGUL, lambda a, b: 0xB0 <= a <= 0xC8 and b >= 0xA1, "cp949"),
    "cp932": _japanese,
    "cp1252": _western,
    "cp1250": _central,
    "cp1251": _cyrillic,
}
