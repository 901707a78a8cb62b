"""The reference names every key that a county may write, as the models have it, with what loads."""

from __future__ import annotations

import re
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from shortplank.catalogue import load_access, load_workspace, loader, models
from shortplank.catalogue.registers import register_lines
from shortplank.catalogue.validating import validated
from shortplank.ingest import dhis2
from shortplank.store import Store
from tools.browser import REPOSITORY
from tools.reference.__main__ import TARGET
from tools.reference.contents import DEMO, Example, Reference, references
from tools.reference.examples import example_of, raw_tables, tables_with
from tools.reference.pages import pages
from tools.reference.words import key_of, meanings, model_in, toml

PAGES = references()
TABLES = [(page, model) for page in PAGES for _, model in page.tables if isinstance(model, type)]
KEYS = [
    pytest.param(page, model, name, id=f"{model.__name__}.{name}")
    for page, model in TABLES
    for name in model.model_fields
]
EXAMPLES = [pytest.param(page, each, id=each.place) for page in PAGES for each in page.examples]


def test_the_reference_is_what_make_reference_writes() -> None:
    written = {path.name: path.read_text("utf-8") for path in TARGET.glob("*")}
    assert written == pages(), "run `make reference`"


# --- nothing is left out --------------------------------------------------------------------------
def test_every_model_has_a_table() -> None:
    every = {
        each
        for each in vars(models).values()
        if isinstance(each, type) and issubclass(each, BaseModel) and each is not models.Strict
    }
    assert {model for _, model in TABLES} == every


def test_every_file_of_the_loader_has_a_page() -> None:
    said = " ".join(f"{page.title} {[place for place, _ in page.tables]}" for page in PAGES)
    registers = [name for name, _ in loader._REGISTERS.values()]
    for name in (*loader.REQUIRED, *registers, dhis2.ORG_UNITS, dhis2.DATA_ELEMENTS):
        assert name in said
    for path in (DEMO / "catalogue").glob("*"):
        assert f"catalogue/{path.name}" in said


@pytest.mark.parametrize(("page", "model", "name"), KEYS)
def test_every_key_stands_on_its_page_with_its_meaning(
    page: Reference, model: type[BaseModel], name: str
) -> None:
    text = (TARGET / f"{page.name}.md").read_text("utf-8")
    meaning = meanings(model)[name]
    assert meaning.endswith(".")
    row = next(
        line for line in text.splitlines()
        if line.startswith(f"| `{key_of(name, model.model_fields[name])}` |") and meaning in line
    )  # fmt: skip
    assert len(re.findall(r"(?<!\\)\|", row)) == 7


def test_the_index_leads_to_every_page() -> None:
    links = re.findall(r"\]\((\w+\.md)\)", (TARGET / "README.md").read_text("utf-8"))
    assert {*links, "README.md"} == {path.name for path in TARGET.glob("*")}


READ = {
    name
    for path in (REPOSITORY / "shortplank").rglob("*.py")
    if path.stem not in {"base", "forms", "lines", "models", "schemes", "ways"}
    for names in re.findall(r"""\.([a-z]\w*)|["']([a-z]\w*)["']""", path.read_text("utf-8"))
    for name in names
}


@pytest.mark.parametrize("name", sorted({name for _, m in TABLES for name in m.model_fields}))
def test_no_key_is_accepted_that_nothing_reads(name: str) -> None:
    assert name in READ


# --- what it shows loads --------------------------------------------------------------------------
@pytest.mark.parametrize(("page", "model", "name"), KEYS)
def test_every_keys_example_is_taken_by_its_model(
    page: Reference, model: type[BaseModel], name: str
) -> None:
    info = model.model_fields[name]
    if model_in(info.annotation):
        return  # "as below": its own keys have theirs
    key = key_of(name, info)
    example = example_of(model, key)
    if not page.is_csv:
        example = tomllib.loads(f"key = {toml(example)}")["key"]
    base = _table_of(model, key)
    if isinstance(example, dict):  # the first of several entries
        example = base[key] | example
    assert validated(model, {**base, key: example}, page.title)


def _table_of(model: type[BaseModel], key: str) -> dict[str, Any]:
    """Return a table that the key may stand in, of made-up values where there is none."""
    tables = tables_with(model, key) or raw_tables().get(model.__name__, [])
    must = (key_of(name, info) for name, info in model.model_fields.items() if info.is_required())
    return tables[0] if tables else {each: example_of(model, each) for each in must}


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo county without its editions, with every example that is a whole file."""
    root = tmp_path_factory.mktemp("reference") / "county"
    shutil.copytree(DEMO, root, ignore=shutil.ignore_patterns("snapshots", "journal", "marts"))
    for page in PAGES:
        for each in page.examples:
            if each.whole:
                (root / each.place).parent.mkdir(exist_ok=True)
                (root / each.place).write_text(each.text, "utf-8")
    return root


@pytest.mark.parametrize(("page", "each"), EXAMPLES)
def test_every_example_stands_in_a_workspace_that_loads(
    page: Reference, each: Example, county: Path
) -> None:
    assert each.text.rstrip() in (TARGET / f"{page.name}.md").read_text("utf-8")
    whole = (county / each.place).read_text("utf-8")
    if each.whole:
        assert whole == each.text
    elif page.is_csv:
        assert whole.startswith(each.text)
    else:
        assert _within(tomllib.loads(each.text), tomllib.loads(whole))


def _within(part: Any, whole: Any) -> bool:
    if isinstance(part, dict):
        return part.keys() <= whole.keys() and all(_within(v, whole[k]) for k, v in part.items())
    return part == whole or (isinstance(part, list) and part == whole[: len(part)])


def test_the_workspace_of_the_examples_loads(county: Path) -> None:
    ws = Store(county).workspace
    assert ws == load_workspace(county)
    assert [alias.alias for alias in ws.aliases] == ["峰浦乡"]
    assert load_access(county).ways == ("local", "oidc", "proxy")
    codes = dhis2.load_codes(county)
    assert codes.area("O6uvpzGd5pu") in ws.area_by_code
    assert codes.measure("cYeuwXTCPkU", "any") in ws.measures
    assert codes.is_summed("cYeuwXTCPkU", "any")


@pytest.mark.parametrize(
    "place", [place for page in PAGES if page.is_csv for place, _ in page.tables]
)
def test_a_registers_columns_are_those_of_its_model(place: str, county: Path) -> None:
    if place.startswith("dhis2"):
        return  # load_codes above compares the header itself
    (model,) = (m for page in PAGES for name, m in page.tables if name == place)
    assert isinstance(model, type)
    assert next(iter(register_lines(county, place, model)))
    header = (county / place).read_text("utf-8").splitlines()[0].split(",")
    assert header == [key_of(name, info) for name, info in model.model_fields.items()]


def test_make_has_the_command() -> None:
    assert "tools.reference" in (REPOSITORY / "Makefile").read_text("utf-8")


def test_the_settings_of_the_guide_are_taken() -> None:
    guide = (REPOSITORY / "docs" / "sign-in.md").read_text("utf-8")
    shown = [tomllib.loads(text) for text in re.findall(r"```toml\n(.*?)```", guide, re.S)]
    assert [validated(models.Access, each, "sign-in.md").ways for each in shown] == [
        ("oidc",),
        ("proxy",),
    ]
