"""The gate in a real browser: in, out, another role, nobody, and a hall that stays awake."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, TimeoutError, expect
from websockets.exceptions import ConnectionClosed

from benchmarks.visitor import visiting
from shortplank.access import MACHINE
from shortplank.gate.accounts import Accounts
from tests.copies import DEMO, demo_copy
from tests.running import run_async
from tools.browser import LOOPBACK, REPOSITORY, AppServer, cookies_for, serving
from tools.look import settled

PASSWORD = "杉野的春天来得很早呀"
SECONDS = 20_000
"""How long a browser is waited for, in milliseconds; what is waited for comes within a few s."""


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the demo with two local accounts."""
    folder = demo_copy(tmp_path_factory.mktemp("gate") / "county")
    (folder / "access.toml").write_text("[local]\n", encoding="utf-8")
    accounts = Accounts(folder)
    accounts.add(MACHINE, "tongji01", PASSWORD, "analyst", must_change=False)
    accounts.add(MACHINE, "xinren", PASSWORD, "viewer")
    return folder


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("state") / "state"


@pytest.fixture(scope="module")
def server(county: Path, state: Path) -> Iterator[AppServer]:
    """The app before which people sign in by name."""
    with serving(county, environment={"SHORTPLANK_STATE": str(state)}) as running:
        yield running


def sign_in(page: Page, server: AppServer, path: str, name: str = "tongji01") -> None:
    """Open a page as nobody, and sign in as the sign-in page asks for it."""
    page.goto(f"{server.url}/{path}")
    assert "/gate/?next=" in page.url
    page.get_by_label("账号").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    page.keyboard.press("Enter")


def at_the_door(page: Page) -> None:
    """Wait until a tab stands at the sign-in page, with nothing of the data on it."""
    page.wait_for_url("**/gate/**", timeout=SECONDS)
    expect(page.get_by_role("heading", name="登录")).to_be_visible(timeout=SECONDS)
    assert page.locator(".finding").count() == 0


def move(state: Path, seconds: float, only: str = "") -> None:
    """Let sessions have begun and been used some time earlier."""
    columns = [only] if only else ["created", "seen"]
    with sqlite3.connect(state / "state.db") as database:
        for column in columns:
            database.execute(f"UPDATE session SET {column} = {column} - ?", [seconds])
    database.close()


def leave_unused(state: Path, seconds: float) -> None:
    """Let every session have been used last so long ago."""
    with closing(sqlite3.connect(state / "state.db")) as database, database:
        database.execute("UPDATE session SET seen = ?", [time.time() - seconds])


def test_one_signs_in_by_keyboard_and_comes_where_one_wanted(page: Page, server: AppServer) -> None:
    sign_in(page, server, "rankings?month=2010-04")
    settled(page)
    assert page.url.startswith(f"{server.url}/rankings?month=2010-04")
    assert page.get_by_text("tongji01 · 分析员（精确数）").count() == 1


def test_a_wrong_password_is_told_in_one_sentence(page: Page, server: AppServer) -> None:
    page.goto(f"{server.url}/")
    page.get_by_label("账号").fill("nobody")
    page.get_by_label("密码").fill("something else")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("alert")).to_have_text("账号或密码不对。")
    assert page.get_by_label("账号").input_value() == "nobody"
    assert page.get_by_label("密码").input_value() == ""


def test_signing_out_empties_every_open_tab_and_going_back_shows_nothing(
    page: Page, server: AppServer
) -> None:
    sign_in(page, server, "rankings")
    settled(page)
    other = page.context.new_page()
    other.goto(f"{server.url}/trends")
    settled(other)
    other.get_by_role("link", name="账号与退出").click()
    other.get_by_role("button", name="退出登录").click()
    at_the_door(other)
    at_the_door(page)
    other.go_back()
    other.go_back()
    at_the_door(other)


def test_a_lowered_role_reaches_an_open_tab(page: Page, county: Path, server: AppServer) -> None:
    sign_in(page, server, "rankings")
    settled(page)
    file = county / "accounts.toml"
    before = file.read_text("utf-8")
    try:
        file.write_text(before.replace('role = "analyst"', 'role = "viewer"'), encoding="utf-8")
        expect(page.get_by_text("tongji01 · 浏览者（小数分档）")).to_be_visible(timeout=SECONDS)
        file.write_text(before.replace("[accounts.tongji01]", "[accounts.other]"), "utf-8")
        at_the_door(page)
    finally:
        file.write_text(before, encoding="utf-8")


