"""Addresses of our own that get every alert: whether they do, in time, is whether the alerts arrive."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask import current_app
from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tsalert.alerts import queries as alerts
from tsalert.audit import service as audit
from tsalert.config import Settings
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import Conflict, NotAllowed, NotFound, RuleViolation
from tsalert.core.keys import is_id
from tsalert.db import insert_ignoring_conflicts, transaction
from tsalert.delivery import queries as delivery_queries
from tsalert.delivery import returning, stopping
from tsalert.delivery import service as delivery
from tsalert.delivery.queries import EndpointView
from tsalert.delivery.quiet import leaves_at
from tsalert.delivery.returning import Sending
from tsalert.delivery.rules import EndpointStatus, Status
from tsalert.hygiene import telling
from tsalert.hygiene.models import Canary, CanaryCheck
from tsalert.hygiene.rules import CANARY_TIME
from tsalert.subscribers import losing
from tsalert.subscribers.asking import require_served
from tsalert.subscribers.contacts import read_contact

# Until when an alert of which no worker heard goes to the canaries still.
_NEW = timedelta(days=1)
_ARRIVED = frozenset({Status.ACCEPTED, Status.DELIVERED})
# Alarms are shown on every page for a day at most.
_SHOWN = timedelta(days=1)


class Late(Struct, frozen=True):
    """An alert that did not reach the canaries in time."""

    alert_id: int
    reference: str
    late_at: datetime
    arrived_at: datetime | None


def add_canary(contact: str, *, actor: Actor, now: datetime) -> int:
    """Let an address of our own get every alert, and return its endpoint.

    :raises RuleViolation: it is no address, a subscriber's, or a landline where nothing makes calls; the field is
        ``contact``.
    """
    actor.require(Permission.MANAGE_SUBSCRIBERS)
    if actor.officer_id is None:
        raise NotAllowed("Only an officer can add a test address.")
    channel, address = read_contact(contact)
    require_served(channel)
    with transaction() as session:
        active = EndpointStatus.ACTIVE
        endpoint_id = delivery.find_or_add_endpoint(session, channel, address, status=active, now=now)
        if losing.is_listed(session, endpoint_id):
            raise RuleViolation("This is a subscriber's address: they would get everything twice.", field="contact")
        delivery.lift_suppression(session, endpoint_id, status=active, now=now)
        session.merge(Canary(endpoint_id=endpoint_id, added_at=now, added_by=actor.officer_id, removed_at=None))
        audit.record(session, actor, "added", "canary", endpoint_id, now=now, channel=channel)
        return endpoint_id


def remove_canary(endpoint_id: int, *, actor: Actor, now: datetime) -> None:
    """Let a test address get no more alerts.

    :raises NotFound: it is none.
    """
    actor.require(Permission.MANAGE_SUBSCRIBERS)
    with transaction() as session:
        canary = session.get(Canary, endpoint_id) if is_id(endpoint_id) else None
        if canary is None or canary.removed_at is not None:
            raise NotFound("There is no such test address.")
        canary.removed_at = now
        audit.record(session, actor, "removed", "canary", endpoint_id, now=now)


def canaries(session: Session) -> list[EndpointView]:
    """Return the test addresses that get alerts."""
    ids = session.scalars(select(Canary.endpoint_id).where(Canary.removed_at.is_(None))).all()
    return list(delivery_queries.endpoints_by_id(session, ids).values())


def watch_canaries(now: datetime) -> int:
    """Send new alerts to the canaries, and alarm about those that did not arrive in time; returns how many are late."""
    with transaction() as session:
        # What went out before there was any canary says nothing of whether alerts arrive.
        since = session.scalar(select(func.min(Canary.added_at)).where(Canary.removed_at.is_(None)))
        published = alerts.published_since(session, max(since, now - _NEW)) if since else []
        for alert_id, _, mailing_id in published:
            _begin(session, alert_id, mailing_id, now)
    late = 0
    with transaction() as session:
        waits = (CanaryCheck.arrived_at.is_(None), CanaryCheck.began_at > now - _SHOWN)
        for check in session.scalars(select(CanaryCheck).where(*waits).with_for_update()):
            late += _look_at(session, check, now)
    return late


def late_alerts(session: Session, *, now: datetime) -> list[Late]:
    """Return the alerts of the last day that were late and that nobody has dealt with."""
    late = (CanaryCheck.late_at > now - _SHOWN, CanaryCheck.seen_at.is_(None))
    return _late(session, session.scalars(select(CanaryCheck).where(*late).order_by(CanaryCheck.late_at)).all())


def last_checks(session: Session, *, limit: int = 20) -> list[tuple[CanaryCheck, str]]:
    """Return the latest checks, each with the alert's reference."""
    found = session.scalars(select(CanaryCheck).order_by(CanaryCheck.began_at.desc()).limit(limit)).all()
    told = alerts.headlines_of(session, [check.alert_id for check in found])
    return [(check, told[check.alert_id][0]) for check in found]


