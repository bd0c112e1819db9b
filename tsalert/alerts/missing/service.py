"""Sending an alert again to those whom it did not reach: the words that were approved, each person once."""

from collections.abc import Collection, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tsalert.alerts import editions, following, proof, queries
from tsalert.alerts.costing import keep_prices
from tsalert.alerts.missing import queries as missing
from tsalert.alerts.missing.queries import SENT_AGAIN, Reason, Way
from tsalert.alerts.models import Alert, AlertEdition, AlertResend
from tsalert.alerts.night import reasons as night
from tsalert.alerts.night.rules import LANES
from tsalert.alerts.rules import Channel, Edition, Urgency
from tsalert.alerts.spending import service as spending
from tsalert.audit import service as audit
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import Conflict, NotAllowed, RuleViolation
from tsalert.db import transaction
from tsalert.delivery import queries as delivery_queries
from tsalert.delivery import service as delivery
from tsalert.delivery.queries import reachable_endpoints
from tsalert.delivery.rules import Content

# The mailings that were made, each with its edition and how many it goes to.
_Made = list[tuple[int, Edition, int]]
_OTHER_WORDS = (
    "The service's settings have changed, so the words would not be those that were approved. Write an update instead."
)


class Again(Struct, frozen=True):
    """For whom an alert is sent again, how, and why it cannot wait until the morning, if it would wake people."""

    reasons: tuple[Reason, ...]
    way: Way
    night_reason: str | None = None


def send_again(alert_id: int, wanted: Again, *, actor: Actor, now: datetime) -> int:
    """Send an alert again to those whom it did not reach for some reasons; returns to how many addresses.

    Its words were approved, so one officer may: exactly those go out. Whoever is on their way to get it, has it, may
    have it, or asked us to stop, gets nothing, however often this is called.

    :raises Conflict: nobody is left to send it to, it is held or was withdrawn, or its words would not be the same.
    :raises RuleViolation: no reason is chosen, one is no reason to send again, the alert has ended, it costs more than
        is left, or it would wake people and nobody said why it must.
    """
    actor.require(Permission.APPROVE_ALERT)
    if actor.officer_id is None:
        raise NotAllowed("Only an officer can send an alert again.")
    with transaction() as session:
        unsent = following.lock_unsent(session, alert_id)
        alert = queries.get_alert(session, alert_id, lock=True)
        _check(session, alert, wanted.reasons, now)
        made = (_again if wanted.way is Way.SAME else _elsewhere)(session, alert, wanted.reasons, now)
        size = sum(each for _, _, each in made)
        if not size:
            raise Conflict("There is nobody left to send this to.", legal=["read it again"])
        resend = AlertResend(alert_id=alert.id, way=wanted.way, reasons=[*wanted.reasons], size=size)
        resend.asked_by, resend.asked_at = actor.officer_id, now
        _keep(session, resend, made)
        following.take_in_channels(session, alert, unsent)
        _say_why_now(session, alert, wanted, made, actor, now)
        pulled = proof.pull_proof(alert)
        keep_prices(session, alert.id, resend.round, pulled, [*Channel])
        spending.charge(session, alert, pulled, [number for number, _, _ in made], now=now, is_again=True)
        audit.record(session, actor, "sent again", "alert", alert.id, now=now, way=wanted.way, size=size)
        return size


def _keep(session: Session, resend: AlertResend, made: _Made) -> None:
    """Note which mailings sent an alert again."""
    latest = select(func.max(AlertEdition.round)).where(AlertEdition.alert_id == resend.alert_id)
    resend.round = 1 + (session.scalar(latest) or 0)
    session.add(resend)
    for mailing_id, edition, _ in made:
        kept = AlertEdition(alert_id=resend.alert_id, mailing_id=mailing_id, edition=edition, round=resend.round)
        session.add(kept)


def _say_why_now(session: Session, alert: Alert, wanted: Again, made: _Made, actor: Actor, now: datetime) -> None:
    """Refuse to wake people unless somebody has said why, when it was approved or now."""
    night.say_why_again(session, alert, wanted.night_reason, actor=actor, now=now)
    found = delivery_queries.progress_of_all(session, [mailing_id for mailing_id, _, _ in made])
    channels = {channel for each in found.values() for channel in each.by_channel}
    night.require_reason(session, alert, alert.approved_digest or "", at=now, channels=channels)


def _check(session: Session, alert: Alert, reasons: Collection[Reason], now: datetime) -> None:
    if not reasons or not set(reasons) <= set(SENT_AGAIN):
        raise RuleViolation("Choose who to send it to again.", field="reasons")
    if not queries.is_out(session, alert):
        raise Conflict(
            "This alert cannot be sent again: it is not being sent, or was withdrawn.", legal=["read it again"]
        )
    if alert.expires_at <= now:
        raise RuleViolation("This alert has ended, so nobody needs it any more.")


def _again(session: Session, alert: Alert, reasons: Collection[Reason], now: datetime) -> _Made:
    """Repeat each mailing for those of its addresses that it did not reach and that may be written to."""
    missed = missing.missing(session, alert, reasons).subquery("missed")
    reachable = reachable_endpoints().subquery("reachable")
    people = select(missed.c.endpoint_id, missed.c.channel).join(reachable, reachable.c.id == missed.c.endpoint_id)
    in_editions = people.with_only_columns(AlertEdition.mailing_id, AlertEdition.edition).join(
        AlertEdition, AlertEdition.mailing_id == missed.c.mailing_id
    )
    made = []
    for mailing_id, edition in session.execute(in_editions.distinct().order_by(AlertEdition.mailing_id)).all():
        again = delivery.repeat_mailing(session, mailing_id, now=now)
        size = delivery.enqueue(session, again, people.where(missed.c.mailing_id == mailing_id), now=now)
        made.append((again, Edition(edition), size))
    return made


def _elsewhere(session: Session, alert: Alert, reasons: Collection[Reason], now: datetime) -> _Made:
    """Make messages to other addresses of those whom it did not reach, each in one edition.

    :raises Conflict: the settings have changed what it would say.
    """
    if proof.pull_proof(alert).digest != alert.approved_digest:
        raise Conflict(_OTHER_WORDS, legal=["write an update"])
    left, made = missing.other_addresses(session, alert, reasons), []
    for edition in Edition:
        readers = editions.readers_among(session, left, edition)
        if readers:
            made.append(_to_others(session, alert, edition, readers, now))
        told = {*readers}
        left = {number: channel for number, channel in left.items() if number not in told}
    return made


def _to_others(
    session: Session, alert: Alert, edition: Edition, readers: Sequence[int], now: datetime
) -> tuple[int, Edition, int]:
    pulled, lane = proof.pull_proof(alert), LANES[Urgency(alert.urgency)]
    content = Content(**asdict(pulled.others.get(edition, pulled.wording)))
    mailing_id = delivery.create_mailing(session, content, lane=lane, now=now, not_after=alert.expires_at)
    size = 0
    for start in range(0, len(readers), editions.AT_ONCE):
        reachable = reachable_endpoints()
        ids = reachable.selected_columns[0].in_(readers[start : start + editions.AT_ONCE])
        size += delivery.enqueue(session, mailing_id, reachable.where(ids), now=now)
    return mailing_id, edition, size