def test_a_new_account_has_to_choose_a_password_first(page: Page, server: AppServer) -> None:
    sign_in(page, server, "rankings", "xinren")
    expect(page.get_by_role("heading", name="修改密码")).to_be_visible()
    page.goto(f"{server.url}/rankings")
    expect(page.get_by_role("heading", name="修改密码")).to_be_visible()
    page.get_by_label("现在的密码").fill(PASSWORD)
    page.get_by_label("新密码（至少 10 个字）").fill("另一句已经足够长的话")
    page.get_by_label("再写一次新密码").fill("另一句已经足够长的话")
    page.get_by_role("button", name="改密码").click()
    at_the_door(page)
    page.get_by_label("账号").fill("xinren")
    page.get_by_label("密码").fill("另一句已经足够长的话")
    page.keyboard.press("Enter")
    settled(page)
    assert page.get_by_text("xinren · 浏览者（小数分档）").count() == 1


# --- time -----------------------------------------------------------------------------------------
def test_a_hall_stays_awake_where_a_desk_falls_asleep(
    browser: Browser, server: AppServer, state: Path
) -> None:
    """Three hours of projection with an idle of two: the hall's tab goes on, the desk's ends."""
    hall, desk = (browser.new_context(locale="zh-CN").new_page() for _ in range(2))
    sign_in(hall, server, "overview?present=1")
    sign_in(desk, server, "overview")
    for tab in (hall, desk):
        settled(tab)
    for _ in range(3):  # an hour passes; the hall's tab asks every few seconds
        with hall.expect_response(lambda answer: "/gate/alive" in answer.url and answer.ok):
            move(state, 3600)
        hall.wait_for_timeout(4000)
    at_the_door(desk)
    expect(hall.locator(".finding")).to_be_visible()
    for tab in (hall, desk):
        tab.context.close()


def test_ten_minutes_before_the_end_an_open_tab_says_so(
    page: Page, server: AppServer, state: Path
) -> None:
    sign_in(page, server, "overview")
    settled(page)
    strip = page.locator("#gate-strip")
    stay = strip.filter(has_text="很久没有操作").get_by_role("button", name="继续使用")
    for _ in range(5):  # what the page still had to say used the session, and the strip went
        leave_unused(state, 7200 - 500)
        with suppress(TimeoutError):
            stay.click(timeout=SECONDS)
            break
    else:
        raise AssertionError("the strip never stood long enough to be clicked")
    expect(strip).to_have_count(0, timeout=SECONDS)
    move(state, 43_200 - 500, "created")
    expect(strip).to_contain_text("本次登录到", timeout=SECONDS)
    assert strip.get_by_role("button").count() == 0


# --- as an attacker -------------------------------------------------------------------------------
def test_naming_anothers_streamlit_session_does_not_give_it(app_server) -> None:  # type: ignore[no-untyped-def]
    """The third entry of the websocket's protocol resumes a session: one's own alone."""
    served = app_server()
    mine = cookies_for(served.url)
    yours = served.cookies()
    assert mine != yours

    async def visit() -> tuple[str, str, str]:
        async with visiting(served.url, mine) as first:
            await first.open()
            session = first.session
        async with visiting(served.url, yours, session) as thief:
            await thief.open()
        async with visiting(served.url, mine, session) as again:
            await again.open()
            return session, thief.session, again.session

    session, stolen, resumed = run_async(visit())
    assert stolen != session and resumed == session


def signed_in(server: AppServer, name: str) -> dict[str, str]:
    """Return the cookie of a new session that a password begins."""
    form = {"name": name, "password": PASSWORD}
    with httpx.Client(base_url=server.url, trust_env=False) as client:
        client.post("/gate/in", data=form, headers={"origin": server.url})
        return dict(client.cookies)


def status(server: AppServer, path: str, cookies: dict[str, str]) -> int:
    with httpx.Client(base_url=server.url, cookies=cookies, trust_env=False) as client:
        return client.get(path).status_code


