"""What a report of one message does to its address. Only what our own token or reference names is ever touched."""

from datetime import datetime

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tsalert.config import Settings
from tsalert.db import insert_ignoring_conflicts, transaction
from tsalert.delivery import returning
from tsalert.delivery.returning import Returned
from tsalert.delivery.rules import Channel, Status, SuppressionReason
from tsalert.hygiene import rules, telling
from tsalert.hygiene.models import AddressReport
from tsalert.hygiene.rules import Effect, Kind
from tsalert.subscribers import losing

_STATUSES = {Kind.HARD: Status.HARD_BOUNCED, Kind.SOFT: Status.SOFT_BOUNCED}
_NUMBER_STATUSES = {Kind.HARD: Status.UNDELIVERED, Kind.SOFT: Status.UNDELIVERED}


def report(session: Session, returned: Returned, kind: Kind, code: str, *, now: datetime) -> Effect | None:
    """Take one report of a message and return what it did; None for one that was taken before. A step.

    Two reports of one audience are taken one after the other, so that together they cannot pass the share at which
    a person is asked.
    """
    values = {
        "delivery_id": returned.delivery_id,
        "mailing_id": returned.mailing_id,
        "endpoint_id": returned.endpoint_id,
        "kind": kind,
        "code": code,
        "effect": Effect.COUNTED,
        "at": now,
    }
    adding = insert_ignoring_conflicts(session, AddressReport).values(values).returning(AddressReport.id)
    new_id = session.scalar(adding)
    if new_id is None:
        return None
    statuses = _STATUSES if returned.channel is Channel.EMAIL else _NUMBER_STATUSES
    if kind in statuses:
        returning.note_returned(session, returned.delivery_id, statuses[kind], now=now)
    row = session.get_one(AddressReport, new_id)
    effect = _take_effect(session, returned, kind, now)
    row.effect = effect
    return effect


def is_reported(session: Session, delivery_id: int, kind: Kind) -> bool:
    """Tell whether a report of a message was taken before; nobody waits for that."""
    same = (AddressReport.delivery_id == delivery_id, AddressReport.kind == kind)
    return session.scalar(select(AddressReport.id).where(*same)) is not None


def report_number(channel: Channel, provider_ref: str, code: str, *, now: datetime) -> Effect | None:
    """Take what a network said of a text or call that did not arrive; None for a code that says nothing of the number.

    This is one transaction.
    """
    kind = _kind_of_code(code)
    if kind is None:
        return None
    with transaction() as session:
        returned = returning.find_by_reference(session, channel, provider_ref)
        return report(session, returned, kind, code, now=now) if returned else None


def carry_out(session: Session, row: AddressReport, *, now: datetime) -> None:
    """Do what a held report says, now that an officer believes it; a step."""
    losing.lose(session, row.endpoint_id, SuppressionReason.BOUNCED, now=now)
    row.effect = Effect.ENDED


def _take_effect(session: Session, returned: Returned, kind: Kind, now: datetime) -> Effect:
    if not losing.is_listed(session, returned.endpoint_id):
        return Effect.LET_ALONE
    if kind is Kind.COMPLAINT:
        losing.lose(session, returned.endpoint_id, SuppressionReason.COMPLAINED, now=now)
        return Effect.ENDED
    if kind is Kind.SOFT and not _is_dead(session, returned):
        return Effect.COUNTED
    if _must_hold(session, returned):
        telling.tell_of_held(session, returned.mailing_id, now=now)
        return Effect.HELD
    losing.lose(session, returned.endpoint_id, SuppressionReason.BOUNCED, now=now)
    return Effect.ENDED


def _is_dead(session: Session, returned: Returned) -> bool:
    if not returned.is_alert:
        return False
    return rules.is_dead(returning.soft_days(session, returned.endpoint_id, last=rules.LAST_ALERTS))


def _must_hold(session: Session, returned: Returned) -> bool:
    settings: Settings = current_app.extensions["tsalert_settings"]
    returning.take_turn(session, returned.mailing_id)
    mine = (AddressReport.mailing_id == returned.mailing_id, AddressReport.effect == Effect.ENDED)
    ended = session.scalar(select(func.count()).select_from(AddressReport).where(*mine)) or 0
    size = returning.size_of(session, returned.mailing_id)
    return rules.must_hold(ended, size, percent=settings.bounces_held_above)


def _kind_of_code(code: str) -> Kind | None:
    if code in rules.DEAD_NUMBER_CODES:
        return Kind.HARD
    return Kind.SOFT if code in rules.UNREACHED_NUMBER_CODES else None
