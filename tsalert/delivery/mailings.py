"""Mailings: made, filled with people, paused, resumed, cancelled. No provider is spoken to here."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, func, literal, literal_column, select, true
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from tsalert.core.errors import Conflict, NotFound
from tsalert.db import insert_ignoring_conflicts, insert_into, shared_now
from tsalert.delivery import rules
from tsalert.delivery.counting import change_counts, complete_if_done, hold_waiting, rows_changed
from tsalert.delivery.ending import call_off
from tsalert.delivery.models import Delivery, Endpoint, Mailing, Suppression
from tsalert.delivery.rules import (
    JOINING,
    Channel,
    Content,
    EndpointStatus,
    Lane,
    MailingState,
    Status,
    SuppressionReason,
)

WAKE_CHANNEL = "tsalert_delivery"
_COLUMNS = ("mailing_id", "endpoint_id", "channel", "status", "attempts", "doubts", "due_at")


def create_mailing(
    session: Session,
    content: Content,
    *,
    lane: Lane,
    now: datetime,
    not_after: datetime | None = None,
    resend_of: int | None = None,
) -> int:
    """Store what is to be sent and return the mailing's id; nobody gets it until they are enqueued.

    :param lane: mail of the urgent and bulk lanes carries a way to leave, which is added where the words lack one.
    :param not_after: what has not left by then expires.
    :raises RuleViolation: the words hold what would break a header or cannot be seen.
    """
    rules.check_content(content)
    said = content if lane in rules.PERSONAL_LANES else rules.with_unsubscribe_link(content)
    mailing = Mailing(
        subject=said.subject,
        text=said.text,
        html=said.html,
        sms=said.sms,
        voice=said.voice,
        lane=lane,
        state=MailingState.SENDING,
        created_at=now,
        not_after=not_after,
        resend_of=resend_of,
    )
    session.add(mailing)
    session.flush()
    return mailing.id


def discard_mailing(session: Session, mailing_id: int) -> None:
    """Take away a mailing that was made in this same transaction and that nobody is to get; a step."""
    session.delete(session.get_one(Mailing, mailing_id))


def repeat_mailing(session: Session, mailing_id: int, *, now: datetime) -> int:
    """Store the same words once more, in the same lane, for others; a step. Return the new mailing's id."""
    mailing = session.get_one(Mailing, mailing_id)
    lane, until = Lane(mailing.lane), mailing.not_after
    return create_mailing(session, _content_of(mailing), lane=lane, now=now, not_after=until, resend_of=mailing_id)


def enqueue(
    session: Session,
    mailing_id: int,
    audience: Select[int, *tuple[Any, ...]],
    *,
    now: datetime,
    channels: Collection[str] = tuple(Channel),
) -> int:
    """Add one pending delivery for each endpoint of the audience that may be written to; return how many were new.

    The rows never pass through Python. Running it again adds only who was missing.

    :param audience: a query whose first column is endpoints' ids; who may not be written to is left out here.
    :param channels: of the channels for which the mailing has words, those that it goes by.
    """
    mailing = _lock(session, mailing_id)
    by = sorted(rules.channels_of(_content_of(mailing)) & set(channels))
    # Senders go by the clock that all share: by one that is fast, nothing would be due yet when they are woken.
    due_at = min(now, shared_now(session))
    added = _add_deliveries(session, mailing, audience, by, due_at)
    hold_waiting(session, mailing_id)
    change_counts(session, {(mailing_id, channel, Status.PENDING): count for channel, count in added.items()})
    total = sum(added.values())
    if total and mailing.state == MailingState.COMPLETED:
        mailing.state, mailing.completed_at = MailingState.SENDING, None
    complete_if_done(session, mailing_id, now)
    wake(session)
    return total


def enqueue_one(session: Session, mailing_id: int, endpoint_id: int, *, now: datetime) -> bool:
    """Add one endpoint to a mailing; False where it may not be written to or is in it already."""
    return enqueue(session, mailing_id, select(Endpoint.id).where(Endpoint.id == endpoint_id), now=now) == 1


def add_first(session: Session, to: tuple[int, int, Channel], *, now: datetime) -> int:
    """Add the one delivery of a mailing that was just made and says something on this channel; return its id.

    :param to: the mailing, an endpoint that is not erased, and its channel.
    """
    mailing_id, endpoint_id, channel = to
    first = Delivery(mailing_id=mailing_id, endpoint_id=endpoint_id, channel=channel, status=Status.PENDING)
    first.attempts, first.doubts, first.due_at = 0, 0, now
    session.add(first)
    change_counts(session, {(mailing_id, channel, Status.PENDING): 1})
    wake(session)
    return first.id


