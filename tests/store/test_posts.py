"""Who writes something down is a post or a unit of the workspace's list."""

from __future__ import annotations

from pathlib import Path

import pytest

from shortplank.catalogue import load_workspace
from shortplank.errors import StoreError, WorkspaceError
from shortplank.store import Store, journal
from shortplank.store.asking import Engine
from shortplank.store.posts import (
    ANALYST,
    check_reviewers,
    known_post,
    owners,
    posts,
    write_line,
)
from tests.copies import demo_copy
from tests.store import workspaces as w
from tests.store.planted import NAMES

COLUMNS = "area_code,post,valid_from,valid_to,source\n"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory):
    root = tmp_path_factory.mktemp("posts") / "demo"
    return load_workspace(demo_copy(root, without=("snapshots", "journal")))


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


# --- who keeps a card ---------------------------------------------------------------------------
def kept(root: Path, post: str) -> Path:
    path = root / "catalogue/indicators/service.toml"
    said = f'reviewed_by = "{post}"\nreviewed_on = 2010-01-12\nreview_due = 2011-01-12\n'
    head = "[migrant_filing]\n"
    path.write_text(path.read_text("utf-8").replace(head, head + said), "utf-8")
    return root


@pytest.mark.parametrize("post", [*NAMES, "规划统计股 13800000000"])
@pytest.mark.parametrize("listed", [False, True])
def test_a_person_never_keeps_a_card(tmp_path: Path, post: str, listed: bool) -> None:
    root = kept(w.make(tmp_path), post)
    if listed:  # a register is kept by hand
        (root / "registers").mkdir()
        line = f'{w.COUNTY},"{post}",2000-01-01,,名册\n'
        (root / "registers/posts.csv").write_text(COLUMNS + line, "utf-8")
    ws = load_workspace(root)
    for opened in (lambda: Engine(ws), lambda: Store(root).workspace, lambda: check_reviewers(ws)):
        with pytest.raises(WorkspaceError) as caught:
            opened()
        assert post not in caught.value.sentence
        assert "migrant_filing 的 reviewed_by：像是人名或个人信息" in caught.value.sentence


def test_a_card_is_kept_by_a_listed_post_or_by_any_where_there_is_no_list(tmp_path: Path) -> None:
    root = kept(w.make(tmp_path), "质量管理岗")
    check_reviewers(load_workspace(root))
    (root / "registers").mkdir()
    line = f"{w.COUNTY},规划统计股,2000-01-01,,名册\n"
    (root / "registers/posts.csv").write_text(COLUMNS + line, "utf-8")
    with pytest.raises(WorkspaceError, match=r"岗位名册里没有这个岗位.*registers/posts\.csv"):
        check_reviewers(load_workspace(root))
    path = root / "catalogue/indicators/service.toml"
    path.write_text(path.read_text("utf-8").replace("质量管理岗", "规划统计股"), "utf-8")
    check_reviewers(load_workspace(root))
