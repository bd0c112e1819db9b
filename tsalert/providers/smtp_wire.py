"""The socket of an SMTP connection: several commands in one write, answers read as they come."""

import smtplib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from ssl import SSLWantReadError, SSLWantWriteError
from time import monotonic

SERVICE_CLOSING = 421
_CHUNK = 65536
_LONGEST_REPLY = 1024 * 1024
_LONGEST_LINE = 512  # as SMTP has it
_NOT_YET = (BlockingIOError, SSLWantReadError, SSLWantWriteError)

Reply = tuple[int, str]


class Lost(Exception):
    """The server closed the connection, is about to, or talks nonsense."""


class Wire:
    """A connection that smtplib has opened, greeted and secured; nothing but a long write waits on it.

    :param timeout: seconds to wait for an answer, and for the server to read what it is sent.
    """

    def __init__(self, client: smtplib.SMTP, *, timeout: float) -> None:
        if client.sock is None:
            raise Lost("the server closed the connection")
        self._client = client
        self._socket = client.sock
        self._socket.settimeout(0)
        self._timeout = timeout
        self._is_pipelined = client.has_extn("pipelining")
        self.takes_utf8 = client.has_extn("smtputf8")
        self._buffer = b""
        self._waiting: list[bytes] = []
        self._heard_at = monotonic()

    def fileno(self) -> int:
        """Return what a selector knows it by."""
        return self._socket.fileno()

    def write(self, commands: list[bytes], *, after: Sequence[bytes] = ()) -> None:
        """Send commands; a server without pipelining gets each when the answer to the one before is read.

        :param after: the pieces of a content whose end is answered too, to be sent before them.
        """
        self._heard_at = monotonic()
        if self._is_pipelined:
            self._send(b"".join([*after, *commands]))
        else:
            first, *self._waiting = [b"".join(after), *commands] if after else commands
            self._send(first)

    def replies(self) -> Iterator[Reply]:
        """Yield the answers that have come, as text that a database takes; of several lines, the last alone.

        :raises Lost: the connection is gone, or what came is no answer.
        """
        self._receive()
        *lines, self._buffer = self._buffer.split(b"\n")
        for line in lines:
            reply = _read(line[:_LONGEST_LINE])
            if reply is None:
                continue  # lines without end are no answer, so patience goes by whole ones
            self._heard_at = monotonic()
            if self._waiting:
                self._send(self._waiting.pop(0))
            yield reply

    @property
    def is_left(self) -> bool:
        """Tell of a connection that nobody is using whether the server has gone, or has said that it will."""
        try:
            self._receive()
        except (OSError, Lost):
            return True
        return bool(self._buffer)

    def require_patience(self) -> None:
        """Have patience with a server that is silent, or does not come to the end of an answer.

        :raises TimeoutError: no longer.
        """
        if monotonic() - self._heard_at > self._timeout:
            raise TimeoutError("timed out")

    def quit(self) -> None:
        """Say QUIT and close."""
        with suppress(OSError):
            self._socket.settimeout(1)
            self._socket.sendall(b"QUIT\r\n")
        self.drop()

    def drop(self) -> None:
        """Close without a word."""
        self._client.close()

    def _send(self, whole: bytes) -> None:
        try:
            sent = self._socket.send(whole)
        except _NOT_YET:
            sent = 0
        if sent < len(whole):
            self._socket.settimeout(self._timeout)
            self._socket.sendall(whole[sent:])
            self._socket.settimeout(0)

    def _receive(self) -> None:
        with suppress(*_NOT_YET):
            while True:
                received = self._socket.recv(_CHUNK)
                if not received:
                    raise Lost("the server closed the connection")
                self._buffer += received
                if len(self._buffer) > _LONGEST_REPLY:
                    raise Lost("the server's answer has no end")
                if len(received) < _CHUNK and not self._holds_more():
                    break

    def _holds_more(self) -> bool:
        """Tell whether TLS has read what no selector will speak of again."""
        pending = getattr(self._socket, "pending", None)
        return pending is not None and pending() > 0


@lru_cache(maxsize=64)
def _read(line: bytes) -> Reply | None:
    """Read a line of an answer; None where more lines of it follow.

    What was read last is kept: a server answers the envelopes of all mails in the same words.

    :raises Lost: it is no answer.
    """
    if line[3:4] == b"-":
        return None
    try:
        code = int(line[:3])
    except ValueError:
        raise Lost("what the server said is no answer") from None
    return code, line[4:].decode("utf-8", "replace").strip().replace("\0", "\ufffd")
