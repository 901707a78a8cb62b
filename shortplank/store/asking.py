"""The one way to ask: every question is a file in ``queries/``, answered from the marts."""

from __future__ import annotations

import atexit
import copy
import gc
import os
import threading
import warnings
from collections import OrderedDict
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import pyarrow as pa

from shortplank.access import ANYONE, READS, Reads, is_reads
from shortplank.catalogue import SETTINGS_FILES, Workspace, load_workspace
from shortplank.catalogue.pending import MARK
from shortplank.errors import AskError, ShortplankError, WorkspaceError
from shortplank.store.closing import Closings, closings
from shortplank.store.edition import Edition
from shortplank.store.editions import Store
from shortplank.store.files import names_in
from shortplank.store.held import Held
from shortplank.store.marts import Progress
from shortplank.store.opening import OpenEdition
from shortplank.store.posts import check_reviewers
from shortplank.store.queries import all_queries
from shortplank.store.served import workspace_path
from shortplank.store.viewing import History

T = TypeVar("T")

EXTRA_COPY = "Arrow output on a DB-API result makes an extra copy"
warnings.filterwarnings("ignore", message=EXTRA_COPY, category=UserWarning)

OPEN_EDITIONS = 6
# What an engine holds for everybody: tables of questions, and what is made of them.
ANSWER_BYTES = 64 * 2**20
KEPT_BYTES = 160 * 2**20


class Engine:
    """Answers questions about one workspace; safe to share by threads."""

    def __init__(self, ws: Workspace) -> None:
        check_reviewers(ws)
        self.ws = ws.at(ws.settings.home)
        self.store = Store(ws.path, ws, ANYONE)
        self._homes: dict[str, Engine] = {self.ws.settings.home: self}
        self._lock = threading.RLock()
        self._open: OrderedDict[tuple[int, Reads, str], OpenEdition] = OrderedDict()
        self._answers = Held(ANSWER_BYTES, lambda table: int(table.nbytes))
        self.kept = Held(KEPT_BYTES)
        self._edition = lru_cache(maxsize=64)(self.store.edition)
        self._diff = lru_cache(maxsize=8)(self.store.diff)
        self._closings = lru_cache(maxsize=64)(self._find_closings)

    def at(self, home: str) -> Engine:
        """Return the engine of the same workspace with another home: a county, or a province.

        What is opened, answered and kept is shared; each answer is of the home that was asked.
        `WorkspaceError` where the register has no such county or province.
        """
        with self._lock:
            if home not in self._homes:
                if self.ws.home_of(home) != home:
                    raise WorkspaceError(
                        f"登记册里没有县 {home}", place="areas.csv", mend="请改为其中一个县的代码"
                    )
                made = copy.copy(self)
                made.ws = self.ws.at(home)
                kept = self.ws.whole if made.ws.is_province else made.ws
                made.store = Store(made.ws.path, kept, ANYONE)
                self._homes[home] = made
            return self._homes[home]

    def edition(self, number: int | None = None) -> Edition:
        """Return one edition, the newest by default; those asked for lately are kept."""
        return self._edition(self.newest() if number is None else number)

    def diff(self, old: int, new: int) -> pa.Table:
        """Return each count that changed between two editions (see `Store.diff`), lately kept."""
        return self._diff(old, new)

    def closings(self, number: int, home: str = "") -> Closings:
        """Return the edition from which viewers have each closed year's villages, to an edition.

        They are the home county's, or those of the county that is named.
        """
        return self._closings(number, home or self.ws.settings.home)

    def open(self, number: int, role: Reads, progress: Progress | None = None) -> OpenEdition:
        """Return an edition opened for a role: all counties share it, a province has its own."""
        own = self.ws.settings.home if self.ws.is_province else ""
        key = (number, role, own)
        with self._lock:
            if key not in self._open:
                self._open[key] = OpenEdition(
                    self.ws if own else self.ws.whole,
                    self.edition(number),
                    role,
                    progress,
                    lambda county: History(self.edition, lambda: self.closings(number, county)),
                )
                while len(self._open) > OPEN_EDITIONS:
                    self._open.popitem(last=False)
            self._open.move_to_end(key)
            return self._open[key]

    def ask(
        self, name: str, edition: int | None = None, role: Reads = "viewer", **params: object
    ) -> pa.Table:
        """Return the answer to one question as an Arrow table.

        ``name`` is a query's file name without ``.sql`` (its topic may stand before it);
        ``edition`` a number, the newest by default. Raises `AskError` for an unknown question, an
        unknown role or parameters that are not the query's own.
        """
        number = edition if edition is not None else self.newest()
        key = (self.ws.settings.home, name, number, role, tuple(sorted(params.items())))
        try:
            hash(key)
        except TypeError as error:
            raise AskError("参数须是单个的值", place=name, mend="请勿传入列表") from error
        return self._answers.get(key, lambda: self._answer(name, number, role, params))

    def keep(self, key: tuple[Any, ...], make: Callable[[], T]) -> T:
        """Return what is kept under a key, made the first time; for what is dear to work out.

        The key has all that it rests on but the home: editions are immutable, and an engine has
        its settings.
        """
        return self.kept.get((self.ws.settings.home, *key), make)

    def _county(self, query: str, values: Iterable[object]) -> str:
        """Return the home of the areas that a question names; this one's where it names none."""
        own = self.ws.settings.home
        if self.ws.is_province:
            return own
        named = (self.ws.home_of(value) for value in values if isinstance(value, str))
        homes = set(filter(None, named)) or {own}
        if len(homes) > 1:
            raise AskError("一次只能问一个县", place=query, mend="请分县查询")
        return homes.pop()

    def _find_closings(self, number: int, home: str) -> Closings:
        numbers = [each for each in self.store.numbers() if each <= number]
        return closings(self.ws.at(home), numbers, self.edition)

    def forget(self) -> None:
        """Drop what was answered and made of it (opened editions stay)."""
        self._answers.clear()
        self.kept.clear()

    def newest(self) -> int:
        """Return the number of the newest edition, 0 where there is none."""
        return self.store.newest()

    def _answer(self, name: str, number: int, role: Reads, params: dict[str, object]) -> pa.Table:
        query = all_queries().get(name.rsplit("/", 1)[-1])
        if query is None:
            known = "、".join(sorted(all_queries()))
            raise AskError(f"没有名为 {name} 的查询", mend=f"可用的查询：{known}")
        if not is_reads(role):
            raise AskError(f"没有角色 {role}", mend=f"角色是 {' 或 '.join(READS)}")
        if set(params) != set(query.params):
            wanted = "、".join(query.params) or "没有参数"
            raise AskError("参数不符", place=query.name, mend=f"这个查询的参数是：{wanted}")
        bound = {key: _parameter(query.name, key, value) for key, value in params.items()}
        county = self._county(query.name, bound.values())
        opened = (self.at(county) if county != self.ws.settings.home else self).open(number, role)
        try:
            with opened.reading(query.reads, county) as cursor:
                # Not sql(…): that binds the question once to describe it and once to run it, and
                # at a county's size binding is a third of an answer. The copy of a few rows is
                # cheaper.
                return cursor.execute(query.sql, bound).to_arrow_table()
        except duckdb.Error as error:
            raise AskError(
                "查询没有成功", place=query.name, mend=f"请检查参数（{_first_line(error)}）"
            ) from error


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]


