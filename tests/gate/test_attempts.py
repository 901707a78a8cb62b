"""Guessed passwords: after a few one waits, the right one too; nothing that is sent resets it."""

from __future__ import annotations

import ast
import asyncio
import sqlite3
import threading
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortplank.access import MACHINE
from shortplank.errors import ShortplankError
from shortplank.gate import attempts as module
from shortplank.gate.accounts import Account, Accounts
from shortplank.gate.attempts import FIRST, FORGOTTEN, FREE, LONGEST, Attempts, pause
from shortplank.gate.database import NAME, connect
from shortplank.gate.verifying import AT_ONCE, Busy, Verifier
from tests.running import run_async

T = TypeVar("T")
PASSWORD = "three quiet rivers"
HERE, THERE, ELSEWHERE = "127.0.0.1", "10.1.2.3", "10.9.9.9"
pytestmark = pytest.mark.usefixtures("cheap_hashes")


class Clock:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def attempts(tmp_path: Path, clock: Clock) -> Attempts:
    return Attempts(tmp_path, clock)


def fail(attempts: Attempts, name: str, times: int, address: str = HERE) -> None:
    for _ in range(times):
        assert attempts.begin(name, address) == 0


def rows(attempts: Attempts) -> list[tuple[Any, ...]]:
    return connect(attempts.folder).execute("select * from attempts").fetchall()


# --- how long one waits ---------------------------------------------------------------------------
def test_five_failures_are_free_and_then_the_wait_doubles(attempts: Attempts, clock: Clock) -> None:
    fail(attempts, "zhang", 5)
    waits = []
    for _ in range(10):
        waits.append(attempts.wait("zhang", HERE))
        assert attempts.begin("zhang", HERE) == waits[-1]  # it is not looked at, nor counted
        clock.now += waits[-1] - 0.5
        assert attempts.begin("zhang", HERE) == pytest.approx(0.5)
        clock.now += 0.5
        assert attempts.begin("zhang", HERE) == 0
    assert waits == [5, 10, 20, 40, 80, 160, 320, 640, 900, 900]


@given(st.integers(0, 10_000), st.integers(1, 100))
def test_a_wait_never_shrinks_and_never_passes_a_quarter_of_an_hour(failed: int, free: int) -> None:
    assert 0 <= pause(failed, free) <= pause(failed + 1, free) <= LONGEST == 900
    assert (pause(failed, free) == 0) == (failed < free)
    assert pause(free, free) == FIRST


def test_a_success_forgets_a_names_failures(attempts: Attempts) -> None:
    for _ in range(3):
        fail(attempts, "zhang", 4)
        assert attempts.begin("zhang", HERE) == 0
        attempts.succeeded("zhang", HERE)
        assert attempts.wait("zhang", HERE) == 0 and rows(attempts) == []


def test_an_hour_forgets_failures_and_their_rows(attempts: Attempts, clock: Clock) -> None:
    fail(attempts, "zhang", 5, THERE)
    clock.now += FORGOTTEN - 1
    assert attempts.begin("zhang", THERE) == 0 and attempts.wait("zhang", THERE) == 10
    clock.now += FORGOTTEN + 1
    assert attempts.wait("zhang", THERE) == 0
    fail(attempts, "li", 1)
    assert len(rows(attempts)) == 1
    assert FORGOTTEN > LONGEST


def test_a_clock_that_was_ahead_locks_nobody_out(attempts: Attempts, clock: Clock) -> None:
    clock.now += 86_400
    fail(attempts, "zhang", 5)
    clock.now -= 86_400
    assert attempts.wait("zhang") == 0 and attempts.begin("zhang") == 0
    assert len(rows(attempts)) == 1


# --- what is one name, and one address ------------------------------------------------------------
@pytest.mark.parametrize("typed", ["zhang", "ZHANG", " zhang ", "ｚｈａｎｇ", "Zhang"])
def test_a_name_in_other_letters_is_the_same(attempts: Attempts, typed: str) -> None:
    fail(attempts, "zhang", 5)
    assert attempts.wait(typed) == 5
    assert attempts.wait("zhang2") == 0


def test_a_name_is_counted_from_every_address(attempts: Attempts) -> None:
    for number in range(5):
        fail(attempts, "zhang", 1, f"10.0.0.{number}")
    assert attempts.wait("zhang", ELSEWHERE) == 5


def test_an_address_is_counted_over_every_name_with_a_higher_limit(attempts: Attempts) -> None:
    for number in range(FREE["address"]):
        fail(attempts, f"a{number}", 1, THERE)
    assert attempts.wait("zhang", THERE) == 5 == attempts.begin("zhang", THERE)
    assert attempts.wait("zhang", ELSEWHERE) == 0 == attempts.wait("zhang", HERE)
    assert FREE["address"] > FREE["name"]


def test_who_has_an_account_guesses_no_more_at_others_for_it(attempts: Attempts) -> None:
    for number in range(FREE["address"]):
        fail(attempts, f"a{number}", 1, THERE)
        if number < FREE["address"] - 1:
            assert attempts.begin("own", THERE) == 0
            attempts.succeeded("own", THERE)
    assert attempts.wait("own", THERE) == 5


