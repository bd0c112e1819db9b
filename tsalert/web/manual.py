"""The description of the API for programs, and for people who write them; it loads nothing from elsewhere."""

import json
from hashlib import sha256
from typing import Any, NamedTuple

from flask import Blueprint, Flask, Response, current_app, render_template
from flask.typing import ResponseReturnValue

from tsalert.config import Settings
from tsalert.core.errors import NotFound
from tsalert.web.access import public
from tsalert.web.caching import drawn_once, for_everybody
from tsalert.web.describing import complete

bp = Blueprint("manual", __name__, url_prefix="/api/v1")
_DESCRIBED, _SECONDS = "tsalert_description", 60
_METHODS = ("get", "post", "put", "delete")


class Operation(NamedTuple):
    """One operation as the manual shows it; ``asked`` and ``answered`` are examples, empty where there is none."""

    method: str
    path: str
    told: dict[str, Any]
    parameters: list[dict[str, Any]]
    asked: str
    answered: str
    status: str

    @property
    def anchor(self) -> str:
        """Where it stands on its page."""
        return str(self.told["operationId"]).replace(".", "-")


class Description(NamedTuple):
    """The description of the API, as it was made once for this process."""

    whole: dict[str, Any]
    written: bytes
    mark: str


def description(app: Flask) -> Description:
    """Return the complete description; it is made when it is first asked for, and kept."""
    kept: Description | None = app.extensions.get(_DESCRIBED)
    if kept is None:
        spec = app.extensions["flask-smorest"]["apis"][""]["ext_obj"].spec
        whole = complete(app, json.loads(json.dumps(spec.to_dict())))
        written = json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()
        kept = app.extensions[_DESCRIBED] = Description(whole, written, sha256(written).hexdigest())
    return kept


@bp.get("/openapi.json")
@public
def get_description() -> ResponseReturnValue:
    """Return the description of the API (OpenAPI 3.1)."""
    told = description(current_app)
    return for_everybody(told.mark, lambda: Response(told.written, mimetype="application/json"), seconds=_SECONDS)


@bp.get("/", strict_slashes=False)
@public
def show_manual() -> ResponseReturnValue:
    """Show how to begin, and every operation by what it is about."""
    told = description(current_app)
    parts = [(tag, _operations(told.whole, tag["name"])) for tag in told.whole["tags"]]
    settings: Settings = current_app.extensions["tsalert_settings"]
    return _drawn(told, "manual/index.html", parts=parts, public_url=settings.public_url)


@bp.get("/reference/<name>")
@public
def show_part(name: str) -> ResponseReturnValue:
    """Show the operations about one thing, with what they take and answer."""
    told = description(current_app)
    tag = next((tag for tag in told.whole["tags"] if tag["name"] == name), None)
    if tag is None:
        raise NotFound("There is no such part of the API.")
    return _drawn(told, "manual/part.html", tag=tag, operations=_operations(told.whole, name))


def _drawn(told: Description, template: str, **shown: Any) -> Response:
    return drawn_once(told.mark, lambda: render_template(template, **shown), seconds=_SECONDS)


def _operations(whole: dict[str, Any], tag: str) -> list[Operation]:
    return [
        _operation(method, path, item[method], item.get("parameters", []))
        for path, item in whole["paths"].items()
        for method in _METHODS
        if tag in item.get(method, {}).get("tags", ())
    ]


def _operation(method: str, path: str, told: dict[str, Any], shared: list[dict[str, Any]]) -> Operation:
    status = next((status for status in told["responses"] if status.startswith(("2", "3"))), "200")
    return Operation(
        method=method.upper(),
        path=path,
        told=told,
        parameters=[*shared, *told.get("parameters", [])],
        asked=_example(told.get("requestBody", {})),
        answered=_example(told["responses"].get(status, {})),
        status=status,
    )


def _example(body: dict[str, Any]) -> str:
    content = body.get("content", {}).get("application/json", {})
    return json.dumps(content["example"], indent=2, ensure_ascii=False) if "example" in content else ""
