"""Noting that something happened of which other programs want to be told; a step of the use case that did it."""

from collections.abc import Mapping
from datetime import datetime
from uuid import uuid4

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from tsalert.core.clock import as_utc
from tsalert.webhooks.models import Webhook, WebhookDelivery, WebhookEvent
from tsalert.webhooks.rules import EventKind, State

Facts = Mapping[str, str | list[str] | None]


def announce(session: Session, kind: EventKind, facts: Facts, *, now: datetime) -> None:
    """Note what happened for every program that wants to be told of it; the worker tells them. A step.

    Where nobody wants to be told, nothing is written.

    :param facts: reference, grade, ward and times; nothing that leads to a person.
    """
    standing = session.execute(select(Webhook.id, Webhook.kinds).where(Webhook.ended_at.is_(None)))
    wanting = [webhook_id for webhook_id, kinds in standing if kind in kinds]
    if wanting:
        queue(session, kind, facts, wanting, now=now)


def queue(
    session: Session,
    kind: EventKind,
    facts: Facts,
    webhook_ids: list[int],
    *,
    now: datetime,
) -> None:
    """Note what happened for some programs; a step."""
    event = WebhookEvent(key=uuid4().hex, kind=kind, facts=dict(facts), happened_at=as_utc(now))
    session.add(event)
    session.flush()
    waiting = {"event_id": event.id, "state": State.WAITING, "tries": 0, "due_at": as_utc(now)}
    session.execute(insert(WebhookDelivery), [waiting | {"webhook_id": each} for each in webhook_ids])
