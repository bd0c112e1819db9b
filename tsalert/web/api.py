"""The JSON interface's frame: flask-smorest with our own error answers, its operations under /api/v1."""

from typing import Any

from flask_smorest import Api, Blueprint

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


class ProblemApi(Api):  # type: ignore[misc]
    """flask-smorest would turn every HTML error of the program into JSON; ours know the difference."""

    def _register_error_handlers(self) -> None:
        """Leave errors to web/errors.py."""


def api_blueprint(name: str, prefix: str, description: str) -> Any:
    """Return a blueprint for one capability's operations under ``/api/v1/{prefix}``."""
    return Blueprint(f"api_{name}", f"api_{name}", url_prefix=f"/api/v1/{prefix}", description=description)
