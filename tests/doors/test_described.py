"""The descriptions are in step with the questions, the routes and what is answered."""

from __future__ import annotations

import re
from typing import Any

from shortplank.doors.described import openapi
from shortplank.doors.headers import parameters, questions
from shortplank.gate.programs import METHODS
from tests.doors.test_asking import said_of
from tests.doors.worlds import Doors


def refs(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if "$ref" in node else []
        return own + [ref for each in node.values() for ref in refs(each)]
    return [ref for each in node for ref in refs(each)] if isinstance(node, list) else []


def test_the_document_is_openapi() -> None:
    told = openapi("/board")
    assert told["openapi"] == "3.1.0" and {"title", "version"} <= set(told["info"])
    assert told["servers"] == [{"url": "/board/api"}]
    for ref in refs(told):
        node = told
        for step in ref.removeprefix("#/").split("/"):
            node = node[step]
    names = [
        operation["operationId"] for path in told["paths"].values() for operation in path.values()
    ]
    assert len(set(names)) == len(names)
    for path, item in told["paths"].items():
        assert path.startswith("/") and set(item) == {"get"}
        operation = item["get"]
        assert operation["summary"] and "200" in operation["responses"]
        given = operation.get("parameters", [])
        keys = [(each["name"], each["in"]) for each in given]
        assert len(set(keys)) == len(keys)
        assert set(re.findall(r"{(\w+)}", path)) == {n for n, place in keys if place == "path"}
        for each in given:
            assert {"name", "in", "required", "description", "schema"} == set(each)
            assert each["in"] in ("path", "query") and each["description"]
            assert each["in"] == "query" or each["required"]
    assert METHODS == ("GET", "HEAD")
    for scheme in told["security"]:
        assert set(scheme) <= set(told["components"]["securitySchemes"])


def test_every_path_of_the_document_is_answered(county: Doors) -> None:
    told = county.ask("/api/openapi.json", "ana").json()
    assert told == openapi("")
    for path in told["paths"]:
        name = path.rpartition("/")[2]
        said = said_of(name) if name in questions() else {}
        found = county.ask(f"/api{path}".replace("{month}", "2010-05"), "ana", params=said)
        assert found.status_code == 200, (path, found.text)
        if name in questions():
            schema = told["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]
            assert set(schema["schema"]["required"]) <= set(found.json())
            row = schema["schema"]["properties"]["rows"]["items"]
            named = [each["name"] for each in found.json()["columns"]]
            assert (
                named[: len(row["required"])] == row["required"] == list(questions()[name].columns)
            )
            assert set(named) <= set(row["properties"])


def test_what_must_be_said_is_what_is_refused_without(county: Doors) -> None:
    for name, query in questions().items():
        said = said_of(name)
        for each in parameters(query):
            left = {key: value for key, value in said.items() if key != each.name}
            status = county.ask(f"/api/ask/{name}", "ana", params=left).status_code
            assert status == (200 if each.default else 400), (name, each.name)


def test_the_list_says_what_there_is(county: Doors) -> None:
    told = county.ask("/api/", "vera").json()
    assert [each["name"] for each in told["queries"]] == list(questions())
    for each in told["queries"]:
        query = questions()[each["name"]]
        assert each["columns"] == list(query.columns) and each["about"] == query.about
        assert [p["name"] for p in each["parameters"]] == list(query.params)
    assert told["indicators"]["migrant_filing"]
    assert county.ask("/api", "vera").json() == told
