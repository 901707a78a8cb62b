"""What Streamlit works out once here is what it would work out each time."""

from __future__ import annotations

from inspect import unwrap
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.components.v2.bidi_component import main as components
from streamlit.components.v2.presentation import make_bidi_component_presenter
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.app_session import AppSession, AppSessionState
from streamlit.runtime.scriptrunner_utils.run_descriptor import RunDescriptor
from streamlit.runtime.state.session_state import SessionState, Value

from shortplank.frame.runtime.streamlit_once import (
    BEGINS,
    OWN,
    PRESENTS,
    READS,
    begin_alike,
    find_own_components,
    present_as_kept,
    remember_texts,
)

PAGES = {"a1": {"page_name": "trends", "icon": ""}, "b2": {"page_name": "points", "icon": ""}}


class Session:
    """A session as far as the message goes that begins its runs."""

    _create_new_session_message = vars(AppSession)[BEGINS]
    _populate_app_pages = AppSession._populate_app_pages

    def __init__(self, name: str, *, running: bool) -> None:
        self.id, self._run_on_save = name, running
        self._state = AppSessionState.APP_IS_RUNNING if running else AppSessionState.APP_NOT_RUNNING
        self._script_data = SimpleNamespace(name="app", is_hello=False)
        self._pages_manager = SimpleNamespace(
            main_script_path="app.py", main_script_hash="00", get_pages=lambda: PAGES
        )

    def _compute_skills_nudge_state(self) -> tuple[bool, str]:
        return False, ""

    def begun(self, page: str, run: str, *fragments: str, pages: Any = None) -> ForwardMsg:
        return getattr(self, BEGINS)(page, RunDescriptor(run, fragments), pages)


def told() -> list[bytes]:
    one, other = Session("one", running=True), Session("other", running=False)
    fewer = {"a1": PAGES["a1"]}
    begun = [
        one.begun("a1", "first"),
        other.begun("b2", "second", "box"),
        other.begun("a1", "third", pages=fewer),
        one.begun("b2", "fourth"),
    ]
    return [message.SerializeToString(deterministic=True) for message in begun]


def test_what_begins_a_run_is_what_streamlit_would_say(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whose run it is, of which page, and everything else, byte by byte."""
    before = told()
    monkeypatch.setattr(Session, BEGINS, vars(Session)[BEGINS])  # given back at the end
    assert begin_alike(Session) and begin_alike(Session)
    assert hasattr(getattr(Session, BEGINS), "once")
    assert told() == before == told()
    assert not begin_alike(object)


def test_nobody_is_offered_what_is_for_who_writes_an_app(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Session, BEGINS, vars(Session)[BEGINS])
    monkeypatch.setattr(Session, "_compute_skills_nudge_state", lambda _self: (True, "why"))
    begin_alike(Session)
    initialize = Session("one", running=True).begun("a1", "first").new_session.initialize
    assert not initialize.recommend_skills_install and not initialize.skills_nudge_suppressed_reason


def test_a_text_is_looked_through_for_an_emoji_once() -> None:
    from streamlit import string_util

    assert remember_texts() and remember_texts()
    look: Any = string_util.extract_leading_emoji
    before = look.cache_info().misses
    for _ in range(3):
        assert look("各乡镇 没有图标") == ("", "各乡镇 没有图标")
        assert look("🚨 有图标") == ("🚨", "有图标")
    assert look.cache_info().misses <= before + 2
    assert not remember_texts(object())


def presented(sent: list[dict[str, Any]] | None) -> list[Any]:
    """What a component has kept, as a run is given it that comes with what was ``sent``."""
    state = SessionState()
    if sent is not None:
        about: Any = SimpleNamespace(value_type="json_trigger_value")
        state._new_widget_state.widget_metadata["sent"] = about
        state._new_widget_state.states["sent"] = Value(sent)
    shown = getattr(components, PRESENTS)("sent", "ours", {"picked"})
    return [shown(kept, state) for kept in ({}, {"picked": {"key": "a"}}, None)]


@pytest.mark.parametrize("sent", [None, [], [{"event": "taken", "value": 1}]])
def test_what_a_component_keeps_is_what_streamlit_would_give(
    sent: list[dict[str, Any]] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(components, PRESENTS, make_bidi_component_presenter)
    before = presented(sent)
    assert present_as_kept() and present_as_kept()
    assert hasattr(getattr(components, PRESENTS), "once")
    assert presented(sent) == before
    assert not present_as_kept(object())


def searches(read: Any) -> SimpleNamespace:
    """Streamlit's search, which says when it is asked, and what it reads one package by."""
    return SimpleNamespace(
        scan_component_manifests=lambda *given: ["everywhere", *given],
        **{READS: read},
    )


def test_the_components_are_those_that_streamlit_would_find() -> None:
    everywhere = unwrap(manifest_scanner.scan_component_manifests)
    assert everywhere.__module__ == manifest_scanner.__name__ and not hasattr(everywhere, "once")
    [(manifest, root)] = everywhere()
    assert manifest.name == OWN
    assert {each.name for each in manifest.components} == {"chart", "fields", "picked"}
    alone = searches(vars(manifest_scanner)[READS])
    assert find_own_components(alone) and find_own_components(alone)
    assert alone.scan_component_manifests() == [(manifest, root)]


def test_where_they_are_not_in_this_package_they_are_looked_for_everywhere() -> None:
    alone = searches(lambda _package: None)
    assert find_own_components(alone)
    assert alone.scan_component_manifests(3) == ["everywhere", 3]
    assert not find_own_components(SimpleNamespace())
