"""What providers report after they took a message: in any order, any number of times."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache, reduce
from typing import Any

from flask import current_app
from msgspec import Struct
from sqlalchemy import ColumnElement, Function, Row, Text, UpdateBase, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tsalert.db import transaction
from tsalert.delivery.counting import Place, change_counts
from tsalert.delivery.endpoints import suppress
from tsalert.delivery.gathering import Gathering
from tsalert.delivery.models import Delivery, DeliveryEvent
from tsalert.delivery.raising import raise_to
from tsalert.delivery.ringing import ring_again
from tsalert.delivery.rules import Channel, Status, SuppressionReason, settle

_Row = Row[*tuple[Any, ...]]
# Turns are numbers, and those of references shall be nobody else's.
_SEED = 417
# PostgreSQL's word for a transaction that it ended because others waited for it and it for them.
_CIRCLE = "40P01"


def _turn(provider_ref: ColumnElement[str]) -> Function[Any]:
    """Return what holds the turn of a reference on PostgreSQL until the transaction ends.

    Else neither of two transactions, one that stores a reference and one that reports on it, would see what the other
    had written, and the report would never count. Turns are taken in the order of the references by everybody, so that
    nobody waits in a circle. SQLite has one writer as it is.
    """
    return func.pg_advisory_xact_lock(func.hashtextextended(provider_ref, _SEED))


# Built once, since building them would cost more than running them.
_delivery, _event = Delivery.__table__.c, DeliveryEvent.__table__.c
_REPORTS = select(_event.provider_ref, _event.status).where(
    _event.provider_ref.in_(bindparam("references", expanding=True))
)
_REPORTED_ON = (
    select(
        _delivery.id,
        _delivery.mailing_id,
        _delivery.endpoint_id,
        _delivery.channel,
        _delivery.status,
        _delivery.provider_ref,
    )
    .where(
        _delivery.provider_ref.in_(bindparam("references", expanding=True)), _delivery.channel != Channel.EMAIL.value
    )
    .order_by(_delivery.id)
    .with_for_update()
)
_TURNS = select(_turn(func.unnest(bindparam("references", type_=ARRAY(Text))).column_valued("reference")))


class Receipt(Struct, frozen=True):
    """What a provider reported of one message."""

    channel: Channel
    provider_ref: str
    status: Status
    at: datetime


def record_receipt(channel: Channel, provider_ref: str, status: Status, *, now: datetime) -> None:
    """Note what a provider reported of a message; a status only rises, so repeats and wrong order change nothing.

    A report that overtakes its message, whose reference is not stored yet, is kept and counts later. Those that come at
    one moment are written in one transaction: they all change the counters of the same mailing.
    """
    gathering: Gathering[Receipt] = current_app.extensions.setdefault("tsalert_receipts", Gathering(_write))
    gathering.do(Receipt(channel, provider_ref, status, now))


def _write(receipts: Sequence[Receipt]) -> None:
    try:
        _write_once(receipts)
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != _CIRCLE:
            raise
        # Whoever stood in it, too, has gone on since; a provider would not report again.
        _write_once(receipts)


def _write_once(receipts: Sequence[Receipt]) -> None:
    # In one order, lest two processes wait for each other's.
    events = [
        {"channel": each.channel, "provider_ref": each.provider_ref, "status": each.status, "at": each.at}
        for each in sorted(receipts, key=lambda each: (each.provider_ref, each.status))
    ]
    with transaction() as session:
        connection = session.connection()
        news = _by_reference(connection.execute(_adding(connection.dialect.name), events))
        # What was reported before has counted, or will once the reference is stored.
        change_counts(session, _settle(session, news, max(each.at for each in receipts)))


def apply_reports(session: Session, provider_refs: Sequence[str], *, now: datetime) -> None:
    """Raise deliveries to what was reported of their references; a step, taken after either was written."""
    change_counts(session, raise_reported(session, provider_refs, now=now))


def raise_reported(session: Session, provider_refs: Sequence[str], *, now: datetime) -> Counter[Place]:
    """Raise deliveries likewise, and return what that adds to the counters, for a caller who adds more."""
    session.flush()
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(_TURNS, {"references": sorted(provider_refs)}).all()
    return _settle(session, _by_reference(connection.execute(_REPORTS, {"references": provider_refs})), now)


def _by_reference(rows: Iterable[_Row]) -> Mapping[str, Sequence[Status]]:
    reports: dict[str, list[Status]] = {}
    for reference, status, *_ in rows:
        reports.setdefault(reference, []).append(Status(status))
    return reports


def _settle(session: Session, reports: Mapping[str, Sequence[Status]], now: datetime) -> Counter[Place]:
    """Raise the deliveries that these references are known of, whose turns the caller holds."""
    if not reports:
        return Counter()
    rows = session.connection().execute(_REPORTED_ON, {"references": [*reports]}).all()
    settled = [(row, reduce(settle, reports[row.provider_ref], Status(row.status))) for row in rows]
    return _raise(session, [(row, after) for row, after in settled if after != row.status], now)


@lru_cache(maxsize=2)
def _adding(dialect: str) -> UpdateBase:
    """Return what adds reports that are news, tells which those are, and takes the turns of their references."""
    news = _event.provider_ref, _event.status
    if dialect == "postgresql":
        adding = postgresql.insert(DeliveryEvent).on_conflict_do_nothing()
        return adding.returning(*news, _turn(_event.provider_ref))
    return sqlite.insert(DeliveryEvent).on_conflict_do_nothing().returning(*news)


def _raise(session: Session, settled: Sequence[tuple[_Row, Status]], now: datetime) -> Counter[Place]:
    changes: Counter[Place] = Counter()
    raised: dict[int, Status] = {}
    for row, after in settled:
        stands = Status.PENDING if after is Status.UNDELIVERED and _rings_again(session, row, now) else after
        if stands is after:
            raised[row.id] = after
        if after is Status.HARD_BOUNCED:
            suppress(session, row.endpoint_id, SuppressionReason.BOUNCED, now)
        changes[row.mailing_id, row.channel, row.status] -= 1
        changes[row.mailing_id, row.channel, stands] += 1
    raise_to(session, raised, now=now)
    return changes


def _rings_again(session: Session, row: _Row, now: datetime) -> bool:
    if row.channel != Channel.VOICE:
        return False
    return ring_again(session, session.get_one(Delivery, row.id, populate_existing=True), now=now)
