"""What Streamlit works out at every run though it never changes: worked out once a process."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import lru_cache, wraps
from importlib.metadata import PackageNotFoundError, distribution
from typing import Any

from streamlit import string_util
from streamlit.components.v2 import manifest_scanner
from streamlit.components.v2.bidi_component import main as components
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.app_session import AppSession, AppSessionState

BEGINS = "_create_new_session_message"
EMOJI = "extract_leading_emoji"
PRESENTS = "make_bidi_component_presenter"
SCANS, READS = "scan_component_manifests", "_process_single_package"
OWN = "shortplank"
TEXTS = 4096


def remember_texts(module: Any = string_util) -> bool:
    """Have a text looked through for a leading emoji once: its pattern is 13,000 signs long.

    Return whether this Streamlit has the function that does so; where it has none, nothing is done.
    """
    look: Callable[[str], tuple[str, str]] | None = getattr(module, EMOJI, None)
    if look is not None and not hasattr(look, "cache_info"):
        setattr(module, EMOJI, lru_cache(maxsize=TEXTS)(look))
    return look is not None


def begin_alike(kind: Any = AppSession) -> bool:
    """Have the message that begins a run made once: all but whose run it is stays the same.

    It has the pages, the settings and the themes, 1 ms of a run. Nobody is offered what Streamlit
    offers to who writes an app. Return whether this Streamlit has the function that makes it; where
    it has none, nothing is done.
    """
    make: Callable[..., ForwardMsg] | None = getattr(kind, BEGINS, None)
    if make is None or hasattr(make, "once"):
        return make is not None
    made: dict[Hashable, ForwardMsg] = {}

    def begun(session: Any, page: str, run: Any, pages: Any = None) -> ForwardMsg:
        listed = pages or session._pages_manager.get_pages()
        told = tuple((key, each["page_name"], each["icon"]) for key, each in listed.items())
        if told not in made:
            whole = make(session, page, run, pages)
            whole.ClearField("metadata")
            whole.new_session.initialize.ClearField("recommend_skills_install")
            whole.new_session.initialize.ClearField("skills_nudge_suppressed_reason")
            made[told] = whole
        message = ForwardMsg()
        message.CopyFrom(made[told])
        message.metadata.run.script_run_id = run.script_run_id
        message.metadata.run.fragment_ids.extend(run.fragment_ids)
        message.new_session.page_script_hash = page
        own = message.new_session.initialize
        own.session_id = session.id
        own.session_status.run_on_save = session._run_on_save
        own.session_status.script_is_running = session._state == AppSessionState.APP_IS_RUNNING
        return message

    begun.once = True  # type: ignore[attr-defined]
    setattr(kind, BEGINS, begun)
    return True


def present_as_kept(module: Any = components) -> bool:
    """Have what a component keeps given as it is kept, in a run for which it has sent nothing.

    Streamlit makes a class for each look at it, some twenty a run, which the collector alone takes
    away; it serves who writes into what a component keeps, and nobody does. Return whether this
    Streamlit has the function that makes them; where it has none, nothing is done.
    """
    make: Callable[..., Callable[[Any, Any], Any]] | None = getattr(module, PRESENTS, None)
    if make is None or hasattr(make, "once"):
        return make is not None

    def presenting(sent: str, *about: Any, **named: Any) -> Callable[[Any, Any], Any]:
        whole = make(sent, *about, **named)

        def presented(kept: Any, state: Any) -> Any:
            return whole(kept, state) if sent in state._new_widget_state.states else kept

        return presented

    presenting.once = True  # type: ignore[attr-defined]
    setattr(module, PRESENTS, presenting)
    return True


def find_own_components(module: Any = manifest_scanner) -> bool:
    """Have components looked for in this package alone, as a server starts.

    Streamlit reads what each installed package says of itself, a hundred of them: a sixth of a
    second before the server answers, and as much of each page that a test runs. Return whether this
    Streamlit has the functions that do so; where it has none, nothing is done.
    """
    scan: Callable[..., list[Any]] | None = getattr(module, SCANS, None)
    read: Callable[[Any], Any] | None = getattr(module, READS, None)
    if scan is None or read is None or hasattr(scan, "once"):
        return scan is not None and read is not None

    @wraps(scan)
    def scanned(*given: Any) -> list[Any]:
        try:
            found = read(distribution(OWN))
        except PackageNotFoundError:  # run from its folder, not installed
            found = None
        return [found] if found else scan(*given)

    scanned.once = True  # type: ignore[attr-defined]
    setattr(module, SCANS, scanned)
    return True
