"""The mail of Monday morning: how many lines of each kind last week came to, and nobody's name."""

from collections import Counter
from collections.abc import Collection
from datetime import date, datetime, time, timedelta

from flask import current_app

from tsalert.audit import service as audit
from tsalert.config import Settings
from tsalert.core.actors import SERVICE, Permission
from tsalert.core.clock import in_london, london_date
from tsalert.db import db, insert_ignoring_conflicts, transaction
from tsalert.delivery.rules import Content
from tsalert.oversight import queries, rules
from tsalert.oversight.models import OddityMail
from tsalert.oversight.rules import Line
from tsalert.oversight.vocabulary import Kind
from tsalert.staff import queries as staff
from tsalert.staff.writing import write_to
from tsalert.web.filters import day

_FROM = time(7)


def tell_of_oddities(now: datetime) -> bool:
    """Write to the managers of what was odd last week, once, from Monday at 7am; tells whether a mail went out now.

    A worker that was away on Monday makes up for it in that week. Of a quiet week nobody is told. Where there is nobody
    to write to, it is tried again.
    """
    settings: Settings = current_app.extensions["tsalert_settings"]
    week = rules.week_before(london_date(now))
    if not _is_time(now) or db.session().get(OddityMail, week) is not None:
        return False
    lines = queries.find_lines(db.session(), week, settings)
    db.session().rollback()
    with transaction() as session:
        people = staff.officers_who_may(session, {Permission.REVIEW_ODDITIES})
        if lines and not people:
            return False
        kept = {"week": week, "lines": len(lines), "told_at": now}
        adding = insert_ignoring_conflicts(session, OddityMail).values(kept).returning(OddityMail.week)
        if session.scalar(adding) is None or not lines:
            return False
        write_to(session, people, oddity_mail(lines, week, settings), now=now)
        audit.record(session, SERVICE, "oddities told", "oddity", None, now=now, week=str(week), lines=len(lines))
        return True


def oddity_mail(lines: Collection[Line], week: date, settings: Settings) -> Content:
    """Return the mail about one week; it holds counts and a link."""
    found = Counter(each.kind for each in lines)
    counts = "\n".join(f"{kind.label}: {found[kind]}" for kind in Kind if found[kind])
    text = (
        f"What officers opened from {day(week)} to {day(week + timedelta(days=6))} and somebody should look at:\n\n"
        f"{counts}\n\n"
        "None of this is proof of anything. See each line with its entries of the trail, and say what you found:\n\n"
        f"{settings.public_url}/oddities?week={week}\n"
    )
    return Content(subject=f"Trail of {settings.authority_name}: {len(lines)} to look at", text=text)


def _is_time(now: datetime) -> bool:
    """Tell whether it is Monday at 7am or later in the week."""
    wall = in_london(now)
    return wall.weekday() > 0 or wall.time() >= _FROM
