"""The pages of the reference as Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from shortplank.catalogue import load_workspace
from shortplank.store.served import DEMO
from shortplank.topics.bench.answer import relations_rows
from tools.reference.contents import MEANINGS, Reference, references
from tools.reference.examples import example_of
from tools.reference.words import (
    allowed_text,
    constraints_of,
    default_text,
    key_of,
    meanings,
    model_in,
    toml,
    type_text,
)

RELATIONS_TITLE = "relations and columns"
RELATIONS_ABOUT = (
    "What SQL on the page 自助查询, `shortplank query` and the files of `queries/` may read: the "
    "newest or a chosen edition, as the role of who asks has it, at one county."
)


def page_text(page: Reference) -> str:
    """Return a page of the reference."""
    parts = [f"# {', '.join(f'`{each}`' for each in page.title.split(', '))}", page.about]
    for heading, model in page.tables:
        if heading:
            parts.append(f"## `{heading}`" if heading != "rules of points" else f"## {heading}")
        if isinstance(model, Mapping):
            parts.append(_map_table(heading, model, page))
            continue
        if heading or page.is_csv:
            parts.append((model.__doc__ or "").split("\n\n")[0].replace("``", "`"))
        parts.append(_table(model, csv=page.is_csv))
    parts.append("## Example" if len(page.examples) == 1 else "## Examples")
    for each in page.examples:
        kind = "csv" if page.is_csv else "toml"
        part = "" if each.whole else ", a part"
        parts.append(f"`{each.place}`{part}:\n\n```{kind}\n{each.text.rstrip()}\n```")
    return "\n\n".join(parts) + "\n"


def _table(model: type[BaseModel], *, csv: bool) -> str:
    lines = [
        f"| {'column' if csv else 'key'} | type | default | allowed | meaning | example |",
        "|---|---|---|---|---|---|",
    ]
    for name, info in model.model_fields.items():
        key, found = key_of(name, info), constraints_of(info.annotation, info.metadata)
        shown = (
            "as below"
            if model_in(info.annotation)
            else f"`{_shown(example_of(model, key), csv=csv)}`"
        )
        cells = (
            f"`{key}`",
            type_text(info.annotation, found),
            default_text(info),
            allowed_text(info.annotation, found),
            meanings(model)[name],
            shown,
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _shown(value: Any, *, csv: bool) -> str:
    return str(value) if csv else toml(value)


def _map_table(place: str, columns: Mapping[str, bool], page: Reference) -> str:
    """Return the table of a file that is no model's: its columns, and which may be left out."""
    (text,) = (each.text for each in page.examples if each.place == place)
    header, *rows = (line.split(",") for line in text.splitlines())
    lines = ["| column | type | default | meaning | example |", "|---|---|---|---|---|"]
    for column, must in columns.items():
        value = next(row[header.index(column)] for row in rows if row[header.index(column)])
        need = "required" if must else "none"
        lines.append(f"| `{column}` | text | {need} | {MEANINGS[column]} | `{value}` |")
    return "\n".join(lines)


def index_text() -> str:
    """Return the index of the reference."""
    lines = [
        "# Reference",
        "",
        "Every key of every file that a county may write into its workspace. Written by "
        "`make reference` from the models in `shortplank/catalogue/`; a test holds it.",
        "",
        "A TOML file is UTF-8. A register (CSV) may be UTF-8, GB18030 or UTF-16, with commas, tabs "
        "or semicolons; days may be written 2006-10-01, 2006/10/1 or 2006年10月1日. A key or "
        "column that is not here is refused with its name.",
        "",
        "| files | what |",
        "|---|---|",
    ]
    lines += [f"| [{page.title}]({page.name}.md) | {page.about} |" for page in references()]
    lines.append(f"| [{RELATIONS_TITLE}](relations.md) | {RELATIONS_ABOUT} |")
    return "\n".join(lines) + "\n"


def relations_text() -> str:
    """Return what a statement of the bench may read: each relation with its columns."""
    parts = [f"# {RELATIONS_TITLE}", f"{RELATIONS_ABOUT} How to ask them: [bench.md](../bench.md)."]
    for name, about, columns in relations_rows(load_workspace(DEMO)):
        rows = [f"| `{column}` | {means} |" for column, means in columns]
        parts += [
            f"## `{name}`",
            f"{about}。",
            "\n".join(["| column | holds |", "|---|---|", *rows]),
        ]
    return "\n\n".join(parts) + "\n"


def pages() -> dict[str, str]:
    """Return every file of the reference by its name."""
    made = {f"{page.name}.md": page_text(page) for page in references()}
    return {"README.md": index_text(), "relations.md": relations_text(), **made}
