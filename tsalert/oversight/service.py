"""What managers do with what is odd: they look at a line and say what they found; officers say where they live."""

from datetime import date, datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.config import Settings
from tsalert.core.actors import Actor, Permission
from tsalert.core.clock import london_date
from tsalert.core.errors import Conflict, NotAllowed, RuleViolation
from tsalert.db import transaction
from tsalert.oversight import queries, rules
from tsalert.oversight.models import OddityReview, OfficerHome

_EARLIEST = date(2000, 1, 1)


def note_looked_at(week: date, key: str, note: str, *, actor: Actor, settings: Settings, now: datetime) -> None:
    """Keep that a manager looked at a line, and what they found; what comes to it later is open again.

    :param week: any day of it.
    :raises NotFound: there is no such line in that week.
    :raises NotAllowed: it is the manager's own.
    :raises Conflict: somebody looked at all of it already.
    """
    actor.require(Permission.REVIEW_ODDITIES)
    week = monday(week, now=now)
    with transaction() as session:
        oddity = queries.get_oddity(session, week, key, settings)
        if actor.officer_id is None or oddity.line.officer_id == actor.officer_id:
            raise NotAllowed("Somebody else looks at what you opened yourself.")
        if not oddity.is_open:
            raise Conflict("Somebody has looked at this already, and there is nothing new.")
        review = OddityReview(week=week, line=key, last_entry=oddity.line.entries[-1], note=note)
        review.looked_at_by, review.looked_at = actor.officer_id, now
        session.add(review)
        session.flush()
        audit.record(session, actor, "looked at an oddity", "oddity", review.id, now=now, line=key, week=str(week))


def tell_home(postcode: str | None, *, actor: Actor, settings: Settings, now: datetime) -> None:
    """Keep in which postcode an officer lives, as a digest, or forget it; only they themselves can say.

    :raises NotAllowed: no officer says it.
    """
    if actor.officer_id is None:
        raise NotAllowed("Only an officer can say where they live.")
    with transaction() as session:
        session.execute(delete(OfficerHome).where(OfficerHome.officer_id == actor.officer_id))
        if postcode is not None:
            key = queries.postcode_key(postcode, settings.address_key)
            session.add(OfficerHome(officer_id=actor.officer_id, postcode_key=key, told_at=now))
        act = "told their own postcode" if postcode is not None else "took back their own postcode"
        audit.record(session, actor, act, "officer", actor.officer_id, now=now)


def has_told_home(session: Session, officer_id: int) -> bool:
    """Tell whether an officer said where they live."""
    return session.get(OfficerHome, officer_id) is not None


def monday(day: date | None, *, now: datetime) -> date:
    """Return the Monday of the week to show: of a day that was asked for, else of the week that has ended last.

    :raises RuleViolation: that week has not begun, or lies before there were trails.
    """
    today = london_date(now)
    if day is not None and day < _EARLIEST:
        raise RuleViolation("The date is too long ago. Check the year.", field="week")
    week = rules.week_of(day) if day is not None else rules.week_before(today)
    if week > today:
        raise RuleViolation("That week has not begun.", field="week")
    return week
