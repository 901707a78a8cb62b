"""Local accounts: kept whole and closed to others, opened by the right password alone."""

from __future__ import annotations

import os
import stat
import traceback
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY
from hypothesis import given
from hypothesis import strategies as st

from shortplank.access import MACHINE, RIGHTS, ROLES, Actor, Role
from shortplank.errors import NotAllowed, ShortplankError, WorkspaceError
from shortplank.gate import accounts as module
from shortplank.gate import passwords
from shortplank.gate.accounts import NAME, Account, Accounts
from shortplank.store import locks
from tests.gate import writers
from tests.ingest.county import make_county

PASSWORD, OTHER = "three quiet rivers", "seven loud bridges"
OWN_HASHER = passwords.hasher  # before a test puts a cheaper one in its place
pytestmark = pytest.mark.usefixtures("cheap_hashes")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_county(tmp_path / "county")


@pytest.fixture
def accounts(root: Path) -> Accounts:
    """A county's accounts, one of them a viewer's."""
    found = Accounts(root)
    found.add(MACHINE, "zhang", PASSWORD, "viewer", must_change=False)
    return found


def text_of(accounts: Accounts) -> str:
    return accounts.path.read_text("utf-8")


# --- who is let in --------------------------------------------------------------------------------
def test_the_right_password_opens_its_account_and_no_other_does(accounts: Accounts) -> None:
    accounts.add(MACHINE, "li.si-2", OTHER, "analyst")
    zhang, li = Account("zhang", "viewer"), Account("li.si-2", "analyst", must_change=True)
    assert accounts.all() == (li, zhang)
    assert accounts.verify("zhang", PASSWORD) == zhang == accounts.find("zhang")
    assert accounts.verify("li.si-2", OTHER) == li
    for name, password in (("zhang", OTHER), ("li.si-2", PASSWORD), ("zhang", ""), ("", PASSWORD)):
        assert accounts.verify(name, password) is None
    assert accounts.verify("zhang", PASSWORD.upper()) is None
    assert accounts.find("wang") is None and accounts.verify("wang", PASSWORD) is None


def test_without_a_file_nobody_is_let_in(tmp_path: Path) -> None:
    nobody = Accounts(tmp_path)
    assert nobody.all() == () and nobody.verify("zhang", PASSWORD) is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("typed", ["zhang", " Zhang ", "ZHANG", "ｚｈａｎｇ"])
def test_a_name_is_known_however_the_keyboard_stood(accounts: Accounts, typed: str) -> None:
    assert accounts.verify(typed, PASSWORD) == Account("zhang", "viewer")


words = st.text(st.characters(exclude_categories=["Cs"]), min_size=10, max_size=40)


@given(password=words, form=st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
def test_one_password_is_one_in_every_form_of_unicode(password: str, form: Any) -> None:
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "hasher", cheap)
        kept = passwords.hashed(password)
        assert passwords.fits(kept, unicodedata.normalize(form, password))
        assert not passwords.fits(kept, f"{password}1")
    assert password not in kept


def test_a_password_of_any_text_is_answered(accounts: Accounts) -> None:
    for password in ("\ud800" * 12, "\0" * 12, "x" * 100_000, "ﷺ" * 128):
        assert accounts.verify("zhang", password) is None


class Counting:
    """A hasher that counts what it is asked."""

    def __init__(self, hasher: PasswordHasher) -> None:
        self.hasher, self.verified, self.made = hasher, 0, 0

    def verify(self, kept: str, password: bytes) -> bool:
        self.verified += 1
        return self.hasher.verify(kept, password)

    def hash(self, password: bytes) -> str:
        self.made += 1
        return self.hasher.hash(password)

    def check_needs_rehash(self, kept: str) -> bool:
        return self.hasher.check_needs_rehash(kept)


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> Counting:
    found = Counting(passwords.hasher)
    monkeypatch.setattr(passwords, "hasher", found)
    return found