def _parameter(query: str, name: str, value: object) -> object:
    """Return a parameter as DuckDB takes it; months may be written 2010-05."""
    if not (name == "month" or name.endswith("_month")) or not isinstance(value, str):
        return value
    try:
        return date.fromisoformat(value + "-01" if len(value) == 7 else value)
    except ValueError as error:
        raise AskError(
            f"参数 {name}={value} 不是月份", place=query, mend="请写成 2010-05"
        ) from error


_SETTINGS = (*SETTINGS_FILES, MARK)


_SETTINGS_FOLDERS = ("catalogue/indicators", "catalogue/forms")


def _signature(path: Path) -> tuple[tuple[str, int, int], ...]:
    """Return when each part of the settings was changed; every answer looks, so it is quick."""
    found, root = [], os.fspath(path)
    for name in _SETTINGS:
        try:
            stat = os.stat(f"{root}/{name}")
        except OSError:
            continue
        found.append((name, stat.st_mtime_ns, stat.st_size))
    for folder in _SETTINGS_FOLDERS:
        with suppress(OSError):
            for name in names_in(path / folder):
                stat = os.stat(f"{root}/{folder}/{name}")
                found.append((name, stat.st_mtime_ns, stat.st_size))
    return tuple(sorted(found))


_engines_lock = threading.Lock()


@lru_cache(maxsize=4)
def _engine(path: Path, signature: object) -> Engine:
    try:
        ws = load_workspace(path)
    except WorkspaceError:
        if _signature(path) == signature:
            raise
        ws = load_workspace(path)
    # Files that were changed together while some had been read already are read together again.
    return Engine(ws if _signature(path) == signature else load_workspace(path))


@atexit.register
def _close_all() -> None:
    """Let go of the open databases while the interpreter still stands; DuckDB complains after."""
    _engine.cache_clear()
    gc.unfreeze()
    gc.collect()


def engine(path: Path | str | None = None) -> Engine:
    """Return the shared engine of a workspace, a new one when its settings have changed."""
    root = Path(path) if path else workspace_path()
    signature = _signature(root)
    with _engines_lock:
        return _engine(root, signature)


def ask(
    name: str,
    edition: int | None = None,
    role: Reads = "viewer",
    *,
    workspace: Path | str | None = None,
    **params: object,
) -> pa.Table:
    """Return the answer to a question of ``queries/`` about the workspace, as an Arrow table.

    >>> ask("areas_by_level").column_names[:2]
    ['area_code', 'parent_code']
    """
    return engine(workspace).ask(name, edition, role, **params)


__all__ = ["AskError", "Engine", "ShortplankError", "all_queries", "ask", "engine"]
