"""Reminding the case officer of the last day to prosecute: 60, 30 and 7 days ahead, once each."""

from datetime import date, datetime

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.config import Settings
from tsalert.core.actors import SERVICE, Permission
from tsalert.core.clock import london_date
from tsalert.db import insert_ignoring_conflicts, transaction
from tsalert.delivery.rules import Content
from tsalert.enforcement import queries
from tsalert.enforcement.models import DeadlineReminder
from tsalert.enforcement.queries import Deadline, Whose
from tsalert.enforcement.rules import reminder_due
from tsalert.staff import queries as staff
from tsalert.staff.writing import write_to
from tsalert.tiers import queries as tiers
from tsalert.tiers.vocabulary import Subject
from tsalert.web.filters import day


def remind(now: datetime) -> int:
    """Write about every deadline whose reminder is due and was not sent; returns how many were written.

    Where the case has no officer who can work on it any more, the managers are told; where there is nobody, it is
    tried again.
    """
    today = london_date(now)
    with transaction() as session:
        due, told = _due(session, today, now), 0
        if not due:
            return 0
        officers = {each.id: each for each in staff.officers_who_may(session, {Permission.WORK_CASE})}
        managers = staff.officers_who_may(session, {Permission.MANAGE_RESPONSE, Permission.WORK_CASE})
        for deadline, days in due:
            owner = officers.get(deadline.officer_id or 0)
            if not write_to(session, [owner] if owner else managers, _mail(session, deadline, today), now=now):
                continue
            told += 1
            kept = {"offence_id": deadline.offence_id, "days_ahead": days, "told_at": now}
            session.execute(insert_ignoring_conflicts(session, DeadlineReminder).values(kept))
            audit.record(
                session,
                SERVICE,
                "deadline told",
                "case",
                deadline.case_id,
                now=now,
                record=deadline.offence_id,
                days=days,
            )
        return told


def deadline_mail(
    deadline: Deadline, *, today: date, authority: str, link: str, is_restricted: bool = False
) -> Content:
    """Return the mail about one deadline; it names the case and the law, and nobody.

    Of a restricted case it tells no more than that there is one: a mailbox asks nobody for a grant.
    """
    left = deadline.days_left(today)
    ahead = "today" if left == 0 else "tomorrow" if left == 1 else f"in {left} days"
    law = "" if is_restricted else f"{deadline.offence.label}.\n{deadline.offence.limit.value}.\n\n"
    text = (
        f"The time to prosecute an offence of case {deadline.reference} ends {ahead}, on {day(deadline.last_day)}.\n\n"
        f"{law}"
        f"See the case: {link}\n\n"
        f"{authority} writes to the case officer 60, 30 and 7 days ahead, until somebody is charged or the offence is "
        "taken back.\n"
    )
    return Content(subject=f"Last day to prosecute {ahead}: {deadline.reference}", text=text)


def _due(session: Session, today: date, now: datetime) -> list[tuple[Deadline, int]]:
    """Return the deadlines to tell of, each with the reminder that it is."""
    found = [(each, reminder_due(each.last_day, today)) for each in queries.deadlines(session, Whose(now)).items]
    due = [(each, days) for each, days in found if days is not None]
    told = select(DeadlineReminder.offence_id, DeadlineReminder.days_ahead)
    known = {
        (offence_id, days)
        for offence_id, days in session.execute(
            told.where(DeadlineReminder.offence_id.in_([each.offence_id for each, _ in due]))
        )
    }
    return [(each, days) for each, days in due if (each.offence_id, days) not in known]


def _mail(session: Session, deadline: Deadline, today: date) -> Content:
    settings: Settings = current_app.extensions["tsalert_settings"]
    link = f"{settings.public_url}/cases/{deadline.case_id}/enforcement"
    closed = tiers.is_restricted(session, Subject.CASE, deadline.case_id)
    return deadline_mail(deadline, today=today, authority=settings.authority_name, link=link, is_restricted=closed)