def test_an_unknown_name_takes_the_same_hash_as_a_known_one(
    accounts: Accounts, counting: Counting
) -> None:
    accounts.verify("zhang", OTHER)
    assert (counting.verified, counting.made) == (1, 1)  # that of nobody, once a process
    for name in ("zhang", "wang", "", "x" * 10_000, "zhang'; --"):
        before = counting.verified
        assert accounts.verify(name, OTHER) is None
        assert (counting.verified, counting.made) == (before + 1, 1)
    assert accounts.verify("zhang", "x" * 100_000) is None
    assert counting.verified == 7


def test_a_hash_of_other_parameters_is_made_anew_when_its_password_comes(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    dearer = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    monkeypatch.setattr(passwords, "hasher", dearer)
    before = text_of(accounts)
    assert accounts.verify("zhang", OTHER) is None and text_of(accounts) == before
    assert accounts.verify("zhang", PASSWORD) and "m=16,t=2,p=1" in text_of(accounts)
    after = text_of(accounts)
    assert accounts.verify("zhang", PASSWORD) and text_of(accounts) == after


def test_where_nothing_can_be_written_an_old_hash_still_opens(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "full")

    monkeypatch.setattr(passwords, "hasher", PasswordHasher(2, 16, 1))
    monkeypatch.setattr(module, "write_private", full)
    before = text_of(accounts)
    assert accounts.verify("zhang", PASSWORD) and text_of(accounts) == before


def test_a_hash_costs_what_rfc_9106_recommends_second() -> None:
    kept = extract_parameters(OWN_HASHER.hash(PASSWORD))
    assert kept == RFC_9106_LOW_MEMORY


# --- which passwords and names --------------------------------------------------------------------
@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("", "密码须有 10 至 128 个字符"),
        ("nine char", "密码须有 10 至 128 个字符"),
        ("长" * 9, "密码须有 10 至 128 个字符"),
        ("abc " * 33, "密码须有 10 至 128 个字符"),
        ("ﷺ" * 10, "密码须有 10 至 128 个字符"),  # 18 characters each, once normalised
        ("Li.Si.Tongji", "密码不能就是账号名"),
        ("Password123", "这个密码太常见"),
        ("１２３４５６７８９０", "这个密码太常见"),
        ("5201314520", "这个密码太常见"),
        ("abababababab", "这个密码太常见"),
    ],
)
def test_a_password_that_is_guessed_at_once_is_refused(
    accounts: Accounts, password: str, said: str
) -> None:
    before = text_of(accounts)
    with pytest.raises(ShortplankError, match=said):
        accounts.add(MACHINE, "li.si.tongji", password, "viewer")
    assert text_of(accounts) == before


@pytest.mark.parametrize("password", ["长江黄河长城泰山天安门", "all lower case", "x" * 9 + "yz"])
def test_no_password_is_refused_for_its_kinds_of_characters(
    accounts: Accounts, password: str
) -> None:
    accounts.set_password(MACHINE, "zhang", password)
    assert accounts.verify("zhang", password)


def test_the_listed_passwords_could_be_taken_but_for_the_list() -> None:
    listed = passwords._common()
    assert len(listed) > 100
    assert all(passwords.LEAST <= len(each) <= 30 for each in listed)
    assert listed == {unicodedata.normalize("NFKC", each).casefold() for each in listed}


@pytest.mark.parametrize(
    "name", ["", "Zhang", "_x", ".x", "-x", "张三", "a b", "a/b", "x" * 33, "a\n"]
)
def test_a_name_that_is_none_is_refused(accounts: Accounts, name: str) -> None:
    with pytest.raises(ShortplankError, match="账号名须为 1 至 32 个"):
        accounts.add(MACHINE, name, PASSWORD, "viewer")


def test_every_name_that_is_taken_comes_back_as_it_is(accounts: Accounts) -> None:
    names = ["0", "a.b", "a-b_c", "true", "x" * 32, "1.5"]
    for name in names:
        accounts.add(MACHINE, name, PASSWORD, "viewer")
        assert accounts.verify(name, PASSWORD) == Account(name, "viewer", must_change=True)
    assert {each.name for each in Accounts(accounts.workspace).all()} == {*names, "zhang"}
    with pytest.raises(ShortplankError, match=r"accounts\.toml：账号 a\.b 已经有了"):
        accounts.add(MACHINE, "a.b", OTHER, "viewer")
    assert accounts.verify("a.b", PASSWORD)


