"""The socket of an SMTP connection: several commands in one write, answers read one by one."""

import smtplib
from contextlib import suppress

SERVICE_CLOSING = 421
_CHUNK = 65536
_LONGEST_REPLY = 1024 * 1024

Reply = tuple[int, str]


class Lost(Exception):
    """The server closed the connection, is about to, or talks nonsense."""


class Wire:
    """A connection that smtplib has opened, greeted and secured."""

    def __init__(self, client: smtplib.SMTP) -> None:
        if client.sock is None:
            raise Lost("the server closed the connection")
        self._client = client
        self._socket = client.sock
        self._is_pipelined = client.has_extn("pipelining")
        self.takes_utf8 = client.has_extn("smtputf8")
        self._buffer = b""
        self._waiting: list[bytes] = []

    def write(self, commands: list[bytes]) -> None:
        """Send commands; a server without pipelining gets each when the answer to the one before is read."""
        if self._is_pipelined:
            self._socket.sendall(b"".join(commands))
        elif commands:
            self._socket.sendall(commands[0])
            self._waiting = commands[1:]

    def reply(self) -> Reply:
        """Read the next answer, of one line or several; its text is that of the last line.

        :raises Lost: the connection is gone, or what came is no answer.
        """
        while True:
            line = self._line()
            if line[3:4] != b"-":
                break
        try:
            code = int(line[:3])
        except ValueError:
            raise Lost("what the server said is no answer") from None
        if self._waiting:
            self._socket.sendall(self._waiting.pop(0))
        return code, line[4:].decode("utf-8", "replace").strip()

    def reply_if_open(self) -> Reply:
        """Read the next answer.

        :raises Lost: as ``reply``, or the server says that it is about to close.
        """
        code, text = self.reply()
        if code == SERVICE_CLOSING:
            raise Lost(f"{code} {text}")
        return code, text

    def quit(self) -> None:
        """Say QUIT and close."""
        with suppress(OSError):
            self._socket.settimeout(1)
            self._socket.sendall(b"QUIT\r\n")
        self.drop()

    def drop(self) -> None:
        """Close without a word."""
        self._client.close()

    def _line(self) -> bytes:
        while True:
            line, found, rest = self._buffer.partition(b"\n")
            if found:
                self._buffer = rest
                return line
            if len(self._buffer) > _LONGEST_REPLY:
                raise Lost("the server's answer has no end")
            received = self._socket.recv(_CHUNK)
            if not received:
                raise Lost("the server closed the connection")
            self._buffer += received
