"""The board of cases: what is open by status, for whom each waits, how old it is, and what must be done in time."""

from collections.abc import Iterator
from datetime import date, datetime

from msgspec import Struct
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from tsalert.cases.models import CaseFile
from tsalert.cases.vocabulary import Status, WaitingFor
from tsalert.core.actors import Actor
from tsalert.core.clock import london_date
from tsalert.enforcement import queries as enforcement
from tsalert.finding.seeing import may_see
from tsalert.fulltext.vocabulary import Found
from tsalert.response.vocabulary import Category

SHOWN = 40
COLUMNS = tuple(status for status in Status if status is not Status.CLOSED)


class NextStep(Struct, frozen=True):
    """The first day by which something must be done in a case, and what it is."""

    on: date
    what: str
    days_left: int


class Card(Struct, frozen=True):
    """One open case as every officer may see it."""

    id: int
    reference: str
    category: Category
    kind: str
    waiting_for: WaitingFor | None
    opened_at: datetime
    days_old: int
    officer_id: int | None
    next_step: NextStep | None


class Column(Struct, frozen=True):
    """The open cases at one status, the oldest first; ``number`` counts those that are not shown too."""

    status: Status
    number: int
    cards: tuple[Card, ...]


def read_case_board(
    session: Session, *, officer_id: int | None = None, actor: Actor, now: datetime
) -> tuple[Column, ...]:
    """Return the columns of the board, of one officer's cases or of everybody's."""
    today = london_date(now)
    steps = _next_steps(session, now, officer_id)
    conditions = list(_conditions(officer_id, actor, now))
    counting = select(CaseFile.status, func.count()).where(*conditions).group_by(CaseFile.status)
    numbers = {str(status): number for status, number in session.execute(counting)}
    return tuple(
        Column(status, numbers.get(status, 0), tuple(_cards(session, status, conditions, steps, today)))
        for status in COLUMNS
    )


def _conditions(officer_id: int | None, actor: Actor, now: datetime) -> Iterator[ColumnElement[bool]]:
    yield CaseFile.closed_at.is_(None)
    yield CaseFile.continued_in_id.is_(None)
    yield may_see(actor, Found.CASE, CaseFile.id, now=now)
    if officer_id is not None:
        yield CaseFile.officer_id == officer_id


def _cards(
    session: Session,
    status: Status,
    conditions: list[ColumnElement[bool]],
    steps: dict[int, NextStep],
    today: date,
) -> Iterator[Card]:
    query = select(CaseFile).where(CaseFile.status == status, *conditions)
    for case in session.scalars(query.order_by(CaseFile.opened_at, CaseFile.id).limit(SHOWN)):
        yield Card(
            case.id,
            case.reference,
            Category.of(case.category),
            case.kind,
            WaitingFor.of(case.waiting_for) if case.waiting_for else None,
            case.opened_at,
            (today - london_date(case.opened_at)).days,
            case.officer_id,
            steps.get(case.id),
        )


def _next_steps(session: Session, now: datetime, officer_id: int | None) -> dict[int, NextStep]:
    """Return the first thing to be done in time of each case: to prosecute, to cancel a contract, to be at court."""
    whose = enforcement.Whose(now, officer_id)
    deadlines, contracts = enforcement.deadlines(session, whose).items, enforcement.cancellable(session, whose)
    hearings = enforcement.hearings_ahead(session, whose).items
    ahead = [(each.case_id, each.last_day, "Last day to prosecute") for each in deadlines]
    ahead += [(each.case_id, each.last_day, "Last day to cancel") for each in contracts]
    ahead += [(each.case_id, london_date(each.at), each.kind.label) for each in hearings]
    found: dict[int, NextStep] = {}
    for case_id, on, what in sorted(ahead, key=lambda each: each[1]):
        found.setdefault(case_id, NextStep(on, what, (on - whose.today).days))
    return found
