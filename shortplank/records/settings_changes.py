"""Changes of the workspace's settings, registers and catalogue: checked, all or none, and kept.

Who makes new texts (a card edited on a page, a form drafted from a file, a register read from
reports) hands whole files to `change`. They are checked by loading a copy of the workspace, written
together under the store's lock, and kept with who, when and why, so that every one of them can be
looked at and taken back. A change that figures rest on is an edition of its own where there is one
already: the same data, read another way.
"""

from __future__ import annotations

import difflib
import hashlib
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from shortplank.catalogue import SETTINGS_FILES, Workspace, load_workspace
from shortplank.catalogue.definitions import redefined_keys, units_of
from shortplank.catalogue.pending import is_there, names_in
from shortplank.errors import Overtaken, StoreError, WorkspaceError
from shortplank.store import Store, journal, settling
from shortplank.store.personal import refuse_personal
from shortplank.store.posts import check_reviewers
from shortplank.wording.periods import redefined_text

# Folders of which any file of one ending is one of the settings'.
FOLDERS = {"catalogue/indicators": ".toml", "catalogue/forms": ".toml", "queries": ".sql"}
_STEM = re.compile(r"\w[\w-]{0,59}")
LONGEST_WHY = 200
MOST_BYTES = 64 << 20
Texts = Mapping[str, str | None]


@dataclass(frozen=True)
class Changed:
    """One change: its number, who made it, when and why, what it touched.

    ``files`` are the hashes of each file's text before and after, None where there was none.
    ``edition`` is the one that it is, 0 where it is none. ``indicators`` are those whose figures it
    makes others; ``registers`` says whether units were changed.
    """

    number: int
    who: str
    at: datetime
    why: str
    files: Mapping[str, tuple[str | None, str | None]]
    edition: int = 0
    indicators: tuple[str, ...] = ()
    registers: bool = False


# --- writing --------------------------------------------------------------------------------------
def change(
    store: Store,
    texts: Texts,
    why: str,
    *,
    seen: Mapping[str, str] | None = None,
    at: datetime | None = None,
) -> Changed:
    """Write whole files of the settings, all or none, and return the change that is kept.

    ``texts`` are files by their name in the workspace, None takes one away. ``seen`` are the hashes
    (`seen_of`) of those files as the new texts were made from them: where one is another now,
    `Overtaken`, and nothing is written. `WorkspaceError` names file and key where the workspace
    could not be opened with them, `NotAllowed` where the actor may not, `StoreError` where a name
    is none of the settings', or where nothing would change.
    """
    who = store.signs("settle")
    reason = _checked_why(why)
    contents = {name: _encoded(name, text) for name, text in texts.items()}
    with store.writing():
        return _changed(store, contents, who, reason, seen, at)


def restore(store: Store, number: int, why: str = "", *, expected: int | None = None) -> Changed:
    """Put the settings' files back as they stood after a change, 0 for before the first one.

    Only files that a later change touched are written. It is a change of its own. `Overtaken` where
    ``expected`` is not the number of the newest change.
    """
    who = store.signs("settle")
    reason = _checked_why(why or f"恢复到第 {number} 次改动之后")
    with store.writing():
        known = changes(store.root)
        newest = known[-1].number if known else 0
        if expected is not None and expected != newest:
            raise Overtaken("设置在这之间又改动了，没有恢复", mend="请看过新的改动再办")
        if number not in (0, *(each.number for each in known)):
            raise StoreError(f"没有第 {number} 次改动", place="设置的改动", mend=f"可填 0–{newest}")
        before: dict[str, str | None] = {}
        for each in known:
            if each.number > number:
                for name, (old, _) in each.files.items():
                    before.setdefault(name, old)
        contents = {name: _kept(store.root, name, digest) for name, digest in before.items()}
        return _changed(store, contents, who, reason, None, None)


