"""Numbers of a person in a text: identity, telephone, card and permit numbers, however written.

Digits are read in any width, circled, as Chinese numerals, and through what is put between them.
The farther a number stands from one plain run of digits, the more of its structure (a birth date,
a check digit, a telephone's grouping) has to be there: counts that only stand beside each other
are no number of a person.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

_HAN_DIGITS = dict(
    [
        *zip("〇○零一二三四五六七八九", "000123456789", strict=True),
        *zip("壹贰叁肆伍陆柒捌玖幺两貳參陸", "12345678912236", strict=True),
    ]
)
_UNSEEN = ("Cf", "Mn", "Me", "Cc")
_BLANKS = re.compile(r"\s+")
_NUMERAL = "0-9" + "".join(_HAN_DIGITS)
_SPOKEN = re.compile(rf"[{_NUMERAL}](?:[^\w+*=<>~%÷×]{{0,3}}[{_NUMERAL}]){{6,}}")
# What stands between the digits of one number; signs of sums never do.
_RUN = re.compile(r"\d+(?:(?:[^\w+=%÷×]|_){1,3}\d+)*")
_X_BEHIND = re.compile(r"(?:\W|_){0,3}[xX×Хх](?![A-Za-z])")
_LISTED = re.compile(r"[,;、*~<>]")

_DATED = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_ID_18 = re.compile(r"(?<!\d)\d{17}[\dxX×Хх](?!\d)")
_ID_18_DATED = re.compile(rf"[1-9]\d{{5}}(?:18|19|20)\d{{2}}{_DATED}\d{{3}}[\dX]")
_ID_15 = re.compile(r"(?<!\d)\d{15}(?!\d)")
_ID_15_DATED = re.compile(rf"[1-9]\d{{5}}\d{{2}}{_DATED}\d{{3}}")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
# Excel's own way to show an identity number that it took for a count: 1.10105E+17.
_ROUNDED = re.compile(r"(?<![\d.])\d(\.\d+)?[eE]\+?1[4-9](?!\d)")
_MOBILE = re.compile(r"(?<!\d)(?:(?:00)?86)?1[3-9]\d{9}(?!\d)")
# How a mobile number is grouped where it is not written in one; counts stand in any groups.
_MOBILE_GROUPS = frozenset(
    {(3, 4, 4), (4, 3, 4), (4, 4, 3), (3, 3, 5), (3, 2, 3, 3), (3, 2, 2, 4), (3, 4, 2, 2)}
    | {(3, 8), (3, 3, 3, 2), (2, 3, 3, 3), (1,) * 11}
)
_MOBILE_HALVES = frozenset({(7, 4), (4, 7), (5, 6), (6, 5)})  # by a slash, these are fractions
# +86 in front of a mobile number says nothing more; before an area's code it stands for the zero.
_ABROAD = re.compile(r"(?<![\d+])(?:\+|00)\s?86(?:[^\w+]|_){0,3}(?:\(?0\)?)?(?=\d)")
# A telephone number with its area's code under a count's header or among words; alone it may be a
# code of an area.
_CODED = re.compile(r"[代编][码号]|code", re.IGNORECASE)
_AREA_JOINED = re.compile(
    r"(?<![\d.])0(?:10[2-9]\d{7}|2\d[2-9]\d{7}|[3-9]\d\d[2-9]\d{6,7})(?![\d.])"
)
_MOBILE_WORD = re.compile(r"手机|电话|電話|联系方式|phone|(?<![a-z])tel", re.IGNORECASE)
_TWO_DECIMALS = re.compile(r"\.[^.]+\.")  # the marks of 1365.2-1423.81
_AREA_CODED = re.compile(r"(?<!\d)0\d{2,3}[^\w+*=<>,;、]{1,3}[2-9]\d{2,3}[ -]?\d{4}(?!\d)")
_TAIWAN_MOBILE = re.compile(r"(?<!\d)09\d{2}[ -]\d{3}[ -]?\d{3}(?!\d)")
_LANDLINE = r"(?<!\d)(?:0\d{2,3})?[2-9]\d{6,7}(?!\d)"
_COUNTED = r"(?!\s*(?:人|个|次|户|条|元|万|件|例|%))"
_TELEPHONE_WORD = (
    r"(?:电话|電話|座机|热线|传真|手机|联系方式|联系号码|"
    r"(?<![a-z])tel(?:ephone)?(?![a-z])|phone|fax)"
)
_TELEPHONE = re.compile(
    rf"{_TELEPHONE_WORD}(?:(?!人次|次数|数|户|率|量|费)[^\d,;。]){{0,10}}{_LANDLINE}{_COUNTED}",
    re.IGNORECASE,
)
_TELEPHONE_LABEL = re.compile(rf"{_TELEPHONE_WORD}(?:号码?|\(.*\))?\W*$|联系人?\W*$", re.IGNORECASE)
_BARE_LANDLINE = re.compile(_LANDLINE)
_CARD_WORD = r"(?:银行卡|卡号|账号|帐号|账户|帐户|存折|account|card)"
_CARD = re.compile(r"(?<!\d)\d{16,19}(?!\d)")
_CARD_WORDED = re.compile(rf"{_CARD_WORD}\D{{0,10}}\d{{12,30}}(?!\d){_COUNTED}", re.IGNORECASE)
_CARD_LABEL = re.compile(rf"{_CARD_WORD}|开户行|银行", re.IGNORECASE)
_CARD_LABELLED = re.compile(r"(?<!\d)\d{12,30}(?!\d)")
_IDENTITY_WORD = re.compile(r"身份证|身份證|公民身份|证件号|ID\s?(?:card|no|number)", re.IGNORECASE)

# Permits and passports: by their form alone where no code of an area is written like it.
_PERMIT = re.compile(
    r"(?<![A-Za-z0-9])(?:[CHML]\d{8}|C[A-Z]\d{7}|[HM]\d{10}|E[A-HJ-NP-Z]\d{7}"
    r"|[EGWDSP][1-9]\d[1-9]\d{5})(?![A-Za-z0-9])"
)
_DAY_CODE = re.compile(rf"[A-Z](?:19|20)\d{{2}}{_DATED}")
_PERMIT_WORD = (
    r"(?:通行证|通行證|台胞证|台胞證|回乡证|回鄉證|旅行证|护照|護照|居住证|居留证|permit|passport)"
)
_PERMIT_WORDED = re.compile(
    rf"{_PERMIT_WORD}(?:(?!人数|人次|数|率|张|本)[^\dA-Za-z]){{0,12}}(?:no|number)?"
    rf"[^\dA-Za-z]{{0,4}}[A-Za-z]{{0,3}}\d{{6,12}}(?!\d){_COUNTED}",
    re.IGNORECASE,
)
_PERMIT_BEHIND = re.compile(rf"(?<![A-Za-z0-9])[A-Za-z]{{1,3}}\d{{7,10}}\W{{0,3}}{_PERMIT_WORD}")
_PERMIT_LABEL = re.compile(rf"{_PERMIT_WORD}(?:号码?|no\.?|number)?\W*$", re.IGNORECASE)
_PERMIT_BARE = re.compile(r"[A-Za-z]{0,3}\d{6,12}")
_TAIWAN_ID = re.compile(r"(?<![A-Za-z0-9])([A-Z])([12]\d{8})(?![A-Za-z0-9])")
_TAIWAN_LETTERS = dict(zip("ABCDEFGHJKLMNPQRSTUVXYWZIO", range(10, 36), strict=True))
# Hashes and ids of documents, and moments down to the fraction of a second.
_HASH = re.compile(
    r"(?<![0-9A-Za-z])(?:[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
    r"|(?=\d*[a-fA-F])[0-9a-fA-F]{32,})(?![0-9A-Za-z])"
)
_MOMENT = re.compile(
    rf"(?<!\d)(?:19|20)\d{{2}}{_DATED}(?:[01]\d|2[0-3])[0-5]\d[0-5]\d{{2,4}}(?!\d)"
)

_GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.(\d*))?%?")
_DECIMAL = re.compile(r"[+-]?(0|[1-9]\d*)\.(\d*)(?:[eE][+-]?\d{1,3})?%?")
_POWER = re.compile(r"[+-]?\d+(?:\.\d*)?[eE][+-]?\d{1,3}%?")
# A double has at most 17 digits that say something; a decimal with more is no reading of one.
_DIGITS_OF_A_DOUBLE = 17
# Fewer figures before the point are no telephone's, whatever follows them.
_LEAST_OF_A_TELEPHONE = 6
# A label of what is no quantity is stronger than a point.
_SAID_TO_BE = re.compile(
    f"{_TELEPHONE_LABEL.pattern}|{_CARD_LABEL.pattern}|{_IDENTITY_WORD.pattern}", re.IGNORECASE
)


@lru_cache(maxsize=4_096)
def plain(text: str) -> str:
    """Return a text as a reader sees it: one width, nothing invisible, digits as digits.

    >>> plain("１３８\\u200b①②③")
    '138123'
    """
    wide = unicodedata.normalize("NFKC", text)
    if wide.isascii():
        return wide
    kept = (c for c in wide if c.isspace() or unicodedata.category(c) not in _UNSEEN)
    return "".join(c if c.isascii() else _digit(c) for c in kept)


def spelt(text: str) -> str:
    """Return a plain text with long runs of Chinese numerals as digits.

    >>> spelt("一三八〇〇一三"), spelt("张三 2010年")
    ('1380013', '张三 2010年')
    """
    seen = plain(text)
    if seen.isascii():
        return seen
    return _SPOKEN.sub(lambda match: "".join(_HAN_DIGITS.get(c, c) for c in match[0]), seen)


def _digit(letter: str) -> str:
    value = unicodedata.digit(letter, None)
    return letter if value is None else str(value)


def proves_number(text: str) -> bool:
    """Return whether a text as a whole proves that it is a number and no person's.

    A point with something behind it, commas in threes or an exponent are proof; digits alone none.

    >>> proves_number("91.6666666666667"), proves_number("13,800,138,000")
    (True, True)
    >>> proves_number("13800138000"), proves_number("13800138000.0"), proves_number("138.0013.8000")
    (False, False, False)
    """
    bare = _BLANKS.sub("", text)
    if _ROUNDED.search(bare):
        return False
    if _GROUPED.fullmatch(bare):
        return sum(letter.isdigit() for letter in bare) < 15
    if match := _DECIMAL.fullmatch(bare):
        whole, part = match[1], match[2]
        if len(whole) < _LEAST_OF_A_TELEPHONE:
            said = len((whole + part).strip("0"))
            return said <= _DIGITS_OF_A_DOUBLE or not _ID_18_DATED.fullmatch(whole + part)
        # Fifteen figures are what a double is shown with; three decimals more are a serial number.
        old = len(part) == 3 and _ID_15_DATED.fullmatch(whole + part)
        return bool(part.strip("0")) and not old and not _ID_18_DATED.fullmatch(whole + part)
    return bool(_POWER.fullmatch(bare))


def number_kind(text: str, label: str = "", *, counted: bool = False) -> str | None:
    """Return the kind of personal number that a text holds, None where it holds none.

    ``label`` stands beside the text; ``counted`` is for a whole number that stands under a
    known count's header: there it is one only where no count of people or yuan is written so.

    >>> number_kind("１３８ ００13 8000"), number_kind("6260123", "联系电话："), number_kind("6260")
    ('mobile_number', 'telephone_number', None)
    >>> number_kind("(138)00138000"), number_kind("台胞证：01234567")
    ('mobile_number', 'permit_number')
    """
    seen = spelt(text)
    if sum(map(str.isdigit, seen)) < 6 and not _ROUNDED.search(seen):
        return None
    if proves_number(seen) and not _SAID_TO_BE.search(plain(label)):
        return None
    seen = _without_country(_MOMENT.sub(" ", _HASH.sub(" ", seen)))
    runs = [_Run.of(match[0]) for match in _RUN.finditer(seen)]
    if _identity(seen, runs, counted):
        return "identity_number"
    if _mobile(seen, runs):
        return "mobile_number"
    if counted:
        return "telephone_number" if _AREA_JOINED.search(seen) else None
    # Blanks and hyphens within a number aside, so that its label and the whole of it stand there.
    bare = _joined(seen)
    if _card(bare, runs, label):
        return "card_number"
    if _permit(seen, bare, label):
        return "permit_number"
    return "telephone_number" if _telephone(seen, bare, label) else None


@dataclass(frozen=True)
class _Run:
    """Digits with marks between them: the groups, and the marks."""

    groups: tuple[str, ...]
    marks: tuple[str, ...]

    @staticmethod
    def of(text: str) -> _Run:
        pieces = re.split(r"(\d+)", text)
        return _Run(tuple(pieces[1::2]), tuple(pieces[2:-1:2]))

    @property
    def whole_numbers(self) -> tuple[str, ...]:
        """Return the groups by themselves, none where they are one decimal."""
        return () if self.marks == (".",) and self.groups[1].strip("0") else self.groups

    def windows(self, least: int, most: int) -> Iterator[tuple[str, tuple[int, ...], str]]:
        """Yield several groups beside each other as one number, their lengths, and the marks."""
        for start in range(len(self.groups) - 1):
            joined = self.groups[start]
            for end in range(start + 1, len(self.groups)):
                joined += self.groups[end]
                if len(joined) > most:
                    break
                if len(joined) >= least:
                    lengths = tuple(len(group) for group in self.groups[start : end + 1])
                    yield joined, lengths, "".join(self.marks[start:end])


def _identity(seen: str, runs: Sequence[_Run], dated_only: bool) -> bool:
    if _ROUNDED.search(seen) or _ID_18.search(seen):
        return True
    if any(_ID_15_DATED.fullmatch(group) for run in runs for group in run.whole_numbers):
        return True
    if not dated_only and _ID_15.search(seen):
        return True
    said = bool(_IDENTITY_WORD.search(seen))
    if any(_is_identity(*window, said) for run in runs for window in run.windows(15, 18)):
        return True
    # Each run is looked for once, whatever follows: a long cell must not cost its square.
    ended = (match[0] for match in _RUN.finditer(seen) if _X_BEHIND.match(seen, match.end()))
    digits = (re.sub(r"\D", "", run) for run in ended)
    return any(len(run) >= 17 and _ID_18_DATED.fullmatch(run[-17:] + "X") for run in digits)


def _is_identity(joined: str, lengths: tuple[int, ...], marks: str, said: bool) -> bool:
    """Return whether groups of digits make an identity number, by its date and how it is cut."""
    edges = {sum(lengths[:place]) for place in range(1, len(lengths))}
    cut = 6 in edges or len(set(lengths[:-1])) == 1 or said
    if len(joined) == 18:
        sound = _check_digit(joined) == joined[-1]
        return bool(_ID_18_DATED.fullmatch(joined)) and (sound or (cut and not _listed(marks)))
    return len(joined) == 15 and cut and not _listed(marks) and bool(_ID_15_DATED.fullmatch(joined))


def _listed(marks: str) -> bool:
    return bool(_LISTED.search(marks))


def _check_digit(number: str) -> str:
    """Return the last character of an identity number (GB 11643-1999)."""
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True))
    return "10X98765432"[total % 11]


def _without_country(seen: str) -> str:
    """Return a text with numbers as they are dialled within the country.

    >>> _without_country("+86-558-6260123"), _without_country("+86 138 0013 8000")
    ('0558-6260123', '138 0013 8000')
    """

    def dialled(match: re.Match[str]) -> str:
        return "" if re.match(r"1[3-9]", seen[match.end() :]) else "0"

    return _ABROAD.sub(dialled, seen)


def _mobile(seen: str, runs: Sequence[_Run]) -> bool:
    if any(_MOBILE.search(group) for run in runs for group in run.whole_numbers):
        return True
    said = bool(_MOBILE_WORD.search(seen))
    for run in runs:
        for joined, lengths, marks in run.windows(11, 11):
            grouped = said or _is_grouped(joined, lengths, marks)
            if re.fullmatch(r"1[3-9]\d{9}", joined) and grouped and not _dates(run, lengths):
                return True
    return bool(_TAIWAN_MOBILE.search(seen))


def _is_grouped(joined: str, lengths: tuple[int, ...], marks: str) -> bool:
    """Return whether groups of digits stand as those of a mobile number do, and of no counts."""
    if _TWO_DECIMALS.fullmatch(marks):
        return False
    if lengths in _MOBILE_GROUPS:
        return True
    # A count never begins with a zero.
    starts = (sum(lengths[:place]) for place in range(1, len(lengths)))
    zeros = any(
        joined[start] == "0" and n > 2 for start, n in zip(starts, lengths[1:], strict=True)
    )
    free = not (_listed(marks) or "/" in marks)
    return free and (lengths in _MOBILE_HALVES or len(lengths) >= 4 or (zeros and "." not in marks))


def _dates(run: _Run, lengths: tuple[int, ...]) -> bool:
    """Return whether a run begins like a day (2010-06-01), and groups of these lengths are of it.

    What begins with more figures than a month, a day or an hour stands behind the day.
    """
    dated = re.fullmatch(r"(?:19|20)\d{2}", run.groups[0]) and len(run.groups[1]) <= 2
    return bool(dated) and min(lengths[:2]) <= 2


def _joined(seen: str) -> str:
    """Return a text without blanks, and without what stands between digits."""
    bare = _BLANKS.sub("", seen)
    return re.sub(r"(?<=\d)[-.·_–—/()|\\](?=\d)", "", bare)


def _card(bare: str, runs: Sequence[_Run], label: str) -> bool:
    if any(_CARD.fullmatch(group) for run in runs for group in run.whole_numbers):
        return True
    for run in runs:
        for joined, lengths, marks in run.windows(16, 19):
            fours = set(lengths[:-1]) == {4} and lengths[-1] <= 4
            cut = fours or ((lengths[0] == 6 or set(lengths) == {1}) and _luhn(joined))
            if joined[0] in "34569" and cut and not _listed(marks):
                return True
    if _CARD_WORDED.search(bare):
        return True
    return bool(_CARD_LABEL.search(label) and _CARD_LABELLED.fullmatch(bare))


def _luhn(number: str) -> bool:
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number)))
    return sum(each - 9 if each > 9 else each for each in doubled) % 10 == 0


def _permit(seen: str, bare: str, label: str) -> bool:
    if _PERMIT_WORDED.search(bare) or _PERMIT_BEHIND.search(bare):
        return True
    joined = re.sub(r"(?<=[A-Za-z0-9])[\s./_–—-]{1,3}(?=\d)", "", seen)
    for form in (seen, joined):
        if any(not _DAY_CODE.fullmatch(match[0]) for match in _PERMIT.finditer(form)):
            return True
    if any(_is_taiwan_id(*match.groups()) for match in _TAIWAN_ID.finditer(joined)):
        return True
    return bool(_PERMIT_LABEL.search(plain(label)) and _PERMIT_BARE.fullmatch(bare))


def _is_taiwan_id(letter: str, digits: str) -> bool:
    tens, ones = divmod(_TAIWAN_LETTERS[letter], 10)
    weighed = zip(digits, (8, 7, 6, 5, 4, 3, 2, 1, 1), strict=True)
    return (tens + ones * 9 + sum(int(digit) * weight for digit, weight in weighed)) % 10 == 0


def _telephone(seen: str, bare: str, label: str) -> bool:
    spaced = re.sub(r"\b0(\d{2,3})\s*\)\s*", r"0\1-", seen)
    if _AREA_CODED.search(spaced) or _TELEPHONE.search(bare):
        return True
    if _AREA_JOINED.search(seen) and re.search(r"[^\W\d_]", seen) and not _CODED.search(seen):
        return True
    return bool(_TELEPHONE_LABEL.search(plain(label)) and _BARE_LANDLINE.search(bare))
