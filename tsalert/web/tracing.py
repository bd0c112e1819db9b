"""A name for each request: in its answer, on the page of an error, and in every line that the log has of it."""

import re
from uuid import uuid4

import structlog
from flask import Flask, g, request

# Long enough to be nobody else's, and nothing that a line of the log would be broken or searched in vain by.
_NAME = re.compile(r"[0-9A-Za-z_-]{16,64}", re.ASCII)


def init_app(app: Flask, *, trusts_proxy: bool) -> None:
    """Name every request; one that a proxy of ours has named already keeps its name.

    :param trusts_proxy: whether a proxy stands in front, whose headers are believed.
    """

    def name_request() -> None:
        given = request.headers.get("X-Request-Id", "") if trusts_proxy else ""
        g.request_id = given if _NAME.fullmatch(given) else uuid4().hex
        structlog.contextvars.bind_contextvars(request_id=g.request_id)

    app.before_request(name_request)
    app.teardown_request(lambda _error: structlog.contextvars.clear_contextvars())
