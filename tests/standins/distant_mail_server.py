"""A mail server that is quick and far away: it keeps no mail, and all it says takes a while to arrive.

``python -m tests.standins.distant_mail_server LOG DELAY NOTED`` prints its port, and writes into LOG the second at
which the content of each mail came whose recipient's address holds NOTED, and that address.
"""

import asyncio
import sys
from pathlib import Path
from time import time
from typing import TextIO

_END = b"\r\n.\r\n"
_GREETING = b"250-distant\r\n250 PIPELINING\r\n"


class DistantServer(asyncio.Protocol):
    """One connection; sentences that came together are answered together, after ``delay`` seconds."""

    def __init__(self, delay: float, noted: bytes, log: TextIO) -> None:
        self._delay, self._noted, self._log = delay, noted, log
        self._heard = b""
        self._recipient = b""
        self._is_content = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport
        self._say(b"220 distant\r\n")

    def data_received(self, data: bytes) -> None:
        """Answer every sentence that is whole."""
        self._heard += data
        answers = b""
        while answer := self._next_answer():
            answers += answer
        if answers:
            self._say(answers)

    def _next_answer(self) -> bytes:
        sentence, found, rest = self._heard.partition(_END if self._is_content else b"\r\n")
        if not found:
            return b""
        self._heard = rest
        if self._is_content:
            self._is_content = False
            self._note()
            return b"250 2.0.0 taken\r\n"
        return self._answer(sentence)

    def _answer(self, sentence: bytes) -> bytes:
        verb = sentence[:4].upper()
        if verb == b"EHLO":
            return _GREETING
        if verb == b"RCPT":
            self._recipient = sentence
        if verb != b"DATA":
            return b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n"
        self._is_content = True
        # An empty content is nothing but its end, whose first line end is that of DATA itself.
        self._heard = b"\r\n" + self._heard
        return b"354 go on\r\n"

    def _note(self) -> None:
        if self._noted in self._recipient:
            address = self._recipient.partition(b"<")[2].partition(b">")[0].decode()
            self._log.write(f"{time():.6f} {address}\n")
            self._log.flush()

    def _say(self, answers: bytes) -> None:
        if self._delay:
            asyncio.get_running_loop().call_later(self._delay, self._transport.write, answers)
        else:
            self._transport.write(answers)


async def _main(log: TextIO, delay: float, noted: bytes) -> None:
    loop = asyncio.get_running_loop()
    listener = await loop.create_server(lambda: DistantServer(delay, noted, log), "127.0.0.1", 0)
    sys.stdout.write(f"{listener.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await listener.serve_forever()


if __name__ == "__main__":
    with Path(sys.argv[1]).open("w", encoding="utf-8") as _log:
        asyncio.run(_main(_log, float(sys.argv[2]), sys.argv[3].encode()))
