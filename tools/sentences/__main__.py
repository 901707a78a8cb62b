"""Write what is made from the code to be read: `make sentences`.

The approved sentences into docs/sentences.txt, and the list of pages into both READMEs.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from shortplank.frame.pages import page_table
from tools.browser import REPOSITORY
from tools.sentences import PATH
from tools.sentences.county import STATES, county
from tools.sentences.listing import every_said
from tools.sentences.text import text_of

TABLE = r"(?m)^\| {head} \|.*\n(?:\|.*\n?)*"


def main() -> None:
    """Write the files anew."""
    with tempfile.TemporaryDirectory() as folder:
        counties = {state: county(Path(folder) / state, state) for state in STATES}
        said = list(every_said(counties))
        PATH.write_text(text_of(counties["named"].ws, said), "utf-8")
    for name, head in (("README.md", "page"), ("README.zh-CN.md", "页面")):
        path = REPOSITORY / name
        before, after = re.split(TABLE.format(head=head), path.read_text("utf-8"))
        path.write_text(f"{before}{page_table(chinese=head != 'page')}\n{after}", "utf-8")


if __name__ == "__main__":
    main()
