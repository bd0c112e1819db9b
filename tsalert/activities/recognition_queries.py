"""Finding recognitions: those that this officer may see, and the names that may be said in public."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import ColumnElement, and_, func, select, true
from sqlalchemy.orm import Session

from tsalert.activities.models import Recognition
from tsalert.activities.vocabulary import RecognitionKind
from tsalert.by_id import get_by_id
from tsalert.cases import queries as cases
from tsalert.core.actors import Actor
from tsalert.core.periods import Period
from tsalert.core.words import Word
from tsalert.keysets import PAGE, Order, Page, read_page
from tsalert.parties.vocabulary import Side
from tsalert.response import queries as response
from tsalert.response.call_parties import parties_of_calls
from tsalert.response.kept import names_for
from tsalert.response.rows import calls_of
from tsalert.tiers import queries as tiers
from tsalert.tiers.vocabulary import Subject

_LINKS = (
    (Subject.INCIDENT, Recognition.incident_id),
    (Subject.CASE, Recognition.case_id),
    (Subject.PARTY, Recognition.party_id),
)


class RecognitionShowing(Word):
    """Which recognitions a list shows."""

    TO_PRESENT = "to_present", "Decided, not presented yet"
    PRESENTED = "presented", "Presented"
    WITHDRAWN = "withdrawn", "Withdrawn"
    ALL = "all", "All"


class RecognitionView(Struct, frozen=True):
    """A recognition with the references of what it is for."""

    row: Recognition
    incident: str | None
    case: str | None

    @property
    def kind(self) -> RecognitionKind:
        """How somebody is thanked."""
        return RecognitionKind.of(self.row.kind)


class RecognitionFilter(Struct, frozen=True):
    """Which recognitions a list shows; ``after`` is the last one of the page before."""

    showing: RecognitionShowing = RecognitionShowing.TO_PRESENT
    incident_id: int | None = None
    case_id: int | None = None
    after: int | None = None


def list_recognitions(
    session: Session, wanted: RecognitionFilter, *, actor: Actor, now: datetime, size: int = PAGE
) -> Page[RecognitionView]:
    """Return the recognitions that somebody may see, the latest first."""
    conditions = [visible(actor, now=now), _shown(wanted.showing)]
    if wanted.incident_id is not None:
        conditions.append(Recognition.incident_id == wanted.incident_id)
    if wanted.case_id is not None:
        conditions.append(Recognition.case_id == wanted.case_id)
    query = select(Recognition).where(*conditions)
    page = read_page(session, query, Order(Recognition.id), after=wanted.after, size=size)
    return page.all_told_by(lambda rows: _views(session, rows))


def get_recognition(session: Session, recognition_id: int, *, actor: Actor, now: datetime) -> RecognitionView:
    """Return one recognition.

    :raises NotFound: there is none.
    :raises Withheld: what it is for is restricted.
    """
    return _views(session, [get_recognition_row(session, recognition_id, actor=actor, now=now)])[0]


def get_recognition_row(
    session: Session, recognition_id: int, *, actor: Actor, now: datetime, lock: bool = False
) -> Recognition:
    """Return the row of a recognition; ``lock`` keeps others from changing it until the transaction ends.

    :raises NotFound: there is none.
    :raises Withheld: what it is for is restricted.
    """
    row = get_by_id(session, Recognition, recognition_id, "There is no such recognition.", lock=lock)
    require_visible(session, row, actor=actor, now=now)
    return row


def callers_of(session: Session, incident_ids: Sequence[int], *, actor: Actor, now: datetime) -> list[tuple[int, str]]:
    """Return (id, name) of those who rang about some incidents, as far as they gave a name.

    :raises Withheld: one of the incidents is restricted.
    """
    for incident_id in incident_ids:
        tiers.require_visible(session, actor, Subject.INCIDENT, incident_id, now=now)
    rang = [call.id for incident_id in incident_ids for call in calls_of(session, incident_id)]
    callers = [part.party_id for part in parties_of_calls(session, rang) if part.role is Side.CALLER]
    names = names_for(session, actor, callers, now=now)
    return [(party_id, name) for party_id in dict.fromkeys(callers) if (name := names.get(party_id))]


def count_presented(session: Session, period: Period) -> dict[RecognitionKind, int]:
    """Count what was presented in a period, by kind."""
    query = select(Recognition.kind, func.count()).where(presented_in(period)).group_by(Recognition.kind)
    found = dict(session.execute(query).all())
    return {kind: found.get(kind, 0) for kind in RecognitionKind}


def presented_in(period: Period) -> ColumnElement[bool]:
    """Return the condition that something was presented in a period and not withdrawn."""
    between = Recognition.presented_on.between(period.first_day, period.last_day)
    return and_(between, Recognition.withdrawn_at.is_(None))


def visible(actor: Actor, *, now: datetime) -> ColumnElement[bool]:
    """Return the condition that nothing of what a recognition is for is restricted to somebody."""
    return and_(*(tiers.visible(actor, subject, column, now=now) for subject, column in _LINKS))


def require_visible(session: Session, row: Recognition, *, actor: Actor, now: datetime) -> None:
    """Refuse what is for a restricted incident, case or person, and not open to somebody.

    :raises Withheld: it is.
    """
    for subject, column in _LINKS:
        number = getattr(row, column.key)
        if number is not None:
            tiers.require_visible(session, actor, subject, number, now=now)


def _shown(showing: RecognitionShowing) -> ColumnElement[bool]:
    stands = Recognition.withdrawn_at.is_(None)
    return {
        RecognitionShowing.TO_PRESENT: and_(stands, Recognition.presented_on.is_(None)),
        RecognitionShowing.PRESENTED: and_(stands, Recognition.presented_on.is_not(None)),
        RecognitionShowing.WITHDRAWN: Recognition.withdrawn_at.is_not(None),
        RecognitionShowing.ALL: true(),
    }[showing]


def _views(session: Session, rows: Sequence[Recognition]) -> list[RecognitionView]:
    incidents = response.references(session, {row.incident_id for row in rows if row.incident_id is not None})
    named = cases.references(session, {row.case_id for row in rows if row.case_id is not None})
    return [RecognitionView(row, incidents.get(row.incident_id or 0), named.get(row.case_id or 0)) for row in rows]
