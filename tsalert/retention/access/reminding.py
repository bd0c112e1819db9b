"""Reminding those who answer requests: a week ahead of the last day, and every day once it has passed."""

from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import Select, or_, select

from tsalert.audit import service as audit
from tsalert.config import Settings
from tsalert.core.actors import SERVICE, Permission
from tsalert.core.clock import london_date, london_midnight
from tsalert.db import transaction
from tsalert.delivery.rules import Content
from tsalert.retention.access.rules import REMINDED_AHEAD
from tsalert.retention.models import AccessRequest
from tsalert.staff import queries as staff
from tsalert.staff.writing import write_to
from tsalert.web.filters import day


def remind(now: datetime) -> int:
    """Write about every request whose last day is near or over; returns how many were written about.

    Each is told of once when it is a week away, and again each day from its last day on. Where there is nobody to
    write to, it is tried again.
    """
    with transaction() as session:
        found = session.scalars(_due(now)).all()
        people = staff.officers_who_may(session, {Permission.ANSWER_ACCESS}) if found else []
        if not people:
            return 0
        for request in found:
            write_to(session, people, _mail(request, now), now=now)
            request.reminded_at = now
            audit.record(session, SERVICE, "reminded", "access_request", request.id, now=now)
        return len(found)


def _due(now: datetime) -> Select[AccessRequest]:
    today = london_date(now)
    never = AccessRequest.reminded_at.is_(None)
    daily = (AccessRequest.due_on <= today) & (AccessRequest.reminded_at < london_midnight(today))
    near = AccessRequest.due_on <= today + REMINDED_AHEAD
    return select(AccessRequest).where(AccessRequest.answered_at.is_(None), near, or_(never, daily)).with_for_update()


def _mail(request: AccessRequest, now: datetime) -> Content:
    settings: Settings = current_app.extensions["tsalert_settings"]
    left = (request.due_on - london_date(now)) // timedelta(days=1)
    ahead = "today" if left == 0 else "tomorrow" if left == 1 else f"in {left} days"
    state, verb = ("overdue", "was") if left < 0 else (f"due {ahead}", "is")
    text = (
        f"The answer to {request.reference}, a request for what is held on somebody, {verb} due on "
        f"{day(request.due_on)}.\n\n"
        f"See the request: {settings.public_url}/subject-access/{request.id}\n"
    )
    return Content(subject=f"{request.reference}: answer {state}", text=text)
