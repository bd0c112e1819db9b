"""Examples for the description of the API, made from its own schemas by what each field is called. Pure."""

from collections.abc import Mapping
from typing import Any

_DEEPEST = 7
# What each name stands for wherever it appears; numbers and names are those kept for invented people.
_BY_NAME: dict[str, Any] = {
    "reference": "R26-00017-K",
    "incident": "R26-00017-K",
    "name": "Pat Example",
    "caller_name": "Pat Example",
    "victim_name": "Pat Example",
    "author": "Robin Officer",
    "owner": "Robin Officer",
    "officer": "Robin Officer",
    "made_by": "Robin Officer",
    "contact": "pat@example.org",
    "email": "pat@example.org",
    "phone": "07700 900123",
    "mobile": "+447700900123",
    "number": "07700 900123",
    "postcode": "BR1 3UH",
    "address": "1 Example Road, Bromley",
    "ward_code": "E05011102",
    "ward": "E05011102",
    "wards": ["E05011102"],
    "authority_code": "E09000006",
    "trader": "Example Roofing",
    "vehicle": "AB12 CDE",
    "company": "01234567",
    "website": "www.example.org",
    "url": "https://hooks.example.org/tsalert",
    "period": "2022/23 Q1",
    "quarter": "2022-23Q1",
    "week": "2026-06-08",
    "code": "123456",
    "token": "kL3…",
    "secret": "whsec_…",
    "password": "the officer's own",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "happening": "Two men say that the roof must be done today, for £4,000 in cash.",
    "summary": "Gutter cleaning that became a new roof.",
    "headline": "Roofers knocking in Bickley",
    "body": "They say that tiles are loose. Do not let them on to your roof.",
    "advice": "Ring the rapid response number while they are there.",
    "reason": "The caller rang again and said more.",
    "note": "Nobody answered the door.",
    "text": "Spoke to the daughter, who will ring the bank.",
    "title": "Loose tiles",
    "purpose": "Shows the live board in the control room.",
    "grade": "immediate",
    "category": "doorstep_crime",
    "kind": "roofing",
    "status": "open",
    "topic": "doorstep-crime",
    "frequency": "immediate",
    "channel": "email",
    "via": "api",
    "slug": "nts-observed-2021-22",
    "starts": "09:00",
    "ends": "17:00",
    "q": "AB12 CDE",
    "search": "pat@example.org",
    "who": "pat@example.org",
    "share": "0.6",
}
_BY_FORMAT = {
    "date-time": "2026-06-10T12:00:00Z",
    "date": "2026-06-10",
    "decimal": "4000.00",
    "period": "2022/23 Q1",
    "binary": "(the bytes of the file)",
    "email": "pat@example.org",
    "uri": "https://hooks.example.org/tsalert",
    "time": "09:00",
}
_BY_TYPE: dict[str, Any] = {"string": "text", "integer": 7, "number": 7.5, "boolean": True, "null": None}


class Examples:
    """Makes examples of the schemas of one description.

    :param schemas: its ``components.schemas``.
    :param is_asked: True for what is sent to us, where only what must be there, or has an example of its own, is shown.
    """

    def __init__(self, schemas: Mapping[str, Any], *, is_asked: bool) -> None:
        self._schemas = schemas
        self._is_asked = is_asked

    def of(self, schema: Mapping[str, Any], name: str = "", depth: int = 0) -> Any:
        """Return an example that fits a schema."""
        schema = self._resolved(schema)
        for given in ("example", "const"):
            if given in schema:
                return schema[given]
        for given in ("examples", "enum"):
            if schema.get(given):
                return schema[given][0]
        return self._made(schema, name, depth)

    def _made(self, schema: Mapping[str, Any], name: str, depth: int) -> Any:
        if name == "next" and "type" not in schema:
            return None  # of a list that comes whole
        kind = _type_of(schema)
        if kind == "object" or "properties" in schema:
            return self._object(schema, depth)
        if kind == "array":
            return self._array(schema, name, depth)
        return _plain(schema, name, kind)

    def _object(self, schema: Mapping[str, Any], depth: int) -> dict[str, Any]:
        if depth > _DEEPEST:
            return {}
        properties: Mapping[str, Any] = schema.get("properties", {})
        required = schema.get("required", ())
        told = {name for name, each in properties.items() if name in required or "example" in each}
        shown = [name for name in properties if name in told] if self._is_asked and required else [*properties]
        return {name: self.of(properties[name], name, depth + 1) for name in shown}

    def _array(self, schema: Mapping[str, Any], name: str, depth: int) -> list[Any]:
        known, items = _BY_NAME.get(name), self._resolved(schema.get("items", {}))
        if isinstance(known, list) and items.get("type") == "string":
            return known
        if depth > _DEEPEST:
            return []
        return [self.of(items, name.removesuffix("s"), depth + 1)] * max(1, schema.get("minItems", 0))

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in schema or "anyOf" in schema or "allOf" in schema:
            if "$ref" in schema:
                schema = self._schemas[schema["$ref"].rpartition("/")[2]]
            else:
                schema = (schema.get("anyOf") or schema["allOf"])[0]
        return schema


def _type_of(schema: Mapping[str, Any]) -> str:
    told = schema.get("type", "string")
    return told if isinstance(told, str) else next((kind for kind in told if kind != "null"), "null")


def _plain(schema: Mapping[str, Any], name: str, kind: str) -> Any:
    by_format = _BY_FORMAT.get(schema.get("format", ""))
    if by_format is not None:
        return by_format
    if kind == "string":
        named = _BY_NAME.get(name)
        text = named if isinstance(named, str) else _BY_TYPE[kind]
        return text.ljust(schema.get("minLength", 0), "0")[: schema.get("maxLength", len(text))]
    if kind in {"integer", "number"}:
        least = max(_BY_TYPE[kind], schema.get("minimum", 0))
        return min(least, schema.get("maximum", least))
    return _BY_TYPE[kind]
