"""Headers that an analyst has accepted once: kept in the journal with who and when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from shortplank.audit.lines import note
from shortplank.errors import ShortplankError
from shortplank.ingest.words import vocabularies
from shortplank.store import Store, journal

KIND = "accepted_headers"
# The form and the header as the file writes it.
Accepted = tuple[str, str]


def accepted_headers(root: Path) -> dict[Accepted, str]:
    """Return the accepted headers of a workspace, each with the known header that it stands for.

    The last line on a header counts; one without a meaning takes it back.
    """
    found: dict[Accepted, str] = {}
    for line in journal.read(root, KIND):
        key = (str(line.get("form", "")), str(line.get("header", "")))
        if line.get("means"):
            found[key] = str(line["means"])
        else:
            found.pop(key, None)
    return found


def by_form(accepted: Mapping[Accepted, str]) -> dict[str, dict[str, str]]:
    """Return accepted headers by form."""
    found: dict[str, dict[str, str]] = {}
    for (form, header), means in accepted.items():
        found.setdefault(form, {})[header] = means
    return found


def accept_header(
    store: Store, form: str, header: str, means: str, *, at: datetime | None = None
) -> None:
    """Remember that a header of a form means what a known one (or a measure's id) means.

    `ShortplankError` where the form is not there or does not know the meaning; `NotAllowed` where
    the store's actor may not accept headers.
    """
    who = store.signs("accept_header")
    ws = store.workspace
    if form not in ws.forms:
        raise ShortplankError(f"没有表单 {form}", place="catalogue/forms", mend="请检查名称")
    words = vocabularies({form: ws.forms[form]}, ws)[form]
    if not words.knows(means):
        near = words.nearest(means)
        raise ShortplankError(
            f"表单“{ws.forms[form].label}”没有登记写法“{means[:40]}”",
            place=f"catalogue/forms/{form}.toml",
            mend=f"最接近的是“{near}”" if near else "请改为表单中已有的写法",
        )
    moment = (at or datetime.now(UTC)).astimezone(UTC).replace(microsecond=0)
    line = {"form": form, "header": header, "means": means, "who": who, "at": moment.isoformat()}
    journal.append(ws.path, KIND, line)
    note(ws.path, store.actor.account, "write", kind=KIND)
