"""Handing an alert's editions to delivery, and holding, continuing or calling off all of them; steps of use cases."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime

from sqlalchemy.orm import Session

from tsalert.alerts import editions, proof
from tsalert.alerts.costing import keep_prices
from tsalert.alerts.models import Alert, AlertEdition
from tsalert.alerts.night.rules import LANES
from tsalert.alerts.proof import Proof
from tsalert.alerts.rules import Edition, Urgency
from tsalert.core.errors import Conflict
from tsalert.delivery import service as delivery


def post(session: Session, alert: Alert, pulled: Proof, *, now: datetime) -> int:
    """Queue a message for everybody, each in one edition; return how many there are. No provider is called here."""
    size = 0
    served: list[int] = []
    for edition in Edition:
        mailing_id = _make(session, alert, pulled, edition, now)
        people, channels = editions.meant(alert, edition, served), editions.channels_of_edition(alert, edition)
        count = delivery.enqueue(session, mailing_id, people, channels=channels, now=now)
        # What nobody gets at once goes out all the same, for the daily and weekly mails to tell of.
        is_last_hope = edition is Edition.ORDINARY and not served
        if not (count or is_last_hope):
            delivery.discard_mailing(session, mailing_id)
            continue
        session.add(AlertEdition(alert_id=alert.id, mailing_id=mailing_id, edition=edition))
        size += count
        served.append(mailing_id)
    keep_prices(session, alert.id, 0, pulled, alert.channels)
    return size


def pause(session: Session, alert: Alert) -> None:
    """Hold every edition that is being sent."""
    _steer(session, alert, lambda mailing_id: delivery.pause(session, mailing_id))


def resume(session: Session, alert: Alert) -> None:
    """Go on with every edition that is held."""
    _steer(session, alert, lambda mailing_id: delivery.resume(session, mailing_id))


def call_off(session: Session, alerts: Iterable[Alert], *, now: datetime) -> None:
    """Stop every edition of some alerts for good, done or not, so that nothing of it is ever sent again."""
    delivery.call_off(session, _mailings_of(session, alerts), now=now)


def end_waiting(session: Session, alerts: Iterable[Alert], *, now: datetime) -> None:
    """Let what has not left of any edition of some alerts expire; what has gone out stands."""
    delivery.lapse(session, _mailings_of(session, alerts), now=now)


def apply_until(session: Session, alert: Alert, until: datetime) -> None:
    """Let what is sent again of any edition of an alert leave until then; nothing is sent by this alone."""
    delivery.prolong(session, _mailings_of(session, [alert]), until)


def _mailings_of(session: Session, alerts: Iterable[Alert]) -> list[int]:
    return [number for alert in alerts for number in editions.all_mailings_of(session, alert.id)]


def _make(session: Session, alert: Alert, pulled: Proof, edition: Edition, now: datetime) -> int:
    content, lane = proof.content_of(alert, pulled, edition), LANES[Urgency(alert.urgency)]
    return delivery.create_mailing(session, content, lane=lane, now=now, not_after=alert.expires_at)


def _steer(session: Session, alert: Alert, step: Callable[[int], None]) -> None:
    """Take a step with every edition that it is possible for: others may be done already.

    :raises Conflict: it is possible for none of them any more.
    """
    taken = 0
    for mailing_id in editions.all_mailings_of(session, alert.id):
        with suppress(Conflict):
            step(mailing_id)
            taken += 1
    if not taken:
        raise Conflict("This alert has changed meanwhile. Look at it again.", legal=["read it again"])