# --- scopes ---------------------------------------------------------------------------------------
OWN: list[Role] = [role for role in ROLES if RIGHTS[role].own]
WIDE: list[Role] = [role for role in ROLES if role not in OWN]


@pytest.mark.parametrize("role", WIDE)
def test_who_looks_at_a_county_takes_its_code_or_none(accounts: Accounts, role: Role) -> None:
    accounts.set_role(MACHINE, "zhang", role, "990101")
    assert accounts.find("zhang") == Account("zhang", role, "990101")
    accounts.set_role(MACHINE, "zhang", role)
    assert accounts.find("zhang") == Account("zhang", role)
    for scope in ("990101001", "990101001001", "990102", "一县", "99010", "x" * 50):
        with pytest.raises(ShortplankError, match=r"areas\.csv：角色 \w+ 的范围 .+的县"):
            accounts.set_role(MACHINE, "zhang", role, scope)
        with pytest.raises(ShortplankError, match="不是登记册里的县"):
            accounts.add(MACHINE, "li", PASSWORD, role, scope)
    assert accounts.all() == (Account("zhang", role),)


@pytest.mark.parametrize("role", OWN)
def test_who_files_for_a_township_names_one_of_the_register(accounts: Accounts, role: Role) -> None:
    accounts.set_role(MACHINE, "zhang", role, "990101002")
    assert accounts.find("zhang") == Account("zhang", role, "990101002")
    for scope in ("990101", "990101001001", "990101009", "990102001"):
        with pytest.raises(ShortplankError, match="不是登记册里的乡镇"):
            accounts.set_role(MACHINE, "zhang", role, scope)
    with pytest.raises(ShortplankError, match="须有范围"):
        accounts.set_role(MACHINE, "zhang", role)
    assert accounts.find("zhang") == Account("zhang", role, "990101002")


