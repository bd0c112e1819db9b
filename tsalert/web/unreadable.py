"""What the server itself answers where no request could be read: a sentence, and not a word of what came in."""

import socket
from typing import Any

from tsalert.web.protection import ALWAYS

_SAID = b"This request cannot be answered.\n"
_HEADERS = (
    b"Connection: close",
    b"Content-Type: text/plain; charset=utf-8",
    b"Content-Length: %d" % len(_SAID),
    b"Cache-Control: no-store",
    b"Content-Security-Policy: default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    b"Cross-Origin-Resource-Policy: same-origin",
    *(f"{name}: {text}".encode() for name, text in ALWAYS.items()),
)
_END = b"\r\n"


class Reticent:
    """A connection on which gunicorn's page of an error, which quotes the request, becomes our own answer.

    It stands in for the connection in whatever else is asked of it.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def sendall(self, page: bytes) -> None:
        """Send the page's status with our own words."""
        status = page.partition(_END)[0]
        self._connection.sendall(_END.join((status, *_HEADERS, b"", _SAID)))
