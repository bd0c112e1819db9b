"""What is said over one SMTP connection: the content of one message travels with the envelope of the next."""

import re
from collections.abc import Generator, Iterator
from contextlib import suppress
from typing import Any

from tsalert.delivery.ports import AttemptLog, InDoubt, Message, Rejected, RetryLater
from tsalert.providers.smtp_codes import START_MAIL_INPUT, is_taken, refusal, sender_verdict, verdict
from tsalert.providers.smtp_wire import SERVICE_CLOSING, Lost, Reply, Wire

_DOT_FIRST = re.compile(rb"\r\n\.")
_UNSAFE = frozenset("\r\n\0\t <>")

# Is sent each of the server's answers, in their order, and ends when it wants no more.
Dialogue = Generator[None, Any, None]


class Talk:
    """One connection; at most one message on it is in doubt when the process or the server dies."""

    def __init__(self, wire: Wire, *, sender: str) -> None:
        self.wire = wire
        self.taken = 0
        self._sender = sender.encode()
        self._begun: Message | None = None
        self._must_reset = False
        self._dialogue: Dialogue | None = None

    @property
    def is_over(self) -> bool:
        """Tell whether all has been said."""
        return self._dialogue is None

    def begin(self, messages: Iterator[Message], log: AttemptLog) -> None:
        """Say the first sentence; messages are taken as long as there are any, which other connections take from too.

        :raises OSError: the connection broke.
        """
        self._dialogue = self._hand_over(messages, log)
        self._go_on(None)

    def listen(self) -> None:
        """Read what the server has said, and answer it.

        :raises OSError: the connection broke.
        :raises Lost: likewise.
        """
        for reply in self.wire.replies():
            self._go_on(reply)

    def fail(self, error: Exception) -> None:
        """End the dialogue, since the connection broke; a message begun without an answer is in doubt."""
        dialogue, self._dialogue = self._dialogue, None
        if dialogue is not None:
            with suppress(OSError, Lost):
                dialogue.throw(error)

    def _go_on(self, reply: Reply | None) -> None:
        if self._dialogue is None:
            raise Lost("the server said more than it was asked")
        try:
            self._dialogue.send(reply)
        except StopIteration:
            self._dialogue = None

    def _hand_over(self, messages: Iterator[Message], log: AttemptLog) -> Dialogue:
        try:
            while log.has_time() and (message := next(messages, None)) is not None:
                refusal = _unsendable(message, self.wire)
                if refusal is None:
                    yield from self._offer(message, log)
                else:
                    log.end(message, refusal)
            if self._begun is not None:
                self._write([])
                yield from self._settle(self._begun, log)
        except (OSError, Lost) as error:
            if self._begun is not None:
                log.end(self._begun, InDoubt(f"the mail server broke off: {error}"))
            raise

    def _offer(self, message: Message, log: AttemptLog) -> Dialogue:
        """Send what is begun and the next envelope; begin the next message if the server wants it."""
        option = b"" if message.address.isascii() else b" SMTPUTF8"
        envelope = [
            b"MAIL FROM:<%b>%b\r\n" % (self._sender, option),
            b"RCPT TO:<%b>\r\n" % message.address.encode(),
            b"DATA\r\n",
        ]
        self._write([b"RSET\r\n", *envelope] if self._must_reset else envelope)
        if self._begun is not None:
            yield from self._settle(self._begun, log)
        try:
            yield from self._read_envelope(message, log)
        except (OSError, Lost) as error:
            # Counted as a try, since it may be this very address that makes the server hang up.
            log.end(message, RetryLater(f"the mail server broke off: {error}"))
            raise

    def _read_envelope(self, message: Message, log: AttemptLog) -> Dialogue:
        if self._must_reset:
            _still_open((yield), message)
        sender, recipient = _still_open((yield), message), _still_open((yield), message)
        data = _still_open((yield), message)
        self._must_reset = not (is_taken(sender[0]) and is_taken(recipient[0]) and data[0] == START_MAIL_INPUT)
        if not self._must_reset:
            log.begin(message)
            self._begun = message
            return
        if data[0] == START_MAIL_INPUT:
            # Some servers want content although they refused; an empty one is refused or goes to nobody.
            self.wire.write([b".\r\n"])
            _still_open((yield), message)
        if not is_taken(sender[0]):
            log.end(message, sender_verdict(*_nameless(sender, message)))
        else:
            log.end(message, refusal(*_nameless(data if is_taken(recipient[0]) else recipient, message)))

    def _write(self, commands: list[bytes]) -> None:
        self.wire.write(commands, after=_as_data(self._begun.content) if self._begun else ())

    def _settle(self, message: Message, log: AttemptLog) -> Dialogue:
        """Read the answer to the content that was sent."""
        code, text = _nameless((yield), message)
        self._begun = None
        log.end(message, verdict(code, text))
        if code == SERVICE_CLOSING:
            raise Lost("421: the server is closing")
        self.taken += 1


def _still_open(reply: Reply, message: Message) -> Reply:
    """Return an answer about a message, unless the server says with it that it is about to close."""
    if reply[0] == SERVICE_CLOSING:
        code, text = _nameless(reply, message)
        raise Lost(f"{code} {text}")
    return reply


def _nameless(reply: Reply, message: Message) -> Reply:
    """Return an answer without the reader's address, which must not outlive the address in what is kept of it."""
    code, text = reply
    if "@" in text:
        text = re.sub(re.escape(message.address), "•••", text, flags=re.IGNORECASE)
    return code, text


def _unsendable(message: Message, wire: Wire) -> Rejected | None:
    """Refuse an address that would break the dialogue, or that this server cannot carry."""
    if not _UNSAFE.isdisjoint(message.address) or not message.address:
        return Rejected("the address breaks the grammar of mail")
    if not message.address.isascii() and not wire.takes_utf8:
        return Rejected("the mail server takes no international addresses")
    return None


def _as_data(content: bytes) -> tuple[bytes, bytes]:
    """Double the dots that begin lines, and end the content."""
    # Our own mail has none (delivery/rendering.py), and a pattern finds that out in half the time of replacing none.
    return content.replace(b"\r\n.", b"\r\n..") if _DOT_FIRST.search(content) else content, b".\r\n"
