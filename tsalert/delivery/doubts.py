"""Texts of which nobody knows whether they were sent: looked up at the provider, else left to an officer."""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from flask import current_app
from sqlalchemy import func, literal_column, select
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import Conflict, NotFound
from tsalert.core.keys import LARGEST_LONG_ID
from tsalert.db import transaction
from tsalert.delivery.claiming import Claimed
from tsalert.delivery.counting import count_moves
from tsalert.delivery.models import Delivery, Endpoint, Mailing
from tsalert.delivery.ports import Gateway, Message, Unavailable
from tsalert.delivery.printing import press_of
from tsalert.delivery.receipts import apply_reports
from tsalert.delivery.retries import Standing
from tsalert.delivery.rules import Channel, MailingState, Status

# A provider's clock and ours may differ, and an answer may have been long in coming.
_BEFORE = timedelta(minutes=15)
_LOOKED_FOR = timedelta(hours=1)
_AT_ONCE = 20


class Decision(StrEnum):
    """What an officer may decide about a message in doubt."""

    WAS_SENT = "it was sent"
    SEND_AGAIN = "send it again"


def look_up_doubts(now: datetime) -> None:
    """Ask providers about messages in doubt; exactly one candidate that is nobody else's settles it."""
    gateways: tuple[Gateway, ...] = current_app.extensions["tsalert_gateways"]
    press = press_of(current_app)
    for gateway in gateways:
        with transaction() as session:
            claimed = _in_doubt(session, gateway.channel, now)
            press.lay_out(session, [each for each, _ in claimed])
        messages = press.messages([each for each, _ in claimed])
        for (_, doubted_at), message in zip(claimed, messages, strict=True):
            _look_up(gateway, message, doubted_at, now=now)


def decide_doubt(
    session: Session, mailing_ids: Collection[int], delivery_id: int, decision: Decision, *, actor: Actor, now: datetime
) -> None:
    """Settle a message of one of some mailings that is in doubt by an officer's decision; a step.

    What is sent again after its mailing ended or was cancelled is soon noted as not sent.

    :raises NotFound: none of the mailings has such a delivery.
    :raises Conflict: it is not in doubt any more.
    """
    actor.require(Permission.APPROVE_ALERT)
    delivery = session.get(Delivery, delivery_id, with_for_update=True) if delivery_id <= LARGEST_LONG_ID else None
    if delivery is None or delivery.mailing_id not in mailing_ids:
        raise NotFound("There is no such message.")
    if delivery.status != Status.UNKNOWN:
        raise Conflict("This message is not in doubt any more.")
    sent = decision is Decision.WAS_SENT
    _move(session, delivery, Status.ACCEPTED if sent else Status.PENDING, now)
    audit.record(session, actor, "decided", "delivery", delivery_id, now=now, decision=decision)


def recognise_call(session: Session, delivery_id: int, provider_ref: str, *, now: datetime) -> bool:
    """Settle the doubt about a call that its provider now asks about; False where the call is another's. A step."""
    delivery = session.get(Delivery, delivery_id, with_for_update=True)
    if delivery is None or delivery.channel != Channel.VOICE:
        return False
    if delivery.status == Status.UNKNOWN and delivery.provider_ref is None:
        delivery.provider_ref = provider_ref
        _move(session, delivery, Status.ACCEPTED, now)
        session.flush()
        apply_reports(session, [provider_ref], now=now)
    return delivery.provider_ref in {None, provider_ref}


def _in_doubt(session: Session, channel: Channel, now: datetime) -> list[tuple[Claimed, datetime]]:
    rows = session.execute(
        select(Delivery, Endpoint.address)
        .join(Endpoint, Endpoint.id == Delivery.endpoint_id)
        .where(
            Delivery.status == literal_column("'unknown'"),
            Delivery.channel == channel,
            Delivery.settled_at > now - _LOOKED_FOR,
            Endpoint.address != "",
        )
        # By chance: those of which the provider knows nothing stay, and must not keep others from being asked about.
        .order_by(func.random())
        .limit(_AT_ONCE)
    )
    return [
        (
            Claimed(
                row.id, row.mailing_id, row.endpoint_id, address, Standing(channel, row.attempts, row.doubts, None)
            ),
            row.settled_at,
        )
        for row, address in rows
        if row.settled_at is not None
    ]


def _look_up(gateway: Gateway, message: Message, doubted_at: datetime, *, now: datetime) -> None:
    try:
        references = gateway.look_up(message, since=doubted_at - _BEFORE)
    except Unavailable:
        return
    if not references:
        return
    with transaction() as session:
        taken = select(Delivery.provider_ref).where(
            Delivery.provider_ref.in_(references), Delivery.channel != Channel.EMAIL
        )
        free = set(references) - set(session.scalars(taken))
        delivery = session.get(Delivery, message.delivery_id, with_for_update=True)
        if len(free) == 1 and delivery is not None and delivery.status == Status.UNKNOWN:
            delivery.provider_ref = free.pop()
            _move(session, delivery, Status.ACCEPTED, now)
            session.flush()
            apply_reports(session, [delivery.provider_ref], now=now)


def _move(session: Session, delivery: Delivery, status: Status, now: datetime) -> None:
    if status is Status.ACCEPTED:
        delivery.sent_at = delivery.settled_at
    else:
        delivery.due_at = now
        # Senders may add its counters meanwhile (mailings.py).
        mailing = session.get_one(Mailing, delivery.mailing_id, with_for_update={"key_share": True})
        if mailing.state == MailingState.COMPLETED:
            mailing.state, mailing.completed_at = MailingState.SENDING, None
    delivery.status = status
    session.flush()
    key = (delivery.mailing_id, delivery.channel)
    count_moves(session, {(*key, Status.UNKNOWN): -1, (*key, status): 1}, now)
