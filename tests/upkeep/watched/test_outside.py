"""What the doctor says of a proxy: a real nginx by our example, and each of its usual mistakes."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn

from shortplank.frame.entrance import PLACES, asked_of, files_of
from shortplank.gate import probe
from shortplank.gate.bound import Bound
from shortplank.gate.door import Gate
from shortplank.gate.house import House
from shortplank.upkeep.doctor.found import Found
from shortplank.upkeep.doctor.outside import proxy
from tests.cli.conftest import Command
from tests.gate.worlds import Behind, World, world
from tests.journeys import proxied
from tests.journeys.proxied import BASE, free_ports, nginx_path
from tools.browser import LOOPBACK

needs_nginx = pytest.mark.skipif(nginx_path() is None, reason="no nginx here: tools/system.sh")
NAME = "X-Remote-User"


@dataclass
class Site:
    """A gate that is served on loopback, and where nginx stands before it."""

    url: str
    workspace: Path
    folder: Path
    port: int
    tls: int
    plain: int

    def say(self, access: str) -> None:
        """Write the ways in."""
        (self.workspace / "access.toml").write_text(f'public = "{self.url}"\n{access}', "utf-8")

    def examined(self, *changes: tuple[str, str]) -> dict[str, Found]:
        """Return what the doctor finds by its name, with our example changed."""
        proxied._write_configuration(self.folder, [self.port, self.port], self.tls, self.plain)
        conf = self.folder / "shortplank.conf"
        text = conf.read_text("utf-8")
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        conf.write_text(text, "utf-8")
        with proxied._nginx(self.folder, self.tls):
            return {each.name: each for each in proxy(self.workspace, self.url)}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A gate before nothing, by a server in a thread; its state folder is its workspace's own."""
    folder = tmp_path_factory.mktemp("site")
    port, tls, plain = free_ports(3)
    made = Site(f"https://{LOOPBACK}:{tls}/{BASE}", folder / "county", folder, port, tls, plain)
    made.workspace.mkdir()
    made.say("[local]\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHORTPLANK_STATE", str(folder / "state"))
        house = House(made.workspace)
    address, bound = house.address(LOOPBACK, BASE), Bound(files_of, asked_of)
    gate = Gate(Behind(), house, address, bound, None, places=PLACES)
    with served(gate, port):
        yield made


@contextmanager
def served(gate: Gate, port: int) -> Iterator[None]:
    """Serve an application in a thread until leaving."""
    config = uvicorn.Config(
        gate, LOOPBACK, port, log_config=None, lifespan="off", ws="websockets-sansio"
    )
    server = uvicorn.Server(config)
    worker = threading.Thread(target=server.run)
    worker.start()
    try:
        deadline = time.monotonic() + 20
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.01)
        yield
    finally:
        server.should_exit = True
        worker.join()


