"""Asking an address to confirm: limited, the same for everybody, never twice for one import."""

import logging
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.config import Settings
from tsalert.core.clock import as_utc
from tsalert.core.errors import RuleViolation, TooManyTries
from tsalert.delivery import service as delivery
from tsalert.delivery.fates import calls_made
from tsalert.delivery.queries import EndpointView, endpoints_by_id, get_endpoint
from tsalert.delivery.rules import Channel, EndpointStatus, Lane
from tsalert.subscribers.models import SignUp
from tsalert.subscribers.rows import ImportRow
from tsalert.subscribers.rules import (
    CONFIRM_LIFE,
    LOST_TRIED_EVERY,
    PAID_PER_NETWORK,
    Source,
    may_be_asked,
    tidy_topics,
)
from tsalert.subscribers.telling import tell_of_limit
from tsalert.subscribers.tokens import confirm_token
from tsalert.subscribers.wording import confirmation
from tsalert.visitors.limiting import spend
from tsalert.visitors.rules import mailbox_of, network_of

_HOUR = timedelta(hours=1)
_NOT_ASKED = (
    "Until the hour is over, people who join with such a number on the website are not asked to confirm, so they are "
    "not put on the list. They can ring, text JOIN, or try again."
)
CALLED_US_SPAM = (
    "Our mail to this address was reported as spam, so no message asks there. If its owner tells you that they want "
    "alerts, put them on the list as somebody who agreed."
)
_log = logging.getLogger(__name__)


def ask(session: Session, sign_up: SignUp, *, now: datetime, code: str | None = None) -> bool:
    """Send a sign-up's address the message that asks it to confirm; False where it may not be asked now. A step.

    Each message is a mailing of its own, since its link is. A call goes out by day.

    :param code: what may be typed on the page that follows the form.
    """
    session.add(sign_up)
    session.flush()
    end = get_endpoint(session, sign_up.endpoint_id)
    if not _may_ask(session, sign_up, end, now):
        return False
    settings: Settings = current_app.extensions["tsalert_settings"]
    content = confirmation(
        authority=settings.authority_name,
        link=f"{settings.public_url}/confirm/{confirm_token(sign_up.id)}",
        can_reply=_takes_texts(settings),
        code=code,
    )
    mailing_id = delivery.create_mailing(
        session, content, lane=Lane.TRANSACTIONAL, now=now, not_after=now + CONFIRM_LIFE
    )
    return delivery.enqueue_one(session, mailing_id, sign_up.endpoint_id, now=now)


def require_served(channel: Channel) -> None:
    """Refuse a landline where nothing is set up that makes calls: its owner would wait for alerts in vain.

    :raises RuleViolation: it is one; the field is ``contact``.
    """
    settings: Settings = current_app.extensions["tsalert_settings"]
    if channel is Channel.VOICE and not settings.makes_calls:
        raise RuleViolation("We cannot ring landlines. Enter an email address or a mobile number.", field="contact")


def may_cost(session: Session, channel: Channel, address: str, *, now: datetime) -> bool:
    """Take one of the confirmations that cost money; False where the hour's are used up. A step."""
    if channel is Channel.EMAIL:
        return True
    settings: Settings = current_app.extensions["tsalert_settings"]
    purpose = _purpose(channel)
    block, hour = settings.confirmations_per_prefix, settings.confirmations_per_hour
    is_left = spend(session, purpose, address[:-3], most=block, within=_HOUR, now=now)
    is_left = is_left and spend(session, purpose, "all", most=hour, within=_HOUR, now=now)
    if not is_left:
        _log.warning("the hour's %s are used up, in all or for one block of numbers", purpose)
        tell_of_limit(session, purpose, _NOT_ASKED, now=now)
    return is_left


def require_cheap(session: Session, channel: Channel, network: str, *, now: datetime) -> None:
    """Take one of the texts or calls that one network may have us make; mail costs nothing. A step.

    :raises TooManyTries: its hour's are used up.
    """
    if channel is Channel.EMAIL:
        return
    purpose, most = f"{_purpose(channel)} from", PAID_PER_NETWORK
    if not spend(session, purpose, network_of(network), most=most, within=_HOUR, now=now):
        raise TooManyTries("Too many numbers were entered from your connection. Try again in an hour, or ring us.")


def _purpose(channel: Channel) -> str:
    return "confirmation calls" if channel is Channel.VOICE else "confirmation texts"


def _may_ask(session: Session, sign_up: SignUp, end: EndpointView, now: datetime) -> bool:
    """Tell whether an address may be asked now; texts for which an officer decided are never held.

    Those of an import are not counted either: a long file would use up what residents may ask for in that hour.
    An address from which messages came back may be read again, but no visitor may have us try it all day long.
    """
    if end.channel is Channel.VOICE:
        return _may_ring(session, end, now)
    if sign_up.source == Source.PHONE:
        _count(session, end.channel, now)
    if sign_up.source in {Source.IMPORT, Source.PHONE}:
        return True
    if end.status is EndpointStatus.BOUNCED and not _is_tried_again(session, end, now):
        return False
    return may_cost(session, end.channel, end.address, now=now)


def _is_tried_again(session: Session, end: EndpointView, now: datetime) -> bool:
    """Take the one message that an address gets each day from which messages came back."""
    return spend(session, "lost address", mailbox_of(end.address), most=1, within=LOST_TRIED_EVERY, now=now)


def _count(session: Session, channel: Channel, now: datetime) -> None:
    """Count a text among the hour's, and not in its block of numbers: an officer and a visitor would lock crosswise."""
    if channel is Channel.SMS:
        settings: Settings = current_app.extensions["tsalert_settings"]
        spend(session, _purpose(channel), "all", most=settings.confirmations_per_hour, within=_HOUR, now=now)


def _may_ring(session: Session, end: EndpointView, now: datetime) -> bool:
    """Tell whether a landline may be asked: never after it said no, and neither often nor at any cost."""
    asked = [at for _, at in calls_made(session, [end.id], Lane.TRANSACTIONAL)]
    has_said_no = end.is_suppressed and end.status is not EndpointStatus.BOUNCED
    if has_said_no or not may_be_asked(asked, now):
        return False
    return may_cost(session, end.channel, end.address, now=now)


def ask_imported(session: Session, unconfirmed: Mapping[int, ImportRow], *, now: datetime) -> int:
    """Ask the unconfirmed addresses of an import, but for those that were asked in the last seven days.

    A landline cannot follow a link: it waits until an officer records consent.
    """
    waiting = _asked_since(session, list(unconfirmed), now - CONFIRM_LIFE)
    ends = endpoints_by_id(session, unconfirmed.keys() - waiting)
    return sum(
        ask(session, _imported(number, row, now), now=now)
        for number, row in unconfirmed.items()
        if number in ends and ends[number].channel is not Channel.VOICE
    )


def _imported(endpoint_id: int, row: ImportRow, now: datetime) -> SignUp:
    return SignUp(
        endpoint_id=endpoint_id,
        topics=list(tidy_topics(row.topics)),
        postcode=row.postcode,
        ward=row.ward,
        source=Source.IMPORT,
        asked_at=now,
    )


def _asked_since(session: Session, endpoint_ids: Collection[int], since: datetime) -> set[int]:
    query = select(SignUp.endpoint_id).where(SignUp.endpoint_id.in_(endpoint_ids), SignUp.asked_at > as_utc(since))
    return set(session.scalars(query))


def _takes_texts(settings: Settings) -> bool:
    """Tell whether texts can be answered: a sender made of letters cannot."""
    return "sms" in settings.reporting_channels and settings.takes_texts
