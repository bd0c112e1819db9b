"""Mobiles of officers who cannot sign in: taken while that lasts, given back after a suspension. Steps.

Taking one closes its time, so that the past still tells when its officer could be reached.
"""

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from tsalert.audit import service as audit
from tsalert.core.actors import SERVICE
from tsalert.rota.models import OfficerMobile
from tsalert.staff import accounts
from tsalert.staff import queries as staff


def take_mobiles(session: Session, *, now: datetime) -> None:
    """Take the mobiles of officers who were suspended or have left."""
    people = staff.officers().subquery()
    held = select(OfficerMobile).join(people, people.c.id == OfficerMobile.officer_id)
    for each in session.scalars(held.where(OfficerMobile.removed_at.is_(None), ~people.c.active)).all():
        each.removed_at = now
        audit.record(session, SERVICE, "mobile removed", "officer", each.officer_id, now=now)
    session.flush()


def give_mobiles_back(session: Session, *, now: datetime) -> None:
    """Give officers whose suspension is over the mobile that was taken for it, unless somebody has it meanwhile.

    One that was taken from two of them goes to whoever had it last.
    """
    newest = {each.officer_id: each for each in _taken(session)}
    suspended = accounts.ended_suspensions(session, newest) if newest else {}
    free = {each.e164: each for each in newest.values() if _was_taken_in(suspended.get(each.officer_id), each)}
    for e164, mobile in free.items():
        officer_id = mobile.officer_id
        kept = {"e164": e164, "verified_at": now, "silent_since": mobile.silent_since}
        session.add(OfficerMobile(officer_id=officer_id, **kept))
        audit.record(session, SERVICE, "mobile given back", "officer", officer_id, now=now)
    session.flush()


def _was_taken_in(suspension: tuple[datetime, datetime] | None, mobile: OfficerMobile) -> bool:
    if suspension is None or mobile.removed_at is None:
        return False
    since, until = suspension
    return since <= mobile.removed_at <= until


def _taken(session: Session) -> list[OfficerMobile]:
    """Return the mobiles that active officers without one held before, the newest last; none that is held again."""
    people, held = staff.officers().subquery(), aliased(OfficerMobile)
    same = or_(held.officer_id == OfficerMobile.officer_id, held.e164 == OfficerMobile.e164)
    is_held = select(held.id).where(held.removed_at.is_(None), same).exists()
    query = select(OfficerMobile).join(people, people.c.id == OfficerMobile.officer_id)
    taken = query.where(people.c.active, OfficerMobile.removed_at.is_not(None), ~is_held)
    return list(session.scalars(taken.order_by(OfficerMobile.verified_at, OfficerMobile.id)))
