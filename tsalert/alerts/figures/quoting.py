"""Calls that quote an alert: found by its number in their words, or linked by an officer."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tsalert.alerts import queries
from tsalert.alerts.models import Alert, AlertCall
from tsalert.alerts.pasted import references_in
from tsalert.audit import service as audit
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import Conflict, NotAllowed, NotFound, RuleViolation
from tsalert.db import insert_ignoring_conflicts, transaction
from tsalert.keysets import Order, Page, read_rows
from tsalert.response import queries as response
from tsalert.response.models import Call
from tsalert.response.quoting import calls_saying
from tsalert.tiers.queries import require_visible, visible
from tsalert.tiers.vocabulary import Subject

# What is told of a call may be written up, or put right, some days after it came.
_LOOKED_BACK = timedelta(days=7)
_STANDS = AlertCall.unlinked_by.is_(None)


class QuotingCall(Struct, frozen=True):
    """One call that quotes an alert; an officer who linked it is named."""

    id: int
    reference: str
    received_at: datetime
    linked_by: int | None


def note_quoting_calls(now: datetime) -> int:
    """Note the calls whose words name an alert that was sent; return how many were new."""
    with transaction() as session:
        told = calls_saying(session, "ts", since=now - _LOOKED_BACK)
        named = {number: references_in(words) for number, words in told}
        wanted = {reference for references in named.values() for reference in references}
        known = _sent(session, wanted)
        pairs = {(known[each], number) for number, references in named.items() for each in references if each in known}
        rows = [
            {"alert_id": alert_id, "call_id": number, "linked_by": None, "noted_at": now}
            for alert_id, number in sorted(pairs - _noted(session, named))
        ]
        if rows:
            session.execute(insert_ignoring_conflicts(session, AlertCall), rows)
        return len(rows)


def link_call(alert_id: int, reference: str, *, actor: Actor, now: datetime) -> None:
    """Say that a call quotes an alert.

    :raises NotFound: there is no such alert, or it was not sent.
    :raises RuleViolation: there is no such call.
    :raises Withheld: the call is kept from this officer.
    :raises Conflict: it stands by the alert already.
    """
    actor.require(Permission.READ_CALL)
    actor.require(Permission.DRAFT_ALERT)
    with transaction() as session:
        alert = queries.get_alert(session, alert_id, lock=True)
        if alert.published_at is None:
            raise NotFound("This alert has not been sent.")
        call_id = response.find_call_id(session, reference)
        if call_id is None:
            raise RuleViolation("There is no call with this reference.", field="call")
        require_visible(session, actor, Subject.CALL, call_id, now=now)
        row = session.get(AlertCall, (alert_id, call_id))
        if row is not None and row.unlinked_by is None:
            raise Conflict("This call is linked to the alert already.", legal=["unlink it"])
        row = row or AlertCall(alert_id=alert_id, call_id=call_id)
        row.linked_by, row.unlinked_by, row.noted_at = actor.officer_id, None, now
        session.add(row)
        audit.record(session, actor, "linked", "alert", alert_id, now=now, call=call_id)


def unlink_call(alert_id: int, call_id: int, *, actor: Actor, now: datetime) -> None:
    """Say that a call does not quote an alert, whoever or whatever linked it; its words do not bring it back.

    :raises NotFound: there is no such alert, or the call does not stand by it.
    :raises Withheld: the call is kept from this officer.
    """
    actor.require(Permission.READ_CALL)
    actor.require(Permission.DRAFT_ALERT)
    if actor.officer_id is None:
        raise NotAllowed("Only an officer can say that a call does not quote an alert.")
    with transaction() as session:
        queries.get_alert(session, alert_id, lock=True)
        row = session.get(AlertCall, (alert_id, call_id))
        if row is None or row.unlinked_by is not None:
            raise NotFound("This call is not linked to the alert.")
        require_visible(session, actor, Subject.CALL, call_id, now=now)
        row.unlinked_by = actor.officer_id
        audit.record(session, actor, "unlinked", "alert", alert_id, now=now, call=call_id)


def count_calls(session: Session, alert_id: int) -> int:
    """Return how many calls quote an alert."""
    query = select(func.count()).select_from(AlertCall).where(AlertCall.alert_id == alert_id, _STANDS)
    return session.scalar(query) or 0


def calls_of(
    session: Session, alert_id: int, actor: Actor, *, now: datetime, after: str | None = None
) -> Page[QuotingCall]:
    """Return a page of the calls that quote an alert and that this person may see, the newest first."""
    query = (
        select(Call.id, Call.reference, Call.received_at, AlertCall.linked_by)
        .join(AlertCall, AlertCall.call_id == Call.id)
        .where(AlertCall.alert_id == alert_id, _STANDS, visible(actor, Subject.CALL, Call.id, now=now))
    )
    newest_first = Order(Call.id, (Call.received_at,))
    return read_rows(session, query, newest_first, after=after).told_by(lambda row: QuotingCall(*row))


def _sent(session: Session, references: set[str]) -> dict[str, int]:
    query = select(Alert.reference, Alert.id).where(Alert.reference.in_(references), Alert.published_at.is_not(None))
    return dict(session.execute(query).all())


def _noted(session: Session, call_ids: Sequence[int] | dict[int, list[str]]) -> set[tuple[int, int]]:
    query = select(AlertCall.alert_id, AlertCall.call_id).where(AlertCall.call_id.in_([*call_ids]))
    return {(alert_id, call_id) for alert_id, call_id in session.execute(query)}