def note_seen(alert_id: int, *, actor: Actor, now: datetime) -> None:
    """Note that somebody deals with a late alert; it is shown on pages no more.

    :raises NotFound: it was not late.
    :raises Conflict: somebody else deals with it.
    """
    actor.require(Permission.MANAGE_SUBSCRIBERS)
    with transaction() as session:
        check = session.get(CanaryCheck, alert_id, with_for_update=True) if is_id(alert_id) else None
        if check is None or check.late_at is None:
            raise NotFound("No such alert was late.")
        if check.seen_at is not None:
            raise Conflict("Somebody deals with this already.")
        check.seen_at, check.seen_by = now, actor.officer_id
        audit.record(session, actor, "dealt with late canary", "alert", alert_id, now=now)


def _begin(session: Session, alert_id: int, mailing_id: int, now: datetime) -> None:
    """Send an alert's words to the canaries as a mailing of their own, which no reach counts."""
    if session.get(CanaryCheck, alert_id) is not None:
        return
    own = delivery.repeat_mailing(session, mailing_id, now=now)
    values = {"alert_id": alert_id, "mailing_id": own, "began_at": now}
    session.execute(insert_ignoring_conflicts(session, CanaryCheck).values(values))
    for each in canaries(session):
        delivery.enqueue_one(session, own, each.id, now=now)


def _look_at(session: Session, check: CanaryCheck, now: datetime) -> bool:
    """Settle a check, or alarm about it; tells whether it is late only now."""
    sendings = returning.sendings_of(session, check.mailing_id)
    if not sendings and all(each.status == EndpointStatus.ACTIVE for each in canaries(session)):
        return False  # an alert by text alone says nothing of mailboxes
    open_ones = [each for each in sendings if not _has_arrived(each)]
    if sendings and not open_ones:
        check.arrived_at = now
        return False
    due = min((_due_at(each, check.began_at) for each in open_ones), default=check.began_at)
    held_until = stopping.held_until(session, now=now) or check.began_at
    if check.late_at is not None or now < max(due, check.began_at, held_until) + CANARY_TIME:
        return False
    check.late_at = now
    reference = alerts.get_alert(session, check.alert_id).reference
    telling.tell_of_late_canary(session, check.alert_id, reference, now=now)
    return True


def _due_at(sending: Sending, began_at: datetime) -> datetime:
    """Return from when on to expect a message: a text that waits for the day is not late by night."""
    return leaves_at(sending.channel, sending.lane, sending.due_at if sending.attempts == 0 else began_at)


def _has_arrived(sending: Sending) -> bool:
    """Tell whether a message arrived, as far as its channel tells: Twilio and Notify say so of what they send."""
    settings: Settings = current_app.extensions["tsalert_settings"]
    if sending.channel in settings.reporting_channels:
        return sending.status is Status.DELIVERED
    return sending.status in _ARRIVED


def _late(session: Session, checks: Sequence[CanaryCheck]) -> list[Late]:
    told = alerts.headlines_of(session, [each.alert_id for each in checks])
    return [
        Late(each.alert_id, told[each.alert_id][0], each.late_at, each.arrived_at)
        for each in checks
        if each.late_at is not None
    ]
