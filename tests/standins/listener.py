"""A program that is told by webhooks: it keeps what arrives and answers as told."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct, field

from tests.standins.serving import serving


class Listener(Struct):
    """What arrived as (path, headers, body); ``answers`` are the statuses to come, 204 once they are used up.

    A status of 0 is a head that comes one character at a time.
    """

    url: str = ""
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    @property
    def port(self) -> int:
        """Return where it listens."""
        return urlsplit(self.url).port or 0


@contextmanager
def listening() -> Iterator[Listener]:
    """Listen on 127.0.0.1."""
    told = Listener()

    class Handler(_Handler):
        listener = told

    with serving(Handler, 0) as told.url:
        yield told


class _Handler(BaseHTTPRequestHandler):
    listener: Listener

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.listener.got.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
        status = self.listener.answers.pop(0) if self.listener.answers else 204
        if status:
            self.send_response(status)
            self.send_header("Location", "/elsewhere")
            self.end_headers()
        else:
            self._drip()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        pass

    def _drip(self) -> None:
        with suppress(OSError):  # it is cut off, as it should be
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            for _ in range(100):
                self.wfile.write(b"x")
                time.sleep(0.02)
