"""Finding programs that are told, and what became of telling them."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from tsalert.core.clock import as_utc
from tsalert.core.errors import NotFound
from tsalert.core.keys import is_id
from tsalert.keysets import Order, Page, read_rows
from tsalert.staff import queries as staff
from tsalert.webhooks.models import Webhook, WebhookDelivery, WebhookEvent
from tsalert.webhooks.rules import EventKind, State

MOST_AT_ONCE = 20


class WebhookView(Struct, frozen=True):
    """One program as administrators see it; ``waiting`` counts what it is still to be told."""

    id: int
    name: str
    url: str
    kinds: Sequence[EventKind]
    made_at: datetime
    made_by: str | None
    failing_since: datetime | None
    ended_at: datetime | None
    waiting: int


class DeliveryView(Struct, frozen=True):
    """How far telling a program of one thing has come; ``due_at`` is None once that is settled."""

    id: int
    key: str
    kind: EventKind
    reference: str | None
    happened_at: datetime
    state: State
    tries: int
    due_at: datetime | None
    status: int | None
    fault: str | None
    settled_at: datetime | None


def list_webhooks(session: Session) -> list[WebhookView]:
    """Return every program, those that have ended last."""
    found = session.scalars(select(Webhook).order_by(Webhook.ended_at.is_not(None), Webhook.id.desc()))
    waiting = _waiting(session)
    names = staff.officer_names(session)
    return [_view(hook, waiting, names) for hook in found]


def get_webhook(session: Session, webhook_id: int) -> WebhookView:
    """Return one program.

    :raises NotFound: there is none.
    """
    return _view(get_row(session, webhook_id), _waiting(session), staff.officer_names(session))


def get_row(session: Session, webhook_id: int, *, lock: bool = False) -> Webhook:
    """Return the row of one program, locked for a use case that decides on it.

    :raises NotFound: there is none.
    """
    query = select(Webhook).where(Webhook.id == webhook_id)
    found = session.scalar(query.with_for_update() if lock else query) if is_id(webhook_id) else None
    if found is None:
        raise NotFound("There is no such webhook.")
    return found


def list_deliveries(session: Session, webhook_id: int, *, after: int | None = None) -> Page[DeliveryView]:
    """Return a page of what a program was told or is to be told, the newest first."""
    query = (
        select(WebhookDelivery, WebhookEvent)
        .join(WebhookEvent, WebhookEvent.id == WebhookDelivery.event_id)
        .where(WebhookDelivery.webhook_id == webhook_id)
    )
    return read_rows(session, query, Order(WebhookDelivery.id), after=after).told_by(lambda row: _delivery(*row))


def is_due(session: Session, now: datetime) -> bool:
    """Tell whether any program waits to be told something now."""
    return session.scalar(due_deliveries(now).limit(1)) is not None


def due_deliveries(now: datetime) -> Select[int]:
    """Return the query of the ids of what is to be sent now; of a program that fails, only tests."""
    is_test = WebhookEvent.kind == EventKind.TEST
    return (
        select(WebhookDelivery.id)
        .join(Webhook, Webhook.id == WebhookDelivery.webhook_id)
        .join(WebhookEvent, WebhookEvent.id == WebhookDelivery.event_id)
        .where(
            WebhookDelivery.state == State.WAITING,
            WebhookDelivery.due_at <= as_utc(now),
            Webhook.ended_at.is_(None),
            Webhook.failing_since.is_(None) | is_test,
        )
        .order_by(WebhookDelivery.due_at, WebhookDelivery.id)
    )


def _waiting(session: Session) -> dict[int, int]:
    counting = select(WebhookDelivery.webhook_id, func.count()).where(WebhookDelivery.state == State.WAITING)
    return dict(session.execute(counting.group_by(WebhookDelivery.webhook_id)).all())


def _view(hook: Webhook, waiting: dict[int, int], names: dict[int, str]) -> WebhookView:
    return WebhookView(
        id=hook.id,
        name=hook.name,
        url=hook.url,
        kinds=[EventKind.of(kind) for kind in hook.kinds],
        made_at=hook.made_at,
        made_by=names.get(hook.made_by or 0),
        failing_since=hook.failing_since,
        ended_at=hook.ended_at,
        waiting=0 if hook.ended_at else waiting.get(hook.id, 0),
    )


def _delivery(delivery: WebhookDelivery, event: WebhookEvent) -> DeliveryView:
    return DeliveryView(
        id=delivery.id,
        key=event.key,
        kind=EventKind.of(event.kind),
        reference=event.facts.get("reference"),
        happened_at=event.happened_at,
        state=State.of(delivery.state),
        tries=delivery.tries,
        due_at=delivery.due_at if delivery.state == State.WAITING else None,
        status=delivery.status,
        fault=delivery.fault,
        settled_at=delivery.settled_at,
    )
