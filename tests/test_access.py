"""Who may see what: analyst on this machine, viewer elsewhere, and nobody more than granted."""

from __future__ import annotations

import itertools

import pytest

from shortplank.access import ROLE_LABELS, ROLES, is_loopback, role_for
from shortplank.catalogue.models import Access

HERE, ELSEWHERE = "127.0.0.1", "0.0.0.0"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "[::1]", "localhost"])
def test_this_machine_is_loopback(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host",
    ["0.0.0.0", "::", "", "10.0.0.1", "192.168.1.2", "localhost.example", "127.0.0.1.example"],
)
def test_nothing_else_is(host: str) -> None:
    assert not is_loopback(host)


def test_the_default_is_analyst_on_loopback_and_viewer_elsewhere() -> None:
    assert role_for(Access(), bound_to=HERE, asked=None) == "analyst"
    assert role_for(Access(), bound_to=ELSEWHERE, asked=None) == "viewer"
    assert role_for(Access(), bound_to="", asked=None) == "viewer"


@pytest.mark.parametrize("bound_to", [HERE, ELSEWHERE])
def test_the_workspace_may_set_the_default(bound_to: str) -> None:
    for role in ROLES:
        access = Access(default=role)
        assert role_for(access, bound_to=bound_to, asked=None) == role


def test_nobody_gets_more_than_is_granted_by_asking() -> None:
    accesses = [Access(), Access(default="viewer"), Access(default="analyst")]
    for access, host in itertools.product(accesses, [HERE, ELSEWHERE]):
        granted = role_for(access, bound_to=host, asked=None)
        for asked in ("analyst", "admin", "", None):
            assert role_for(access, bound_to=host, asked=asked) == granted
        assert role_for(access, bound_to=host, asked="viewer") == "viewer"


def test_every_role_has_a_label() -> None:
    assert set(ROLE_LABELS) == set(ROLES)
