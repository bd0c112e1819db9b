"""How far mailings have come, alone and together. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from tsalert.delivery.rules import MailingState, Status

SENT = frozenset({Status.ACCEPTED, Status.DELIVERED, Status.SOFT_BOUNCED, Status.UNDELIVERED, Status.HARD_BOUNCED})
# What has not come to its reader, and does not come any more.
NOT_TAKEN = (
    Status.UNDELIVERED,
    Status.FAILED,
    Status.HARD_BOUNCED,
    Status.CANCELLED,
    Status.SUPPRESSED,
    Status.EXPIRED,
)
NOT_LEFT = (*NOT_TAKEN, Status.PENDING)
_MISSED = frozenset(
    {
        Status.HARD_BOUNCED,
        Status.SOFT_BOUNCED,
        Status.UNDELIVERED,
        Status.FAILED,
        Status.SUPPRESSED,
        Status.EXPIRED,
        Status.UNKNOWN,
    }
)
# The first of these at which any of several mailings stands is where all of them stand.
_TELLING = (MailingState.CANCELLED, MailingState.PAUSED, MailingState.SENDING, MailingState.COMPLETED)


class Progress(Struct, frozen=True):
    """How far one mailing or several have come; ``by_channel`` holds counts by status, claimed ones as pending."""

    state: str
    paused_because: str | None
    completed_at: datetime | None
    by_channel: Mapping[str, Mapping[str, int]]

    def count(self, *statuses: Status) -> int:
        """Return how many deliveries stand at any of these statuses."""
        return sum(counts.get(status, 0) for counts in self.by_channel.values() for status in statuses)

    @property
    def total(self) -> int:
        """How many people are or were to get it."""
        return sum(sum(counts.values()) for counts in self.by_channel.values())

    @property
    def pending(self) -> int:
        """How many wait or are in hand."""
        return self.count(Status.PENDING)

    @property
    def sent(self) -> int:
        """How many a provider accepted, whatever came after."""
        return self.count(*SENT)

    @property
    def failed(self) -> int:
        """How many no provider took, for good."""
        return self.count(Status.FAILED)

    @property
    def missed(self) -> int:
        """How many did not come, or may not have."""
        return self.count(*_MISSED)

    @property
    def taken(self) -> int:
        """How many it came to, may have come to, or is on its way to."""
        return self.total - self.count(*NOT_TAKEN)

    @property
    def in_doubt(self) -> int:
        """How many nobody knows to have been sent or not, until an officer decides."""
        return self.count(Status.UNKNOWN)

    def without(self, status: Status) -> "Progress":
        """Return the same without the deliveries that stand at a status."""
        rest = {
            channel: {key: count for key, count in counts.items() if key != status}
            for channel, counts in self.by_channel.items()
        }
        return replace(self, by_channel=rest)

    @property
    def is_finished(self) -> bool:
        """True where nothing waits any more."""
        return self.pending == 0


def together(found: Sequence[Progress]) -> Progress:
    """Return how far several mailings have come as if they were one; it is complete when all of them are.

    One that was paused holds the others' state too, so that somebody looks; a cancelled one cancelled all.
    """
    counts: dict[str, dict[str, int]] = {}
    for each in found:
        for channel, by_status in each.by_channel.items():
            summed = counts.setdefault(channel, {})
            for status, count in by_status.items():
                summed[status] = summed.get(status, 0) + count
    state = next(state for state in _TELLING if any(each.state == state for each in found))
    ends = [each.completed_at for each in found]
    ended_at = None if state in {MailingState.PAUSED, MailingState.SENDING} else max(filter(None, ends), default=None)
    because = next((each.paused_because for each in found if each.paused_because), None)
    return Progress(state, because, ended_at, counts)
