"""The description of the API made complete: names, permissions, headers and examples of every operation."""

import re
from collections.abc import Iterator
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from tsalert.web.access import API_PREFIX, PUBLIC, SIGNED_IN, access_of
from tsalert.web.examples import Examples
from tsalert.web.made import readings

_PLACE = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")
_JSON = "application/json"
_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "maxLength": 100, "pattern": "^[A-Za-z0-9_-]{1,100}$"},
    "description": "A second request with the same key changes nothing: 409, which says in saved where the first is "
    "read, or 422 where it is not the same request.",
}
_MATCH = {
    "in": "header",
    "name": "If-Match",
    "required": False,
    "schema": {"type": "string"},
    "description": "The ETag of what you read here. Where it is another by now nothing is changed: 412, "
    "or 409 where the ETag is a version.",
    "example": '"7"',
}
_LOCATION = {"description": "Where what was made is read.", "schema": {"type": "string"}, "example": "/api/v1/calls/7"}
_TAG = {
    "description": "What this is told by: for If-None-Match and If-Match.",
    "schema": {"type": "string"},
    "example": '"7"',
}
_HEADERS = {
    "RateLimit-Policy": {
        "description": "How much a token may ask for: q requests in w seconds.",
        "schema": {"type": "string"},
        "example": '"default";q=600;w=60',
    },
    "RateLimit": {
        "description": "How many requests are left (r), and in how many seconds they are given anew (t).",
        "schema": {"type": "string"},
        "example": '"default";r=599;t=42',
    },
    "Retry-After": {
        "description": "With 429 and 503: in how many seconds to ask again.",
        "schema": {"type": "string"},
        "example": "42",
    },
}


def complete(app: Flask, described: dict[str, Any]) -> dict[str, Any]:
    """Return the description with what the library leaves out; it changes what it is given."""
    schemas = described["components"]["schemas"]
    _straighten(described)
    described["components"]["headers"] = _HEADERS
    told = [tag["name"].removeprefix("api_") for tag in described["tags"]]
    described["tags"] = [tag | {"name": name} for tag, name in zip(described["tags"], told, strict=True)]
    asked, answered = Examples(schemas, is_asked=True), Examples(schemas, is_asked=False)
    for rule, method in _operations(app):
        operation = described["paths"].get(_path(rule), {}).get(method.lower())
        if operation is not None:
            _name(app, operation, rule.endpoint, method)
            _illustrate(operation, asked, answered)
            _take_files(operation, schemas)
            _lead(app, operation, rule)
            _tag(operation, method, has_reading="get" in described["paths"][_path(rule)])
    for response in described["components"]["responses"].values():
        response["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in _HEADERS}
    return described


def _operations(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Yield (address, method) of every operation."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(API_PREFIX):
            yield from ((rule, method) for method in sorted(rule.methods or ()))


def _path(rule: Rule) -> str:
    """Return an address as the description has it."""
    return _PLACE.sub(r"{\1}", rule.rule)


def _name(app: Flask, operation: dict[str, Any], endpoint: str, method: str) -> None:
    """Give an operation its own name, and say who may do it."""
    tag, _, name = endpoint.removeprefix("api_").partition(".")
    access = access_of(app, endpoint)
    operation["operationId"] = f"{tag}.{name}"
    operation["tags"] = [tag]
    tokens = "every token" if method == "GET" else "tokens that are good for everything"
    needed = {PUBLIC: "Open to everybody.", SIGNED_IN: f"Open to {tokens}."}
    operation["description"] = needed.get(access or "", f"Needs the permission to {access}.")
    if access == PUBLIC:
        operation["security"] = []
    if method == "POST":
        operation["parameters"] = [*operation.get("parameters", ()), _KEY]


def _illustrate(operation: dict[str, Any], asked: Examples, answered: Examples) -> None:
    """Show an example of what is sent and of what is answered."""
    for body in (operation.get("requestBody", {}), *operation["responses"].values()):
        content = body.get("content", {}).get(_JSON)
        if content is not None and content.get("schema"):
            maker = asked if body is operation.get("requestBody") else answered
            content["example"] = maker.of(content["schema"])
    for parameter in operation.get("parameters", ()):
        parameter.setdefault("example", asked.of(parameter["schema"], parameter["name"]))


def _lead(app: Flask, operation: dict[str, Any], rule: Rule) -> None:
    """Say of what is made, and read by itself, that the answer tells where."""
    if "201" in operation["responses"] and any(readings(app, rule.rule)):
        operation["responses"]["201"]["headers"] = {"Location": _LOCATION}


def _tag(operation: dict[str, Any], method: str, *, has_reading: bool) -> None:
    """Say what carries a tag, and what may be changed only while it has the one that was read."""
    told = operation["responses"].get("200", {})
    if method == "GET" and _JSON in told.get("content", {}):
        told["headers"] = {"ETag": _TAG}
    if method in {"PUT", "DELETE"} and has_reading:
        operation["parameters"] = [*operation.get("parameters", ()), _MATCH]


def _take_files(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Move the parts of a form that are files to where OpenAPI 3 has them."""
    parts = [each for each in operation.get("parameters", ()) if each["in"] == "formData"]
    if not parts:
        return
    operation["parameters"] = [each for each in operation["parameters"] if each["in"] != "formData"]
    files = {part["name"]: part["schema"] for part in parts}
    content = operation["requestBody"]["content"]["multipart/form-data"]
    known = schemas[content["schema"]["$ref"].rpartition("/")[2]]
    required = [*known.get("required", ()), *(part["name"] for part in parts if part.get("required"))]
    content["schema"] = known | {"properties": known["properties"] | files, "required": required}


def _straighten(part: Any) -> None:
    """Say everywhere as JSON Schema has it what the library says otherwise."""
    if isinstance(part, dict):
        _straighten_one(part)
        for inner in part.values():
            _straighten(inner)
    elif isinstance(part, list):
        for inner in part:
            _straighten(inner)


def _straighten_one(schema: dict[str, Any]) -> None:
    """Name each type once, and write a pattern of Python's, which always begins at the start, as ECMAScript has it."""
    kinds, pattern = schema.get("type"), schema.get("pattern")
    if isinstance(kinds, list):
        schema["type"] = list(dict.fromkeys(kinds))
    if isinstance(pattern, str):
        schema["pattern"] = "^" + pattern.removeprefix("^").removesuffix("$").removesuffix(r"\Z") + "$"
