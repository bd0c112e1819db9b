"""Who gets an alert not at once but with their next daily or weekly mail."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Select, except_, select
from sqlalchemy.orm import Session

from tsalert.alerts import editions
from tsalert.alerts.audience import choosing
from tsalert.alerts.models import Alert
from tsalert.alerts.rules import Channel, Kind, Urgency
from tsalert.delivery.queries import count_active
from tsalert.subscribers.rules import Frequency
from tsalert.subscribers.waiting import digest_addresses
from tsalert.subscribers.wanting import wanting_addresses

# Landlines get no such mail: nobody wants to be rung with a list. Whoever reads either gets it there, whichever
# channels the alert itself goes out by.
CHANNELS = (Channel.EMAIL, Channel.SMS)
FREQUENCIES = (Frequency.DAILY, Frequency.WEEKLY)


def count_later(session: Session, alert: Alert, *, now: datetime) -> dict[Frequency, int]:
    """Return how many addresses would hear of an alert once a day and once a week if it were approved now.

    A correction is none of their matter: such mails tell by themselves that what they told of was withdrawn.
    """
    if alert.kind == Kind.CANCEL:
        return dict.fromkeys(FREQUENCIES, 0)
    return {frequency: _count(session, alert, frequency, now) for frequency in FREQUENCIES}


def say_later(counts: Mapping[Frequency, int]) -> str:
    """Return the same in words, such as ``2 with their next daily mail and 1 with their next weekly mail``."""
    return " and ".join(f"{count:,} with their next {often} mail" for often, count in counts.items() if count)


def _count(session: Session, alert: Alert, frequency: Frequency, now: datetime) -> int:
    waiting = digest_addresses(
        frequency, wards=alert.wards, topic=alert.topic, joined_by=now, choice=choosing.choice_of(alert)
    )
    # Somebody may have chosen both at one address, and what is urgent goes to all.
    everybody, not_at_once = count_active(session, waiting), count_active(session, except_(waiting, _at_once(alert)))
    return sum((not_at_once if channel in alert.channels else everybody).get(channel, 0) for channel in CHANNELS)


def _at_once(alert: Alert) -> Select[int]:
    """Return the query of the endpoint ids to which an alert goes at once by whichever channels it goes."""
    if alert.in_reply_to is not None:
        return select(editions.audience(alert).subquery("got").c.id)
    return wanting_addresses(
        wards=alert.wards,
        topic=alert.topic,
        urgent=alert.urgency == Urgency.URGENT,
        choice=choosing.choice_of(alert),
    )