@pytest.mark.parametrize(
    "peer", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1", "localhost", ""]
)
def test_this_machine_is_no_address_for_a_proxy_stands_there(attempts: Attempts, peer: str) -> None:
    for number in range(2 * FREE["address"]):
        fail(attempts, f"a{number}", 1, peer)
    assert attempts.wait("zhang", peer) == 0
    assert {kind for kind, *_ in rows(attempts)} == {"name"}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:10.0.0.7", "10.0.0.7", True),
        ("10.0.0.7", "10.0.0.8", False),
        ("unix-peer", "another-peer", False),
    ],
)
def test_a_network_of_one_subscriber_is_one_address(
    attempts: Attempts, one: str, other: str, same: bool
) -> None:
    for number in range(FREE["address"]):
        fail(attempts, f"a{number}", 1, one)
    assert (attempts.wait("zhang", other) > 0) == same


def test_no_header_is_ever_read_here() -> None:
    folder = Path(module.__file__).parent
    for name in ("attempts.py", "verifying.py", "accounts.py"):
        tree = ast.parse((folder / name).read_text("utf-8"))
        said = {n.value.lower() for n in ast.walk(tree) if isinstance(n, ast.Constant)
                and isinstance(n.value, str)}  # fmt: skip
        assert not {word for word in said if "forwarded" in word or "header" in word}


# --- the table ------------------------------------------------------------------------------------
def test_ten_thousand_guessed_names_are_a_small_file(attempts: Attempts) -> None:
    connect(attempts.folder).execute("pragma synchronous = off")
    for number in range(10_000):
        attempts.begin(f"guess-{number}" + "x" * 1000, f"10.{number >> 8}.{number & 255}.1")
    connect(attempts.folder).execute("pragma wal_checkpoint(truncate)")
    assert (attempts.folder / NAME).stat().st_size < 2_000_000


