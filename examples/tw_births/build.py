"""Build a workspace of Taiwan's monthly births and deaths by village from the published files.

python examples/tw_births/build.py SOURCE_FOLDER TARGET_WORKSPACE --home 連江縣
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from shortplank import cli
from shortplank.access import MACHINE
from shortplank.catalogue import load_workspace
from shortplank.catalogue.models import Peer
from shortplank.errors import ShortplankError
from shortplank.ingest import Upload
from shortplank.ingest.gazetteer import Wish, propose, read_seen, registers_text
from shortplank.records.settings_changes import change
from shortplank.store import Store

HERE = Path(__file__).resolve().parent
DIGITS = (5, 8)  # of a village's code of 11: the county's, the town's
NO_REGISTER = "area_code,parent_code,level,name,valid_from\n09007,TW,county,臺灣,2014-04-01\n"


def build(source: Path, target: Path, home: str) -> int:
    """Write the workspace, import every file into one edition, build the marts; 0 when done."""
    files = sorted(source.glob("*/*/data.csv"))
    if not files:
        raise ShortplankError(
            "沒有找到 YYYY/MM/data.csv", place=str(source), mend="請檢查來源資料夾"
        )
    if (target / "snapshots").exists():
        raise ShortplankError("這個資料夾裡已有版本", place=str(target), mend="請換一個空資料夾")
    new = not target.exists()
    try:
        register(files, target, home)
    except ShortplankError:
        if new:
            shutil.rmtree(target)
        raise
    note = f"匯入 {len(files)} 個月的村里動態月報"
    done = cli.run(["import", *map(str, files), "-w", str(target), "--note", note])
    return done or cli.run(["build", "-w", str(target)])


def register(files: list[Path], target: Path, home: str) -> None:
    """Write the settings and catalogue, and the register that the files make."""
    shutil.copytree(HERE / "catalogue", target / "catalogue", dirs_exist_ok=True)
    shutil.copyfile(HERE / "workspace.toml", target / "workspace.toml")
    (target / "areas.csv").write_text(NO_REGISTER, encoding="utf-8")
    ws = load_workspace(target)
    uploads = (Upload(f"{f.parent.parent.name}-{f.parent.name}.csv", f.read_bytes()) for f in files)
    made = propose(ws, read_seen(ws, uploads), Wish(home=home, digits=DIGITS))
    peers = [grouped(peer) for peer in made.registers.peers]
    texts = made.texts | ({"peers.csv": registers_text(Peer, peers)} if peers else {})
    change(Store(target, ws, MACHINE), texts, f"從 {len(files)} 個月的月報登記縣市、鄉鎮和村里")


def grouped(peer: Peer) -> Peer:
    """Return a county among its peers: special municipalities (codes from 6) apart from others."""
    group = "直轄市" if peer.area_code[0] == "6" else peer.name[-1]
    return peer.model_copy(update={"class_": "縣市", "group": group})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("source", type=Path, help="folder with YYYY/MM/data.csv")
    parser.add_argument("target", type=Path, help="workspace to write")
    parser.add_argument("--home", default="連江縣", help="home county, by name (default: 連江縣)")
    arguments = parser.parse_args()
    try:
        sys.exit(build(arguments.source, arguments.target, arguments.home))
    except ShortplankError as error:
        sys.exit(error.sentence)
