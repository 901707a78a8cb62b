"""Build a workspace of Taiwan's monthly births and deaths by village from the published files.

python examples/tw_births/build.py SOURCE_FOLDER TARGET_WORKSPACE --home 連江縣
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import tomllib
from pathlib import Path

from register import make_areas, read_names, write_register

from shortplank import cli
from shortplank.catalogue.models import Form
from shortplank.errors import ShortplankError

HERE = Path(__file__).resolve().parent
FORM = HERE / "catalogue/forms/tw_births.toml"


def build(source: Path, target: Path, home: str) -> int:
    """Write the workspace, import every file into one edition, build the marts; 0 when done."""
    files = sorted(source.glob("*/*/data.csv"))
    if not files:
        raise ShortplankError(
            "沒有找到 YYYY/MM/data.csv", place=str(source), mend="請檢查來源資料夾"
        )
    if (target / "snapshots").exists():
        raise ShortplankError("這個資料夾裡已有版本", place=str(target), mend="請換一個空資料夾")
    form = Form.model_validate(tomllib.loads(FORM.read_text(encoding="utf-8")))
    areas = make_areas(read_names(files, form))
    codes = {area.name: area.code for area in areas if area.level == "county"}
    if home not in codes:
        raise ShortplankError(f"沒有縣市 {home}", place="--home", mend=f"可選：{'、'.join(codes)}")
    shutil.copytree(HERE / "catalogue", target / "catalogue", dirs_exist_ok=True)
    write_register(target, areas)
    settings = (HERE / "workspace.toml").read_text(encoding="utf-8")
    settings = re.sub(r'(?m)^home = ".*"$', f'home = "{codes[home]}"', settings)
    (target / "workspace.toml").write_text(settings, encoding="utf-8")
    note = f"匯入 {len(files)} 個月的村里動態月報"
    done = cli.run(["import", *map(str, files), "-w", str(target), "--note", note])
    return done or cli.run(["build", "-w", str(target)])


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
