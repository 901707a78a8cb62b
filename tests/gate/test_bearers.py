"""Tokens of accounts: made once, kept as a hash, and the rate that each has."""

from __future__ import annotations

from pathlib import Path

import pytest

from shortplank.access import MACHINE, Actor
from shortplank.errors import NotAllowed, ShortplankError
from shortplank.gate.bearers import MOST, Bearers
from shortplank.gate.house import House
from shortplank.gate.rates import Rates
from shortplank.gate.sessions import Way
from tests.gate.worlds import ORIGIN, World, world

WORDS = "three quiet rivers"


@pytest.fixture
def bearers(county: Path, cheap_hashes: None) -> Bearers:
    house = House(county)
    for name in ("ana", "vera"):
        house.accounts.add(MACHINE, name, WORDS, "viewer", must_change=False)
    return house.bearers


def test_a_token_is_random_and_stands_nowhere_in_the_state_folder(bearers: Bearers) -> None:
    made = [bearers.add(MACHINE, "ana", "大屏") for _ in range(3)]
    texts = [text for _, text in made]
    assert len({text.split("_", 2)[2] for text in texts}) == 3
    assert all(len(text) == 3 + 8 + 1 + 43 for text in texts)
    held = b"".join(path.read_bytes() for path in bearers.folder.iterdir() if path.is_file())
    for token, text in made:
        assert token.id.encode() in held and text.split("_", 2)[2].encode() not in held
        assert (
            bearers.bearer(text) == token
            and text not in repr(token)
            and token.hash not in repr(token)
        )


def test_a_token_is_of_one_workspace(bearers: Bearers, tmp_path: Path) -> None:
    _, text = bearers.add(MACHINE, "ana", "x")
    other = tmp_path / "other"
    other.mkdir()
    there = House(other)
    there.accounts.add(MACHINE, "ana", WORDS, "admin", must_change=False)
    assert there.bearers.bearer(text) is None and not there.bearers.all()
    assert Bearers(bearers.folder, bearers.workspace_id, bearers.accounts).bearer(text)


def test_everybody_has_their_own_and_an_administrator_all(bearers: Bearers) -> None:
    ana, vera = Actor("viewer", "ana"), Actor("viewer", "vera")
    made, text = bearers.add(ana, "ana", "own")
    with pytest.raises(NotAllowed):
        bearers.add(vera, "ana", "theirs")
    with pytest.raises(ShortplankError):
        bearers.revoke(vera, made.id)
    assert bearers.bearer(text)
    bearers.revoke(ana, made.id)
    assert bearers.bearer(text) is None


def test_what_cannot_have_a_token_is_refused(bearers: Bearers) -> None:
    bearers.accounts.add(MACHINE, "new", WORDS, "viewer")
    for account, name, days in (
        ("new", "x", 90), ("nobody", "x", 90), ("ana", "", 90), ("ana", "x" * 41, 90),
        ("ana", "a\nb", 90), ("ana", "x", 0), ("ana", "x", 367),
    ):  # fmt: skip
        with pytest.raises(ShortplankError):
            bearers.add(MACHINE, account, name, days)
    for number in range(MOST):
        bearers.add(MACHINE, "ana", str(number))
    with pytest.raises(ShortplankError, match="20"):
        bearers.add(MACHINE, "ana", "one more")


def test_when_it_was_used_is_written_down_now_and_then(bearers: Bearers) -> None:
    made, text = bearers.add(MACHINE, "ana", "x")
    now = [made.created]
    bearers.now = lambda: now[0]
    seen = []
    for step in (0.0, 30.0, 31.0, 3600.0):
        now[0] += step
        found = bearers.bearer(text)
        assert found is not None
        bearers.touch(found)
        seen.append(bearers.all("ana")[0].seen - made.created)
    assert seen == [0.0, 0.0, 61.0, 3661.0]


def test_a_rate_is_shared_by_all_processes_and_fills_again(bearers: Bearers) -> None:
    now = [5_000.0]
    one, two = (Rates(bearers.folder, lambda: now[0]) for _ in range(2))
    assert [rate.take("a", 60, 4) for rate in (one, two, one, two)] == [0.0] * 4
    assert one.take("a", 60, 4) == pytest.approx(1.0) and two.take("b", 60, 4) == 0
    now[0] += 2
    assert [two.take("a", 60, 4) == 0 for _ in range(3)] == [True, True, False]
    served = 0
    for _ in range(600):
        now[0] += 0.1
        served += one.take("a", 60, 4) == 0
    assert served == 60


# --- the own page ---------------------------------------------------------------------------------
def signed_in(there: World, name: str, way: Way = "local") -> str:
    return there.house.sessions.open(name, way)


def test_the_own_page_makes_shows_once_and_revokes(county: Path, cheap_hashes: None) -> None:
    there = world(county, "[local]\n")
    for name in ("ana", "vera"):
        there.house.accounts.add(MACHINE, name, WORDS, "analyst", must_change=False)
    token, origin = signed_in(there, "ana"), {"origin": ORIGIN}
    assert "/gate/tokens" in there.open("/gate/me", token).text
    made = there.ask(
        "/gate/tokens", "POST", token=token, headers=origin, data={"name": "<大屏>", "days": "30"}
    )
    assert made.status_code == 200 and made.headers["cache-control"] == "no-store"
    (known,) = there.house.bearers.all("ana")
    text = made.text.partition('readonly value="')[2].partition('"')[0]
    assert (
        there.house.bearers.bearer(text) == known
        and round(known.expires - known.created) == 30 * 86_400
    )
    again = there.open("/gate/tokens", token)
    assert text not in again.text and known.id in again.text and "&lt;大屏&gt;" in again.text

    theirs = signed_in(there, "vera")
    assert known.id not in there.open("/gate/tokens", theirs).text
    gone = {"id": known.id}
    assert (
        there.ask(
            "/gate/tokens/revoke", "POST", token=theirs, headers=origin, data=gone
        ).status_code
        == 404
    )
    for headers in ({"origin": "http://evil.example"}, {"sec-fetch-site": "cross-site"}):
        refused = there.ask("/gate/tokens/revoke", "POST", token=token, headers=headers, data=gone)
        assert refused.status_code == 403
    assert there.house.bearers.bearer(text)
    done = there.ask("/gate/tokens/revoke", "POST", token=token, headers=origin, data=gone)
    assert done.status_code == 303 and there.house.bearers.bearer(text) is None


def test_the_own_page_is_for_local_accounts_with_a_password_of_their_own(
    county: Path, cheap_hashes: None
) -> None:
    there = world(county, "[local]\n")
    there.house.accounts.add(MACHINE, "new", WORDS, "viewer")
    for token in ("", signed_in(there, "new"), signed_in(there, "x", "oidc")):
        for method in ("GET", "POST"):
            found = there.ask("/gate/tokens", method, token=token, headers={"origin": ORIGIN})
            assert found.status_code == 303 and not there.house.bearers.all()
    there.house.accounts.change_own("new", WORDS, "and five other words")
    token = signed_in(there, "new")
    for data in (
        {"name": "", "days": "9"},
        {"name": "x", "days": "x"},
        {"name": "x", "days": "999"},
    ):
        found = there.ask(
            "/gate/tokens", "POST", token=token, headers={"origin": ORIGIN}, data=data
        )
        assert found.status_code == 400 and 'role="alert"' in found.text
