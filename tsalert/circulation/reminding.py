"""Asking partners once a year how many they reach, and twice more where nobody answers."""

from collections.abc import Iterator
from datetime import datetime

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.circulation import queries, rules
from tsalert.circulation.models import PartnerReminder
from tsalert.circulation.queries import PartnerLine
from tsalert.circulation.wording import reminder
from tsalert.config import Settings
from tsalert.core.actors import SERVICE
from tsalert.db import transaction
from tsalert.delivery import service as delivery
from tsalert.delivery.queries import EndpointView
from tsalert.delivery.rules import Channel, EndpointStatus, Lane
from tsalert.visitors.tokens import signer

PURPOSE = "declare"


def remind(now: datetime) -> int:
    """Write to every partner whose reminder is due; again changes nothing. Returns how many mails were queued."""
    with transaction() as session:
        queued = 0
        for line, number in list(_due(session, now)):
            ends = _asked(session, line.partner.id)
            for end in ends:
                _write(session, line, end, number, now)
            if ends:
                audit.record(session, SERVICE, "reminded", "partner", line.partner.id, now=now, number=number)
            queued += len(ends)
        return queued


def _due(session: Session, now: datetime) -> Iterator[tuple[PartnerLine, int]]:
    sent = func.count(PartnerReminder.number.distinct())
    known = select(PartnerReminder.partner_id, PartnerReminder.since, func.min(PartnerReminder.sent_at), sent)
    rows = session.execute(known.group_by(PartnerReminder.partner_id, PartnerReminder.since))
    reminded = {(partner_id, since): (first, count) for partner_id, since, first, count in rows}
    for line in queries.list_partners(session, now=now):
        since = line.partner.since
        first, count = reminded.get((line.partner.id, since), (None, 0))
        number = rules.reminder_due(since, first, count, now)
        if number is not None:
            yield line, number


def _asked(session: Session, partner_id: int) -> list[EndpointView]:
    """Return the addresses to ask: mail alone, since a link is followed from there, and none that wants nothing."""
    return [
        each.end
        for each in queries.contacts_of(session, partner_id)
        if each.is_asked
        and each.end.channel is Channel.EMAIL
        and each.end.status is EndpointStatus.ACTIVE
        and not each.end.is_suppressed
    ]


def _write(session: Session, line: PartnerLine, end: EndpointView, number: int, now: datetime) -> None:
    partner = line.partner
    row = PartnerReminder(partner_id=partner.id, endpoint_id=end.id, since=partner.since, number=number, sent_at=now)
    session.add(row)
    session.flush()
    settings: Settings = current_app.extensions["tsalert_settings"]
    content = reminder(
        partner=partner.name,
        reach=partner.reach,
        on=partner.declared_at,
        link=f"{settings.public_url}/declare/{signer(PURPOSE).sign(row.id)}",
        authority=settings.authority_name,
    )
    mailing_id = delivery.create_mailing(session, content, lane=Lane.BULK, now=now, not_after=now + rules.LINK_LIFE)
    delivery.enqueue_one(session, mailing_id, end.id, now=now)
