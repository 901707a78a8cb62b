"""Passwords: which ones are taken, and how they are kept: as Argon2id hashes, never as they are."""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib.resources import files

from argon2 import PasswordHasher, Type, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from shortplank.errors import ShortplankError

LEAST, MOST = 10, 128
# 64 MiB, three passes: about 100 ms on a core of a county's server.
hasher = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)


def check_password(name: str, password: str) -> None:
    """Return where a password may be an account's; `ShortplankError` says why it may not.

    Length and guessability alone count, as NIST SP 800-63B has it: rules of composition make
    passwords that are written down.
    """
    text = unicodedata.normalize("NFKC", password)
    if not LEAST <= len(text) <= MOST:
        raise ShortplankError(
            f"密码须有 {LEAST} 至 {MOST} 个字符", mend="请换一个，例如几个不相干的词"
        )
    if text.casefold() == name.casefold():
        raise ShortplankError("密码不能就是账号名", mend="请换一个密码")
    if text.casefold() in _common() or len(set(text)) < 3:
        raise ShortplankError("这个密码太常见，一猜就中", mend="请换一个密码")


def hashed(password: str) -> str:
    """Return the Argon2id hash of a password, with its parameters and a salt of its own."""
    return hasher.hash(_bytes(password))


def fits(kept: str, password: str) -> bool:
    """Return whether a hash is a password's; it takes as long either way."""
    try:
        return hasher.verify(kept, _bytes(password))
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(kept: str) -> bool:
    """Return whether a hash was made with other parameters than today's."""
    return hasher.check_needs_rehash(kept)


def argon2id(text: str) -> str:
    """Return a hash as it is kept; `ValueError` where it is none, which is never repeated."""
    try:
        if extract_parameters(text).type is Type.ID:
            return text
    except InvalidHashError:
        pass
    raise ValueError("须由 shortplank user 写入")


def _bytes(password: str) -> bytes:
    """Return what is hashed: a character typed on any keyboard is the same; too long is none."""
    text = unicodedata.normalize("NFKC", password)
    return text.encode("utf-8", "surrogatepass") if len(text) <= MOST else b""


@cache
def _common() -> frozenset[str]:
    listed = files("shortplank.gate").joinpath("common_passwords.txt").read_text("utf-8")
    return frozenset(listed.split())
