"""Reading concerns; who may see them is asked here and nowhere else."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from tsalert.cases import queries as cases
from tsalert.core.actors import Actor
from tsalert.core.errors import NotFound
from tsalert.core.keys import is_id
from tsalert.keysets import PAGE, Order, Page, read_page
from tsalert.response import queries as response
from tsalert.safeguarding.models import SafeguardingConcern, SafeguardingStep
from tsalert.safeguarding.rules import Standing, read_standing
from tsalert.safeguarding.vocabulary import Act, State
from tsalert.tiers import queries as tiers
from tsalert.tiers.vocabulary import Subject


class ConcernRecord(Struct, frozen=True):
    """A concern with its steps, oldest first, and the reference of its case or incident."""

    row: SafeguardingConcern
    reference: str
    steps: Sequence[SafeguardingStep]

    @property
    def standing(self) -> Standing:
        """Where it stands."""
        return read_standing(self.row.raised_at, [(Act(step.act), step.occurred_at) for step in self.steps])

    @property
    def state(self) -> State:
        """How far it has come."""
        return self.standing.state


def subject_of(row: SafeguardingConcern) -> tuple[Subject, int]:
    """Return the case or incident whose tiers decide who may see a concern."""
    return (Subject.CASE, row.case_id) if row.case_id is not None else (Subject.INCIDENT, row.incident_id or 0)


def find_subject(session: Session, concern_id: int) -> tuple[Subject, int] | None:
    """Return the case or incident of a concern; None where there is no such concern."""
    row = session.get(SafeguardingConcern, concern_id) if is_id(concern_id) else None
    return subject_of(row) if row else None


def get_concern(session: Session, concern_id: int, *, actor: Actor, now: datetime, lock: bool = False) -> ConcernRecord:
    """Return one concern to somebody who may see it: whoever raised it, and those who may see T3 of its case.

    :raises NotFound: there is none.
    :raises Withheld: this person may not see it.
    """
    query = select(SafeguardingConcern).where(SafeguardingConcern.id == concern_id)
    if lock:
        query = query.with_for_update()
    row = session.scalar(query) if is_id(concern_id) else None
    if row is None:
        raise NotFound("There is no such concern.")
    subject = subject_of(row)
    if is_own(row, actor):
        tiers.require_visible(session, actor, *subject, now=now)
    else:
        tiers.require_sensitive(session, actor, *subject, now=now)
    return _records(session, [row])[0]


def concerns_of(
    session: Session, *, actor: Actor, now: datetime, case_id: int | None = None, incident_id: int | None = None
) -> list[ConcernRecord]:
    """Return those concerns of a case or an incident that this person may see, oldest first."""
    subject = (Subject.CASE, case_id) if case_id is not None else (Subject.INCIDENT, incident_id or 0)
    if not tiers.may_see(session, actor, *subject, now=now):
        return []
    rows = session.scalars(
        select(SafeguardingConcern)
        .where(SafeguardingConcern.case_id == case_id, SafeguardingConcern.incident_id == incident_id)
        .order_by(SafeguardingConcern.id)
    ).all()
    sees_all = tiers.may_see_sensitive(session, actor, *subject, now=now)
    return _records(session, [row for row in rows if sees_all or is_own(row, actor)])


def list_concerns(
    session: Session, *, actor: Actor, now: datetime, after: int | None = None, limit: int = PAGE
) -> Page[ConcernRecord]:
    """Return a page of the concerns, newest first; none of a record that is restricted."""
    query, newest_first = select(SafeguardingConcern).where(_visible(actor, now)), Order(SafeguardingConcern.id)
    page = read_page(session, query, newest_first, after=after, size=limit)
    return Page(_records(session, page.items), page.next)


def waiting(session: Session) -> list[ConcernRecord]:
    """Return the concerns that still have to be decided, sent or acknowledged, whoever asks; for the timetable."""
    query = select(SafeguardingConcern).where(
        ~select(SafeguardingStep.id)
        .where(
            SafeguardingStep.concern_id == SafeguardingConcern.id,
            SafeguardingStep.act.in_((Act.ACKNOWLEDGED, Act.OUTCOME)),
        )
        .exists()
    )
    records = _records(session, session.scalars(query.order_by(SafeguardingConcern.id)).all())
    return [each for each in records if each.standing.due_on is not None]


def is_own(row: SafeguardingConcern, actor: Actor) -> bool:
    """Tell whether this person raised a concern, and so knows what it says."""
    return actor.officer_id is not None and row.raised_by == actor.officer_id


def _visible(actor: Actor, now: datetime) -> ColumnElement[bool]:
    row = SafeguardingConcern
    return or_(
        and_(row.case_id.is_not(None), tiers.visible(actor, Subject.CASE, row.case_id, now=now)),
        and_(row.incident_id.is_not(None), tiers.visible(actor, Subject.INCIDENT, row.incident_id, now=now)),
    )


def _records(session: Session, rows: Sequence[SafeguardingConcern]) -> list[ConcernRecord]:
    ids = [row.id for row in rows]
    query = select(SafeguardingStep).where(SafeguardingStep.concern_id.in_(ids)).order_by(SafeguardingStep.id)
    steps: dict[int, list[SafeguardingStep]] = {number: [] for number in ids}
    for step in session.scalars(query):
        steps[step.concern_id].append(step)
    named = cases.references(session, [row.case_id for row in rows if row.case_id is not None])
    return [ConcernRecord(row, _reference(session, row, named), steps[row.id]) for row in rows]


def _reference(session: Session, row: SafeguardingConcern, named: dict[int, str]) -> str:
    if row.case_id is not None:
        return named[row.case_id]
    return response.get_incident(session, row.incident_id or 0).reference
