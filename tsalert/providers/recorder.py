"""A provider that sends nothing and keeps what it was handed, for demonstrations and trials."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from tsalert.core.clock import utc_now
from tsalert.delivery.outbox import record_sent
from tsalert.delivery.ports import Accepted, AttemptLog, Message
from tsalert.delivery.rules import Channel


class Recorder(Struct, frozen=True):
    """A gateway of any channel to nowhere."""

    channel: Channel
    lines: int = 1

    def line(self) -> "RecorderLine":
        """Return a line to nowhere."""
        return RecorderLine()

    def probe(self) -> str:
        """Say that nothing leaves."""
        return "nothing leaves: messages stay in the outbox"

    def look_up(self, message: Message, *, since: datetime) -> list[str] | None:
        """Return None: a second try is harmless here."""
        return None


class RecorderLine:
    """Keeps messages in the database, where the pages of the web process find them."""

    connections = 1

    def send(self, messages: Sequence[Message], log: AttemptLog) -> None:
        """Keep messages in one transaction."""
        if not messages or not log.has_time():
            return
        for message in messages:
            log.begin(message)
        record_sent(messages, now=utc_now())
        for message in messages:
            log.end(message, Accepted(f"recorded-{message.delivery_id}"))

    def close(self) -> None:
        """Nothing is open."""
