"""Sending what is signed: claimed, sent with no transaction open, and what came of it recorded."""

from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy import select, update

from tsalert.core.clock import as_utc
from tsalert.core.errors import RuleViolation, Unavailable
from tsalert.db import db, transaction
from tsalert.exchange import lapsing, offering, queries, rules
from tsalert.exchange.models import ExchangeMessage
from tsalert.exchange.rules import MESSAGES_PATH, Kind, Sending
from tsalert.linked.models import LinkedAuthority
from tsalert.linked.signing import sign
from tsalert.webhooks.calling import Ask, Reply, ask
from tsalert.webhooks.rules import Answer, read_target
from tsalert.webhooks.service import reach

TYPE = "application/jose"
_LONGEST_ANSWER = 10_000
_CONFLICT = 409
# Longer than all of a claim takes at its slowest, so that no other worker sends it too.
_LEASE = timedelta(minutes=5)


class Outgoing(Struct, frozen=True):
    """One message in the hands of a worker, signed; nothing of it is read from the database any more."""

    id: int
    kind: Kind
    pack_id: int | None
    tries: int
    url: str
    signed: str


def send_due(now: datetime) -> int:
    """Send what is due to linked authorities; returns how many messages were tried. Again does no harm."""
    offering.tell_of_ends(now)
    _give_up_unlinked(now)
    if db.session().scalar(queries.due_messages(now).limit(1)) is None:
        return 0
    try:
        claimed = _claim(now)
    except Unavailable:  # without a key everything waits; the page of linked authorities says so
        return 0
    for message in claimed:
        _record(message, _send(message), now)
    return len(claimed)


def _give_up_unlinked(now: datetime) -> None:
    """Say of what waits for an authority whose link has ended that it does not go out."""
    ended = select(LinkedAuthority.id).where(LinkedAuthority.ended_at.is_not(None))
    waits = (ExchangeMessage.state == Sending.WAITING, ExchangeMessage.authority_id.in_(ended))
    if db.session().scalar(select(ExchangeMessage.id).where(*waits).limit(1)) is None:
        return
    told = {"state": Sending.GIVEN_UP, "fault": "The link with them has ended.", "settled_at": as_utc(now)}
    with transaction() as session:
        session.execute(update(ExchangeMessage).where(*waits).values(told))


def _claim(now: datetime) -> list[Outgoing]:
    """Take what is due for a while; a worker that dies leaves it to the next."""
    with transaction() as session:
        due = queries.due_messages(now).limit(queries.MOST_AT_ONCE)
        ids = session.scalars(due.with_for_update(of=ExchangeMessage, skip_locked=True)).all()
        mine = ExchangeMessage.id.in_(ids)
        taken = {"due_at": as_utc(now) + _LEASE, "tries": ExchangeMessage.tries + 1}
        session.execute(update(ExchangeMessage).where(mine).values(taken))
        rows = session.execute(
            select(ExchangeMessage, LinkedAuthority.url)
            .join(LinkedAuthority, LinkedAuthority.id == ExchangeMessage.authority_id)
            .where(mine)
            .order_by(ExchangeMessage.id)
            .execution_options(populate_existing=True)
        )
        return [
            Outgoing(row.id, Kind.of(row.kind), row.pack_id, row.tries, url, sign(session, row.payload.encode()))
            for row, url in rows
        ]


def _send(message: Outgoing) -> Reply:
    try:
        target = read_target(message.url + MESSAGES_PATH)
    except RuleViolation as refusal:
        return Reply(Answer(fault=refusal.message))
    headers = {"Content-Type": TYPE, "User-Agent": "tsalert", "Accept": "application/json"}
    return ask(target, Ask(headers, message.signed.encode(), _LONGEST_ANSWER), reach())


def _record(message: Outgoing, reply: Reply, now: datetime) -> None:
    """Keep what came of a try, unless another worker has it in hand by now."""
    status, is_taken = reply.answer.status, reply.answer.is_taken
    fault = None if is_taken else reply.answer.fault or rules.read_fault(reply.body) or f"Status {status}."
    again = None if is_taken else rules.tried_again_at(message.tries, status, now=now)
    told: dict[str, object] = {"due_at": again}
    if again is None:
        told = {"state": Sending.DELIVERED if is_taken else Sending.GIVEN_UP, "settled_at": as_utc(now)}
    mine = (ExchangeMessage.id == message.id, ExchangeMessage.tries == message.tries)
    with transaction() as session:
        kept = update(ExchangeMessage).where(*mine, ExchangeMessage.state == Sending.WAITING)
        found = session.scalar(kept.values(status=status, fault=fault, **told).returning(ExchangeMessage.id))
        if found is not None and message.kind is Kind.HANDOVER_ANSWER and status == _CONFLICT:
            lapsing.note_too_late(session, message.pack_id or 0, fault, now=now)