def _changed(
    store: Store,
    wanted: Mapping[str, bytes | None],
    who: str,
    why: str,
    seen: Mapping[str, str] | None,
    at: datetime | None,
) -> Changed:
    root = store.root
    old = {name: settling.content_of(root, name) for name in wanted}
    for name, digest in (seen or {}).items():
        if name in old and _hash(old[name]) != digest:
            raise Overtaken(
                "这个文件在您打开之后被改过，没有写入", place=name, mend="请重新打开，再改一次"
            )
    new = {name: content for name, content in wanted.items() if content != old[name]}
    if not new:
        raise StoreError("没有改动，没有写入", place="、".join(wanted), mend="请先改再保存")
    before, after = _opened(root), tried(root, new)
    _refuse_personal_cards(before, after)
    known = changes(root)
    line = _line(known, before, after, who, why, at)
    line["files"] = {
        name: [settling.keep_text(root, old[name]), settling.keep_text(root, content)]
        for name, content in new.items()
    }
    edition = None
    if store.newest() and (line["indicators"] or line["registers"]):
        parent = store.edition()
        said = f"{'口径' if line['indicators'] else '名册'}修改：{why}"
        edition = parent.following(parent.by_key, who=who, why=said, at=at)
        line["edition"] = edition.number
    settling.settle(root, settling.Settled(new, line, edition))
    return _parsed(line)


def _line(
    known: Sequence[Changed],
    before: Workspace | None,
    after: Workspace,
    who: str,
    why: str,
    at: datetime | None,
) -> dict[str, Any]:
    moment = (at or datetime.now(UTC)).astimezone(UTC).replace(microsecond=0)
    return {
        "number": known[-1].number + 1 if known else 1,
        "who": who,
        "at": moment.isoformat(),
        "reason": why,
        "edition": 0,
        "indicators": redefined_keys(before, after),
        "registers": before is not None and units_of(before) != units_of(after),
    }


def _checked_why(why: str) -> str:
    said = "".join(sign for sign in " ".join(why.split()) if sign.isprintable())
    if not said:
        raise StoreError("没有写改动的原因", place="原因", mend="请填写后再保存")
    if len(said) > LONGEST_WHY:
        fault = f"原因最多 {LONGEST_WHY} 字，现在 {len(said)} 字"
        raise StoreError(fault, place="原因", mend="请删短后再保存")
    refuse_personal(said)
    return said


def _encoded(name: str, text: str | None) -> bytes | None:
    """Return a file's bytes; `StoreError` for a name that is none of the settings'."""
    if not is_settings(name):
        raise StoreError(
            "这不是能在这里改的设置文件", place=ascii(name)[1:-1][:60], mend="请检查文件名"
        )
    if text is None:
        return None
    data = text.encode("utf-8", "surrogatepass")
    if b"\0" in data or len(data) > MOST_BYTES:
        raise StoreError("内容不是文本，或太大", place=name, mend="请检查内容")
    return data


def is_settings(name: str) -> bool:
    """Return whether a name is that of a file of the settings, which may be changed here.

    >>> is_settings("areas.csv"), is_settings("catalogue/indicators/own.toml")
    (True, True)
    >>> is_settings("access.toml"), is_settings("catalogue/forms/../../access.toml")
    (False, False)
    """
    folder, _, file = name.rpartition("/")
    ending = FOLDERS.get(folder)
    if ending is None:
        return name in SETTINGS_FILES
    stem = file.removesuffix(ending)
    return file == stem + ending and _STEM.fullmatch(stem) is not None


# --- what would be ------------------------------------------------------------------------------
def _opened(root: Path) -> Workspace | None:
    """Return the workspace as it stands, None where it cannot be opened: a change may mend it."""
    try:
        return load_workspace(root)
    except WorkspaceError:
        return None


def tried(root: Path, contents: Mapping[str, bytes | None]) -> Workspace:
    """Return the workspace with other files, read from a copy; `WorkspaceError` says why not."""
    with tempfile.TemporaryDirectory(prefix="shortplank-") as made:
        shadow = shadow_of(root, Path(made), contents)
        found = load_workspace(shadow)
        check_reviewers(found)
    return found


def shadow_of(root: Path, target: Path, contents: Mapping[str, bytes | None]) -> Path:
    """Make a copy of a workspace's settings with other files in it, and return its folder."""
    for name in {*settings_files(root), *contents}:
        content = contents[name] if name in contents else settling.content_of(root, name)
        if content is not None:
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (target / name).write_bytes(content)
    return target


