"""The guard: every page by itself and through the frame, roles, links and broken workspaces."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from shortplank.access import Actor
from shortplank.frame.pages import DESKS, PAGES
from shortplank.store import Store
from tests.copies import DEMO, demo_copy
from tests.pages.apps import in_frame, run, sound, text, title

TRACES = ("Traceback", "Error(", "Exception(")


def texts(test: AppTest) -> str:
    """Return everything that the page wrote."""
    parts = [
        str(element.value)
        for kind in ("html", "markdown", "error", "warning", "info")
        for element in test.get(kind)
    ]
    return "\n".join(parts)


def open_alone(
    page: str, monkeypatch: pytest.MonkeyPatch, workspace: Path = DEMO, **query: str
) -> AppTest:
    """Return a page file run by itself, as a deep link runs it."""
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(workspace))
    return run(page, **query)


VIEWS = [page for page in PAGES if page not in DESKS]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the demo that a test may break."""
    return demo_copy(tmp_path / "county")


@pytest.mark.parametrize("page", VIEWS)
def test_page_by_itself_draws_without_exception(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    test = open_alone(page, monkeypatch)
    assert not test.exception
    assert not test.error
    assert 'class="finding"' in texts(test)
    assert "第" in texts(test) and "数据截至" in texts(test)


@pytest.mark.parametrize("page", PAGES)
def test_page_through_the_frame(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHORTPLANK_WORKSPACE", str(DEMO))
    sound(in_frame(page))


@pytest.mark.parametrize("page", [page for page in PAGES if Actor("viewer").opens(page)])
def test_viewer_sees_every_page_that_is_no_admins(
    page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    test = open_alone(page, monkeypatch, role="viewer")
    assert not test.exception and not test.error
    assert "浏览者" in text(test)


@pytest.mark.parametrize("page", PAGES)
def test_month_with_a_silent_township(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    test = open_alone(page, monkeypatch, month="2009-02")
    assert not test.exception and not test.error
    assert "nan" not in texts(test).lower().replace("finance", "")


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo without editions."""
    return demo_copy(tmp_path_factory.mktemp("empty") / "county", without=("snapshots", "marts"))


@pytest.mark.parametrize("page", VIEWS)
def test_empty_workspace_says_so(page: str, monkeypatch: pytest.MonkeyPatch, empty: Path) -> None:
    test = open_alone(page, monkeypatch, empty)
    sound(test)
    assert "还没有数据" in title(test)


@pytest.fixture(scope="module")
def one_month(tmp_path_factory: pytest.TempPathFactory, empty: Path) -> Path:
    """The demo with its last month alone."""
    whole = Store(DEMO).edition()
    month = max(whole.months("village_month"))
    tables = {
        (name, month): whole.table(name, month)
        for name in ("village_month", "township_month", "submission")
    }
    root = tmp_path_factory.mktemp("month") / "county"
    shutil.copytree(empty, root)
    Store(root).publish(tables, why="只有一个月")
    return root


@pytest.mark.parametrize("page", PAGES)
def test_workspace_of_one_month(
    page: str, monkeypatch: pytest.MonkeyPatch, one_month: Path
) -> None:
    sound(open_alone(page, monkeypatch, one_month))


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [("indicator", "no_such", "指标"), ("month", "1999-01", "月份"), ("edition", "999", "版次")],
)
def test_unknown_values_in_a_link_fall_back_visibly(
    name: str, value: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    test = open_alone("rankings", monkeypatch, **{name: value})
    assert not test.exception and not test.error
    assert any(said in warning.value and "已改为" in warning.value for warning in test.warning)


@pytest.mark.parametrize("page", VIEWS)
@pytest.mark.parametrize("name", ["indicator", "window", "area", "month"])
def test_nothing_unknown_in_a_link_is_swallowed(
    page: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    test = open_alone(page, monkeypatch, **{name: "nowhere"})
    assert not test.exception and not test.error
    assert [warning.value for warning in test.warning if "已改为" in warning.value]


def break_missing(root: Path) -> str:
    (root / "areas.csv").unlink()
    return "areas.csv"


def break_toml(root: Path) -> str:
    (root / "workspace.toml").write_text("name = ", encoding="utf-8")
    return "workspace.toml"


def break_key(root: Path) -> str:
    path = root / "workspace.toml"
    path.write_text("colour = 1\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    return "colour"


def break_access(root: Path) -> str:
    (root / "access.toml").write_text('viewers = ["a"]', encoding="utf-8")
    return "人员名单不写在这里"


def break_area(root: Path) -> str:
    path = root / "workspace.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("990101", "880101"), encoding="utf-8")
    return "880101"


def break_manifest(root: Path) -> str:
    newest = max((root / "snapshots/manifests").glob("*.json"))
    newest.write_text("{", encoding="utf-8")
    return newest.name


def break_parquet(root: Path) -> str:
    path = Store(root).edition().files("village_month")[-1]
    path.write_bytes(b"PAR1 not really")
    shutil.rmtree(root / "marts", ignore_errors=True)
    return path.name


def break_removed(root: Path) -> str:
    path = Store(root).edition().files("village_month")[-1]
    path.unlink()
    shutil.rmtree(root / "marts", ignore_errors=True)
    return path.name


BREAKS = (
    break_missing,
    break_toml,
    break_key,
    break_access,
    break_area,
    break_manifest,
    break_parquet,
    break_removed,
)


@pytest.mark.parametrize("broken", BREAKS)
def test_broken_workspace_is_one_sentence(
    broken,
    monkeypatch: pytest.MonkeyPatch,
    copy: Path,  # type: ignore[no-untyped-def]
) -> None:
    named = broken(copy)
    test = open_alone("overview", monkeypatch, copy)
    assert not test.exception
    assert len(test.error) == 1
    assert named in test.error[0].value
    assert not any(trace in test.error[0].value for trace in TRACES)
