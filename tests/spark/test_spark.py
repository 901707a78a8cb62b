"""Marts built by Spark: the same files as on one machine, whoever of the cluster is killed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import scale
from shortplank.store import Store
from shortplank.store.marts import MartBuilder
from shortplank.store.units import village_groups
from tests.spark.clusters import Cluster, cluster, environment, lacking, wait_for

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(lacking()), reason=lacking() or "Spark is here"),
]
SIZE = scale.Scale(counties=5, townships=3, villages=4, months=14)
Files = dict[str, bytes]


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scale") / "province"
    scale.make(folder, SIZE)
    return folder


@pytest.fixture(scope="module")
def right(province: Path, tmp_path_factory: pytest.TempPathFactory) -> Files:
    """The files that one machine builds."""
    return built_here(copied(province, tmp_path_factory.mktemp("here") / "province"))


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster(tmp_path_factory.mktemp("cluster")) as made:
        yield made


def copied(province: Path, to: Path) -> Path:
    shutil.copytree(province, to, ignore=shutil.ignore_patterns("marts"))
    return to


def built_here(folder: Path) -> Files:
    """Return the files that this machine builds by itself."""
    store = Store(folder)
    ws, edition = store.workspace, store.edition()
    MartBuilder(ws, edition).build()
    for group in village_groups(ws):
        MartBuilder(ws, edition, counties=group).build()
    return marts(folder)


def marts(folder: Path) -> Files:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for kind in ("township", "village")
        for path in sorted((folder / "marts" / kind).rglob("*"))
        if path.is_file()
    }


def building(workspace: Path, folder: Path, *words: str) -> subprocess.Popen[str]:
    """Begin a build by Spark alone: what it does not do is not made up for."""
    code = (
        "import sys; from pathlib import Path\n"
        "from shortplank.store import Store; from shortplank.store.spark import spread\n"
        "store = Store(Path(sys.argv[1])); told = lambda n, of: print(f'{n}/{of}', flush=True)\n"
        "print(len(spread(store.workspace, store.edition(), sys.argv[2], told)), 'files')\n"
    )
    command = [sys.executable, "-c", code, str(workspace), *words]
    return subprocess.Popen(
        command, env=environment(folder), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def finished(build: subprocess.Popen[str]) -> str:
    with build:
        said, faults = build.communicate(timeout=900)
    assert build.returncode == 0, faults[-2000:]
    return said


def test_cores_of_this_machine_build_the_same_files(
    province: Path, right: Files, tmp_path: Path
) -> None:
    folder = copied(province, tmp_path / "province")
    said = finished(building(folder, tmp_path, "local[2]"))
    assert said.splitlines()[-2:] == ["12/12", f"{len(right)} files"]
    assert marts(folder) == right


def test_a_cluster_builds_the_same_files_and_nothing_twice(
    province: Path, right: Files, tmp_path: Path, running: Cluster
) -> None:
    folder = copied(province, tmp_path / "province")
    finished(building(folder, running.folder, running.url))
    assert marts(folder) == right
    written = {name: (folder / name).stat().st_mtime_ns for name in right}
    finished(building(folder, running.folder, running.url))
    assert {name: (folder / name).stat().st_mtime_ns for name in right} == written


@pytest.mark.parametrize("who", ["pythons", "executors"])
def test_nothing_is_lost_where_one_is_killed(
    province: Path, right: Files, tmp_path: Path, running: Cluster, who: str
) -> None:
    folder = copied(province, tmp_path / "province")
    build = building(folder, running.folder, running.url)
    victims = getattr(running, who)
    wait_for(lambda: (folder / "marts").exists() and victims(), "parts are being done")
    os.kill(victims()[0], signal.SIGKILL)
    finished(build)
    assert {name for name in marts(folder) if "/.tmp-" not in name} == set(right)
    assert all(data == right[name] for name, data in marts(folder).items() if name in right)


def test_nodes_with_another_workspace_or_program_are_refused_and_this_machine_goes_on(
    province: Path, right: Files, tmp_path: Path
) -> None:
    folder = copied(province, tmp_path / "province")
    (tmp_path / "sitecustomize.py").write_text(
        "import os\n"
        "if 'SPARK_ENV_LOADED' in os.environ or 'PYTHON_WORKER_FACTORY_PORT' in os.environ:\n"
        "    import shortplank; shortplank.__version__ = 'other'\n",
        "utf-8",
    )
    env = environment(tmp_path)
    env["PYTHONPATH"] = os.pathsep.join([str(tmp_path), env.get("PYTHONPATH", "")])
    command = [sys.executable, "-m", "shortplank.cli", "build", "-w", str(folder)]
    done = subprocess.run(
        [*command, "--engine", "spark", "--master", "local[2]"],
        env=env, capture_output=True, text=True, timeout=900,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "节点上的工作区或程序与本机不同。改由本机继续。" in done.stderr.replace("\n", "")
    assert marts(folder) == right