def test_there_are_never_more_counts_than_the_bound(
    attempts: Attempts, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    monkeypatch.setattr(module, "COUNTS", 32)
    fail(attempts, "zhang", 5)
    for number in range(300):
        attempts.begin(f"guess-{number}", f"10.0.{number}.1")
    assert len(rows(attempts)) <= 2 * 32
    assert attempts.wait("zhang") >= 5  # no crowd of names drives it out


def test_what_was_typed_as_a_name_stands_in_no_file(attempts: Attempts) -> None:
    fail(attempts, PASSWORD, 5, THERE)
    data = b"".join(path.read_bytes() for path in attempts.folder.iterdir())
    assert PASSWORD.encode() not in data and THERE.encode() not in data


def test_processes_count_together(attempts: Attempts, clock: Clock) -> None:
    others = [Attempts(attempts.folder, clock) for _ in range(4)]
    counted = []

    def guess(own: Attempts) -> None:
        counted.append(sum(own.begin("zhang", HERE) == 0 for _ in range(20)))

    threads = [threading.Thread(target=guess, args=(own,)) for own in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counted) == 5


def test_a_damaged_database_is_one_sentence(attempts: Attempts) -> None:
    connect(attempts.folder).execute("drop table attempts")
    for ask in (attempts.wait, attempts.begin, attempts.succeeded, attempts.taken_back):
        with pytest.raises(ShortplankError, match=r"state\.db：状态库无法使用") as fault:
            ask("zhang", THERE)
        assert isinstance(fault.value.__cause__, sqlite3.Error)
    assert not connect(attempts.folder).in_transaction


# --- verifying ------------------------------------------------------------------------------------
class Looking(Accounts):
    """Accounts that count how many passwords they looked at, and may be held up."""

    looked = 0
    held: threading.Event | None = None

    def verify(self, typed: str, password: str) -> Account | None:
        self.looked += 1
        if self.held:
            self.held.wait(30)
        return super().verify(typed, password)


@pytest.fixture
def accounts(tmp_path: Path) -> Looking:
    root = tmp_path / "county"
    root.mkdir()
    found = Looking(root)
    found.add(MACHINE, "zhang", PASSWORD, "viewer", must_change=False)
    return found


@pytest.fixture
def verifier(accounts: Looking, attempts: Attempts) -> Iterator[Verifier]:
    found = Verifier(accounts, attempts)
    yield found
    found.close()


async def outcome(work: Coroutine[Any, Any, Account | None]) -> str:
    try:
        return "in" if await work else "no"
    except Busy:
        return "busy"


def test_the_right_password_is_let_in_and_a_wrong_one_not(verifier: Verifier) -> None:
    assert run_async(verifier.verify("Zhang", PASSWORD, THERE)) == Account("zhang", "viewer")
    assert run_async(verifier.verify("zhang", "another one", THERE)) is None
    assert run_async(verifier.verify("wang", PASSWORD, THERE)) is None


@pytest.mark.parametrize("name", ["zhang", "wang"])
def test_of_ten_thousand_guesses_five_are_looked_at(
    verifier: Verifier, accounts: Looking, name: str
) -> None:
    async def guess() -> list[str]:
        guesses = [f"guess number {n}" for n in range(9_999)]
        guesses.insert(5_000, PASSWORD)
        return [await outcome(verifier.verify(name, each, HERE)) for each in guesses]

    found = run_async(guess())
    assert found == ["no"] * 5 + ["busy"] * 9_995 and accounts.looked == 5


def test_guesses_at_the_same_moment_are_counted_like_others(
    accounts: Looking, attempts: Attempts
) -> None:
    async def guess() -> list[str]:
        verifier = Verifier(accounts, attempts, waiting=10_000)
        every = (verifier.verify("zhang", f"guess number {n}", HERE) for n in range(10_000))
        found = await asyncio.gather(*(outcome(each) for each in every))
        last = await outcome(verifier.verify("zhang", PASSWORD, HERE))
        verifier.close()
        return [*found, last]

    found = run_async(guess())
    assert found.count("no") == 5 == accounts.looked and "in" not in found


def test_the_right_password_waits_its_time_and_is_let_in_then(
    verifier: Verifier, clock: Clock
) -> None:
    for number in range(5):
        assert run_async(verifier.verify("zhang", f"guess number {number}")) is None
    for _ in range(3):
        with pytest.raises(Busy) as fault:
            run_async(verifier.verify("zhang", PASSWORD))
        assert fault.value.seconds == 5
        assert fault.value.sentence == "尝试登录的次数过多。请 5 秒后再试。"
    clock.now += 5
    assert run_async(verifier.verify("zhang", PASSWORD))
    assert run_async(verifier.verify("zhang", "another one")) is None  # counted from one again


@pytest.mark.parametrize(("seconds", "said"), [(0.2, "1 秒"), (59.5, "1 分钟"), (900, "15 分钟")])
def test_a_wait_is_said_in_words(seconds: float, said: str) -> None:
    assert Busy(seconds).sentence == f"尝试登录的次数过多。请 {said}后再试。"


def test_two_are_looked_at_at_once_and_the_queue_ends_somewhere(
    accounts: Looking, attempts: Attempts
) -> None:
    accounts.held = threading.Event()

    async def crowd() -> tuple[list[str], int, str]:
        verifier = Verifier(accounts, attempts, waiting=4)
        coming = [
            asyncio.ensure_future(outcome(verifier.verify(f"a{n}", PASSWORD, ELSEWHERE)))
            for n in range(10)
        ]
        while accounts.looked < AT_ONCE or sum(each.done() for each in coming) < 4:
            await asyncio.sleep(0.001)
        at_once = accounts.looked
        assert accounts.held
        accounts.held.set()
        found = [await each for each in coming]
        after = await outcome(verifier.verify("zhang", PASSWORD, ELSEWHERE))
        verifier.close()
        return found, at_once, after

    found, at_once, after = run_async(crowd())
    assert at_once == 2
    assert found == ["no"] * 6 + ["busy"] * 4 and after == "in"


def test_a_fault_of_the_file_is_nobodys_failure(
    verifier: Verifier, accounts: Looking, attempts: Attempts
) -> None:
    accounts.path.chmod(0o644)
    for _ in range(8):
        with pytest.raises(ShortplankError, match="chmod 600"):
            run_async(verifier.verify("zhang", PASSWORD, THERE))
    accounts.path.chmod(0o600)
    assert rows(attempts) == []
    assert run_async(verifier.verify("zhang", PASSWORD, THERE))


def test_ones_own_password_is_changed_by_the_same_count(
    verifier: Verifier, accounts: Looking, attempts: Attempts, clock: Clock
) -> None:
    new = "other words again"
    for _ in range(3):
        with pytest.raises(ShortplankError, match="密码须有"):
            run_async(verifier.change("zhang", PASSWORD, "short", THERE))
    assert rows(attempts) == []
    for number in range(5):
        assert run_async(verifier.change("zhang", f"guess number {number}", new, THERE)) is None
    with pytest.raises(Busy):
        run_async(verifier.change("zhang", PASSWORD, new, THERE))
    clock.now += 5
    assert run_async(verifier.change("zhang", PASSWORD, new, THERE)) == Account("zhang", "viewer")
    assert accounts.verify("zhang", new) and not accounts.verify("zhang", PASSWORD)


def test_no_password_is_logged(
    verifier: Verifier, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(0)
    for number in range(7):
        run_async(outcome(verifier.verify("zhang", f"guess {PASSWORD} {number}", THERE)))
    assert PASSWORD not in caplog.text + "".join(capfd.readouterr())


def test_hashes_leave_the_loop_to_others(verifier: Verifier, accounts: Looking) -> None:
    accounts.held = threading.Event()

    async def look_meanwhile() -> bool:
        coming = asyncio.ensure_future(verifier.verify("zhang", PASSWORD))
        while not accounts.looked:
            await asyncio.sleep(0.001)
        assert accounts.held and not coming.done()
        accounts.held.set()
        return await coming is not None

    assert run_async(look_meanwhile())