# --- changes --------------------------------------------------------------------------------------
CHANGES: dict[str, Callable[[Accounts, Actor], object]] = {
    "add": lambda accounts, actor: accounts.add(actor, "li", PASSWORD, "viewer"),
    "set_password": lambda accounts, actor: accounts.set_password(actor, "zhang", OTHER),
    "set_role": lambda accounts, actor: accounts.set_role(actor, "zhang", "analyst"),
    "remove": lambda accounts, actor: accounts.remove(actor, "zhang"),
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("change", CHANGES)
def test_accounts_are_changed_by_those_who_may_and_nobody_else(
    accounts: Accounts, change: str, role: Role
) -> None:
    before, actor = text_of(accounts), Actor(role)
    if actor.may("manage_accounts"):
        CHANGES[change](accounts, actor)
        assert text_of(accounts) != before
    else:
        (accounts.workspace / module.LOCK).unlink()
        with pytest.raises(NotAllowed, match=RIGHTS[role].name):
            CHANGES[change](accounts, actor)
        assert text_of(accounts) == before and not (accounts.workspace / module.LOCK).exists()


@pytest.mark.parametrize("change", ["set_password", "set_role", "remove"])
def test_what_is_not_there_is_not_changed(root: Path, change: str) -> None:
    ended: list[str] = []
    with pytest.raises(ShortplankError, match=r"accounts\.toml：没有账号 zhang。请用"):
        CHANGES[change](Accounts(root, ended.append), MACHINE)
    assert not (root / NAME).exists() and ended == []


def test_sessions_end_with_the_password_the_role_and_the_account(accounts: Accounts) -> None:
    ended: list[str] = []
    acting = Accounts(accounts.workspace, ended.append)
    for change in ("add", "set_password", "set_role"):
        CHANGES[change](acting, MACHINE)
    assert ended == ["zhang", "zhang"]
    assert acting.change_own("zhang", PASSWORD, "other words again") is None and len(ended) == 2
    assert acting.change_own(" Zhang", OTHER, "other words again")
    acting.remove(MACHINE, "zhang")
    assert ended == ["zhang"] * 4 and acting.find("zhang") is None


def test_a_change_is_noted_with_who_and_whose_and_no_secret(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted: list[tuple[Any, ...]] = []
    monkeypatch.setattr(module, "note", lambda *said, **facts: noted.append((*said[1:], facts)))
    actor = Actor("admin", "boss")
    for change in CHANGES.values():
        change(accounts, actor)
        with pytest.raises(NotAllowed):
            change(accounts, Actor("viewer", "zhang"))
    assert noted == [
        ("boss", "accounts", {"subject": "li", "act": "add", "role": "viewer"}),
        ("boss", "accounts", {"subject": "zhang", "act": "reset"}),
        ("boss", "accounts", {"subject": "zhang", "act": "role", "role": "analyst"}),
        ("boss", "accounts", {"subject": "zhang", "act": "remove"}),
    ]


def test_a_password_that_another_gave_is_to_be_changed_and_then_no_longer(
    accounts: Accounts,
) -> None:
    accounts.set_password(MACHINE, "zhang", OTHER)
    assert accounts.verify("zhang", OTHER) == Account("zhang", "viewer", must_change=True)
    assert accounts.verify("zhang", PASSWORD) is None
    assert accounts.change_own("zhang", OTHER, PASSWORD) == Account("zhang", "viewer")
    assert accounts.verify("zhang", PASSWORD) == Account("zhang", "viewer")
    assert "must_change" not in text_of(accounts)


def test_ones_own_password_takes_the_old_one_and_a_new_one_that_is_another(
    accounts: Accounts,
) -> None:
    before = text_of(accounts)
    assert accounts.change_own("zhang", OTHER, "other words again") is None
    assert accounts.change_own("wang", PASSWORD, OTHER) is None
    for new, said in ((PASSWORD, "新密码与原密码相同"), ("short", "密码须有")):
        with pytest.raises(ShortplankError, match=said):
            accounts.change_own("zhang", PASSWORD, new)
    assert text_of(accounts) == before


def test_a_reset_that_came_between_stands(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    def reset_meanwhile(kept: str, password: str) -> bool:
        Accounts(accounts.workspace).set_password(MACHINE, "zhang", OTHER)
        return True

    monkeypatch.setattr(module, "fits", reset_meanwhile)
    assert accounts.change_own("zhang", PASSWORD, "other words again") is None
    monkeypatch.undo()
    assert passwords.fits(accounts._kept()["zhang"].hash, OTHER)


def test_what_people_wrote_beside_the_accounts_stays(accounts: Accounts) -> None:
    noted = text_of(accounts).replace("[accounts", "# 统计股\n[accounts") + "# 末行\n"
    accounts.path.write_text(noted, "utf-8")
    accounts.add(MACHINE, "li", OTHER, "viewer")
    accounts.set_role(MACHINE, "zhang", "analyst")
    after = text_of(accounts)
    assert after.startswith(module.HEADER) and "# 统计股\n" in after and "# 末行\n" in after
    accounts.remove(MACHINE, "li")
    accounts.remove(MACHINE, "zhang")
    assert accounts.all() == ()
    accounts.add(MACHINE, "zhang", OTHER, "viewer")
    assert accounts.verify("zhang", OTHER)


# --- the file -------------------------------------------------------------------------------------
def test_the_file_is_its_owners_alone_whatever_the_umask(accounts: Accounts) -> None:
    before = os.umask(0)
    try:
        accounts.set_role(MACHINE, "zhang", "analyst")
    finally:
        os.umask(before)
    assert stat.S_IMODE(accounts.path.stat().st_mode) == 0o600
    assert sorted(path.name for path in accounts.workspace.glob("*.toml")) == [
        NAME, "workspace.toml",
    ]  # fmt: skip


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o666, 0o610])
def test_a_file_that_others_can_open_lets_nobody_in(accounts: Accounts, mode: int) -> None:
    assert accounts.verify("zhang", PASSWORD)
    accounts.path.chmod(mode)
    looks: list[Callable[[], object]] = [
        lambda: accounts.verify("zhang", PASSWORD),
        lambda: accounts.find("zhang"),
        accounts.all,
        lambda: accounts.set_role(MACHINE, "zhang", "analyst"),
        lambda: Accounts(accounts.workspace).find("zhang"),
    ]
    for look in looks:
        with pytest.raises(WorkspaceError) as fault:
            look()
        assert fault.value.sentence == (
            "accounts.toml：别的用户也能打开这个文件。请运行 chmod 600 accounts.toml。"
        )
    accounts.path.chmod(0o600)
    assert accounts.verify("zhang", PASSWORD)


SECRET = "$argon2id$v=19$m=8,t=1,p=1$c2VjcmV0c2VjcmV0$secret"
BROKEN = {
    "not TOML": (f"accounts.zhang.hash = {SECRET}", "第 1 行第 23 列不是有效的 TOML"),
    "half": (f'[accounts.zhang]\nrole = "viewer"\nhash = "{SECRET}', "不是有效的 TOML"),
    "twice": (f'[accounts.a]\nhash = "{SECRET}"\n[accounts.a]\n', "不是有效的 TOML"),
    "no hash": ('[accounts.zhang]\nrole = "viewer"\n', "键 accounts.zhang.hash：缺少必填的键"),
    "no role": (f'[accounts.zhang]\nhash = "{SECRET}"\n', "键 accounts.zhang.role：缺少必填的键"),
    "a role that is none": (
        f'[accounts.zhang]\nrole = "leader"\nhash = "{SECRET}"\n',
        "键 accounts.zhang.role：取值不在允许的范围内，只能是 ",
    ),
    "plain": (
        '[accounts.zhang]\nrole = "viewer"\nhash = "secret words"\n',
        "键 accounts.zhang.hash：取值不合要求，须由 shortplank user 写入",
    ),
    "another kind of hash": (
        f'[accounts.zhang]\nrole = "viewer"\nhash = "{SECRET.replace("2id", "2i")}"\n',
        "须由 shortplank user 写入",
    ),
    "a number": ('[accounts.zhang]\nrole = "viewer"\nhash = 5\n', "取值的类型或格式不对"),
    "a name that is none": (
        f'[accounts.Zhang]\nrole = "viewer"\nhash = "{SECRET}"\n', "账号名须为",
    ),
    "a key that nobody knows": (
        f'[accounts.zhang]\nrole = "viewer"\nhash = "{SECRET}"\nsecret = "{SECRET}"\n',
        "键 accounts.zhang.secret：不认识的键",
    ),
    "a table that nobody knows": (f'[zhang]\nhash = "{SECRET}"\n', "键 zhang：不认识的键"),
    "a list": ("accounts = []\n", "键 accounts：取值的类型或格式不对"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_file_is_one_sentence_that_repeats_no_hash(accounts: Accounts, kind: str) -> None:
    text, said = BROKEN[kind]
    good = text_of(accounts)
    assert accounts.verify("zhang", PASSWORD)
    accounts.path.write_text(text, "utf-8")
    for look in (lambda: accounts.verify("zhang", PASSWORD), accounts.all):
        with pytest.raises(WorkspaceError) as fault:
            look()
        whole = "".join(traceback.format_exception(fault.value))
        assert fault.value.sentence.startswith(f"{NAME}：") and said in fault.value.sentence
        assert "c2VjcmV0" not in whole and "secret words" not in whole
    for change in CHANGES.values():
        with pytest.raises(WorkspaceError):
            change(accounts, MACHINE)
    assert text_of(accounts) == text
    accounts.path.write_text(good, "utf-8")
    assert accounts.verify("zhang", PASSWORD)


def test_a_file_in_another_encoding_is_one_sentence(accounts: Accounts) -> None:
    accounts.path.write_bytes("# 账号\n".encode("gb18030"))
    with pytest.raises(WorkspaceError, match=r"accounts\.toml：文件不是 UTF-8 编码"):
        accounts.all()


def test_no_password_stands_in_a_file_or_in_a_fault(accounts: Accounts) -> None:
    for password in (PASSWORD, "too short", "Password123", "x" * 200, "zhang" * 2):
        for change in (
            lambda p=password: accounts.add(MACHINE, "zhang", p, "viewer"),
            lambda p=password: accounts.set_password(MACHINE, "nobody", p),
            lambda p=password: accounts.change_own("zhang", p, p),
        ):
            with pytest.raises(ShortplankError) as fault:
                change()
            assert password not in "".join(traceback.format_exception_only(fault.value))
    written = [path.read_bytes() for path in accounts.workspace.rglob("*") if path.is_file()]
    assert not any(PASSWORD.encode() in data for data in written)


# --- looks and other processes --------------------------------------------------------------------
def test_a_look_reads_the_file_only_where_it_changed(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[str] = []

    def reading(root: Path, name: str) -> str:
        reads.append(name)
        return (root / name).read_text("utf-8")

    monkeypatch.setattr(module, "read_text", reading)
    another = Accounts(accounts.workspace)
    for _ in range(100):
        assert another.find("zhang")
    assert len(reads) == 1
    accounts.set_role(MACHINE, "zhang", "analyst")
    assert another.find("zhang") == Account("zhang", "analyst")
    accounts.remove(MACHINE, "zhang")
    assert another.find("zhang") is None
    accounts.path.unlink()
    assert another.all() == ()


def test_writers_at_once_lose_nothing(accounts: Accounts) -> None:
    processes = writers.context()
    running = [
        processes.Process(target=writers.add_many, args=(accounts.workspace, 10 * n, 10))
        for n in range(4)
    ]
    for process in running:
        process.start()
    for process in running:
        process.join(60)
    assert [process.exitcode for process in running] == [0] * 4
    assert {each.name for each in accounts.all()} == {"zhang", *(f"a{n}" for n in range(40))}
    assert all(accounts.verify(f"a{n}", writers.OLD) for n in range(0, 40, 7))


def test_a_writer_that_waits_in_vain_says_so(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    fcntl = pytest.importorskip("fcntl")
    monkeypatch.setattr(locks, "LOCK_SECONDS", 0.05)
    with (accounts.workspace / module.LOCK).open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(ShortplankError, match=r"accounts\.toml：另一次写入还没有结束"):
            accounts.remove(MACHINE, "zhang")
        assert accounts.verify("zhang", PASSWORD)


def test_a_writer_killed_at_any_step_leaves_the_old_file_or_the_new(root: Path) -> None:
    accounts = Accounts(root)
    accounts.add(MACHINE, "zhang", writers.OLD, "viewer")
    steps, changed = 0, False
    while True:
        process = writers.context().Process(target=writers.killed_at, args=(root, steps))
        process.start()
        process.join(60)
        opened = [p for p in (writers.OLD, writers.NEW) if accounts.verify("zhang", p)]
        assert len(opened) == 1 and stat.S_IMODE(accounts.path.stat().st_mode) == 0o600
        assert not changed or opened == [writers.NEW]  # what is renamed stays
        changed = opened == [writers.NEW]
        if process.exitcode == 0:
            break
        assert process.exitcode == -9
        left = [path for path in root.glob(".tmp-*")]
        assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in left)
        steps += 1
    assert steps == 10 and changed  # five calls: one folder is synced besides the file


def test_a_disk_that_refuses_leaves_the_file_as_it_was(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(13, "no")

    before = text_of(accounts)
    monkeypatch.setattr(os, "replace", refused)
    with pytest.raises(ShortplankError, match=r"accounts\.toml：没有写入权限"):
        accounts.remove(MACHINE, "zhang")
    assert text_of(accounts) == before and not list(accounts.workspace.glob(".tmp-*"))