@pytest.fixture(autouse=True)
def _same_state(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHORTPLANK_STATE", str(site.folder / "state"))
    site.say("[local]\n")


@needs_nginx
def test_our_example_is_right(site: Site) -> None:
    found = site.examined()
    states = {name: each.state for name, each in found.items()}
    assert states.pop("代理：证书") == "warn"  # our own: this machine does not know who signed it
    assert states.keys() == {
        "前置代理", "代理：Host", "代理：路径", "代理：X-Forwarded-Proto", "代理：伪造的请求头",
        "代理：Cookie", "代理：WebSocket", "代理：压缩",
    }  # fmt: skip
    assert set(states.values()) == {"ok"}, found
    assert not (site.folder / "state" / probe.NAME).exists()


HOST = "proxy_set_header Host $http_host;"
SCHEME = "proxy_set_header X-Forwarded-Proto $scheme;"
PASS = "location /board/ {\n        proxy_pass http://shortplank;"
UP = "upstream shortplank {"
MISTAKES = {
    "no host": ("代理：Host", "wrong", [(HOST, "")]),
    "a host without its port": ("代理：Host", "wrong", [(HOST, "proxy_set_header Host $host;")]),
    "another scheme": ("代理：X-Forwarded-Proto", "wrong", [("Proto $scheme;", "Proto http;")]),
    "no scheme": ("代理：X-Forwarded-Proto", "warn", [(SCHEME, "")]),
    "another path": ("代理：路径", "wrong", [(PASS, f"{PASS[:-1]}/;")]),
    "no upgrade": ("代理：WebSocket", "wrong", [("proxy_set_header Upgrade $http_upgrade;", "")]),
    "what came in is believed": (
        "代理：伪造的请求头",
        "warn",
        [("X-Forwarded-For $remote_addr", "X-Forwarded-For $proxy_add_x_forwarded_for")],
    ),
    "no compression": ("代理：压缩", "warn", [("gzip on;", "gzip off;")]),
    "pages are compressed": ("代理：压缩", "warn", [(PASS, f"gzip on; gzip_proxied any;\n{PASS}")]),
    "another cookie": ("代理：Cookie", "wrong", [(PASS, f"{PASS} proxy_cookie_path / /x/;")]),
    "nobody there": ("前置代理", "wrong", [(UP, f"{UP} server 127.0.0.1:9; }}\nupstream x {{")]),
}  # fmt: skip


@needs_nginx
@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_found_and_mended_in_one_sentence(site: Site, mistake: str) -> None:
    name, state, changes = MISTAKES[mistake]
    found = site.examined(*changes)
    assert found[name].state == state, found
    assert found[name].mend.startswith("请")
    others = {n: f.state for n, f in found.items() if f.state == "wrong" and n != name}
    assert not others


@needs_nginx
def test_names_that_anybody_can_forge_are_found(site: Site) -> None:
    way = f'[proxy]\nuser_header = "{NAME}"\nsecret_header = "X-Gate-Secret"\n'
    way += '[[proxy.grants]]\nuser = "it"\nrole = "admin"\n'
    site.say(way)
    found = site.examined()["代理：伪造的请求头"]
    assert found.state == "wrong" and NAME in found.said and "X-Gate-Secret" in found.said
    cleared = f'{HOST}\nproxy_set_header {NAME} "";\nproxy_set_header X-Gate-Secret "";'
    assert site.examined((HOST, cleared))["代理：伪造的请求头"].state == "ok"


def test_the_command_asks_from_outside(site: Site, command: Command) -> None:
    url = f"http://{LOOPBACK}:{site.port}/{BASE}"
    said = command("doctor", "-w", site.workspace, "--url", url, "--json")
    states = {each["name"]: each["state"] for each in json.loads(said.out)}
    assert said.code == 1  # what is asked past the proxy has another Host
    assert (states["代理：Host"], states["代理：WebSocket"]) == ("wrong", "ok")
    assert states["代理：证书"] == "warn"


def test_what_cannot_be_reached_is_said(site: Site) -> None:
    with socket.socket() as nobody:
        nobody.bind((LOOPBACK, 0))
        url = f"http://{LOOPBACK}:{nobody.getsockname()[1]}/board"
        found = {each.name: each for each in proxy(site.workspace, url)}
    assert "连不上" in found["前置代理"].said and found["前置代理"].state == "wrong"
    for wrong in ("board.county.example", "https://", "ftp://a.example", "http://a:b/"):
        assert "不是网址" in next(iter(proxy(site.workspace, wrong))).said


def test_without_an_address_the_doctor_says_which_to_ask(site: Site) -> None:
    (found,) = proxy(site.workspace, None)
    assert found.state == "warn" and f"--url {site.url}" in found.mend
    (site.workspace / "access.toml").write_text("", "utf-8")
    (found,) = proxy(site.workspace, None)
    assert found.state == "ok"


def test_without_a_base_path_the_two_differ(site: Site) -> None:
    """The doctor is told another address than the server's own."""
    found = {each.name: each for each in proxy(site.workspace, f"http://{LOOPBACK}:{site.port}")}
    assert found["代理：路径"].state == "wrong" and "/board" in found["代理：路径"].said
    assert found["代理：Host"].state == "wrong"


# --- nobody else is told --------------------------------------------------------------------------
def test_only_the_number_in_the_state_folder_is_answered(county: Path) -> None:
    there = world(county)
    assert there.ask("/overview", headers={probe.HEADER: "0"}).status_code == 401
    with probe.asking(there.house.state) as number:
        assert (there.house.state / probe.NAME).stat().st_mode & 0o077 == 0
        assert number not in (there.house.state / probe.NAME).read_text()
        told = json.loads(there.ask("/overview", headers={probe.HEADER: number}).text)
        assert told["host"] and told["path"] == "/overview"
        for wrong in ("", "0", number[:-1], number + "0"):
            assert there.ask("/overview", headers={probe.HEADER: wrong}).status_code == 401
    assert there.ask("/overview", headers={probe.HEADER: number}).status_code == 401


@pytest.mark.parametrize("held", ["", "{", "[]", "{}", '{"sha256": 1, "until": 2}'])
def test_a_damaged_number_opens_nothing(county: Path, held: str) -> None:
    there = world(county)
    (there.house.state / probe.NAME).write_text(held)
    assert there.ask("/overview", headers={probe.HEADER: "0"}).status_code == 401


def test_a_number_is_good_for_two_minutes(county: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there = world(county)
    with probe.asking(there.house.state) as number:
        began = time.time()
        for later in (-1.0, probe.GOOD_SECONDS + 1):
            monkeypatch.setattr(probe.time, "time", lambda later=later: began + later)
            assert there.ask("/overview", headers={probe.HEADER: number}).status_code == 401
        monkeypatch.undo()


def test_the_answer_holds_no_secret_of_the_proxy(
    county: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHORTPLANK_PROXY_SECRET", "s" * 40)
    way = f'[proxy]\nuser_header = "{NAME}"\nsecret_header = "X-Gate-Secret"\n'
    there: World = world(county, way + '[[proxy.grants]]\nuser = "it"\nrole = "admin"\n')
    sent = {NAME: "zhang", "X-Gate-Secret": "s" * 40, "X-Forwarded-For": "10.9.8.7"}
    with probe.asking(there.house.state) as number:
        told = there.ask("/overview", headers={probe.HEADER: number, **sent}).text
    assert json.loads(told)["forged"] == []
    assert "zhang" not in told and "sss" not in told and "10.9.8.7" not in told
