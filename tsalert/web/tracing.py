"""A name for each request: in its answer, on the page of an error, and in every line that the log has of it."""

import re
from uuid import uuid4

import structlog
from flask import Flask, g, request

# Long enough to be nobody else's, and nothing that a line of the log would be broken or searched in vain by.
_NAME = re.compile(r"[0-9A-Za-z_-]{16,64}", re.ASCII)
_TRUSTS = "tsalert_trusts_proxy_names"


def init_app(app: Flask, *, trusts_proxy: bool) -> None:
    """Name every request; one that a proxy of ours has named already keeps its name.

    :param trusts_proxy: whether a proxy stands in front, whose headers are believed.
    """
    app.extensions[_TRUSTS] = trusts_proxy

    def name_request() -> None:
        g.request_id = name_of(app, request.headers.get("X-Request-Id", ""))
        structlog.contextvars.bind_contextvars(request_id=g.request_id)

    app.before_request(name_request)
    app.teardown_request(lambda _error: structlog.contextvars.clear_contextvars())


def name_of(app: Flask, given: str) -> str:
    """Return the name of a request: a new one, or the one that a proxy of ours has given it."""
    return given if app.extensions[_TRUSTS] and _NAME.fullmatch(given) else uuid4().hex
