"""How many an alert would reach if it went out now: counted, or from what the timetable keeps of a long list."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy.orm import Session

from tsalert.alerts import editions, queries
from tsalert.alerts.audience.choosing import choice_of
from tsalert.alerts.audience.later import CHANNELS, FREQUENCIES, count_later
from tsalert.alerts.models import Alert
from tsalert.alerts.rules import Channel, Edition, Kind, Urgency
from tsalert.subscribers import kept_counts
from tsalert.subscribers.audiences import Alike, count_audiences
from tsalert.subscribers.choice import EVERYBODY
from tsalert.subscribers.rules import Frequency


class Readers(Struct, frozen=True):
    """How many get an alert at once by channel and by edition, and how many later by how often they hear.

    :param as_of: when they were counted, where that was some time ago. Sending finds them anew.
    """

    at_once: Mapping[str, int]
    editions: Mapping[Edition, int]
    later: Mapping[Frequency, int]
    as_of: datetime | None = None

    @property
    def size(self) -> int:
        """How many get it at once."""
        return sum(self.at_once.values())


def count_readers(session: Session, alert: Alert, *, now: datetime) -> Readers:
    """Return how many would get an alert if it were approved now.

    Who got another alert, and whom a choice narrows it to, are few enough to be counted for everybody who looks.
    """
    if alert.in_reply_to is not None or choice_of(alert) != EVERYBODY:
        reach = queries.reach(session, alert)
        sizes = editions.edition_sizes(session, alert, sum(reach.values()))
        return Readers(reach, sizes, _later(session, alert, now))
    kept = kept_counts.find_audiences(session, now=now)
    audiences, as_of = kept or (count_audiences(session, alert.wards), None)
    found = audiences.at_once(alert.topic, alert.channels, wards=alert.wards, urgent=alert.urgency == Urgency.URGENT)
    later = {
        often: audiences.later(alert.topic, often, wards=alert.wards, by=CHANNELS, besides=found)
        for often in FREQUENCIES
    }
    by_channel = {channel: sum(each.count for each in found if each.channel == channel) for channel in alert.channels}
    return Readers(by_channel, _by_edition(found), later, as_of)


def _later(session: Session, alert: Alert, now: datetime) -> Mapping[Frequency, int]:
    """Count whom the next daily and weekly mails tell; whom they told of what is over, they alone know."""
    is_over = alert.kind == Kind.ALL_CLEAR
    return dict.fromkeys(FREQUENCIES, 0) if is_over else count_later(session, alert, now=now)


def _by_edition(found: Sequence[Alike]) -> dict[Edition, int]:
    """Count by the edition that each reads; only mail has other editions than the ordinary one."""
    sizes = dict.fromkeys(Edition, 0)
    for each in found:
        if each.channel == Channel.EMAIL and each.by_partner:
            sizes[Edition.PARTNER] += each.count
        elif each.channel == Channel.EMAIL and each.large_print:
            sizes[Edition.LARGE_PRINT] += each.count
        else:
            sizes[Edition.ORDINARY] += each.count
    return sizes
