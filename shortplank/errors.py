"""The one kind of error that a user sees: a Chinese sentence with the place and the mend."""

from __future__ import annotations


class ShortplankError(Exception):
    """A fault that is told in one clear Chinese sentence.

    ``place`` names the file, key, query or parameter; ``mend`` says what to do about it.
    """

    def __init__(self, message: str, *, place: str = "", mend: str = "") -> None:
        self.message, self.place, self.mend = message, place, mend
        super().__init__(self.sentence)

    @property
    def sentence(self) -> str:
        """Return the whole sentence, e.g. 「areas.csv：缺少文件。请从备份恢复。」."""
        head = f"{self.place}：" if self.place else ""
        tail = self.mend.rstrip("。") + "。" if self.mend else ""
        return f"{head}{self.message.rstrip('。')}。{tail}"


class NotAllowed(ShortplankError):
    """Who asks has not the right to it (see `access`)."""


class NothingYet(ShortplankError):
    """There is nothing to look at: no edition, or in ``edition`` no month of the county."""

    def __init__(self, message: str, *, place: str = "", mend: str = "", edition: int = 0) -> None:
        self.edition = edition
        super().__init__(message, place=place, mend=mend)


class OneCounty(ShortplankError):
    """A province is looked at where only a county can be: somebody has to choose one."""


class WorkspaceError(ShortplankError):
    """The workspace's settings, registers or catalogue cannot be read as they stand."""


class StoreError(ShortplankError):
    """An edition or a mart is missing, damaged or refused."""


class Overtaken(StoreError):
    """What was to be written was made against an edition that is no longer the newest."""


class AskError(ShortplankError):
    """A question that is not in ``queries/`` or whose parameters do not fit."""
