"""A mail server that keeps what it takes and misbehaves on request: the recipient's name says how.

``python -m tests.standins.mail_server LOG [DELAY]`` prints its port and writes a JSON line for each mail; it takes any
number of them over a connection.
"""

import asyncio
import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct, field

# What is said to RCPT TO, by the local part of the address; with 252 it is taken.
ANSWERS = {
    "unsure": b"252 2.1.5 cannot look it up, but will try",
    "nobody": b"550 5.1.1 no such user",
    "policy": b"550 5.7.1 not from you",
    "busy": b"451 4.3.0 try later",
    "full": b"452 4.2.2 mailbox full",
    "closing": b"421 4.3.2 shutting down",
    "called": b"550 5.1.1 <Called@example.org>: no such user",
    "called-and-closing": b"421 4.7.0 called-and-closing@example.org must wait",
}
# What is said to a finished message; None hangs up without a word, and never answers where it is empty. An answer to
# "endless" has no end.
ENDINGS: dict[str, bytes | None] = {
    "spam": b"554 5.7.1 spam",
    "later": b"451 4.7.1 greylisted",
    "called-spam": b"554 5.7.1 spam for called-spam@example.org",
    "dropped": None,
    "silent": b"",
    "endless": b"250 ok",
    "taken-then-dropped": None,
    "taken-then-closing": b"421 4.3.2 shutting down",
    "taken-then-later": b"451 4.7.1 greylisted",
    "taken-then-refused": b"554 5.7.1 spam",
    "taken-with-a-null": b"250 2.0.0 queued as \0",
}


class Envelope(Struct):
    """Whom a client is writing to just now."""

    is_open: bool = False
    recipient: str = ""
    begun: int = 0

    def add(self, recipient: str) -> bytes:
        """Take a recipient, or say why not."""
        if not self.is_open:
            return b"503 5.5.1 no sender"
        answer = ANSWERS.get(recipient.partition("@")[0], b"250 2.1.5 ok")
        if answer.startswith(b"2"):
            self.recipient = recipient
        return answer


