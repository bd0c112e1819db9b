"""Sending an alert to oneself, by the engine that sends alerts."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from tsalert.alerts import proof
from tsalert.alerts import queries as alerts
from tsalert.alerts.models import Alert
from tsalert.alerts.rules import Channel, Edition
from tsalert.alerts.steps import Step, legal_steps, ways_on
from tsalert.alerts.trials import queries
from tsalert.alerts.trials.models import AlertTrial
from tsalert.alerts.trials.wording import mark_call, mark_mail, mark_text
from tsalert.audit import service as audit
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import Conflict, NotAllowed, RuleViolation, TooManyTries
from tsalert.db import transaction
from tsalert.delivery import service as delivery
from tsalert.delivery.personal import Letter, page_one
from tsalert.delivery.rules import Channel as DeliveryChannel
from tsalert.delivery.rules import Content, EndpointStatus, Lane, normalise_email

# A test that comes later only puzzles.
_GOOD_FOR = timedelta(hours=1)


def send_to_oneself(
    alert_id: int, channel: Channel, edition: Edition = Edition.ORDINARY, *, actor: Actor, now: datetime
) -> None:
    """Send an alert that has not gone out to the officer who asks, and to nobody else.

    :raises NotFound: there is no such alert.
    :raises Conflict: it is past changing, so a test tells nothing.
    :raises RuleViolation: the officer has no such address, or it may not be written to.
    :raises TooManyTries: they sent themselves too many within the hour.
    """
    actor.require(Permission.DRAFT_ALERT)
    if actor.officer_id is None:
        raise NotAllowed("Only an officer can send a test to themselves.")
    with transaction() as session:
        alert = alerts.get_alert(session, alert_id, lock=True)
        _require_open(session, alert)
        _require_few(session, actor.officer_id, now)
        address, content = _address(session, actor.officer_id, channel), _content(alert, channel, edition)
        made = AlertTrial(alert_id=alert_id, officer_id=actor.officer_id, channel=channel, sent_at=now)
        if channel is Channel.VOICE:
            made.delivery_id = _ring(session, content, address, now)
        else:
            _send(session, content, DeliveryChannel(channel), address, now)
        session.add(made)
        session.flush()
        audit.record(session, actor, "sent a test", "alert", alert_id, now=now, channel=channel, edition=edition)


def _require_open(session: Session, alert: Alert) -> None:
    status = alerts.standing(session, alert)
    if Step.EDIT not in legal_steps(status):
        raise Conflict("This alert cannot be changed any more, so there is nothing to test.", legal=ways_on(status))


def _require_few(session: Session, officer_id: int, now: datetime) -> None:
    if queries.sent_lately(session, officer_id, now=now) >= queries.MOST:
        raise TooManyTries(f"You have sent yourself {queries.MOST} tests within the hour. Try again later.")


def _address(session: Session, officer_id: int, channel: Channel) -> str:
    found = queries.own_address(session, officer_id, channel)
    if found is None:
        said = "Verify your mobile on your page of shifts first; tests go to no other number."
        raise RuleViolation(said, field="channel")
    return found


def _content(alert: Alert, channel: Channel, edition: Edition) -> Content:
    pulled = proof.pull_proof(alert)
    if channel is Channel.VOICE:
        return mark_call(pulled.wording.voice, pulled.wording.subject)
    marked = (
        mark_mail(proof.mail_of(pulled, edition))
        if channel is Channel.EMAIL
        else mark_text(pulled.wording.sms, pulled.wording.subject)
    )
    return Content(
        subject=marked.subject,
        text=proof.with_sample_link(marked.text),
        html=proof.with_sample_link(marked.html) if marked.html else None,
        sms=proof.with_sample_link(marked.sms) if marked.sms else None,
    )


def _ring(session: Session, content: Content, mobile: str, now: datetime) -> int:
    """Queue a call; it rings as a page does, by night too, since who asked for it waits for it."""
    return page_one(session, Letter(DeliveryChannel.VOICE, mobile, content, now + _GOOD_FOR), now=now)


def _send(session: Session, content: Content, channel: DeliveryChannel, address: str, now: datetime) -> None:
    """Queue a test; whoever gets it is subscribed to nothing by that."""
    unconfirmed = EndpointStatus.UNCONFIRMED
    address = normalise_email(address) if channel is DeliveryChannel.EMAIL else address
    endpoint_id = delivery.find_or_add_endpoint(session, channel, address, status=unconfirmed, now=now)
    mailing_id = delivery.create_mailing(session, content, lane=Lane.TRANSACTIONAL, now=now, not_after=now + _GOOD_FOR)
    if not delivery.enqueue_one(session, mailing_id, endpoint_id, now=now):
        said = "Your own address may not be written to: what was sent to it was reported as spam."
        raise RuleViolation(said, field="channel")
