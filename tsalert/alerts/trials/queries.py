"""Reading tests of alerts, and where an officer can get one."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tsalert.alerts.models import Alert
from tsalert.alerts.rules import Channel
from tsalert.alerts.trials.models import AlertTrial
from tsalert.core.actors import Actor
from tsalert.rota.queries import mobile_of
from tsalert.staff.queries import get_officer_by_id

SPAN = timedelta(hours=1)
MOST = 10


def sent_lately(session: Session, officer_id: int, *, now: datetime) -> int:
    """Return how many tests an officer sent within the hour."""
    mine = (AlertTrial.officer_id == officer_id, AlertTrial.sent_at > now - SPAN)
    return session.scalar(select(func.count()).select_from(AlertTrial).where(*mine)) or 0


def trials_of(session: Session, alert_id: int) -> Sequence[AlertTrial]:
    """Return the latest tests of an alert, the newest first."""
    query = select(AlertTrial).where(AlertTrial.alert_id == alert_id).order_by(AlertTrial.id.desc())
    return session.scalars(query.limit(MOST)).all()


def is_call_of_test(session: Session, delivery_id: int) -> bool:
    """Tell whether a call that we made is a test of an alert to an officer."""
    return session.scalar(select(AlertTrial.id).where(AlertTrial.delivery_id == delivery_id)) is not None


def own_address(session: Session, officer_id: int, channel: Channel) -> str | None:
    """Return where an officer gets tests: their own mail, or texts and calls at their verified mobile; else None."""
    if channel is Channel.EMAIL:
        return get_officer_by_id(session, officer_id).email
    return mobile_of(session, officer_id)


def ways(session: Session, alert: Alert, actor: Actor) -> dict[Channel, str | None]:
    """Return how this officer could get a test of an alert, each with where they get it, None where it is missing."""
    if actor.officer_id is None:
        return {}
    offered = [Channel.EMAIL, *(channel for channel in (Channel.SMS, Channel.VOICE) if channel in alert.channels)]
    return {channel: own_address(session, actor.officer_id, channel) for channel in offered}
