"""Editions: immutable Parquet files, and one manifest an edition that lists them all."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from shortplank.access import MACHINE, Act, Actor
from shortplank.audit.lines import note
from shortplank.catalogue import Workspace, load_workspace
from shortplank.errors import Overtaken, StoreError
from shortplank.store import files, parquet, settling
from shortplank.store.differences import difference
from shortplank.store.edition import DataFile, Edition, Key, manifest_name, parse_manifest
from shortplank.store.locks import locked
from shortplank.store.personal import refuse_personal
from shortplank.store.posts import check_reviewers
from shortplank.store.schema import conform, dataset_measures

Change = Mapping[Key, pa.Table | None]
_MANIFEST = re.compile(r"[0-9]{8}\.json")


class Store:
    """The editions of one workspace: publish, as of, diff, restore, verify, vacuum.

    Whatever writes is within the rights of ``actor`` and signed with its account: who opens a
    store by its path, as commands and scripts do, acts as the machine's account; pages share one
    that acts for anyone, and have it act for who works (`acting_for`).
    """

    def __init__(
        self, path: Path | str, workspace: Workspace | None = None, actor: Actor = MACHINE
    ) -> None:
        self.root, self.actor = Path(path), actor
        self.snapshots = self.root / "snapshots"
        self.manifests = self.snapshots / "manifests"
        self._workspace = workspace
        self._checked: Workspace | None = None

    def acting_for(self, actor: Actor) -> Store:
        """Return the same store within the rights of somebody else."""
        other = Store(self.root, self._workspace, actor)
        other._checked = self._checked
        return other

    def signs(self, act: Act) -> str:
        """Return the account that a write is signed with; `NotAllowed` where it may not write."""
        who = self.actor.signs(act)
        if self.actor.scope:
            self.actor.must("look", self.workspace.settings.home, self.workspace)
            self.actor.must(act, ws=self.workspace)
        return who

    @cached_property
    def workspace(self) -> Workspace:
        """Return the workspace's settings and registers."""
        ws = self._workspace or load_workspace(self.root)
        if ws is not self._checked:
            check_reviewers(ws)
            self._checked = ws
        return ws

    # --- reading -----------------------------------------------------------------------------
    def numbers(self) -> list[int]:
        """Return the numbers of all editions, in order."""
        return sorted(int(name[:-5]) for name in self._names())

    def newest(self) -> int:
        """Return the number of the newest edition, 0 where there is none."""
        return int(max(self._names(), default="0.json")[:-5])

    def _names(self) -> list[str]:
        """Return the names of the manifests; anything else in their folder is left aside."""
        try:
            names = files.names_in(self.manifests)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise StoreError(
                "无法读取版本清单文件夹", place="snapshots/manifests", mend="请检查权限"
            ) from error
        return [name for name in names if _MANIFEST.fullmatch(name)]

    def edition(self, number: int | None = None) -> Edition:
        """Return one edition, the newest by default; an empty workspace has edition 0."""
        numbers = self.numbers()
        if number is None:
            number = numbers[-1] if numbers else 0
        if number == 0:
            start = datetime(1970, 1, 1, tzinfo=UTC)
            return Edition(self.root, 0, None, start, "", "", (), {}, ())
        if number not in numbers:
            raise StoreError(
                f"没有第 {number} 版",
                place="snapshots/manifests",
                mend=f"可用的版本是第 {numbers[0]}–{numbers[-1]} 版" if numbers else "",
            )
        return self._read_manifest(number)

    def as_of(self, moment: datetime) -> Edition:
        """Return the last edition published at or before ``moment`` (edition 0 if none).

        A moment without a time zone is this machine's.
        """
        moment = moment.astimezone(UTC)
        for number in reversed(self.numbers()):
            edition = self._read_manifest(number)
            if edition.published_at <= moment:
                return edition
        return Edition(self.root, 0, None, moment, "", "", (), {}, ())

    def history(self) -> list[Edition]:
        """Return every edition, oldest first."""
        return [self._read_manifest(number) for number in self.numbers()]

    def _read_manifest(self, number: int) -> Edition:
        name = manifest_name(number)
        place = f"snapshots/manifests/{name}"
        try:
            path = self.manifests / name
            told = path.stat()
            return _parsed(path, self.root, number, (told.st_mtime_ns, told.st_size, told.st_ino))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise StoreError(
                "版本清单已损坏", place=place, mend="请从备份恢复这个文件，或恢复到上一版"
            ) from error
        except OSError as error:
            raise StoreError("无法读取版本清单", place=place, mend="请检查文件和权限") from error

    # --- writing -----------------------------------------------------------------------------
    def publish(
        self,
        change: Change | Callable[[Edition], Change],
        *,
        why: str,
        published_at: datetime | None = None,
        restates: Sequence[str] = (),
        forms: Mapping[str, int] | None = None,
        only_if_changed: bool = False,
        expected: int | None = None,
    ) -> Edition:
        """Publish one new edition and return it; readers see the old one or the new, never between.

        ``change`` maps (dataset, month) to the whole new content of that month (None removes it),
        or is a function of the current edition, called while the lock is held. `StoreError` where
        ``why`` is personal; `Overtaken` where ``expected`` is not the newest edition;
        `NotAllowed` where the actor may not publish.
        """
        who = self.signs("publish")
        refuse_personal(why)
        with self._lock():
            self._refuse_overtaken(expected)
            parent = self.edition()
            wanted = change(parent) if callable(change) else change
            by_key = dict(parent.by_key)
            for (dataset, month), table in wanted.items():
                written = None if table is None else self._write(dataset, month, table)
                if written is None:
                    by_key.pop((dataset, month), None)
                else:
                    by_key[dataset, month] = written
            if only_if_changed and by_key == parent.by_key:
                return parent
            made = self._commit(
                parent.following(
                    by_key, who=who, why=why, at=published_at, restates=restates, forms=forms
                )
            )
        note(self.root, self.actor.account, "publish", edition=made.number)
        return made

    def restore(self, number: int, *, why: str = "", expected: int | None = None) -> Edition:
        """Publish an old edition's list of files as a new edition and return it.

        `Overtaken` where ``expected`` is not the newest edition; `NotAllowed` where the actor may
        not restore.
        """
        who = self.signs("restore")
        refuse_personal(why)
        with self._lock():
            self._refuse_overtaken(expected)
            old = self.edition(number)
            try:
                parent = self.edition()
            except StoreError:  # a damaged newest manifest must not stand in the way of going back
                parent = replace(old, number=self.numbers()[-1])
            for file in old.data:
                if not (self.snapshots / file.path).exists():
                    raise StoreError(
                        f"第 {number} 版的文件已被清理，不能恢复",
                        place=f"snapshots/{file.path}",
                        mend="请从备份取回这个文件",
                    )
            reason = why or f"恢复到第 {number} 版"
            made = self._commit(parent.following(old.by_key, who=who, why=reason, forms=old.forms))
        note(self.root, self.actor.account, "restore", edition=made.number)
        return made

    def _refuse_overtaken(self, expected: int | None) -> None:
        """Raise `Overtaken` where another edition than ``expected`` is the newest; under the lock.

        Numbers are compared, not manifests: a damaged newest one must not stand in the way.
        """
        newest = self.newest()
        if expected is None or newest == expected:
            return
        told = "、".join(edition.byline for edition in self.between(expected, newest))
        raise Overtaken(
            f"{told or f'第{newest}版'}在这之间发布了，没有写入", mend="请看过新的差异再办"
        )

    def between(self, after: int, upto: int) -> list[Edition]:
        """Return the editions after one number up to another, those that can be read."""
        found = []
        for number in self.numbers():
            if after < number <= upto:
                with suppress(StoreError):
                    found.append(self._read_manifest(number))
        return found

    def _write(self, dataset: str, month: date, table: pa.Table) -> DataFile | None:
        table = conform(self.workspace, dataset, month, table)
        if table.num_rows == 0:
            return None
        data = parquet.parquet_bytes(table)
        digest = hashlib.sha256(data).hexdigest()
        path = f"data/{dataset}/stat_month={month:%Y-%m}/{digest[:16]}.parquet"
        files.write_once(self.snapshots / path, data)
        sums = {
            name: pc.sum(table[name]).as_py() or 0
            for name in dataset_measures(self.workspace, dataset)
            if name in table.column_names
        }
        return DataFile(path=path, sha256=digest, rows=table.num_rows, sums=sums)

    def _commit(self, made: Edition) -> Edition:
        files.write_exclusive(self.manifests / manifest_name(made.number), made.manifest)
        return self.edition(made.number)

    def writing(self) -> AbstractContextManager[None]:
        """Hold the store's lock, for what else than editions is changed with them."""
        return self._lock()

    @contextmanager
    def _lock(self) -> Iterator[None]:
        busy = StoreError("另一次发布还没有结束", place="snapshots/.lock", mend="请稍后再试")
        with ExitStack() as held:
            try:
                self.snapshots.mkdir(parents=True, exist_ok=True)
                held.enter_context(locked(self.snapshots / ".lock", busy))
                settling.carry_out(self.root)
            except OSError as error:
                raise files.write_failure(error, "snapshots") from error
            yield

    # --- keeping -----------------------------------------------------------------------------
    def verify(self, number: int | None = None) -> list[str]:
        """Return one Chinese sentence for every file of the edition(s) that is not as published.

        Without ``number`` all editions are verified, their manifests among the files.
        """
        if number:
            return self._faults([self.edition(number)])
        editions, numbers = [], self.numbers()
        gone = sorted(set(range(numbers[0], numbers[-1])) - set(numbers)) if numbers else []
        faults = [
            StoreError(
                "版本清单缺失",
                place=f"snapshots/manifests/{manifest_name(each)}",
                mend="请从备份恢复",
            ).sentence
            for each in gone
        ]
        for each in numbers:
            try:
                editions.append(self._read_manifest(each))
            except StoreError as error:
                faults.append(error.sentence)
        return faults + self._faults(editions)

    def _faults(self, editions: Sequence[Edition]) -> list[str]:
        wanted = {file.path: file for edition in editions for file in edition.data}
        return [fault for file in wanted.values() if (fault := self._fault(file))]

    def _fault(self, file: DataFile) -> str | None:
        place = f"snapshots/{file.path}"
        try:
            digest = hashlib.sha256((self.snapshots / file.path).read_bytes()).hexdigest()
        except FileNotFoundError:
            return StoreError("文件缺失", place=place, mend="请从备份恢复").sentence
        except OSError:
            return StoreError("文件无法读取", place=place, mend="请检查权限").sentence
        if digest != file.sha256:
            mend = "请从备份恢复，或恢复到别的版本"
            return StoreError("内容与发布时不一致", place=place, mend=mend).sentence
        return None

    def vacuum(self, *, keep: int | None = None, grace: timedelta = timedelta(days=7)) -> list[str]:
        """Delete files that no kept manifest names and that are older than ``grace``.

        ``keep`` drops all but so many of the newest manifests; by default all are kept.
        Returns the deleted paths. A kept manifest that cannot be read stops it before anything is
        deleted.
        """
        self.signs("vacuum")
        with self._lock():
            numbers = self.numbers()
            dropped = numbers[:-keep] if keep and keep > 0 else []
            kept = {
                file.path
                for number in numbers[len(dropped) :]
                for file in self._read_manifest(number).data
            }
            doomed = [self.manifests / manifest_name(number) for number in dropped]
            doomed += self._unnamed(kept, time.time() - grace.total_seconds())
            deleted = [self._delete(path) for path in doomed]
        note(self.root, self.actor.account, "write", act="vacuum")
        return deleted

    def _unnamed(self, kept: set[str], oldest: float) -> list[Path]:
        """Return the data files that are not kept, and what a broken write left, before a time."""
        found = sorted((self.snapshots / "data").rglob("*")) + list(self.manifests.glob(".tmp-*"))
        return [
            path
            for path in found
            if path.is_file()
            and path.relative_to(self.snapshots).as_posix() not in kept
            and path.stat().st_mtime < oldest
        ]

    def _delete(self, path: Path) -> str:
        name = path.relative_to(self.snapshots).as_posix()
        try:
            path.unlink()
        except OSError as error:
            raise files.write_failure(error, f"snapshots/{name}") from error
        return name

    def diff(self, old: int, new: int) -> pa.Table:
        """Return each changed count: area_code, stat_month, dataset, measure, old, new.

        Counts of one area and month are summed over their other keys; those of a bulletin are named
        ``<indicator>.<column>``.
        """
        return difference(self.workspace, self.edition(old), self.edition(new))


@lru_cache(maxsize=64)
def _parsed(path: Path, root: Path, number: int, _state: tuple[int, ...]) -> Edition:
    """Return what a manifest says, read once for as long as the file is the same."""
    return parse_manifest(root, number, path.read_bytes())


__all__ = ["DataFile", "Edition", "Store"]