class MailServer(Struct):
    """What a server may be told, and what it has taken.

    Beyond ``most_connections`` it says that those are too many, or nothing at all where it ``is_deaf_beyond``. Over
    each connection it takes ``most_mails``, and waits ``most_idle`` seconds for a command. ``at_data`` is what it says
    to DATA instead of asking for the content.
    """

    extensions: tuple[bytes, ...] = (b"PIPELINING", b"SMTPUTF8", b"8BITMIME")
    refuse_sender: bytes | None = None
    at_data: bytes | None = None
    is_lenient: bool = False
    most_connections: int = 1000
    is_deaf_beyond: bool = False
    most_mails: int = 1000
    most_idle: float = 60.0
    delay: float = 0.0
    log: Path | None = None
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    connections: int = 0
    most_open: int = 0
    port: int = 0
    _open: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Talk to one client until it goes."""
        self.connections += 1
        self._open += 1
        self.most_open = max(self.most_open, self._open)
        try:
            if self._open > self.most_connections and self.is_deaf_beyond:
                await reader.read()
            elif self._open > self.most_connections:
                writer.write(b"421 4.7.0 too many connections\r\n")
            else:
                writer.write(b"220 stand-in\r\n")
                await self._talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self._open -= 1
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        envelope = Envelope()
        while line := (await self._command(reader)).strip():
            if self.delay:
                await asyncio.sleep(self.delay)
            answer = self._answer(line, envelope)
            writer.write(answer + b"\r\n")
            if answer.startswith((b"221", b"421")):
                return
            if answer.startswith(b"354") and not await self._take(reader, writer, envelope):
                return
            await writer.drain()

    async def _command(self, reader: asyncio.StreamReader) -> bytes:
        try:
            return await asyncio.wait_for(reader.readline(), self.most_idle)
        except TimeoutError:
            return b"TOO LATE"

    def _answer(self, line: bytes, envelope: "Envelope") -> bytes:
        verb = line.upper().partition(b" ")[0]
        if verb in {b"EHLO", b"HELO"}:
            lines = (b"stand-in", *self.extensions)
            return b"\r\n".join(b"250%b%b" % (b" " if line is lines[-1] else b"-", line) for line in lines)
        if verb in {b"MAIL", b"RSET"}:
            return self._start(verb, envelope)
        if verb == b"RCPT":
            return envelope.add(line.partition(b"<")[2].rpartition(b">")[0].decode())
        if verb == b"DATA" and self.at_data is not None:
            return self.at_data
        if verb == b"DATA":
            return b"354 go on" if envelope.recipient or self.is_lenient else b"554 5.5.1 no valid recipients"
        return {b"QUIT": b"221 bye", b"TOO": b"421 4.4.2 timeout"}.get(verb, b"502 what?")

    def _start(self, verb: bytes, envelope: "Envelope") -> bytes:
        if verb == b"MAIL" and envelope.is_open:
            return b"503 5.5.1 nested MAIL"
        envelope.recipient = ""
        envelope.begun += verb == b"MAIL"
        if envelope.begun > self.most_mails:
            return b"421 4.7.0 too many mails over this connection"
        envelope.is_open = verb == b"MAIL" and self.refuse_sender is None
        return b"250 2.0.0 ok" if verb == b"RSET" or envelope.is_open else self.refuse_sender or b""

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, envelope: "Envelope") -> bool:
        content = b""
        while not content.endswith(b"\r\n.\r\n") and content != b".\r\n":
            content += await reader.readline()
            if reader.at_eof():
                return False
        envelope.is_open = False
        if not envelope.recipient:
            writer.write(b"554 5.5.1 no valid recipients\r\n")
            return True
        return await self._finish(envelope.recipient, content, writer)

    async def _finish(self, recipient: str, content: bytes, writer: asyncio.StreamWriter) -> bool:
        name = recipient.partition("@")[0]
        ending = ENDINGS.get(name, b"250 2.0.0 queued as %d" % len(self.taken))
        if name not in ENDINGS or name.startswith("taken"):
            self._keep(recipient, content)
        if ending == b"":
            await asyncio.sleep(3600)
        while name == "endless":
            writer.write(b"250-wait\r\n")
            await writer.drain()
            await asyncio.sleep(0.1)
        if ending is None:
            writer.transport.abort()
            return False
        writer.write(ending + b"\r\n")
        return not ending.startswith(b"421")

    def _keep(self, recipient: str, content: bytes) -> None:
        whole = content.removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n.")
        self.taken.append((recipient, whole))
        if self.log is not None:
            noted = {"to": recipient, "id": _header(whole, b"Message-ID"), "leave": _header(whole, b"List-Unsubscribe")}
            with self.log.open("a", encoding="utf-8") as file:
                file.write(json.dumps(noted) + "\n")


def _header(mail: bytes, name: bytes) -> str:
    unfolded = mail.partition(b"\r\n\r\n")[0].replace(b"\r\n ", b" ")
    return (b"\r\n" + unfolded).partition(b"\r\n" + name + b": ")[2].partition(b"\r\n")[0].decode()


@contextmanager
def running(server: MailServer) -> Iterator[MailServer]:
    """Run a server in a thread, which has an event loop of its own, and set its ``port``."""
    ready, over = threading.Event(), asyncio.Event()
    loops: list[asyncio.AbstractEventLoop] = []

    async def serve() -> None:
        loops.append(asyncio.get_running_loop())
        listener = await asyncio.start_server(server.serve, "127.0.0.1", 0, limit=2**24)
        server.port = listener.sockets[0].getsockname()[1]
        ready.set()
        await over.wait()
        listener.close()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    ready.wait()
    try:
        yield server
    finally:
        loops[0].call_soon_threadsafe(over.set)
        thread.join()


async def _main(log: Path, delay: float) -> None:
    server = MailServer(log=log, delay=delay, most_mails=sys.maxsize)
    listener = await asyncio.start_server(server.serve, "127.0.0.1", 0, limit=2**24)
    sys.stdout.write(f"{listener.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await listener.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main(Path(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 0.0))
