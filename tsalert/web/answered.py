"""What is told of each request once it is answered: which page, how it went and how long it took, never by whom."""

import logging
from collections.abc import Callable, Sequence
from time import perf_counter

from flask import Flask, Response, g, request
from msgspec import Struct

_NOWHERE = "(no such page)"
# Anybody may invent further words for what to do.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# Stands in the environment of a request that the program makes to itself, of which nobody is told.
UNASKED = "tsalert.unasked"
_log = logging.getLogger(__name__)


class Answered(Struct, frozen=True):
    """One request that was answered.

    :param route: the pattern of the address, such as ``/incidents/<int:incident_id>``, so that no record is named.
    :param size: bytes of the body; None where it is not known before it is sent.
    """

    method: str
    route: str
    status: int
    seconds: float
    size: int | None


Tell = Callable[[Answered], None]


def init_app(app: Flask, tellers: Sequence[Tell]) -> None:
    """Tell each of these of every request; called first of all, so that the time of everything counts."""

    def begin() -> None:
        g.began = perf_counter()

    def tell(response: Response) -> Response:
        if UNASKED in request.environ:
            return response
        seconds = perf_counter() - g.began if "began" in g else 0.0
        rule = request.url_rule
        method = request.method if request.method in _METHODS else "other"
        known = Answered(
            method, rule.rule if rule else _NOWHERE, response.status_code, seconds, response.content_length
        )
        for each in tellers:
            each(known)
        return response

    if tellers:
        app.before_request(begin)
        app.after_request(tell)


def write_line(request_told: Answered) -> None:
    """Write a request into the log."""
    each = request_told
    facts = {"method": each.method, "route": each.route, "status": each.status}
    size = {} if each.size is None else {"bytes": each.size}
    _log.info("answered", extra={**facts, "milliseconds": round(each.seconds * 1000, 1), **size})