def settings_files(root: Path) -> list[str]:
    """Return the names of the settings' files that a workspace has."""
    found = [name for name in SETTINGS_FILES if is_there(root, name)]
    for folder, ending in FOLDERS.items():
        names = (f"{folder}/{name}" for name in names_in(root, folder, ending))
        found += [name for name in names if not name.rpartition("/")[2].startswith((".", "~$"))]
    return found


def _refuse_personal_cards(before: Workspace | None, after: Workspace) -> None:
    """Refuse what is personal on the cards that are new or others than before."""
    known = before.indicators if before else {}
    for key, item in after.indicators.items():
        if item != known.get(key):
            for name in ("label", "definition", "why", "source", "caveats", "check"):
                refuse_personal(str(getattr(item, name)))


# --- what a text was made from --------------------------------------------------------------------
def text_of(root: Path, name: str) -> str | None:
    """Return the text of a file of the settings, None where there is none."""
    content = settling.content_of(root, name)
    return None if content is None else content.decode("utf-8-sig")


def seen_of(root: Path, names: Sequence[str]) -> dict[str, str]:
    """Return the hashes of files as they stand, "" for one that is not there (see `change`)."""
    return {name: _hash(settling.content_of(root, name)) for name in names}


def _hash(content: bytes | None) -> str:
    return "" if content is None else hashlib.sha256(content).hexdigest()


# --- the history ----------------------------------------------------------------------------------
def changes(root: Path) -> list[Changed]:
    """Return every change, oldest first, one that is not carried out to its end among them."""
    lines = {line.get("number"): line for line in journal.read(root, settling.HISTORY)}
    if pending := settling.pending_line(root):
        lines.setdefault(pending["number"], pending)
    found = []
    for line in lines.values():
        try:
            found.append(_parsed(line))
        except (KeyError, TypeError, ValueError):
            continue
    return sorted(found, key=lambda each: each.number)


def _parsed(line: Mapping[str, Any]) -> Changed:
    return Changed(
        int(line["number"]),
        str(line["who"]),
        datetime.fromisoformat(line["at"]),
        str(line["reason"]),
        {str(name): (old, new) for name, (old, new) in line["files"].items()},
        int(line["edition"]),
        tuple(map(str, line["indicators"])),
        bool(line["registers"]),
    )


def change_of(root: Path, number: int) -> Changed:
    """Return one change by its number; `StoreError` where there is none."""
    known = {each.number: each for each in changes(root)}
    if number not in known:
        mend = f"可填 {min(known)}–{max(known)}" if known else "还没有过改动"
        raise StoreError(f"没有第 {number} 次改动", place="改动记录", mend=mend)
    return known[number]


def difference_of(root: Path, changed: Changed, *, most: int = 400) -> str:
    """Return what a change did to each file, line by line; of a long one the first lines."""
    parts: list[str] = []
    for name, (old, new) in changed.files.items():
        before, after = (_lines(root, name, digest) for digest in (old, new))
        parts += difflib.unified_diff(before, after, name, name, lineterm="", n=2)
    left = len(parts) - most
    return "\n".join([*parts[:most], *([f"……另有 {left} 行"] if left > 0 else [])])


def _lines(root: Path, name: str, digest: str | None) -> list[str]:
    content = _kept(root, name, digest)
    return [] if content is None else content.decode("utf-8", "replace").splitlines()


def _kept(root: Path, name: str, digest: str | None) -> bytes | None:
    try:
        return settling.kept_text(root, digest)
    except OSError as error:
        raise StoreError("留存的旧内容不在了", place=name, mend="请从备份取回") from error


def last_redefined(root: Path, indicator: str) -> Changed | None:
    """Return the newest change that is an edition after which an indicator's figures are others."""
    known = reversed(changes(root))
    touching = (each for each in known if indicator in each.indicators or each.registers)
    return next((each for each in touching if each.edition), None)


def redefined(ws: Workspace, indicator: str) -> str:
    """Return since which edition an indicator is counted, or read, as it is; "" for ever."""
    found = last_redefined(ws.path, indicator)
    if found is None:
        return ""
    return redefined_text(found.edition, found.why, units=indicator not in found.indicators)
