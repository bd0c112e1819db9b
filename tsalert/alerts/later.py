"""Who gets an alert not at once but with their next daily or weekly mail."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tsalert.alerts import choosing, editions
from tsalert.alerts.models import Alert
from tsalert.alerts.rules import Channel, Kind
from tsalert.subscribers import queries as subscribers
from tsalert.subscribers.rules import Frequency

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
    waiting = subscribers.digest_audience(
        frequency,
        wards=alert.wards,
        topic=alert.topic,
        channels=CHANNELS,
        joined_by=now,
        choice=choosing.choice_of(alert),
    ).subquery("waiting")
    # Somebody may have chosen both at one address, and what is urgent goes to all.
    at_once = editions.audience(alert, select(waiting.c.id)).subquery("at_once")
    query = select(func.count()).select_from(waiting).outerjoin(at_once, at_once.c.id == waiting.c.id)
    return session.scalar(query.where(at_once.c.id.is_(None))) or 0
