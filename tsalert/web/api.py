"""The JSON interface's frame: flask-smorest with our own error answers, its operations under /api/v1."""

from json import JSONDecodeError
from threading import RLock
from typing import Any

from flask import Flask, Request
from flask_smorest import Api, Blueprint
from marshmallow import Schema, fields
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

_JSON = "application/json"
SPEC = {
    "API_TITLE": "tsalert",
    "API_VERSION": "v1",
    "OPENAPI_VERSION": "3.1.0",
    "OPENAPI_URL_PREFIX": "/api/v1",
    "OPENAPI_JSON_PATH": "openapi.json",
    "API_SPEC_OPTIONS": {
        "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
        "security": [{"bearer": []}],
        "info": {"description": "Calls, incidents, cases, interventions, figures and alerts. Money is in strings."},
    },
}


class ProblemSchema(Schema):
    """What went wrong (RFC 9457); ``errors`` by field, ``legal`` for what may be done instead.

    A case that goes on in another says in which (``continued_in``).
    A record that is kept from its reader says which it is (``subject``, ``subject_id``) and how closely (``tier``).
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


class OperationBlueprint(Blueprint):  # type: ignore[misc]
    """A blueprint whose operations take JSON alone."""

    ARGUMENTS_PARSER = JsonParser()


def api_blueprint(name: str, prefix: str, description: str) -> Any:
    """Return a blueprint for one capability's operations under ``/api/v1/{prefix}``."""
    return OperationBlueprint(f"api_{name}", f"api_{name}", url_prefix=f"/api/v1/{prefix}", description=description)
