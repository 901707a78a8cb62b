"""The ways in, as ``access.toml`` has them: accounts, a provider of sign-in, a reverse proxy.

None of its tables holds a secret: a file that only the server reads, or the environment, does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from shortplank.catalogue.base import Strict

Way = Literal["local", "oidc", "proxy"]
GrantedRole = Literal["viewer", "analyst", "filer", "admin"]

_HEADER = re.compile(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*")
# Headers that mean something else already: to believe one as a name would be to believe anybody.
_TAKEN = (
    "host", "origin", "referer", "cookie", "authorization", "connection", "upgrade", "forwarded",
    "user-agent", "accept", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto",
    "x-forwarded-port", "x-real-ip",
)  # fmt: skip
_TAKEN_HEADS = ("sec-", "content-", "accept-", "if-", "proxy-", "x-shortplank-")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def _words(value: str) -> str:
    """Return a text of one line that is not blank."""
    if not value.strip() or len(value) > 200 or not value.isprintable():
        raise ValueError("须是一行文字，不能空着，也不能超过 200 字")
    return value.strip()


def _address(value: str) -> str:
    """Return an address under TLS, or one of this machine."""
    parts = urlsplit(value)
    local = parts.scheme == "http" and parts.hostname in _LOOPBACK
    if not parts.hostname or not (parts.scheme == "https" or local):
        raise ValueError("须是 https:// 开头的完整地址")
    if parts.username or parts.fragment or parts.query or re.search(r"[\s\\\x00-\x1f]", value):
        raise ValueError("地址中不能有账号、空格、? 或 #")
    return value


def _header(value: str) -> str:
    """Return the name of a header that may be believed."""
    name = value.lower()
    if not _HEADER.fullmatch(value) or len(value) > 64:
        raise ValueError("请求头的名称只能用字母、数字和短横线")
    if name in _TAKEN or name.startswith(_TAKEN_HEADS):
        raise ValueError(f"请求头 {value} 另有用途，请换一个名称")
    return value


def _secret_file(value: str) -> str:
    """Return the path of a file from the root on: a workspace is copied, its secrets are not."""
    if not Path(value).is_absolute():
        raise ValueError("须是完整路径，例如 /etc/shortplank/oidc.secret")
    return value


def _scope(value: str) -> str:
    """Return an area's code, or none."""
    if value and not re.fullmatch(r"[0-9A-Za-z]{1,20}", value):
        raise ValueError("须是单位代码，不限定就不写")
    return value


Line = Annotated[str, AfterValidator(_words)]
Address = Annotated[str, AfterValidator(_address)]
Header = Annotated[str, AfterValidator(_header)]
SecretFile = Annotated[str, AfterValidator(_secret_file)]
Scope = Annotated[str, AfterValidator(_scope)]


def _no_secret(data: Any, key: str, file_key: str, variable: str) -> Any:
    """Return the table as it is; a secret in it is refused, for the file is shown and copied."""
    if isinstance(data, dict) and key in data:
        raise ValueError(
            f"密钥不能写在这里，请删去 {key}，改用 {file_key} 指明文件，或用环境变量 {variable}"
        )
    return data


def _somebody_comes_in(grants: Sequence[object]) -> None:
    if not grants:
        raise ValueError("grants 至少要写一项，否则谁也进不来")


class Grant(Strict):
    """What one group, or one account behind a proxy, may do."""

    group: Line | None = None
    """The group, as the provider or the proxy writes it; the first grant that fits counts."""
    user: Line | None = None
    """The account, in place of a group: of a proxy alone, for a provider's people may often choose
    what they are called."""
    role: GrantedRole
    """The role of the group's members, or of the account."""
    scope: Scope = ""
    """Code of the area that the role is for: a filer's township; without it the home county."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.user is None) == (self.group is None):
            raise ValueError("group 和 user 须写明一个，也只能写一个")
        return self


class Oidc(Strict):
    """A provider of sign-in (OpenID Connect): people sign in there, its groups become roles."""

    label: Line
    """Name of the provider, on the button of the sign-in page."""
    issuer: Address
    """The provider's address; its discovery document is below it, and tokens must name it."""
    client_id: Line
    """What the provider calls this installation."""
    client_secret_file: SecretFile | None = None
    """File with the secret, which others must not be able to read; without it the environment's
    ``SHORTPLANK_OIDC_SECRET``."""
    scopes: tuple[Line, ...] = ("openid", "profile")
    """What is asked of the provider; some give groups only to those who ask for ``groups`` too."""
    groups: Line = "groups"
    """The claim that holds a person's groups."""
    account: Line = "preferred_username"
    """The claim that holds the account's name, which records and the audit show."""
    grants: tuple[Grant, ...]
    """Which groups are let in; who is in none of them is not."""

    @model_validator(mode="before")
    @classmethod
    def _secret_is_elsewhere(cls, data: Any) -> Any:
        return _no_secret(data, "client_secret", "client_secret_file", "SHORTPLANK_OIDC_SECRET")

    @model_validator(mode="after")
    def _asks_who_it_is(self) -> Self:
        if "openid" not in self.scopes:
            raise ValueError("scopes 须含 openid")
        _somebody_comes_in(self.grants)
        if any(each.user for each in self.grants):
            raise ValueError("统一认证只按组授权，请把 user 改为 group")
        return self


