"""Identifiers of what a form holds, made from headings: ASCII, stable, no two alike."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from pypinyin import lazy_pinyin

LONGEST = 40
_LEADS = [
    "g",
    "kk",
    "n",
    "d",
    "tt",
    "r",
    "m",
    "b",
    "pp",
    "s",
    "ss",
    "-",
    "j",
    "jj",
    "ch",
    "k",
    "t",
    "p",
    "h",
]
_VOWELS = [
    "a",
    "ae",
    "ya",
    "yae",
    "eo",
    "e",
    "yeo",
    "ye",
    "o",
    "wa",
    "wae",
    "oe",
    "yo",
    "u",
    "wo",
    "we",
    "wi",
    "yu",
    "eu",
    "ui",
    "i",
]
_ENDS = [
    "-",
    "k",
    "k",
    "ks",
    "n",
    "nj",
    "nh",
    "t",
    "l",
    "lk",
    "lm",
    "lb",
    "ls",
    "lt",
    "lp",
    "lh",
    "m",
    "p",
    "ps",
    "t",
    "t",
    "ng",
    "t",
    "t",
    "k",
    "t",
    "p",
    "h",
]


def identifier(heading: str, taken: Collection[str], fallback: str) -> str:
    """Return an identifier for a heading that no other has.

    >>> identifier("出生人数（男）", (), "m1"), identifier("출생 남", (), "m1")
    ('chu_sheng_ren_shu_nan', 'chulsaeng_nam')
    >>> identifier("Décès / total", ("deces_total",), "m1"), identifier("ﾃｽﾄ", (), "m1")
    ('deces_total_2', 'm1')
    """
    plain = unicodedata.normalize("NFKC", heading)
    if re.search("[ぁ-ゖァ-ヺ]", plain):  # Japanese readings are not pinyin
        plain = re.sub("[ぁ-ゖァ-ヺー]", " ", plain) if re.search("[一-鿿]", plain) else ""
    words = "".join(map(_hangul, plain))
    parts = [p for piece in lazy_pinyin(words) for p in re.split(r"[^0-9A-Za-z]+", _latin(piece))]
    slug = "_".join(p.casefold() for p in parts if p)
    while len(slug) > LONGEST and "_" in slug:
        slug = slug.rpartition("_")[0]
    slug = slug[:LONGEST].strip("_")
    if not slug:
        slug = fallback
    elif not slug[0].isalpha():
        slug = f"m_{slug}"
    number, own = 1, slug
    while own in taken:
        number += 1
        own = f"{slug}_{number}"
    return own


def _latin(text: str) -> str:
    parts = unicodedata.normalize("NFD", text)
    return "".join(x for x in parts if not unicodedata.combining(x)).replace("ß", "ss")


def _hangul(letter: str) -> str:
    """Return a syllable in Latin letters.

    >>> _hangul("군"), _hangul("a")
    ('gun', 'a')
    """
    code = ord(letter) - 0xAC00
    if not 0 <= code < 11_172:
        return letter
    end = _ENDS[code % 28]
    return (
        _LEADS[code // 588].replace("-", "")
        + _VOWELS[code % 588 // 28]
        + ("" if end == "-" else end)
    )
