"""The description of the API, for programs and for people."""

import json
import re
from typing import Any

import jsonschema_rs
import pytest
from flask import Flask
from flask.testing import FlaskClient
from marshmallow import Schema
from sqlalchemy.orm import Session

from tests.web.test_completeness import DESCRIPTIONS, endpoints
from tsalert.response.clock import ClockState
from tsalert.response.steps import IncidentState, Step
from tsalert.response.vocabulary import Disposition, Outcome
from tsalert.web.examples import Examples
from tsalert.web.manual import description

UNKNOWN_HERE = {"record": ["There is no record with that reference."]}


def operations(app: Flask) -> list[tuple[str, dict[str, Any]]]:
    paths = description(app).whole["paths"]
    methods = ("get", "post", "put", "delete")
    return [(path, item[method]) for path, item in paths.items() for method in methods if method in item]


def test_every_operation_has_a_name_of_its_own_and_says_who_may_do_it(app: Flask) -> None:
    told = [operation for _, operation in operations(app)]
    names = [operation["operationId"] for operation in told]
    assert len(names) == len(set(names)) >= len(endpoints(app, api=True) - DESCRIPTIONS)
    assert all(operation["description"] and operation["summary"] for operation in told)


def test_every_operation_shows_what_it_takes_and_what_it_answers(app: Flask) -> None:
    for path, operation in operations(app):
        bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
        contents = [body.get("content", {}).get("application/json", {}) for body in bodies]
        assert all("example" in content for content in contents if content.get("schema")), path


def test_every_example_fits_what_it_is_an_example_of(app: Flask) -> None:
    whole, wrong = description(app).whole, []
    for path, operation in operations(app):
        for body in (operation.get("requestBody", {}), *operation["responses"].values()):
            content = body.get("content", {}).get("application/json", {})
            if "example" in content:
                schema = content["schema"] | {"components": whole["components"]}
                found = jsonschema_rs.Draft202012Validator(schema).iter_errors(content["example"])
                wrong += [f"{path}: {each.message:.200}" for each in found]
    assert wrong == []


def test_every_pattern_is_one_that_programs_in_other_languages_can_read(app: Flask) -> None:
    patterns = set(re.findall(r'"pattern": "([^"]*)"', json.dumps(description(app).whole)))
    assert len(patterns) > 2
    assert [each for each in patterns if not re.fullmatch(r"\^[^$]*\$", each) or each.endswith("Z$")] == []


def test_every_list_says_where_it_goes_on(app: Flask) -> None:
    for path, operation in operations(app):
        for status, answer in operation["responses"].items():
            example = answer.get("content", {}).get("application/json", {}).get("example")
            assert not (isinstance(example, dict) and "items" in example) or "next" in example, (path, status)


def test_the_description_says_where_what_is_made_is_read_and_what_can_be_changed_as_it_was_read(app: Flask) -> None:
    paths = description(app).whole["paths"]
    assert "Location" in paths["/api/v1/calls"]["post"]["responses"]["201"]["headers"]
    assert "headers" not in paths["/api/v1/cases/{case_id}/notes"]["post"]["responses"]["201"]
    assert "ETag" in paths["/api/v1/alerts/{alert_id}"]["get"]["responses"]["200"]["headers"]
    changed = {method: paths["/api/v1/alerts/{alert_id}"][method].get("parameters", ()) for method in ("get", "put")}
    assert {method: "If-Match" in [each["name"] for each in named] for method, named in changed.items()} == {
        "get": False,
        "put": True,
    }


def test_what_an_incident_and_its_clock_can_be_is_named_word_for_word(app: Flask) -> None:
    schemas = description(app).whole["components"]["schemas"]
    incident, call, clock = (schemas[name]["properties"] for name in ("Incident", "Call", "Clock"))
    assert clock["state"]["enum"] == [*ClockState]
    assert incident["state"]["enum"] == [*IncidentState]
    assert incident["legal_steps"]["items"]["enum"] == [*Step]
    assert incident["outcome"]["enum"] == [*Outcome, None]
    assert call["disposition"]["enum"] == [*Disposition]


def test_what_is_shown_as_an_example_is_taken(app: Flask, session: Session) -> None:
    refused = {}
    for path, operation in operations(app):
        body = operation.get("requestBody", {}).get("content", {}).get("application/json")
        schema = schema_of(app, operation["operationId"])
        if body is not None and schema is not None:
            problems = schema.validate(body["example"])
            if problems not in ({}, UNKNOWN_HERE):
                refused[path] = problems
    assert refused == {}


def schema_of(app: Flask, operation_id: str) -> Schema | None:
    """Return the schema that reads the body of an operation."""
    documented = getattr(app.view_functions[f"api_{operation_id}"], "_apidoc", {})
    bodies = [each for each in documented.get("arguments", {}).get("parameters", ()) if each["in"] == "json"]
    if not bodies:
        return None
    schema: Schema | type[Schema] = bodies[0]["schema"]
    return schema() if isinstance(schema, type) else schema


def test_the_manual_is_for_everybody_and_loads_nothing_from_elsewhere(client: FlaskClient) -> None:
    index = client.get("/api/v1/")
    assert index.status_code == 200
    parts = sorted(set(re.findall(r'href="(/api/v1/reference/[a-z_]+)"', index.text)))
    assert len(parts) > 50
    for page in (index, client.get(parts[0]), client.get(parts[-1])):
        assert page.status_code == 200
        assert not re.search(r'(src|href)="(https?:)?//', page.text)
        assert "<script" not in page.text
    assert client.get("/api/v1/", headers={"If-None-Match": index.headers["ETag"]}).status_code == 304
    assert client.get("/api/v1/reference/nothing").status_code == 404


@pytest.mark.parametrize(
    ("schema", "example"),
    [
        ({"type": ["integer", "null"], "minimum": 9}, 9),
        ({"enum": ["a", "b"]}, "a"),
        ({"type": "array", "items": {"type": "string", "format": "date"}}, ["2026-06-10"]),
        ({"anyOf": [{"type": "boolean"}, {"type": "null"}]}, True),
        ({"$ref": "#/components/schemas/Loop"}, None),
    ],
)
def test_an_example_fits_its_schema(schema: dict[str, Any], example: Any) -> None:
    loop = {"type": "object", "properties": {"again": {"$ref": "#/components/schemas/Loop"}}}
    made = Examples({"Loop": loop}, is_asked=False).of(schema)
    assert made == example or (example is None and "again" in made)
