"""Keeping what an officer types, and letting go of it."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tsalert.alerts import queries as alerts
from tsalert.alerts.unsaved import queries, rules
from tsalert.alerts.unsaved.models import AlertUnsaved
from tsalert.alerts.unsaved.overtaking import require_unchanged
from tsalert.alerts.unsaved.rules import Copy
from tsalert.audit import service as audit
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import NotAllowed, RuleViolation
from tsalert.db import transaction

_AGAIN = "Load the page again."


def keep(copy: Copy, *, actor: Actor, now: datetime) -> datetime:
    """Keep what a form holds, in the place of what it held before; returns when.

    The trail notes that it was begun and not every time that it is kept: nobody but its officer can read it.

    :raises NotFound: there is no such alert.
    :raises Overtaken: somebody else changed the alert since the form showed it.
    :raises RuleViolation: it is longer than an alert can be.
    """
    actor.require(Permission.DRAFT_ALERT)
    with transaction() as session:
        put(session, copy, actor=actor, now=now)
    return now


def put(session: Session, copy: Copy, *, actor: Actor, now: datetime) -> None:
    """Keep what a form holds as part of another use case; a step that raises as ``keep`` does."""
    if actor.officer_id is None:
        raise NotAllowed("Only an officer can write an alert.")
    rules.check_key(copy.key)
    if copy.alert_id is not None:
        require_unchanged(session, alerts.get_alert(session, copy.alert_id), copy.seen)
    row = queries.find_copy(session, copy.key, actor=actor, lock=True) or _begin(session, copy, actor, now)
    row.fields, row.saved_at = rules.keep_typed(copy.fields.items()), now


def discard(key: str | None, *, actor: Actor, now: datetime) -> None:
    """Let go of what a form held; where that was done already nothing happens."""
    with transaction() as session:
        row = queries.find_copy(session, key, actor=actor, lock=True)
        if row is not None:
            session.delete(row)
            audit.record(session, actor, "let go of unsaved", "alert", row.alert_id, now=now)


def _begin(session: Session, copy: Copy, actor: Actor, now: datetime) -> AlertUnsaved:
    """Begin to keep a form, and forget what nobody went on with.

    :raises RuleViolation: the key is somebody else's.
    """
    if session.get(AlertUnsaved, copy.key) is not None:
        raise RuleViolation(_AGAIN, field="copy")
    session.execute(delete(AlertUnsaved).where(AlertUnsaved.saved_at < now - rules.LIFE))
    row = AlertUnsaved(key=copy.key, officer_id=actor.officer_id, alert_id=copy.alert_id, fields={}, saved_at=now)
    if copy.original_id is not None:
        row.original_id = alerts.get_alert(session, copy.original_id).id
    session.add(row)
    try:
        session.flush()
    except IntegrityError as error:
        raise RuleViolation(_AGAIN, field="copy") from error
    audit.record(session, actor, "began to write", "alert", copy.alert_id, now=now)
    return row
