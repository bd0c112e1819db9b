"""The JSON interface's frame: flask-smorest with our own error answers, its operations under /api/v1."""

from collections.abc import Callable
from functools import cache, wraps
from json import JSONDecodeError
from threading import RLock
from typing import Any

from flask import Flask, Request
from flask_smorest import Api, Blueprint
from marshmallow import Schema, fields
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from tsalert.web.fields import Count, ListPlace, PeriodLabel, Pounds, SpanLabel

_JSON = "application/json"
SPEC = {
    "API_TITLE": "tsalert",
    "API_VERSION": "v1",
    "OPENAPI_VERSION": "3.1.0",
    "API_SPEC_OPTIONS": {
        "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
        "security": [{"bearer": []}],
        "info": {"description": "Calls, incidents, cases, interventions, figures and alerts. Money is in strings."},
    },
}


# What our own fields look like in JSON: (field, type, format).
_FIELDS = (
    (Count, "integer", None),
    (Pounds, "string", "decimal"),
    (PeriodLabel, "string", "period"),
    (SpanLabel, "string", "period"),
    (ListPlace, "string", None),
)


def _decimal_as_text(_converter: object, field: fields.Field[Any], **_: Any) -> dict[str, Any]:
    """Say of decimals that are given as text, so that none is rounded, that they are."""
    if not (isinstance(field, fields.Decimal) and field.as_string):
        return {}
    return {"type": ["string", "null"] if field.allow_none else "string", "format": "decimal"}


class ProblemSchema(Schema):
    """What went wrong (RFC 9457); ``errors`` by field, ``legal`` for what may be done instead.

    A case that goes on in another says in which (``continued_in``).
    A record that is kept from its reader says which it is (``subject``, ``subject_id``) and how closely (``tier``).
    What was sent twice says where the first one is read (``saved``), where it is read by itself.
    A refused step also tells the record as it is (``current``) and what was done since the version that was seen.
    """

    type = fields.String()
    title = fields.String()
    status = fields.Integer()
    detail = fields.String()
    errors = fields.Dict(keys=fields.String(), values=fields.String())
    legal = fields.List(fields.String())
    continued_in = fields.Integer()
    subject = fields.String()
    subject_id = fields.Integer()
    tier = fields.Integer()
    saved = fields.String()
    current = fields.Dict(keys=fields.String())
    changes = fields.List(fields.Dict(keys=fields.String()))


class ProblemApi(Api):  # type: ignore[misc]
    """flask-smorest would turn every HTML error of the program into JSON; ours know the difference.

    What the operations say of themselves, a good part of a process, is put together once somebody asks for it.
    """

    ERROR_SCHEMA = ProblemSchema
    DEFAULT_RESPONSE_CONTENT_TYPE = _JSON

    def __init__(self, app: Flask) -> None:
        self._undescribed: list[Blueprint] = []
        self._describing = RLock()
        super().__init__(app)

    @property
    def spec(self) -> Any:
        """The description of every operation that is registered."""
        with self._describing:
            while self._undescribed:
                operations = self._undescribed.pop(0)
                operations.register_views_in_doc(self, self._app, self._spec, name=operations.name, parameters=None)
                self._spec.tag({"name": operations.name, "description": operations.description})
        return self._spec

    @spec.setter
    def spec(self, begun: Any) -> None:
        self._spec = begun

    def register_blueprint(self, operations: Blueprint) -> None:
        """Take up the operations of a capability."""
        self._app.extensions["flask-smorest"]["blp_name_to_api"][operations.name] = self
        self._app.register_blueprint(operations)
        self._undescribed.append(operations)

    def _register_error_handlers(self) -> None:
        """Leave errors to web/errors.py."""

    def _register_responses(self) -> None:
        """Describe errors as the problem documents that they are."""
        self.DEFAULT_RESPONSE_CONTENT_TYPE = "application/problem+json"
        super()._register_responses()
        self.DEFAULT_RESPONSE_CONTENT_TYPE = _JSON

    def describe_fields(self) -> None:
        """Let the description say what our own fields take and give."""
        for field, kind, form in _FIELDS:
            self.register_field(field, kind, form)
        self.ma_plugin.converter.add_attribute_function(_decimal_as_text)


class JsonParser(FlaskParser):
    """Reads bodies that are JSON, and refuses all others in words."""

    def _raw_load_json(self, req: Request) -> Any:
        """Return what the body holds.

        :raises UnsupportedMediaType: it says that it is something else than JSON.
        :raises BadRequest: it is JSON by its grammar, but more than Python reads.
        """
        if not req.is_json and req.get_data(cache=True):
            raise UnsupportedMediaType("Send JSON, with the header Content-Type: application/json.")
        try:
            return super()._raw_load_json(req)
        except (JSONDecodeError, UnicodeDecodeError):
            raise
        except (RecursionError, ValueError) as error:
            raise BadRequest("This JSON is nested too deep, or holds a number with too many digits.") from error


@cache
def _made(shape: type[Schema]) -> Schema:
    """Return the one of a shape that all operations share: each of its own would copy every field."""
    return shape()


@cache
def _ending(shape: type[Schema]) -> type[Schema]:
    """Return the shape of a list that says that there is no more, unless it says itself where it goes on."""
    held = _made(shape).fields
    if "items" not in held or "next" in held:
        return shape
    return shape.from_dict({"next": fields.Constant(None)}, name=shape.__name__)


@cache
def page_of(schema: type[Schema], place: type[fields.Field[Any]] = fields.Integer) -> type[Schema]:
    """Return the shape of a page of what a schema describes; ``next`` is the ``after`` of the page that follows.

    :param place: what ``next`` is; ``ListPlace`` where the list stands by more than the numbers of its rows.
    """
    items, following = fields.List(fields.Nested(schema)), place(allow_none=True)
    name = f"{schema.__name__.removesuffix('Schema')}PageSchema"
    return Schema.from_dict({"items": items, "next": following}, name=name)


@cache
def _listed(schema: type[Schema]) -> type[Schema]:
    """Return the shape of a list of what a schema describes."""
    name = f"{schema.__name__.removesuffix('Schema')}WholeListSchema"
    return _ending(Schema.from_dict({"items": fields.List(fields.Nested(schema))}, name=name))


def _as_list(operation: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(operation)
    def answer(*args: Any, **kwargs: Any) -> dict[str, Any]:
        return {"items": operation(*args, **kwargs)}

    return answer


class OperationBlueprint(Blueprint):  # type: ignore[misc]
    """A blueprint whose operations take JSON alone, and answer with lists in one form."""

    ARGUMENTS_PARSER = JsonParser()

    def response(self, status_code: int, schema: Any = None, **told: Any) -> Any:
        """Describe an answer; whatever has ``items`` has ``next``, and a schema of many stands for a whole list."""
        if isinstance(schema, Schema) and schema.many:
            decorate = super().response(status_code, _made(_listed(type(schema))), **told)
            return lambda operation: decorate(_as_list(operation))
        is_shape = isinstance(schema, type) and issubclass(schema, Schema)
        return super().response(status_code, _made(_ending(schema)) if is_shape else schema, **told)

    @staticmethod
    def _make_doc_response_schema(schema: object) -> object:
        """Describe an answer by its class: an instance would be copied, with each of its fields, for each operation."""
        return type(schema) if isinstance(schema, Schema) else schema


def api_blueprint(name: str, prefix: str, description: str) -> Any:
    """Return a blueprint for one capability's operations under ``/api/v1/{prefix}``."""
    return OperationBlueprint(f"api_{name}", f"api_{name}", url_prefix=f"/api/v1/{prefix}", description=description)
