"""An alert that only one person of many would get: it says whom it is about, or is no alert but a letter."""

from datetime import datetime

from sqlalchemy.orm import Session

from tsalert.alerts import editions
from tsalert.alerts.audience.later import count_later
from tsalert.alerts.models import Alert
from tsalert.subscribers.lone import find_only_reader

_FEW = 4  # more addresses than these are hardly one person's


def is_for_one(session: Session, alert: Alert, size: int, *, now: datetime) -> bool:
    """Tell whether an alert would go to one resident alone while others are on the list.

    What continues an alert is none: whoever got that is to hear how it went on.

    :param size: how many addresses get it at once.
    """
    if alert.in_reply_to is not None or not 0 < size <= _FEW:
        return False
    ends = [number for number, _ in session.execute(editions.audience(alert))]
    return find_only_reader(session, ends) is not None and not any(count_later(session, alert, now=now).values())
