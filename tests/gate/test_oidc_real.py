"""Three people, two browsers and a provider that somebody else wrote: in, out, and no further."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Page

from shortplank.gate import provider
from shortplank.gate.sessions import key_of
from tests.gate.real import SECRET, Browser, Real, real, served
from tests.gate.worlds import World, world

__all__ = ["real"]
Somebody = Callable[[], Browser]


@pytest.fixture
def office(county: Path, real: Real, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Our gate at the address that the provider knows."""
    monkeypatch.setenv("SHORTPLANK_OIDC_SECRET", SECRET)
    provider.provider_of.cache_clear()
    here = world(county, real.access())
    with served(here.gate, real.ours):
        yield here


@pytest.fixture
def somebody(office: World, real: Real) -> Iterator[Somebody]:
    """A function that returns a new browser."""
    with ExitStack() as open_ones:
        yield lambda: open_ones.enter_context(Browser(real))


def actor(here: World, browser: Browser) -> tuple[str, str]:
    """Return who a browser is signed in as, and with which role."""
    token = next((c.value for c in browser.client.cookies.jar if c.name == here.gate.cookie), "")
    found = here.house.actor_of(key_of(token or ""))
    return (found.account, found.role) if found else ("", "")


@pytest.mark.parametrize(("name", "role"), [("fenxi", "analyst"), ("liulan", "viewer")])
def test_a_persons_groups_give_the_role(
    name: str, role: str, office: World, somebody: Somebody
) -> None:
    browser = somebody()
    assert not browser.is_in()
    response = browser.sign_in(name, "?next=/overview%3Fmonth%3D2010-05")
    assert response.status_code == 303
    assert response.headers["location"] == "/overview?month=2010-05"
    assert actor(office, browser) == (name, role) and browser.is_in()


def test_who_is_in_no_group_of_ours_is_not_let_in(office: World, somebody: Somebody) -> None:
    browser = somebody()
    response = browser.sign_in("luren")
    assert response.status_code == 403 and "没有这里的权限" in response.text
    assert actor(office, browser) == ("", "") and not browser.is_in()


def test_who_turns_back_at_the_provider_is_shown_the_ways_in(somebody: Somebody) -> None:
    browser = somebody()
    response = browser.sign_in("nobody that the provider knows")
    assert response.status_code == 403 and "县统一认证没有让您登录。" in response.text


def test_a_code_is_good_once_and_in_the_browser_that_began_alone(somebody: Somebody) -> None:
    browser, thief = somebody(), somebody()
    address = browser.answer(browser.to_login(), "fenxi").headers["location"]
    assert thief.client.get(address).status_code == 400  # the code is stolen, the cookie is not
    cookies = [(c.name, c.value) for c in browser.client.cookies.jar if "oidc" in c.name]
    cookie = {"cookie": "; ".join(f"{name}={value}" for name, value in cookies)}
    assert browser.client.get(address).status_code == 303 and browser.is_in()
    again = thief.client.get(address, headers=cookie)  # and with the cookie it is spent
    assert again.status_code == 403 and "没有认可这次登录" in again.text
    assert not thief.is_in()


def test_signing_out_with_us_signs_out_there(real: Real, somebody: Somebody) -> None:
    browser = somebody()
    browser.sign_in("fenxi")
    silent = browser.follow(browser.open("/gate/oidc/start"), until=f"{real.ours}/overview")
    assert browser.is_in() and "interaction" not in str(silent.url)  # known there
    out = browser.client.post(f"{real.ours}/gate/out", headers={"origin": real.ours})
    assert out.headers["location"].startswith(f"{real.issuer}/session/end?")
    assert not browser.is_in()
    asked = browser.follow(out)
    gone = browser.follow(browser.submit(asked, logout="yes"))
    assert str(gone.url).startswith(f"{real.ours}/gate/") and gone.status_code == 200
    browser.to_login()  # the provider asks who it is again


def test_signing_out_there_ends_exactly_that_session_with_us(
    real: Real, somebody: Somebody
) -> None:
    mine, elsewhere, other = somebody(), somebody(), somebody()
    mine.sign_in("fenxi")
    elsewhere.sign_in("fenxi")
    other.sign_in("liulan")
    assert mine.is_in() and elsewhere.is_in() and other.is_in()
    asked = mine.client.get(f"{real.issuer}/session/end")
    mine.submit(asked, logout="yes")
    assert not mine.is_in()
    assert elsewhere.is_in() and other.is_in()


def test_a_provider_that_has_gone_leaves_the_other_ways(
    county: Path, real: Real, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHORTPLANK_OIDC_SECRET", SECRET)
    provider.provider_of.cache_clear()
    closed = real.access().replace(real.issuer, "http://127.0.0.1:9")
    here = world(county, f"[local]\n{closed}")
    response = here.open("/gate/oidc/start")
    assert response.status_code == 503 and "县统一认证现在连不上。" in response.text
    assert 'name="password"' in response.text


def test_a_browser_signs_in_and_out_under_the_gates_policy(
    office: World, real: Real, page: Page
) -> None:
    """What a policy refuses shows in a browser alone: a form's redirects count there too."""
    refused: list[str] = []
    page.on("console", lambda told: refused.append(told.text) if told.type == "error" else None)
    page.goto(f"{real.ours}/gate/")
    page.get_by_role("link", name="县统一认证").click()
    page.get_by_role("button", name="fenxi").click()
    page.wait_for_url(f"{real.ours}/")
    page.goto(f"{real.ours}/gate/me")
    assert page.get_by_text("fenxi").count() == 1
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url(f"{real.issuer}/session/end?**")
    page.locator("button[name=logout]").click()
    page.wait_for_url(f"{real.ours}/gate/**")
    assert page.get_by_role("link", name="县统一认证").count() == 1
    assert not [text for text in refused if "Content Security Policy" in text]
    page.goto(f"{real.ours}/overview")
    assert page.url.startswith(f"{real.ours}/gate/")
