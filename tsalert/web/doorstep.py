"""What is answered on the doorstep: reports that other services post by the thousand, each in a request of its own.

Within, a request is asked who sent it, which form of ours it is, which records it names; of such a report nothing of
that is true, and it would take most of the time. Only what is whole and proven is taken here. Everything else goes in
as it came, and is answered there as it always was.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from io import BytesIO
from time import perf_counter
from typing import Any
from urllib.parse import parse_qsl
from wsgiref.types import StartResponse, WSGIEnvironment

import structlog
from flask import Flask, json, request
from msgspec import Struct

from tsalert.web import headers, tracing
from tsalert.web.answered import Answered, Tell

# Of one report; a form as long as this has fewer fields than the most that any may have (uploads.py).
_LARGEST = 8 * 1024
# Of four digits at most, lest a long one behind zeros be taken for a short one.
_LENGTH = re.compile(r"[0-9]{1,4}")
_FORM = "application/x-www-form-urlencoded"
_TROUBLE = "tsalert.trouble"


class Posted(Struct, frozen=True):
    """One report as it came."""

    path: str
    body: bytes
    environ: WSGIEnvironment

    def header(self, name: str) -> str:
        """Return what a header says; "" where it did not come."""
        text: str = self.environ.get("HTTP_" + name.upper().replace("-", "_"), "")
        return text

    def form(self) -> dict[str, str] | None:
        """Return the fields of a form; None where this is none, or names one twice."""
        kind: str = self.environ.get("CONTENT_TYPE", "")
        if kind.partition(";")[0].strip().lower() != _FORM:
            return None
        try:
            fields = parse_qsl(self.body.decode(), keep_blank_values=True)
        except ValueError:
            return None
        named = dict(fields)
        return named if len(named) == len(fields) else None

    def object(self) -> dict[str, Any] | None:
        """Return what stands in JSON; None where that is no object."""
        try:
            told = json.loads(self.body)
        except ValueError:
            return None
        return told if isinstance(told, dict) else None


# Takes a report for good and tells so, or leaves it alone: it was not proven, or is not whole.
Taker = Callable[[Posted], bool]


def init_app(app: Flask, takers: Mapping[str, Taker], tellers: Sequence[Tell]) -> None:
    """Let these take what is posted to their addresses; called after all steps, before proxies are reckoned with."""
    app.wsgi_app = Doorstep(app, takers, tellers)  # type: ignore[method-assign]
    app.before_request(_raise_trouble)


class Doorstep:
    """Stands before a program: answers the reports that are taken, and lets all else in."""

    def __init__(self, app: Flask, takers: Mapping[str, Taker], tellers: Sequence[Tell]) -> None:
        self._app, self._within = app, app.wsgi_app
        self._takers, self._tellers = takers, tellers
        self._headers = lru_cache(2)(lambda scheme: headers.of_nothing(app, scheme))

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        began = perf_counter()
        taker = self._takers.get(environ.get("PATH_INFO", ""))
        body = _whole(environ) if taker else None
        if taker is None or body is None:
            return self._within(environ, start_response)
        environ["wsgi.input"] = BytesIO(body)
        name = tracing.name_of(self._app, environ.get("HTTP_X_REQUEST_ID", ""))
        with structlog.contextvars.bound_contextvars(request_id=name):
            if not self._is_taken(taker, Posted(environ["PATH_INFO"], body, environ)):
                return self._within(environ, start_response)
            for tell in self._tellers:
                tell(Answered("POST", environ["PATH_INFO"], 204, perf_counter() - began, None))
        start_response("204 NO CONTENT", [*self._headers(environ["wsgi.url_scheme"]), ("X-Request-Id", name)])
        return []

    def _is_taken(self, taker: Taker, posted: Posted) -> bool:
        with self._app.app_context():
            try:
                return taker(posted)
            except Exception as error:  # noqa: BLE001 - it is answered within, where every error is
                posted.environ[_TROUBLE] = error
                return False


def _whole(environ: WSGIEnvironment) -> bytes | None:
    """Return what was posted; None where nothing was, or it is long, or does not say how long it is."""
    length = environ.get("CONTENT_LENGTH") or ""
    is_plain = environ["REQUEST_METHOD"] == "POST" and not environ.get("QUERY_STRING")
    if not is_plain or not _LENGTH.fullmatch(length) or int(length) > _LARGEST:
        return None
    body: bytes = environ["wsgi.input"].read(int(length))
    return body


def _raise_trouble() -> None:
    """Answer what went wrong on the doorstep as if it had gone wrong here."""
    error: Exception | None = request.environ.get(_TROUBLE)
    if error is not None:
        raise error