def pause(session: Session, mailing_id: int, *, because: str | None = None) -> None:
    """Stop a mailing between two batches; what is in a provider's hands stays there. A step.

    :raises Conflict: it is not being sent.
    """
    mailing = _lock(session, mailing_id)
    _require(mailing, MailingState.SENDING)
    mailing.state, mailing.paused_because = MailingState.PAUSED, because


def pause_if_sending(session: Session, mailing_id: int, *, because: str) -> None:
    """Stop a mailing that may have been stopped already; a step."""
    if _lock(session, mailing_id).state == MailingState.SENDING:
        pause(session, mailing_id, because=because)


def resume(session: Session, mailing_id: int) -> None:
    """Go on with a paused mailing; a step.

    :raises Conflict: it is not paused.
    """
    mailing = _lock(session, mailing_id)
    _require(mailing, MailingState.PAUSED)
    mailing.state, mailing.paused_because = MailingState.SENDING, None
    wake(session)


def cancel(session: Session, mailing_id: int, *, now: datetime) -> None:
    """Stop a mailing for good; who has not been written to never will be. A step.

    :raises Conflict: it is over.
    """
    _require(_lock(session, mailing_id), MailingState.SENDING, MailingState.PAUSED)
    call_off(session, [mailing_id], now=now)


def wake(session: Session) -> None:
    """Wake the senders when the caller commits; SQLite's senders see the change by themselves. A step."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_notify(WAKE_CHANNEL, "")))


def _add_deliveries(
    session: Session,
    mailing: Mailing,
    audience: Select[int, *tuple[Any, ...]],
    channels: Sequence[str],
    due_at: datetime,
) -> dict[str, int]:
    """Add everybody by one statement, however many channels; return how many are new by channel.

    The mailing is locked, so that of its rows only those just added have greater ids than any before.
    """
    mine = Delivery.mailing_id == mailing.id
    greatest = select(func.max(Delivery.id)).scalar_subquery()
    latest, has_any = session.execute(select(greatest, exists().where(mine))).one()
    # Of a new mailing nobody can be there twice, and looking for them takes PostgreSQL as long as adding them.
    inserting = (insert_ignoring_conflicts if has_any else insert_into)(session, Delivery)
    added = rows_changed(session, inserting.from_select(_COLUMNS, _people(mailing, audience, channels, due_at)))
    if not added or len(channels) == 1:
        return dict.fromkeys(channels, added)
    is_new = (Delivery.status == literal_column("'pending'"), Delivery.id > (latest or 0))
    counted = select(Delivery.channel, func.count()).where(mine, *is_new).group_by(Delivery.channel)
    return dict(session.execute(counted).all())


def _people(
    mailing: Mailing, audience: Select[int, *tuple[Any, ...]], channels: Sequence[str], due_at: datetime
) -> Select[*tuple[Any, ...]]:
    ids = audience.subquery("audience").c[0]
    return (
        select(
            literal(mailing.id),
            Endpoint.id,
            Endpoint.channel,
            literal(Status.PENDING.value),
            literal(0),
            literal(0),
            literal(due_at, Delivery.due_at.type),
        )
        # By the channels that are not meant, lest SQLite pass all of a channel instead of looking up who is meant.
        .where(Endpoint.id.in_(select(ids)), Endpoint.channel.not_in({*Channel} - {*channels}))
        .where(*_may_be_written_to(mailing))
        .order_by(Endpoint.id)
    )


def _may_be_written_to(mailing: Mailing) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Choose by lane: who has not confirmed, has left or was lost gets only the message with which they join (again).

    A page goes to whoever is on duty, whatever they said to our alerts.
    """
    if mailing.lane == Lane.PAGING:
        return Endpoint.status != EndpointStatus.ERASED, true()
    suppressed = exists().where(
        Suppression.channel == Endpoint.channel, Suppression.address_key == Endpoint.address_key
    )
    if mailing.lane == Lane.TRANSACTIONAL:
        return Endpoint.status.in_(JOINING), ~suppressed.where(Suppression.reason == SuppressionReason.COMPLAINED)
    return Endpoint.status == EndpointStatus.ACTIVE, ~suppressed


def _content_of(mailing: Mailing) -> Content:
    return Content(mailing.subject, mailing.text, mailing.html, mailing.sms, mailing.voice)


def _lock(session: Session, mailing_id: int) -> Mailing:
    # Counters that point to it may be added meanwhile: a sender adds one while we wait for what it has just claimed.
    query = select(Mailing).where(Mailing.id == mailing_id).with_for_update(key_share=True)
    mailing = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if mailing is None:
        raise NotFound("There is no such mailing.")
    return mailing


def _require(mailing: Mailing, *states: MailingState) -> None:
    if mailing.state not in states:
        raise Conflict(f"This mailing is {mailing.state}.")