class Proxy(Strict):
    """A reverse proxy that signs people in and names them in a header, with a shared secret."""

    user_header: Header
    """The header that names the account."""
    groups_header: Header | None = None
    """The header that lists the account's groups, parted by ``separator``."""
    separator: Literal[",", ";"] = ","
    """What parts one group from the next."""
    secret_header: Header
    """The header that holds the secret; without the right one no other header is believed."""
    secret_file: SecretFile | None = None
    """File with the secret (32 characters or more), which others must not be able to read; without
    it the environment's ``SHORTPLANK_PROXY_SECRET``."""
    sign_out: Address | None = None
    """The proxy's own address for signing out, opened after ours; without it the next request
    signs in again."""
    grants: tuple[Grant, ...]
    """Which accounts and groups are let in; who is named by none of them is not."""

    @model_validator(mode="before")
    @classmethod
    def _secret_is_elsewhere(cls, data: Any) -> Any:
        return _no_secret(data, "secret", "secret_file", "SHORTPLANK_PROXY_SECRET")

    @property
    def headers(self) -> tuple[str, ...]:
        """Return the names of the headers that the proxy writes, and nobody else may."""
        named = (self.user_header, self.groups_header, self.secret_header)
        return tuple(each for each in named if each)

    @model_validator(mode="after")
    def _headers_differ(self) -> Self:
        names = [each.lower() for each in self.headers]
        if len(set(names)) < len(names):
            raise ValueError("user_header、groups_header 和 secret_header 须各不相同")
        if self.groups_header is None and any(each.group for each in self.grants):
            raise ValueError("按 group 授权须写明 groups_header")
        _somebody_comes_in(self.grants)
        return self


class Local(Strict):
    """Accounts of our own, made by ``shortplank user add`` and kept in ``accounts.toml``."""


class Metrics(Strict):
    """Who may read the server's numbers at ``/metrics`` besides administrators."""

    token_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    """SHA-256 of the token that a monitor sends as ``Authorization: Bearer``; both are made by
    ``shortplank doctor --new-metrics-token``."""


class Api(Strict):
    """What other programs may ask for below ``/api/``, and how often."""

    open: bool = True
    """Whether there is an API at all."""
    per_minute: Annotated[int, Field(ge=1, le=6000)] = 60
    """So many requests a minute each token (or session) has in the long run."""
    burst: Annotated[int, Field(ge=1, le=1000)] = 20
    """So many of them may come at once."""
    rows: Annotated[int, Field(ge=100, le=1_000_000)] = 50_000
    """The most rows of one answer; a longer one is refused, never cut."""


class Access(Strict):
    """The ways in: local accounts, a provider of sign-in, a reverse proxy.

    Without any of them the server runs on this machine alone, and who starts it is let in.
    """

    public: Address | None = None
    """The address that people type, such as ``https://board.county.example/board``: the server
    answers to no other name. Needed where it is bound to more than this machine, or stands behind
    a proxy."""
    local: Local | None = None
    """The table ``[local]``, which has no keys: people sign in with accounts of
    ``accounts.toml``."""
    oidc: Oidc | None = None
    """The table ``[oidc]``: people sign in at a provider (OpenID Connect)."""
    proxy: Proxy | None = None
    """The table ``[proxy]``: a reverse proxy says who it is, and proves that it is the proxy."""
    metrics: Metrics | None = None
    """The table ``[metrics]``: a monitor that may read the server's numbers."""
    api: Api = Api()
    """The table ``[api]``: what other programs may ask for, and how often."""

    @property
    def ways(self) -> tuple[Way, ...]:
        """Return the ways in that are open; none: the start token, on this machine alone."""
        named: dict[Way, object] = {"local": self.local, "oidc": self.oidc, "proxy": self.proxy}
        return tuple(way for way, table in named.items() if table is not None)


def granted(grants: Sequence[Grant], groups: Sequence[str], account: str = "") -> Grant | None:
    """Return the first grant that fits an account or one of its groups, None where none does.

    >>> grants = (Grant(group="a", role="viewer"), Grant(group="b", role="admin"))
    >>> granted(grants, ["b", "a"]).role, granted(grants, ["c"])
    ('viewer', None)
    """
    for each in grants:
        if (each.user and each.user == account) or (each.group and each.group in groups):
            return each
    return None
