"""Where Chinese may stand, who may say which side is worse, and that no text decides anything."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from shortplank.catalogue.loader import STANDARD
from shortplank.catalogue.models import Indicator
from shortplank.wording.glossary import RESERVED
from tools.browser import REPOSITORY

PACKAGE = REPOSITORY / "shortplank"
CHINESE = re.compile("[\u4e00-\u9fff]")
# Rooms that compose sentences from wording's phrases, and spell no direction and no verdict.
COMPOSING = ("topics", "papers", "reading", "records", "frame", "drawing")
# Rooms that speak to a reader, in their own nouns.
SPEAKING = ("wording", "topics", "papers", "frame", "ingest", "catalogue", "demo", "cli", "reading",
            "records", "gate", "doors")  # fmt: skip
# Modules below them that hold Chinese besides the sentences of their errors, and why.
HOLDING = {
    "access.py": "the names of the roles",
    "names.py": "what a sheet without a name is called",
    "drawing/rows.py": "a place in a rank, as a mark of the drawing",
    "drawing/table_book.py": "the product's name, and that a cell holds no more",
    "drawing/theme.py": "plotly's own words: days, months, buttons",
    "sheets/marking.py": "the heads of the sheet of findings",
    "store/bench/bounded.py": "what each limit and each refusal of a statement says",
    "store/bench/statements.py": "mends of refusals of a header and of a value",
    "store/boundaries/geojson.py": "where in a file of boundaries a fault stands",
    "store/disclosure.py": "the texts that stand where a count was",
    "store/edition.py": "what an edition is called",
    "store/editions.py": "what the journal says was restored, and mends of refusals",
    "store/files.py": "a mend that several refusals share",
    "store/asking.py": "what a refusal says of a query without parameters",
    "store/names.py": "how file and sheet names that tell of persons are known and shown",
    "store/personal.py": "what is said of personal data",
    "store/personal_contacts.py": "how personal data is known",
    "store/personal_names.py": "how personal data is known",
    "store/personal_numbers.py": "how personal data is known",
    "store/posts.py": "posts and units that need no register",
    "store/schema.py": "what levels are called in refusals",
}


def modules(*rooms: str) -> Iterator[tuple[str, ast.Module]]:
    """Yield every module of some rooms (of all) by its path in the package."""
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        if not rooms or name.split("/")[0] in rooms:
            yield name, ast.parse(path.read_text("utf-8"))


def literals(tree: ast.AST, *, errors: bool = True) -> Iterator[ast.Constant]:
    """Yield the texts of a module that are no docstrings (nor, if asked, parts of an error)."""
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skipped.add(id(node.value))
        if not errors and isinstance(node, ast.Call):
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            if name.endswith("Error"):
                skipped |= {id(part) for part in ast.walk(node)}
    for node in ast.walk(tree):
        text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if text and id(node) not in skipped:
            yield node


@pytest.mark.parametrize("room", COMPOSING)
def test_directions_and_verdicts_are_spelled_in_wording_alone(room: str) -> None:
    said = [
        f"{name}:{text.lineno} {text.value}"
        for name, tree in modules(room)
        for text in literals(tree)
        if any(word in str(text.value) for word in RESERVED)
    ]
    assert not said


def test_the_words_of_the_glossary_are_words_of_wording() -> None:
    spelled = [str(text.value) for _, tree in modules("wording") for text in literals(tree)]
    for word in RESERVED:
        assert any(word in text for text in spelled), word


def test_chinese_stands_where_somebody_is_spoken_to() -> None:
    holding = {
        name
        for name, tree in modules()
        if name.split("/")[0] not in SPEAKING
        and any(CHINESE.search(str(text.value)) for text in literals(tree, errors=False))
    }
    assert holding == set(HOLDING)


def test_statistics_speak_no_chinese_at_all() -> None:
    assert not [
        name
        for name, tree in modules("stats")
        if any(CHINESE.search(str(text.value)) for text in literals(tree))
    ]


def standard_ids() -> set[str]:
    """Return every indicator, measure and total of the standard catalogue, but for words that
    name a family of indicators too."""
    found: set[str] = set()
    for path in (STANDARD / "indicators").glob("*.toml"):
        found |= set(tomllib.loads(path.read_text("utf-8")))
    measures = tomllib.loads((STANDARD / "measures.toml").read_text("utf-8"))
    found |= set(measures["measures"]) | set(measures["derived"])
    return found - set(get_args(Indicator.model_fields["family"].annotation))


def test_no_page_knows_an_indicator_or_a_measure_by_its_id() -> None:
    rooms = ("topics", "papers", "reading", "records", "frame", "drawing", "wording")
    trees = [*modules(*rooms)]
    trees += [(path.name, ast.parse(path.read_text("utf-8"))) for path in pages()]
    ids = standard_ids()
    assert len(ids) > 90 and len(trees) > 100
    known = [
        f"{name}:{text.lineno} {text.value}"
        for name, tree in trees
        for text in literals(tree)
        if text.value in ids
    ]
    assert not known


def pages() -> list[Path]:
    return sorted((REPOSITORY / "pages").glob("*.py"))


PARSING = ("startswith", "endswith", "removesuffix", "removeprefix", "split", "partition", "index")
# Labels that are shortened to be shown, and what a spreadsheet's cell holds.
SHORTENED = {"wording/naming.py"}


def test_nothing_is_decided_by_what_a_text_says() -> None:
    """No branch on a Chinese text, and none is taken apart again."""
    found = []
    for name, tree in modules(*COMPOSING, "wording"):
        for node in ast.walk(tree):
            parts: list[ast.expr] = []
            if isinstance(node, ast.Compare):
                parts = [node.left, *node.comparators]
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                parts = node.args if node.func.attr in PARSING else []
            if any(_is_chinese(part) for part in parts) and name not in SHORTENED:
                found.append(f"{name}:{node.lineno} {ast.unparse(node)}")
    assert not found


def _is_chinese(node: ast.expr) -> bool:
    texts = [n.value for n in ast.walk(node) if isinstance(n, ast.Constant)]
    return any(isinstance(text, str) and bool(CHINESE.search(text)) for text in texts)


def test_no_level_is_read_from_the_length_of_a_code() -> None:
    found = []
    for name, tree in modules("topics", "papers", "reading", "records", "frame"):
        for node in ast.walk(tree):
            text = ast.unparse(node) if isinstance(node, (ast.Call, ast.Subscript)) else ""
            if re.fullmatch(r"len\((\w+\.)*(area_code|code|area)\)", text) or re.fullmatch(
                r"(\w+\.)*(area_code|code|area)\[:?-?\d+:?\d*\]", text
            ):
                found.append(f"{name}:{node.lineno} {text}")
    assert not found


# Terms of the trade: they stand in «怎么算的», in the dictionary and in docs.
TERMS = re.compile(r"[χφκτλ]|Benjamini|Hochberg|\bBH\b")


def test_terms_of_the_trade_stand_in_the_fold_alone() -> None:
    found = []
    for name, tree in modules(*COMPOSING, "wording"):
        folded = {id(part) for node in ast.walk(tree) if _is_how(node) for part in ast.walk(node)}
        found += [
            f"{name}:{text.lineno} {text.value}"
            for text in literals(tree)
            if TERMS.search(str(text.value)) and id(text) not in folded
        ]
    assert not found


def _is_how(node: ast.AST) -> bool:
    """Return whether a piece of code makes what the fold says, by what it is called."""
    if isinstance(node, ast.FunctionDef):
        return node.name.strip("_").startswith("how")
    return isinstance(node, ast.keyword) and node.arg == "how"
