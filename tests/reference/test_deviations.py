"""The page on where we differ from others' tools: every example of it gives what it says."""

from __future__ import annotations

import doctest
import re

import pytest

from tools.browser import REPOSITORY

PAGE = REPOSITORY / "docs" / "methods" / "deviations.md"
TEXT = PAGE.read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", TEXT, flags=re.DOTALL | re.MULTILINE)
ROWS = re.findall(r"^\| \[(.+?)\]\(#(.+?)\) \|(.*)\|$", TEXT, flags=re.MULTILINE)


def test_every_example_gives_what_the_page_says() -> None:
    names: dict[str, object] = {}
    parser, said = doctest.DocTestParser(), list[str]()
    runner = doctest.DocTestRunner(optionflags=doctest.REPORT_NDIFF)
    for number, block in enumerate(BLOCKS):
        test = parser.get_doctest(block, {}, f"block {number}", str(PAGE), None)
        test.globs = names  # a block goes on where the last one stopped
        runner.run(test, out=said.append, clear_globs=False)
    found = runner.summarize(verbose=False)
    assert not found.failed, "".join(said)
    assert found.attempted > 40


@pytest.mark.parametrize(("subject", "section", "rest"), ROWS)
def test_every_row_has_its_section_and_says_all_five_things(
    subject: str, section: str, rest: str
) -> None:
    headings = {text.lower().replace(" ", "-") for text in re.findall(r"^## (.+)$", TEXT, re.M)}
    assert section in headings, subject
    assert len([part for part in rest.split(" | ") if part.strip()]) == 4


def test_the_table_names_each_tool() -> None:
    table = "".join(rest for _, _, rest in ROWS)
    assert len(ROWS) == 18
    for tool in ("PHE", "NHSRplotthedots", "NHS", "FunnelPlotR", "Fingertips"):
        assert f"{tool}:" in table
