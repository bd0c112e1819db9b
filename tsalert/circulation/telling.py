"""What partners tell us, by their links or through an officer: how many they reach, what they passed on."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tsalert.alerts import editions
from tsalert.alerts import queries as alerts
from tsalert.audit import service as audit
from tsalert.circulation import rules
from tsalert.circulation.models import ForwardAck, PartnerReminder
from tsalert.circulation.rules import Told
from tsalert.circulation.service import open_profile
from tsalert.core.actors import Actor, Permission, Via
from tsalert.core.clock import as_utc
from tsalert.core.errors import NotFound, RuleViolation
from tsalert.db import transaction
from tsalert.digests import queries as digests
from tsalert.subscribers import partnering
from tsalert.subscribers.partnering import Standing
from tsalert.subscribers.partners import Declaration, DeclaredVia, declare
from tsalert.subscribers.profiles import PartnerProfile

A_CONTACT = Actor(None, "a partner's contact", frozenset(), Via.PAGE)
_NO_LINK = "This link does not work, or no longer works. Ring us, and we will record what you tell us."


class Sent(Struct, frozen=True):
    """An alert that went to a partner's address, and the partners that it may have been passed on by."""

    alert_id: int
    partners: tuple[Standing, ...]


def find_sent(session: Session, delivery_id: int, reference: str | None = None) -> Sent:
    """Return what a partner's link about an alert is about.

    :param reference: which alert of a daily or weekly mail, whose links name it.
    :raises NotFound: its message told of no such alert, or no partner is at that address any more.
    """
    alert_id, endpoint_id = _told_of(session, delivery_id, reference)
    ids = partnering.partners_at(session, endpoint_id)
    found = [partnering.get_partner(session, each) for each in ids if not has_ended(session, each)]
    if not found:
        raise NotFound(_NO_LINK)
    return Sent(alert_id, tuple(found))


def find_asked(session: Session, reminder_id: int, *, now: datetime) -> tuple[PartnerReminder, Standing]:
    """Return the reminder that a partner's link came with, and the partner.

    :raises NotFound: there is none, it is too old, or the partnership has ended.
    """
    reminder = session.get(PartnerReminder, reminder_id)
    if reminder is None or as_utc(now) - reminder.sent_at > rules.LINK_LIFE or has_ended(session, reminder.partner_id):
        raise NotFound(_NO_LINK)
    return reminder, partnering.get_partner(session, reminder.partner_id)


def has_ended(session: Session, partner_id: int) -> bool:
    """Tell whether a partnership is over."""
    profile = session.get(PartnerProfile, partner_id)
    return profile is not None and profile.ended_at is not None


def last_reach(session: Session, alert_id: int, partner_id: int) -> int | None:
    """Return how many a partner said it passed an alert on to, or None where it has not said."""
    mine = (ForwardAck.alert_id == alert_id, ForwardAck.partner_id == partner_id)
    return session.scalar(select(ForwardAck.reach).where(*mine).order_by(ForwardAck.id.desc()).limit(1))


def declare_by_link(reminder_id: int, told: Told, *, now: datetime) -> None:
    """Take a partner's number of readers from whoever followed the link in its reminder.

    :raises NotFound: the link does not work any more.
    :raises RuleViolation: nobody can have so many readers, or it was to be typed again.
    """
    with transaction() as session:
        reminder, partner = find_asked(session, reminder_id, now=now)
        open_profile(session, partner.id)
        said = Declaration(
            partner.id, told.reach, told.basis or partner.basis, now, DeclaredVia.CONTACT, None, reminder.endpoint_id
        )
        _declare(session, partner, told, said, A_CONTACT, now)


