"""What others say of a person: the account's name and its groups, taken only within bounds."""

from __future__ import annotations

from collections.abc import Sequence

from shortplank.catalogue.ways import Grant
from shortplank.errors import ShortplankError

MOST_CHARACTERS = 64
MOST_GROUPS = 100
MOST_OF_A_GROUP = 200


class SignInError(ShortplankError):
    """Somebody could not sign in: a sentence for the sign-in page, and a word for the audit."""

    def __init__(self, message: str, *, reason: str, mend: str = "", status: int = 400) -> None:
        super().__init__(message, mend=mend)
        self.reason, self.status = reason, status


def account_name(said: object) -> str | None:
    """Return an account's name as pages and records may show it, None for what is no name.

    >>> account_name("li.si@county.example"), account_name("统计股"), account_name(" a")
    ('li.si@county.example', '统计股', None)
    >>> account_name("a\\u202eb"), account_name("a" * 65), account_name(7)
    (None, None, None)
    """
    if not isinstance(said, str) or said != said.strip() or not said.isprintable():
        return None
    return said if 0 < len(said) <= MOST_CHARACTERS else None


def group_names(said: object, grants: Sequence[Grant] = ()) -> tuple[str, ...]:
    """Return the groups of a claim, which is a list or, at some providers, one name alone.

    Of somebody in very many groups those that a grant names are kept before all others.

    >>> group_names(["tongji", "lingdao", "tongji", 7, ""]), group_names("tongji")
    (('lingdao', 'tongji'), ('tongji',))
    """
    listed = [said] if isinstance(said, str) else said
    if not isinstance(listed, (list, tuple)):
        return ()
    names = {each.strip() for each in listed if isinstance(each, str)}
    fit = (each for each in names if each.isprintable() and 0 < len(each) <= MOST_OF_A_GROUP)
    granting = {grant.group for grant in grants}
    kept = sorted(fit, key=lambda name: (name not in granting, name))[:MOST_GROUPS]
    return tuple(sorted(kept))
