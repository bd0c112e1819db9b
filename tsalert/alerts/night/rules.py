"""What of an alert waits for the morning: texts and calls leave by day, unless it is urgent. Pure."""

from collections.abc import Collection, Mapping
from datetime import datetime

from msgspec import Struct

from tsalert.alerts.rules import Channel, Urgency
from tsalert.core.clock import as_utc
from tsalert.delivery.quiet import leaves_at
from tsalert.delivery.rules import Channel as DeliveryChannel
from tsalert.delivery.rules import Lane, Status

LANES = {Urgency.URGENT: Lane.URGENT, Urgency.ROUTINE: Lane.BULK}
_ONE, _MANY = 0, 1
_WORDS = {Channel.EMAIL: ("email", "emails"), Channel.SMS: ("text", "texts"), Channel.VOICE: ("call", "calls")}


class Night(Struct, frozen=True):
    """Which channels wait, until when, and whether the alert ends before they may leave."""

    channels: tuple[Channel, ...]
    until: datetime
    is_too_late: bool

    @property
    def words(self) -> str:
        """What waits, in words: ``texts and calls``."""
        return " and ".join(_WORDS[channel][_MANY] for channel in self.channels)


def find_night(channels: Collection[str], urgency: str, expires_at: datetime, now: datetime) -> Night | None:
    """Return what would wait if an alert were sent now; None where all of it leaves at once."""
    lane = LANES[Urgency(urgency)]
    leaving = {channel: leaves_at(DeliveryChannel(channel), lane, now) for channel in Channel if channel in channels}
    waiting = {channel: at for channel, at in leaving.items() if at > as_utc(now)}
    if not waiting:
        return None
    until = max(waiting.values())
    return Night(tuple(waiting), until, until >= as_utc(expires_at))


def wakes_people(channels: Collection[str], urgency: str, expires_at: datetime, at: datetime) -> bool:
    """Tell whether an alert would ring or text people at an instant only because it is urgent."""
    return urgency == Urgency.URGENT and find_night(channels, Urgency.ROUTINE, expires_at, at) is not None


def count_waiting(night: Night, counts: Mapping[str, Mapping[str, int]]) -> str:
    """Return how many messages wait, in words, such as ``1,204 texts and 1 call``; nothing where none do.

    :param counts: messages by channel and status.
    """
    pending = {channel: counts.get(channel, {}).get(Status.PENDING, 0) for channel in night.channels}
    said = (
        f"{count:,} {_WORDS[channel][_ONE if count == 1 else _MANY]}" for channel, count in pending.items() if count
    )
    return " and ".join(said)
