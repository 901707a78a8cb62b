"""Many builds by a cluster, in each of which one process is killed; nothing may be lost.

`PYTHONPATH=$(bash tools/spark.sh) python -m tests.spark.kills 20` prints a line a build: who was
killed (a Python worker, an executor), after how long, and whether the files are those of one
machine.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import scale
from tests.spark.clusters import cluster, wait_for
from tests.spark.test_spark import SIZE, building, built_here, copied, finished, marts

WHO = ("pythons", "executors")


def main(builds: int) -> int:
    """Return how many of the builds lost something."""
    chance, lost = random.Random(20101129), 0
    with tempfile.TemporaryDirectory() as made, cluster(Path(made) / "cluster") as running:
        province = Path(made) / "province"
        scale.make(province, SIZE)
        right = built_here(copied(province, Path(made) / "here"))
        for number in range(builds):
            folder, who = copied(province, Path(made) / "there"), WHO[number % len(WHO)]
            begun = time.monotonic()
            build = building(folder, running.folder, running.url)
            victims = getattr(running, who)
            wait_for(lambda f=folder, v=victims: (f / "marts").exists() and v(), "parts are done")  # type: ignore[misc]
            time.sleep(chance.random())
            found = victims()
            for victim in found[:1]:
                os.kill(victim, signal.SIGKILL)
            after, _ = time.monotonic() - begun, finished(build)
            there = {n: data for n, data in marts(folder).items() if "/.tmp-" not in n}
            left = len(marts(folder)) - len(there)
            lost += there != right
            print(number + 1, who, len(found), f"{after:.1f} s", there == right, left, flush=True)
            shutil.rmtree(folder)
    return lost


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
