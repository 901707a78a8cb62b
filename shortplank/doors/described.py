"""What there is to ask, made from the headers of the questions: a list, and an OpenAPI document."""

from __future__ import annotations

from typing import Any

import shortplank
from shortplank.catalogue import Workspace
from shortplank.doors.formats import CSV, JSON, PARQUET
from shortplank.doors.headers import Kind, Parameter, parameters, questions
from shortplank.doors.rows import STATES
from shortplank.store.queries import Query

Row = dict[str, Any]
MONTH = r"^(19|20)\d{2}-(0[1-9]|1[0-2])(-01)?$"
_SCHEMAS: dict[Kind, Row] = {
    "month": {"type": "string", "pattern": MONTH, "examples": ["2010-05"]},
    "area": {"type": "string", "pattern": "^[0-9A-Za-z]{1,20}$"},
    "county": {"type": "string", "pattern": "^[0-9A-Za-z]{1,20}$"},
    "indicator": {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"},
    "indicators": {"type": "string", "pattern": "^[a-z][a-z0-9_]*(,[a-z][a-z0-9_]*)*$"},
    "form": {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"},
    "number": {"type": "number"},
    "integer": {"type": "integer", "minimum": 0, "maximum": 9999},
}
_COMMON: tuple[tuple[str, Row, str], ...] = (
    ("county", _SCHEMAS["county"], "The county that is asked of; without it the account's own."),
    ("edition", {"type": "integer", "minimum": 1}, "Number of the edition, else the newest."),
    ("as_of", {"type": "string"}, "Day or moment: the edition that stood then, 2011-03-01."),
    ("role", {"type": "string", "enum": ["viewer"]}, "viewer: banded figures, whoever asks."),
    ("format", {"type": "string", "enum": ["json", "csv", "parquet"]}, "Instead of Accept."),
)  # fmt: skip
_FAULTS = {
    "400": "A parameter is wrong, unknown, twice there or missing; or the address holds a token.",
    "401": "There is no token, or none that counts.",
    "403": "The account may not have this.",
    "404": "There is no such question, edition or month, or the API is closed.",
    "406": "There is no such format.",
    "413": "The answer has more rows than one may have; or the address is too long.",
    "429": "Too many requests: wait for the seconds of Retry-After.",
    "503": "The server is still starting, or busy: wait for the seconds of Retry-After.",
}


def listed(ws: Workspace) -> Row:
    """Return what there is to ask, and the names that parameters take."""
    return {
        "queries": [
            {
                "name": name,
                "about": query.about,
                "grain": query.grain,
                "parameters": [_listed(each) for each in parameters(query)],
                "columns": list(query.columns),
            }
            for name, query in questions().items()
        ],
        "common": [{"name": name, "about": about} for name, _, about in _COMMON],
        "states": {
            "columns": list(STATES.values()),
            "words": ["ok", "zero", "missing", "not_expected", "suppressed", "too_few", "not_full"],
        },
        "indicators": {key: item.label for key, item in ws.indicators.items()},
        "openapi": "openapi.json",
    }


def _listed(each: Parameter) -> Row:
    told: Row = {"name": each.name, "kind": each.kind, "about": each.about}
    return {**told, "required": not each.default, "default": each.default}


def openapi(base: str) -> Row:
    """Return the description of the API below a base path, as OpenAPI 3.1 writes it."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Shortplank",
            "version": shortplank.__version__,
            "description": "Read-only answers of a workspace, as the token's account has them.",
        },
        "servers": [{"url": f"{base}/api"}],
        "security": [{"token": []}],
        "paths": {
            "/": {"get": _plain("list", "What there is to ask.")},
            "/openapi.json": {"get": _plain("openapi", "This description.")},
            "/findings/{month}": {"get": _findings()},
            **{f"/ask/{name}": {"get": _asked(query)} for name, query in questions().items()},
        },
        "components": {
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "`shortplank token add ACCOUNT --name …`; only in the header.",
                }
            },
            "schemas": {"Fault": _FAULT},
            "responses": {code: _fault(about) for code, about in _FAULTS.items()},
        },
    }


_FAULT: Row = {
    "type": "object",
    "required": ["status", "fault", "place", "mend"],
    "properties": {
        "status": {"type": "integer"},
        "fault": {"type": "string", "description": "What is wrong."},
        "place": {"type": "string", "description": "Where, or nothing."},
        "mend": {"type": "string", "description": "What to do about it."},
    },
}


def _fault(about: str) -> Row:
    schema = {"$ref": "#/components/schemas/Fault"}
    return {"description": about, "content": {JSON: {"schema": schema}}}


def _responses(content: Row) -> Row:
    faults = {code: {"$ref": f"#/components/responses/{code}"} for code in _FAULTS}
    ok = {"description": "The answer, with an ETag.", "content": content}
    return {"200": ok, "304": {"description": "Nothing has changed."}, **faults}


def _plain(name: str, about: str) -> Row:
    content = {JSON: {"schema": {"type": "object"}}}
    return {"operationId": name, "summary": about, "responses": _responses(content)}


def _common(*but: str) -> list[Row]:
    return [
        {"name": name, "in": "query", "required": False, "description": about, "schema": schema}
        for name, schema, about in _COMMON
        if name not in but
    ]


def _findings() -> Row:
    month = {
        "name": "month",
        "in": "path",
        "required": True,
        "description": "The month that is asked of.",
        "schema": _SCHEMAS["month"],
    }
    about = "What a month announces, its facts and its signals."
    return {**_plain("findings", about), "parameters": [month, *_common("format")]}


def _asked(query: Query) -> Row:
    """Return the operation of one question."""
    summary, _, more = query.about.partition("\n")
    own = [
        {
            "name": each.name,
            "in": "query",
            "required": not each.default,
            "description": f"{each.about}; without it {each.default}"
            if each.default
            else each.about,
            "schema": _SCHEMAS[each.kind],
        }
        for each in parameters(query)
    ]
    table = {"schema": {"type": "string", "format": "binary"}}
    return {
        "operationId": f"ask_{query.name}",
        "summary": summary,
        "description": "\n".join(filter(None, (more.strip(), f"One row per {_row(query)}."))),
        "parameters": [*own, *_common(*query.params)],
        "responses": _responses({JSON: {"schema": _answer(query)}, CSV: table, PARQUET: table}),
    }


def _row(query: Query) -> str:
    return query.grain.removeprefix("one row per ").rstrip(".")


def _answer(query: Query) -> Row:
    """Return the form of an answer in JSON: its columns in order, and states beside them."""
    cell = {"type": ["string", "number", "integer", "boolean", "null"]}
    row = {
        "type": "object",
        "required": list(query.columns),
        "properties": {name: cell for name in (*query.columns, *STATES.values())},
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "required": ["query", "edition", "county", "figures", "parameters", "columns", "rows"],
        "properties": {
            "query": {"const": query.name},
            "edition": {"type": "integer"},
            "published_at": {"type": "string", "format": "date-time"},
            "county": {"type": "string"},
            "figures": {"enum": ["exact", "banded"]},
            "parameters": {"type": "object"},
            "columns": {"type": "array", "items": {"type": "object"}},
            "rows": {"type": "array", "items": row},
        },
    }
