"""Parts of marts spread over a Spark cluster, whose nodes run this program on the same workspace.

Spark gives the parts out, does lost ones again and tells when all are done; the figures are worked
out by the same code as on one machine, so the files are the same.
"""

from __future__ import annotations

import os
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from shortplank.catalogue import Workspace, load_workspace
from shortplank.errors import ShortplankError
from shortplank.store.edition import Edition
from shortplank.store.editions import Store
from shortplank.store.marts import Progress
from shortplank.store.spread import Part, do, fingerprint, stages

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# A part whose worker or node dies is done again so often.
TRIES = 8
_LOOK_SECONDS = 0.5
_SCHEMA = "name string, fault string"


class EngineError(ShortplankError):
    """The cluster did not do its parts; what it has done stands."""


def spread(
    ws: Workspace, edition: Edition, master: str | None, progress: Progress | None = None
) -> list[str]:
    """Return the names of an edition's mart files, built by a cluster.

    ``master`` is its address, this machine's cores by default. `EngineError` for whatever keeps
    it from being done there.
    """
    spark = _session(master)
    try:
        names: list[str] = []
        planned = stages(ws, edition)
        total, before = sum(map(len, planned)), 0
        for parts in planned:

            def told(done: int, passed: int = before) -> None:
                if progress:
                    progress(passed + done, total)

            names += _run(spark, ws.path.resolve(), parts, told)
            before += len(parts)
    finally:
        spark.stop()
    if lost := [name for name in names if not (ws.path / "marts" / name).exists()]:
        raise EngineError(
            f"节点写的文件在本机看不到（如 {lost[0]}）", mend="请让各节点把工作区挂载在同一个路径"
        )
    return names


def _session(master: str | None) -> SparkSession:
    # It warns of a newer pandas than it knows, and uses none here.
    warnings.filterwarnings("ignore", message="PySpark does not yet", category=FutureWarning)
    try:
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise EngineError("没有安装 pyspark", mend="请安装 shortplank[spark]") from error
    builder = SparkSession.builder.appName("shortplank").master(master or f"local[*,{TRIES}]")
    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "OFF",
        "spark.task.maxFailures": str(TRIES),
    }
    if master is None or master.startswith("local"):
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        settings |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    for key, value in settings.items():
        builder = builder.config(key, value)
    try:
        return builder.getOrCreate()
    except (PySparkException, Py4JError, OSError, RuntimeError) as error:
        raise EngineError(
            f"Spark 没有启动（{_first_line(error)}）", mend="请检查 Java 和 --master 的地址"
        ) from error


def _run(
    spark: SparkSession, workspace: Path, parts: Sequence[Part], told: Callable[[int], None]
) -> list[str]:
    """Return the names that a stage's parts come to, telling how many are done meanwhile."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    asked = spark.range(0, len(parts), 1, len(parts))
    frame = asked.mapInArrow(_doing(str(workspace), tuple(parts)), _SCHEMA)
    over = threading.Event()
    watch = threading.Thread(target=_watch, args=(spark, len(parts), over, told), daemon=True)
    watch.start()
    try:
        # Only what was collected was surely done: a count may be answered without doing anything.
        rows = frame.collect()
    except (PySparkException, Py4JError, OSError) as error:
        raise EngineError(f"Spark 没有做完（{_first_line(error)}）") from error
    finally:
        over.set()
        watch.join()
    if fault := next((row.fault for row in rows if row.fault), None):
        raise EngineError(fault)
    told(len(parts))
    return [row.name for row in rows]


def _doing(
    workspace: str, parts: tuple[Part, ...]
) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """Return what a node does with the numbers of its parts."""

    def doing(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        from pyspark import TaskContext

        task = TaskContext.get()
        threads = task.cpus() if task else 1
        for batch in batches:
            for number in batch.column(0).to_pylist():
                names, fault = _done(workspace, parts[number], threads)
                faults = [fault] * len(names)
                yield pa.RecordBatch.from_pydict({"name": names, "fault": faults}, schema=_ARROW)

    return doing


_ARROW = pa.schema([("name", pa.string()), ("fault", pa.string())])


def _done(workspace: str, part: Part, threads: int) -> tuple[list[str], str | None]:
    """Return a part's names, or one empty name with the sentence that says why there are none."""
    try:
        ws = _opened(workspace, part)
        return do(ws, Store(workspace, ws).edition(part.edition), part, threads), None
    except ShortplankError as error:
        return [""], error.sentence


def _opened(workspace: str, part: Part) -> Workspace:
    """Return the workspace; one that fits stays open for a worker's next parts."""
    if (workspace, part.fingerprint) not in _OPENED:
        ws = load_workspace(workspace)
        if fingerprint(ws) != part.fingerprint:
            return ws
        _OPENED.clear()
        _OPENED[workspace, part.fingerprint] = ws
    return _OPENED[workspace, part.fingerprint]


_OPENED: dict[tuple[str, str], Workspace] = {}


def _watch(
    spark: SparkSession, total: int, over: threading.Event, told: Callable[[int], None]
) -> None:
    """Tell how many parts are done, until they all are."""
    tracker: Any = spark.sparkContext.statusTracker()
    while not over.wait(_LOOK_SECONDS):
        found = (tracker.getStageInfo(stage) for stage in tracker.getActiveStageIds())
        told(min(total, sum(stage.numCompletedTasks for stage in found if stage)))


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
