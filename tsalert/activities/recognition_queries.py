"""Finding recognitions: those that this officer may see, and the names that may be said in public."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, func, select, true
from sqlalchemy.orm import Session

from tsalert.activities.models import Recognition
from tsalert.activities.vocabulary import RecognitionKind
from tsalert.cases import queries as cases
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import NotFound
from tsalert.core.periods import Period
from tsalert.core.words import Word
from tsalert.response import queries as response
from tsalert.web.fields import LARGEST_ID

PAGE = 50


class RecognitionShowing(Word):
    """Which recognitions a list shows."""

    TO_PRESENT = "to_present", "Decided, not presented yet"
    PRESENTED = "presented", "Presented"
    WITHDRAWN = "withdrawn", "Withdrawn"
    ALL = "all", "All"


@dataclass(frozen=True, slots=True)
class RecognitionView:
    """A recognition with the references of what it is for."""

    row: Recognition
    incident: str | None
    case: str | None

    @property
    def kind(self) -> RecognitionKind:
        """How somebody is thanked."""
        return RecognitionKind.of(self.row.kind)


@dataclass(frozen=True, slots=True)
class RecognitionFilter:
    """Which recognitions a list shows; ``after`` is the last one of the page before."""

    showing: RecognitionShowing = RecognitionShowing.TO_PRESENT
    incident_id: int | None = None
    case_id: int | None = None
    after: int | None = None


@dataclass(frozen=True, slots=True)
class RecognitionPage:
    """Some recognitions; ``next`` is the ``after`` of the page that follows, if one does."""

    items: list[RecognitionView]
    next: int | None


def list_recognitions(
    session: Session, wanted: RecognitionFilter, *, actor: Actor, now: datetime, size: int = PAGE
) -> RecognitionPage:
    """Return the recognitions that somebody may see, the latest first."""
    conditions = [visible(actor), _shown(wanted.showing)]
    if wanted.incident_id is not None:
        conditions.append(Recognition.incident_id == wanted.incident_id)
    if wanted.case_id is not None:
        conditions.append(Recognition.case_id == wanted.case_id)
    if wanted.after is not None:
        conditions.append(Recognition.id < wanted.after)
    query = select(Recognition).where(*conditions).order_by(Recognition.id.desc()).limit(size + 1)
    rows = list(session.scalars(query))
    items = [_view(session, row) for row in rows[:size]]
    return RecognitionPage(items, rows[size - 1].id if len(rows) > size else None)


def get_recognition(session: Session, recognition_id: int, *, actor: Actor, now: datetime) -> RecognitionView:
    """Return one recognition.

    :raises NotFound: there is none, or none that this officer may see.
    """
    return _view(session, get_recognition_row(session, recognition_id, actor=actor, now=now))


def get_recognition_row(
    session: Session, recognition_id: int, *, actor: Actor, now: datetime, lock: bool = False
) -> Recognition:
    """Return the row of a recognition; ``lock`` keeps others from changing it until the transaction ends.

    :raises NotFound: there is none, or none that this officer may see.
    """
    query = select(Recognition).where(Recognition.id == recognition_id, visible(actor))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = session.scalar(query) if 0 < recognition_id <= LARGEST_ID else None
    if row is None:
        raise NotFound("There is no such recognition.")
    return row


def named_in_public(session: Session, period: Period) -> list[tuple[str, RecognitionKind]]:
    """Return who was thanked in a period and agreed to be named for it, as a report may print it."""
    query = select(Recognition.name, Recognition.kind).where(presented_in(period), Recognition.may_be_named)
    return [(name, RecognitionKind.of(kind)) for name, kind in session.execute(query.order_by(Recognition.id))]


def count_presented(session: Session, period: Period) -> dict[RecognitionKind, int]:
    """Count what was presented in a period, by kind."""
    query = select(Recognition.kind, func.count()).where(presented_in(period)).group_by(Recognition.kind)
    found = dict(session.execute(query).all())
    return {kind: found.get(kind, 0) for kind in RecognitionKind}


def presented_in(period: Period) -> ColumnElement[bool]:
    """Return the condition that something was presented in a period and not withdrawn."""
    between = Recognition.presented_on.between(period.first_day, period.last_day)
    return and_(between, Recognition.withdrawn_at.is_(None))


def visible(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that somebody may see a recognition."""
    return true() if actor.may(Permission.READ_CASE) else false()


def _shown(showing: RecognitionShowing) -> ColumnElement[bool]:
    stands = Recognition.withdrawn_at.is_(None)
    return {
        RecognitionShowing.TO_PRESENT: and_(stands, Recognition.presented_on.is_(None)),
        RecognitionShowing.PRESENTED: and_(stands, Recognition.presented_on.is_not(None)),
        RecognitionShowing.WITHDRAWN: Recognition.withdrawn_at.is_not(None),
        RecognitionShowing.ALL: true(),
    }[showing]


def _view(session: Session, row: Recognition) -> RecognitionView:
    incident = response.get_incident_row(session, row.incident_id).reference if row.incident_id else None
    return RecognitionView(row, incident, cases.get_case(session, row.case_id).reference if row.case_id else None)
