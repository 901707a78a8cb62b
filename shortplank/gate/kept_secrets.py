"""Secrets that are shared with a provider or a proxy: from a file or the environment."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from shortplank.catalogue.ways import Access, Oidc, Proxy
from shortplank.errors import ShortplankError

OIDC_VARIABLE = "SHORTPLANK_OIDC_SECRET"
PROXY_VARIABLE = "SHORTPLANK_PROXY_SECRET"
# A proxy's secret is all that stands between anybody and anybody's name.
LEAST_OF_A_PROXY = 32
_MOST_BYTES = 4096


def oidc_secret(settings: Oidc) -> str:
    """Return the secret shared with the provider; `ShortplankError` says where it should be."""
    return _secret(settings.client_secret_file, OIDC_VARIABLE, 1)


def proxy_secret(settings: Proxy) -> str:
    """Return the secret shared with the proxy; `ShortplankError` says where it should be."""
    return _secret(settings.secret_file, PROXY_VARIABLE, LEAST_OF_A_PROXY)


def check_secrets(access: Access) -> None:
    """Return where every way in has its secret; `ShortplankError` says which has not.

    A server that starts says it to who starts it; later it is in the log alone.
    """
    if access.oidc is not None:
        oidc_secret(access.oidc)
    if access.proxy is not None:
        proxy_secret(access.proxy)


def _secret(file: str | None, variable: str, least: int) -> str:
    place = file or variable
    text = _from_file(file) if file else os.environ.get(variable, "")
    if not text:
        raise ShortplankError(
            "没有密钥",
            place=place,
            mend=f"请写入密钥文件并在 access.toml 写明，或设环境变量 {variable}",
        )
    if not text.isprintable() or not text.isascii():
        raise ShortplankError("密钥须是一行字母、数字和符号", place=place, mend="请改正")
    if len(text) < least:
        raise ShortplankError(f"密钥太短，至少要 {least} 个字符", place=place, mend="请换一个")
    return text


def _from_file(file: str) -> str:
    """Return a file's only line; it is read again when it has changed."""
    try:
        found = os.stat(file)
    except OSError as error:
        raise ShortplankError("密钥文件读不到", place=file, mend="请检查路径和权限") from error
    if os.name == "posix" and found.st_mode & 0o027:
        raise ShortplankError(
            "别人能读到或改写这个密钥文件", place=file, mend=f"请运行 chmod 640 {file}"
        )
    return _read(file, found.st_mtime_ns, found.st_size, found.st_ino)


@lru_cache(maxsize=8)
def _read(file: str, *_stamp: int) -> str:
    try:
        with Path(file).open("rb") as stream:
            return stream.read(_MOST_BYTES).decode("utf-8-sig").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ShortplankError("密钥文件读不到", place=file, mend="请检查权限和内容") from error
