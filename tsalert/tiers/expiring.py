"""Grants and openings whose time is over: nobody gets in by them any more, and the trail says when that was."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import SERVICE
from tsalert.db import transaction
from tsalert.tiers.models import AccessGrant, Opening

_BATCH = 500


def note_ended(now: datetime) -> int:
    """Enter in the trail what ran out, with the instant at which it did; returns how many grants and openings."""
    with transaction() as session:
        return _note_grants(session, now) + _note_openings(session, now)


def _note_grants(session: Session, now: datetime) -> int:
    over = (AccessGrant.ended_at.is_(None), AccessGrant.expires_at <= now)
    rows = session.scalars(select(AccessGrant).where(*over).order_by(AccessGrant.id).limit(_BATCH).with_for_update())
    found = rows.all()
    for row in found:
        row.ended_at = row.expires_at
        of = (row.subject, row.subject_id)
        ran_out = f"{row.expires_at:%Y-%m-%dT%H:%M:%SZ}"
        audit.record(session, SERVICE, "access expired", *of, now=now, officer=row.officer_id, ran_out=ran_out)
    return len(found)


def _note_openings(session: Session, now: datetime) -> int:
    over = (Opening.closed_at.is_(None), Opening.until <= now)
    rows = session.scalars(select(Opening).where(*over).order_by(Opening.id).limit(_BATCH).with_for_update())
    found = rows.all()
    for row in found:
        row.closed_at = row.until
        of = (row.root_subject, row.root_id)
        ran_out = f"{row.until:%Y-%m-%dT%H:%M:%SZ}"
        audit.record(session, SERVICE, "opening over", *of, now=now, officer=row.officer_id, ran_out=ran_out)
    return len(found)
