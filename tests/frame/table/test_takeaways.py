"""A table is taken away by the tab that shows it, with its rights, and by nobody else."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from starlette.applications import Starlette

from shortplank.errors import ShortplankError
from shortplank.frame.made.routes import KEY_HEADER
from shortplank.frame.table import takeaways
from shortplank.frame.table.takeaways import FAILED, GONE, KEPT, Takeaways, route_of
from tests.copies import DEMO
from tests.pages.apps import opened, pieces, tables
from tests.running import run_async

OURS = "session/rights"


def asked(method: str, path: str, key: str = OURS) -> httpx.Response:
    """Return the answer of the route below a base path."""

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=Starlette(routes=[route_of("/board")]))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as one:
            return await one.request(method, f"/board/{path}", headers={KEY_HEADER: key})

    return run_async(ask())


@pytest.fixture
def offered() -> Takeaways:
    """A tab that offers a file, a copy, one that is refused and one that fails."""
    made = Takeaways(OURS)
    takeaways._tabs[made.tab] = made

    def refuse() -> tuple[bytes, int | None]:
        raise ShortplankError("精确数没有给出")

    made.offer("trends-months.csv", "云洲县_走势.csv", lambda: (b"1,2", 1))
    made.offer("trends-months.copy", "走势", lambda: (b"", 1))
    made.offer("refused.csv", "", refuse)
    made.offer("broken.csv", "", lambda: (b"" + None, 1))  # type: ignore[operator]
    return made


def test_a_file_is_given_to_the_tab_that_was_offered_it(offered: Takeaways) -> None:
    address = f"take/{offered.tab}/trends-months.csv"
    offered.begin()
    assert asked("GET", address).content == b"1,2", "the page before still stands"
    assert (
        offered.offer("trends-months.csv", "走势 竹麓乡.csv", lambda: (b"3", 1)) == f"./{address}"
    )
    given = asked("GET", address)
    assert (given.status_code, given.content) == (200, b"3"), "what was offered last, with its name"
    offered.begin(), offered.begin()
    assert asked("GET", address).status_code == 404
    assert given.headers["content-type"].startswith("text/csv")
    assert given.headers["cache-control"] == "no-store"
    name = quote("走势 竹麓乡.csv")
    assert given.headers["content-disposition"] == f"attachment; filename*=UTF-8''{name}"


@pytest.mark.parametrize("key", ["", "session", "session/others", "other/rights"])
def test_nobody_else_gets_it(
    offered: Takeaways, key: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """And that somebody has asked for it is written down."""
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(DEMO))
    monkeypatch.setenv("SHORTPLANK_STATE", str(tmp_path))
    refused = list[str]()
    monkeypatch.setattr(takeaways, "note", lambda *told, **facts: refused.append(facts["reason"]))
    for method, name in (("GET", "trends-months.csv"), ("POST", "trends-months.copy")):
        answer = asked(method, f"take/{offered.tab}/{name}", key)
        assert (answer.status_code, answer.text) == (404, GONE)
    assert refused == ["file", "file"]


@pytest.mark.parametrize(
    ("method", "name", "status", "said"),
    [
        ("POST", "trends-months.copy", 204, ""),
        ("GET", "trends-months.copy", 404, GONE),
        ("POST", "trends-months.csv", 404, GONE),
        ("GET", "nothing.csv", 404, GONE),
        ("GET", "trends-months.csv/more", 404, GONE),
        ("GET", "", 404, GONE),
        ("GET", "refused.csv", 409, "精确数没有给出。"),
        ("GET", "broken.csv", 500, FAILED),
    ],
)
def test_what_is_not_given_is_said(
    offered: Takeaways, method: str, name: str, status: int, said: str
) -> None:
    answer = asked(method, f"take/{offered.tab}/{name}")
    assert (answer.status_code, answer.text) == (status, said)


def test_a_tab_that_is_closed_offers_nothing(offered: Takeaways) -> None:
    again = Takeaways(OURS)
    takeaways._tabs[again.tab] = again
    again.offer("a.csv", "a.csv", lambda: (b"1", 1))
    assert asked("GET", f"take/{again.tab}/a.csv").status_code == 200
    tab = again.tab
    del again
    assert asked("GET", f"take/{tab}/a.csv").status_code == 404


def test_a_page_offers_what_it_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(DEMO))
    test = opened("rankings", month="2010-05")
    kept = test.session_state[KEPT]
    assert set(kept.offered) == {f"rankings-ranking.{end}" for end in ("copy", "csv", "xlsx")}
    names = [name for name, _ in kept.offered.values()]
    assert names[1:] == ["云洲县_乡镇排名.csv", "云洲县_乡镇排名.xlsx"]
    data, rows = kept.offered["rankings-ranking.csv"][1]()
    assert rows == len(tables(test)[0]) == data.decode("utf-8-sig").count("\n") - 1
    links = re.findall(r'<a class="take"[^>]* href="\./take/([^"]+)"', "".join(pieces(test)))
    assert links == ["rankings-ranking.csv", "rankings-ranking.xlsx"]
    assert 'class="take"' not in "".join(pieces(opened("rankings", month="2010-05", present="1")))