def declare_for(partner_id: int, told: Told, *, on: datetime | None = None, actor: Actor, now: datetime) -> None:
    """Enter a partner's number of readers, as somebody there told us.

    :param on: when they told us; by default now.
    :raises NotFound: there is no such partner.
    :raises Conflict: it has ended.
    :raises RuleViolation: nobody can have so many readers, it was to be typed again, or the day is to come.
    """
    actor.require(Permission.MANAGE_SUBSCRIBERS)
    if on is not None and as_utc(on) > as_utc(now):
        raise RuleViolation("Give a day that has come.", field="declared_on")
    with transaction() as session:
        open_profile(session, partner_id)
        partner = partnering.get_partner(session, partner_id)
        at = rules.declared_at(on or now, partner.declared_at, now)
        said = Declaration(partner_id, told.reach, told.basis, at, DeclaredVia.OFFICER, actor.officer_id)
        _declare(session, partner, told, said, actor, now)


def acknowledge_by_link(
    delivery_id: int, partner_id: int | None, told: Told, *, reference: str | None = None, now: datetime
) -> Sent:
    """Take a partner's word, by the link in its own copy, that it passed an alert on.

    Said again it changes the number, within 30 days; the same number again changes nothing.

    :param partner_id: which of them, where several share the address.
    :param reference: which alert of a daily or weekly mail.
    :raises NotFound: the link does not work any more.
    :raises RuleViolation: the number cannot be, was to be typed again, or stands for good.
    """
    with transaction() as session:
        sent = find_sent(session, delivery_id, reference)
        chosen = [each for each in sent.partners if partner_id in {None, each.id}]
        if len(chosen) != 1:
            raise RuleViolation("Choose who passed it on.", field="partner_id")
        ack = ForwardAck(alert_id=sent.alert_id, partner_id=chosen[0].id, reach=told.reach, at=now, via="link")
        _acknowledge(session, ack, told, A_CONTACT, now)
        return sent


def acknowledge_for(alert_id: int, partner_id: int, told: Told, *, actor: Actor, now: datetime) -> None:
    """Record that a partner told an officer that it passed an alert on.

    :raises NotFound: there is no such partner, or no such alert was sent.
    :raises Conflict: the partner has ended.
    :raises RuleViolation: the number cannot be, was to be typed again, or stands for good.
    """
    actor.require(Permission.MANAGE_SUBSCRIBERS)
    with transaction() as session:
        if alerts.get_alert(session, alert_id).published_at is None:
            raise NotFound("This alert has not been sent.")
        ack = ForwardAck(
            alert_id=alert_id, partner_id=partner_id, reach=told.reach, at=now, via="officer",
            officer_id=actor.officer_id,
        )  # fmt: skip
        _acknowledge(session, ack, told, actor, now)


def _told_of(session: Session, delivery_id: int, reference: str | None) -> tuple[int, int]:
    """Return which alert a message told of, and at which endpoint; of several the one that is named.

    :raises NotFound: it did not.
    """
    if reference is None:
        delivered = editions.find_delivered(session, delivery_id)
        if delivered is not None:
            return delivered.alert_id, delivered.endpoint_id
    else:
        named, heard = alerts.find_published(session, reference), digests.find_heard(session, delivery_id)
        if named is not None and heard is not None and named.id in heard.alert_ids:
            return named.id, heard.endpoint_id
    raise NotFound(_NO_LINK)


def _declare(session: Session, partner: Standing, told: Told, said: Declaration, actor: Actor, now: datetime) -> None:
    rules.check_reach(told, partner.reach)
    declare(session, [said], now=now)
    audit.record(session, actor, "declared", "partner", partner.id, now=now, reach=told.reach, via=said.via)


def _acknowledge(session: Session, ack: ForwardAck, told: Told, actor: Actor, now: datetime) -> None:
    open_profile(session, ack.partner_id)
    mine = (ForwardAck.alert_id == ack.alert_id, ForwardAck.partner_id == ack.partner_id)
    first_at = session.scalar(select(func.min(ForwardAck.at)).where(*mine))
    earlier = last_reach(session, ack.alert_id, ack.partner_id)
    if earlier == told.reach:
        return
    rules.require_changeable(first_at, now)
    rules.check_reach(told, earlier or partnering.get_partner(session, ack.partner_id).reach)
    session.add(ack)
    session.flush()
    audit.record(
        session, actor, "acknowledged", "partner", ack.partner_id, now=now, alert=ack.alert_id, reach=told.reach
    )
