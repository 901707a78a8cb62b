"""Nothing personal is kept of what people write beside the figures, by whatever door it comes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortplank.access import Actor
from shortplank.errors import StoreError
from shortplank.store import Store, journal
from shortplank.store.personal import number_kind, personal_kind, refuse_personal
from shortplank.store.posts import write_line
from tests.store import workspaces as w
from tests.store.workspaces import APRIL

NUMBER, NAME = "13800138000", "张某某"
KEY = ("village_month", APRIL)


def refused(place: str, written: str):
    return pytest.raises(StoreError, match=f"^{place}：(?!.*{written})")


@pytest.mark.parametrize("post", ["县人口办", "规划统计股", "峰浦镇 人口计生办", "", "root"])
def test_units_and_posts_pass(post: str) -> None:
    refuse_personal(post, post=True)


@pytest.mark.parametrize("key", journal.TEXTS)
def test_the_journal_keeps_no_personal_number(tmp_path: Path, key: str) -> None:
    with refused("填写的文字", NUMBER):
        journal.append(tmp_path, "notes", {key: f"找 {NUMBER}"})
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("key", journal.POSTS)
@pytest.mark.parametrize("written", [NAME, f"县人口办 {NAME}", NUMBER])
def test_the_journal_names_no_person(tmp_path: Path, key: str, written: str) -> None:
    with refused(".*", written):
        journal.append(tmp_path, "notes", {key: written})
    assert not list(tmp_path.iterdir())


def test_the_reason_of_an_edition_holds_no_personal_number(store: Store) -> None:
    why = f"找 {NUMBER}"
    store.publish({KEY: w.table([w.village(w.N1, APRIL)])}, why="四月上报")
    with refused(".*", NUMBER):
        store.publish({KEY: None}, why=why)
    with refused(".*", NUMBER):
        store.restore(1, why=why)
    assert store.numbers() == [1]


@pytest.mark.parametrize("account", ["tongji01", "13800138000", NAME, "zhang@county.example"])
def test_an_account_is_kept_as_the_identity_provider_calls_it(store: Store, account: str) -> None:
    """It is nobody's typed text, and the one thing of a person that is kept."""
    own = store.acting_for(Actor("analyst", account))
    assert own.publish({KEY: w.table([w.village(w.N1, APRIL)])}, why="四月").who == account
    write_line(store.workspace, "notes", {"who": account, "item": "补报"})
    assert [line["who"] for line in journal.read(store.root, "notes")] == [account]


@given(st.floats(-99_999, 99_999, allow_nan=False), st.integers(13, 17))
def test_a_point_or_an_exponent_proves_a_number(value: float, places: int) -> None:
    for text in (repr(value), f"{value:.{places}f}", f"{value!r}%", f"{value:.{places}e}"):
        assert number_kind(text) is None


@pytest.mark.parametrize(
    "text",
    [
        f"{NUMBER}.0", "110105" + "19491231" + ".0021", "110105" + "." + "194912310021",
        "110105" + "491231" + ".002", "1.10105E+17", "138.0013.8000",
    ],
)  # fmt: skip
def test_a_point_in_a_personal_number_proves_nothing(text: str) -> None:
    assert number_kind(text) is not None


def test_a_label_of_telephones_is_stronger_than_a_point() -> None:
    assert number_kind("0558.6260123", "联系电话：") == "telephone_number"


@pytest.mark.parametrize("piece", ["1", "一二", "a1", "x", "0-", "村", "1，"])
def test_a_long_text_is_looked_through_and_costs_not_its_square(piece: str) -> None:
    assert personal_kind(piece * 8_000) is None
