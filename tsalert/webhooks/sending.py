"""Telling programs: what is due is claimed, called with no transaction open, and what came of it is recorded."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from time import monotonic

from flask import current_app
from msgspec import Struct
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.config import Settings
from tsalert.core.actors import SERVICE, Permission
from tsalert.core.clock import as_utc, utc_now
from tsalert.core.errors import RuleViolation
from tsalert.db import db, transaction
from tsalert.staff import queries as staff
from tsalert.staff.writing import write_to
from tsalert.webhooks import queries, rules, wording
from tsalert.webhooks.calling import Reach, call
from tsalert.webhooks.models import Webhook, WebhookDelivery, WebhookEvent
from tsalert.webhooks.rules import Answer, EventKind, State
from tsalert.webhooks.service import key_of, reach, start_again

_LINES = 4
# Longer than all of a claim takes at its slowest, so that no other worker sends it too.
_LEASE = timedelta(minutes=5)


class Message(Struct, frozen=True):
    """One message in the hands of a worker; nothing of it is read from the database any more."""

    delivery_id: int
    webhook_id: int
    tries: int
    url: str
    key: bytes
    message_id: str
    body: bytes
    is_test: bool


def send_due(now: datetime) -> int:
    """Tell programs what is due; returns how many messages were tried. Again does no harm."""
    if not queries.is_due(db.session(), now):
        return 0
    began, claimed = monotonic(), _claim(now)
    calling = reach()
    with ThreadPoolExecutor(_LINES) as lines:
        answers = list(lines.map(lambda message: _send(message, calling), claimed))
    # The next try waits from here: after one that was waited for in vain it would else come at once.
    answered_at = now + timedelta(seconds=int(monotonic() - began))
    for message, answer in zip(claimed, answers, strict=True):
        _record(message, answer, answered_at)
    return len(claimed)


def forget_old(now: datetime) -> int:
    """Delete what was told more than 30 days ago, or could not be told for so long; returns how much."""
    old = select(WebhookEvent.id).where(WebhookEvent.happened_at < as_utc(now) - rules.KEPT_FOR)
    with transaction() as session:
        session.execute(delete(WebhookDelivery).where(WebhookDelivery.event_id.in_(old)))
        gone = delete(WebhookEvent).where(WebhookEvent.happened_at < as_utc(now) - rules.KEPT_FOR)
        return len(session.scalars(gone.returning(WebhookEvent.id)).all())


def _claim(now: datetime) -> list[Message]:
    """Take what is due for a while; a worker that dies leaves it to the next."""
    with transaction() as session:
        due = queries.due_deliveries(now).limit(queries.MOST_AT_ONCE)
        ids = session.scalars(due.with_for_update(of=WebhookDelivery, skip_locked=True)).all()
        mine = WebhookDelivery.id.in_(ids)
        taken = {"due_at": as_utc(now) + _LEASE, "tries": WebhookDelivery.tries + 1}
        session.execute(update(WebhookDelivery).where(mine).values(taken))
        rows = session.execute(
            select(WebhookDelivery, WebhookEvent, Webhook)
            .join(WebhookEvent, WebhookEvent.id == WebhookDelivery.event_id)
            .join(Webhook, Webhook.id == WebhookDelivery.webhook_id)
            .where(mine)
            .order_by(WebhookDelivery.id)
        )
        return [_message(delivery, event, hook) for delivery, event, hook in rows]


def _message(delivery: WebhookDelivery, event: WebhookEvent, hook: Webhook) -> Message:
    kind = EventKind.of(event.kind)
    return Message(
        delivery_id=delivery.id,
        webhook_id=hook.id,
        tries=delivery.tries,
        url=hook.url,
        key=key_of(hook.salt),
        message_id=event.key,
        body=rules.body_of(kind, event.happened_at, event.facts),
        is_test=kind is EventKind.TEST,
    )


def _send(message: Message, calling: Reach) -> Answer:
    try:
        target = rules.read_target(message.url)
    except RuleViolation as refusal:
        return Answer(fault=refusal.message)
    headers = {"Content-Type": "application/json", "User-Agent": "tsalert"}
    # A receiver refuses what seems old, so each try is signed with its own time.
    headers |= rules.signed_headers(message.key, message.message_id, message.body, now=utc_now())
    return call(target, headers, message.body, calling)


def _record(message: Message, answer: Answer, now: datetime) -> None:
    """Keep what came of a try, unless another worker has it in hand by now."""
    again = None if message.is_test or answer.is_gone else rules.next_try(message.tries, now=now)
    if answer.is_taken:
        told = {"state": State.DELIVERED, "settled_at": as_utc(now)}
    elif again is not None:
        told = {"due_at": again}
    else:
        told = {"state": State.GIVEN_UP, "settled_at": as_utc(now)}
    mine = (WebhookDelivery.id == message.delivery_id, WebhookDelivery.tries == message.tries)
    with transaction() as session:
        kept = update(WebhookDelivery).where(*mine, WebhookDelivery.state == State.WAITING)
        found = session.scalar(
            kept.values(status=answer.status, fault=answer.fault, **told).returning(WebhookDelivery.id)
        )
        if found is None:
            return
        if answer.is_taken:
            _note_taken(session, message, now)
        elif again is None and not message.is_test:
            _note_failing(session, message, now)


def _note_taken(session: Session, message: Message, now: datetime) -> None:
    hook = queries.get_row(session, message.webhook_id, lock=True)
    if hook.failing_since is not None:
        start_again(session, hook.id, now=now)
        audit.record(session, SERVICE, "takes messages again", "webhook", hook.id, now=now)


def _note_failing(session: Session, message: Message, now: datetime) -> None:
    hook = queries.get_row(session, message.webhook_id, lock=True)
    if hook.failing_since is not None:
        return
    hook.failing_since = as_utc(now)
    audit.record(session, SERVICE, "failing", "webhook", hook.id, now=now)
    settings: Settings = current_app.extensions["tsalert_settings"]
    people = staff.officers_who_may(session, {Permission.CONNECT_PROGRAMS})
    write_to(session, people, wording.failing_mail(hook.id, hook.name, settings), now=now)
