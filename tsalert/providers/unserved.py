"""A channel for which no provider was chosen: what is meant for it waits, and ends with its time."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from msgspec import Struct

from tsalert.delivery.ports import AttemptLog, Message, RetryLater, Unavailable
from tsalert.delivery.rules import Channel, Lane

_LOOK_AGAIN_SECONDS = 3600.0


class Unserved(Struct, frozen=True):
    """A gateway that takes nothing.

    :param because: what has to be set up; it stands as the reason beside each message.
    """

    channel: Channel
    because: str
    lines: int = 1

    def line(self) -> "UnservedLine":
        """Return a line that takes nothing."""
        return UnservedLine(self.because)

    def probe(self) -> str:
        """Say that nothing goes out here."""
        return f"none leave: {self.because}"

    def look_up(self, message: Message, *, since: datetime) -> list[str] | None:
        """Answer no question, so that nobody takes the channel for one that works again.

        :raises Unavailable: there is nobody to ask.
        """
        raise Unavailable(self.because)


class UnservedLine(Struct, frozen=True):
    """Gives every message back; a page comes again at once, so that whoever pages learns of it in time."""

    because: str
    connections: ClassVar[int] = 1

    def send(self, messages: Sequence[Message], log: AttemptLog) -> None:
        """Give messages back."""
        for message in messages:
            after = None if message.lane is Lane.PAGING else _LOOK_AGAIN_SECONDS
            log.end(message, RetryLater(self.because, after, is_outage=True))

    def close(self) -> None:
        """Nothing is open."""
