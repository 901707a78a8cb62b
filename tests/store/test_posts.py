"""Who writes something down is a post or a unit of the workspace's list."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from shortplank.catalogue import load_workspace
from shortplank.errors import StoreError, WorkspaceError
from shortplank.store import journal
from shortplank.store.asking import DEMO
from shortplank.store.posts import ANALYST, known_post, owners, posts, write_line
from tests.store import workspaces as w
from tests.store.planted import NAMES

COLUMNS = "area_code,post,valid_from,valid_to,source\n"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory):
    root = tmp_path_factory.mktemp("posts") / "demo"
    shutil.copytree(DEMO, root, ignore=shutil.ignore_patterns("snapshots", "journal"))
    return load_workspace(root)


def test_posts_units_and_areas_are_offered(demo) -> None:
    assert {"县人口办", "桂浦镇人口计生办", "县总工会", "云洲县", "桂浦镇", ANALYST} <= set(
        posts(demo)
    )
    assert "岗湾镇高坪村" in owners(demo) and ANALYST not in owners(demo)
    assert len(set(owners(demo))) == len(owners(demo)) > len(posts(demo))


@pytest.mark.parametrize("post", ["县人口办", " 县总工会 ", "桂浦镇", "岗湾镇高坪村", ANALYST])
def test_what_is_listed_is_known(demo, post: str) -> None:
    assert known_post(demo, post) == post.strip()


@pytest.mark.parametrize("written", [*NAMES, "县气象局", "wang", ""])
def test_what_is_not_listed_is_refused_with_some_that_are(demo, written: str) -> None:
    with pytest.raises(StoreError, match="县人口办") as refused:
        known_post(demo, written)
    assert not written or written not in str(refused.value)


@pytest.mark.parametrize("key", journal.POSTS)
def test_the_journal_of_a_workspace_holds_listed_posts_only(demo, key: str) -> None:
    with pytest.raises(StoreError):
        write_line(demo, "notes", {key: "县气象局"})
    assert journal.read(demo.path, "notes") == []
    write_line(demo, f"listed_{key}", {key: "县人口办"})
    assert [line[key] for line in journal.read(demo.path, f"listed_{key}")] == ["县人口办"]


def test_an_area_may_be_called_like_a_person(tmp_path: Path) -> None:
    folder = w.make(tmp_path / "new")
    areas = (folder / "areas.csv").read_text("utf-8").replace("北岭乡", "Tarn Taran")
    (folder / "areas.csv").write_text(areas, "utf-8")
    ws = load_workspace(folder)
    assert "Tarn Taran" in posts(ws)
    write_line(ws, "notes", {"owner": "Tarn Taran", "item": "补报"})
    assert journal.read(folder, "notes")


def test_a_workspace_without_a_list_takes_posts_and_no_persons(tmp_path: Path) -> None:
    ws = load_workspace(w.make(tmp_path / "new"))
    assert known_post(ws, "县卫生局") == "县卫生局"
    with pytest.raises(StoreError, match="人名"):
        known_post(ws, "张 某")


def test_a_person_in_the_register_is_not_offered(tmp_path: Path) -> None:
    folder = w.make(tmp_path / "new")
    code = load_workspace(folder).settings.home
    lines = "".join(f"{code},{post},2010-01-01,,名册\n" for post in ("统计岗", "张某某"))
    (folder / "registers").mkdir(exist_ok=True)
    (folder / "registers/posts.csv").write_text(COLUMNS + lines, "utf-8")
    assert "统计岗" in posts(load_workspace(folder))
    assert "张某某" not in posts(load_workspace(folder))
    (folder / "registers/posts.csv").write_text(f"{COLUMNS}000,统计岗,2010-01-01,,x\n", "utf-8")
    with pytest.raises(WorkspaceError, match=r"registers/posts\.csv"):
        load_workspace(folder)
