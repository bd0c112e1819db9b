"""Registering programs that are told, ending them, giving them another secret, and starting them again."""

from collections.abc import Sequence
from datetime import datetime
from secrets import token_hex

from flask import current_app
from msgspec import Struct
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.config import Settings
from tsalert.core.actors import Actor, Permission
from tsalert.core.clock import as_utc
from tsalert.core.errors import Conflict, NotFound, RuleViolation
from tsalert.core.keys import is_id
from tsalert.db import db, transaction
from tsalert.webhooks import queries, rules
from tsalert.webhooks.announcing import queue
from tsalert.webhooks.calling import Reach, Refused, find_address
from tsalert.webhooks.models import Webhook, WebhookDelivery, WebhookEvent
from tsalert.webhooks.rules import EventKind, State


class NewWebhook(Struct, frozen=True):
    """A program to tell, where it listens, and of what it is told."""

    name: str
    url: str
    kinds: Sequence[EventKind]


def register(new: NewWebhook, *, actor: Actor, now: datetime) -> tuple[int, str]:
    """Register a program; returns its number and the secret by which it knows us, which is shown this once.

    :raises RuleViolation: its address is none, or leads to no machine of the public internet.
    """
    actor.require(Permission.CONNECT_PROGRAMS)
    require_reachable(new.url)
    with transaction() as session:
        hook = Webhook(name=new.name, url=new.url, kinds=[*new.kinds], salt=token_hex(16), made_at=now)
        hook.made_by = actor.officer_id
        session.add(hook)
        session.flush()
        host = rules.read_target(new.url).host
        audit.record(session, actor, "registered", "webhook", hook.id, now=now, host=host, kinds=", ".join(new.kinds))
        return hook.id, _secret(hook)


def require_reachable(url: str) -> None:
    """Refuse an address to which nothing would be sent; it is looked at again at every call.

    :raises RuleViolation: saying why; the field is ``url``.
    """
    target = rules.read_target(url)
    db.session().rollback()  # a name that is looked up for seconds need hold no connection
    try:
        find_address(target, reach())
    except Refused as refusal:
        raise RuleViolation(f"We do not call this address. {refusal}", field="url") from refusal
    except (OSError, UnicodeError) as error:
        raise RuleViolation("We cannot find a machine of this name.", field="url") from error


def renew_secret(webhook_id: int, *, actor: Actor, now: datetime) -> str:
    """Give a program another secret, which is shown this once; the former one is worth nothing from now on.

    :raises NotFound: there is no such program.
    :raises Conflict: it has ended.
    """
    actor.require(Permission.CONNECT_PROGRAMS)
    with transaction() as session:
        hook = _standing(session, webhook_id)
        hook.salt = token_hex(16)
        audit.record(session, actor, "secret renewed", "webhook", hook.id, now=now)
        return _secret(hook)


def end(webhook_id: int, *, actor: Actor, now: datetime) -> None:
    """Tell a program nothing more; what it was told stays to be read.

    :raises NotFound: there is no such program.
    :raises Conflict: it has ended before.
    """
    actor.require(Permission.CONNECT_PROGRAMS)
    with transaction() as session:
        hook = _standing(session, webhook_id)
        hook.ended_at = now
        audit.record(session, actor, "ended", "webhook", hook.id, now=now)


def send_test(webhook_id: int, *, actor: Actor, now: datetime) -> None:
    """Have a program told of nothing, to see whether it takes it; that starts one again which was failing.

    :raises NotFound: there is no such program.
    :raises Conflict: it has ended.
    """
    actor.require(Permission.CONNECT_PROGRAMS)
    with transaction() as session:
        hook = _standing(session, webhook_id)
        queue(session, EventKind.TEST, {}, [hook.id], now=now)
        audit.record(session, actor, "tested", "webhook", hook.id, now=now)


def send_again(webhook_id: int, delivery_id: int, *, actor: Actor, now: datetime) -> bool:
    """Try to tell a program once more of something that was given up or taken, from the first try on.

    Returns whether it is sent at once: a program that does not answer is sent only tests until it takes one.

    :raises NotFound: there is no such program, or nothing with this number that it was told.
    :raises Conflict: the program has ended, or is to be told in any case.
    """
    actor.require(Permission.CONNECT_PROGRAMS)
    with transaction() as session:
        hook = _standing(session, webhook_id)
        mine = (WebhookDelivery.id == delivery_id, WebhookDelivery.webhook_id == hook.id)
        query = select(WebhookDelivery).where(*mine).with_for_update()
        delivery = session.scalar(query) if is_id(delivery_id) else None
        if delivery is None:
            raise NotFound("This program was told nothing with this number.")
        if delivery.state == State.WAITING:
            raise Conflict("This waits to be sent already.")
        delivery.state, delivery.tries, delivery.due_at, delivery.settled_at = State.WAITING, 0, as_utc(now), None
        audit.record(session, actor, "sent again", "webhook", hook.id, now=now, delivery=delivery.id)
        event = session.get_one(WebhookEvent, delivery.event_id)
        return hook.failing_since is None or event.kind == EventKind.TEST


def start_again(session: Session, webhook_id: int, *, now: datetime) -> None:
    """Let a program be told again of all that waits for it; a step."""
    waiting = (WebhookDelivery.webhook_id == webhook_id, WebhookDelivery.state == State.WAITING)
    session.execute(update(Webhook).where(Webhook.id == webhook_id).values(failing_since=None))
    session.execute(update(WebhookDelivery).where(*waiting).values(due_at=as_utc(now)))


def reach() -> Reach:
    """Return whom this program calls."""
    found: Reach = current_app.extensions["tsalert_webhook_reach"]
    return found


def key_of(salt: str) -> bytes:
    """Return the key that signs what one program is told."""
    settings: Settings = current_app.extensions["tsalert_settings"]
    return rules.key_of(settings.address_key, salt)


def _secret(hook: Webhook) -> str:
    return rules.secret_of(key_of(hook.salt))


def _standing(session: Session, webhook_id: int) -> Webhook:
    hook = queries.get_row(session, webhook_id, lock=True)
    if hook.ended_at is not None:
        raise Conflict("This webhook has ended. Register the address again if it is wanted.")
    return hook