def test_what_was_offered_with_a_right_is_gone_with_it(county: Path, server: AppServer) -> None:
    """An exact file that one was offered, or took, as an analyst: nobody else has it by its id, and
    oneself no longer as a viewer, whatever run or offer one names.
    """
    for name, role in (("renshi", "analyst"), ("kanke", "viewer")):
        Accounts(county).add(MACHINE, name, PASSWORD, role, must_change=False)  # type: ignore[arg-type]
    own, other = signed_in(server, "renshi"), signed_in(server, "kanke")

    async def visit() -> None:
        async with visiting(server.url, own) as mine, visiting(server.url, other) as yours:
            await mine.open()
            for link in mine.screen.others():
                if not mine.screen.offers:
                    await mine.follow(link)
            await yours.open()
            offer = mine.screen.offers[0]
            address = await mine.take(offer)
            assert address.startswith("/media/") and status(server, address, own) == 200
            assert status(server, address, other) == 404 and await yours.take(offer) == ""
            for link in mine.screen.others():
                if not mine.screen.files:
                    await mine.follow(link)
            table = mine.screen.files[0]
            assert status(server, table, own) == 200 and status(server, table, other) == 404
            accounts = county / "accounts.toml"
            head, _, tail = accounts.read_text("utf-8").partition("[accounts.renshi]")
            lower = tail.replace('"analyst"', '"viewer"', 1)
            accounts.write_text(f"{head}[accounts.renshi]{lower}", "utf-8")
            assert status(server, address, own) == status(server, table, own) == 404
            with pytest.raises(ConnectionClosed):
                await mine.take(offer)
            async with visiting(server.url, own, mine.session) as again:
                await again.open()
                assert again.session != mine.session and await again.take(offer) == ""

    run_async(visit())


@pytest.mark.parametrize("script", ["app.py", "pages/rankings.py"])
def test_without_the_gate_a_page_shows_one_sentence_and_no_data(page: Page, script: str) -> None:
    with serving(DEMO, script) as bare:
        page.goto(bare.url)
        alert = page.get_by_text("这一页没有经过登录入口，不显示任何数据")
        expect(alert).to_be_visible(timeout=60_000)
        assert page.locator(".finding, .js-plotly-plot, .sheet").count() == 0


def refused(tmp_path: Path, access: str, *options: str) -> str:
    """Return what the server says that refuses to start."""
    folder = demo_copy(tmp_path / "county", without=("snapshots", "marts"))
    (folder / "access.toml").write_text(access, encoding="utf-8")
    command = [sys.executable, "-m", "streamlit", "run", "asgi.py", "--server.port", "0", *options]
    environment = {
        **os.environ,
        "SHORTPLANK_WORKSPACE": str(folder),
        "SHORTPLANK_STATE": str(tmp_path / "state"),
    }
    ended = subprocess.run(
        command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=120
    )
    assert ended.returncode == 1
    assert "Traceback" not in ended.stdout + ended.stderr
    return ended.stderr.strip().splitlines()[-1]


def test_it_refuses_to_stand_open(tmp_path: Path) -> None:
    said = refused(tmp_path, "", "--server.address", "0.0.0.0")
    assert said.startswith("access.toml：没有登记登录方式，不能在 0.0.0.0 上对外开放。请写明")


@pytest.mark.parametrize(
    ("access", "options", "said"),
    [
        ("[local]\n", ("--server.address", "0.0.0.0"), "没有写明对外的网址"),
        ("[local\n", (), "不是有效的 TOML"),
        (
            'public = "https://board.example/board"\n[local]\n',
            ("--server.address", LOOPBACK),
            "public 的路径是 /board，服务器的路径是 /",
        ),
    ],
)
def test_settings_that_do_not_fit_together_are_told_at_the_start(
    access: str, options: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    assert said in refused(tmp_path, access, *options)


def test_what_the_starter_reads_is_one_line_and_the_last(server: AppServer, tmp_path: Path) -> None:
    with serving(DEMO) as own:
        own.cookies()
        before, line, after = own.output().partition(own.entrance)
        assert line.startswith(f"{own.url}/?token=") and before.endswith("\n")
        assert not after.strip()
        token = line.partition("token=")[2]
        kept = [path.read_text("utf-8") for path in own.log.parent.rglob("*.jsonl")]
        assert kept and token not in "".join([before, *kept])
    assert not server.entrance  # where people sign in by name there is none
