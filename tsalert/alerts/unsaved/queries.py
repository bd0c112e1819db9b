"""Reading what officers began and did not save; each sees their own alone."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.alerts.unsaved.models import AlertUnsaved
from tsalert.alerts.unsaved.rules import MOST
from tsalert.core.actors import Actor
from tsalert.core.keys import can_be_key


def find_copy(session: Session, key: str | None, *, actor: Actor, lock: bool = False) -> AlertUnsaved | None:
    """Return what this officer typed into a form; None where it was saved or discarded, or is not theirs."""
    if key is None or not can_be_key(key):
        return None
    mine = (AlertUnsaved.key == key, AlertUnsaved.officer_id == actor.officer_id)
    query = select(AlertUnsaved).where(*mine)
    return session.scalar(query.with_for_update() if lock else query)


def copies_of(session: Session, actor: Actor) -> Sequence[AlertUnsaved]:
    """Return what this officer began and did not save, latest first."""
    query = select(AlertUnsaved).where(AlertUnsaved.officer_id == actor.officer_id)
    return session.scalars(query.order_by(AlertUnsaved.saved_at.desc(), AlertUnsaved.key).limit(MOST)).all()
