"""Reading what was recorded of offences, actions and cancellations, and what is still to be done in time."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from tsalert.cases.models import CaseFile
from tsalert.cases.vocabulary import Status
from tsalert.core.actors import Actor
from tsalert.core.clock import london_date, london_midnight
from tsalert.core.errors import NotFound
from tsalert.core.keys import is_id
from tsalert.enforcement.cancelling import Contract, Period, cancellation_period
from tsalert.enforcement.law import OFFENCES, Offence
from tsalert.enforcement.models import (
    Cancellation,
    CaseOffence,
    Charge,
    CourtDecision,
    Defendant,
    EnforcementAction,
    Hearing,
    HearingResultRow,
    Prosecution,
    TakenBack,
)
from tsalert.enforcement.vocabulary import ContractKind, Exclusion, HearingKind, Place, Record
from tsalert.keysets import Order, Page, read_rows
from tsalert.tiers import queries as tiers
from tsalert.tiers.vocabulary import Subject

_SHOWN_AHEAD = timedelta(days=92)
_PASSED_SHOWN = timedelta(days=366)
_CANCELLABLE_AHEAD = timedelta(days=31)
# Who was not told of the right has 14 days and 12 months.
_LONGEST_TO_CANCEL = timedelta(days=14 + 366)
_MODELS: dict[Record, type[CaseOffence | EnforcementAction | Cancellation]] = {
    Record.OFFENCE: CaseOffence,
    Record.ACTION: EnforcementAction,
    Record.CANCELLATION: Cancellation,
}
Row = TypeVar("Row", CaseOffence, EnforcementAction, Cancellation)


class Recorded(Struct, frozen=True):
    """What a case's enforcement records are, oldest first; ``taken_back`` tells why some no longer stand."""

    offences: Sequence[CaseOffence]
    actions: Sequence[EnforcementAction]
    cancellations: Sequence[Cancellation]
    taken_back: dict[tuple[str, int], str]
    charged: frozenset[int]

    def why_taken_back(self, record: str, record_id: int) -> str | None:
        """Return why a record no longer stands; None where it does."""
        return self.taken_back.get((record, record_id))

    @property
    def standing_offences(self) -> list[CaseOffence]:
        """The offences that stand."""
        return [each for each in self.offences if (Record.OFFENCE.value, each.id) not in self.taken_back]


class Whose(Struct, frozen=True):
    """Whose cases what lies ahead is of.

    :param officer_id: None for everybody's.
    :param reader: who sees it, at ``now``: it would tell of cases that are kept from them; None for the service.
    """

    now: datetime
    officer_id: int | None = None
    reader: Actor | None = None

    @property
    def today(self) -> date:
        """The day in London from which on it lies ahead."""
        return london_date(self.now)


class Deadline(Struct, frozen=True):
    """The last day to begin proceedings for one offence of one case; nothing of anybody."""

    offence_id: int
    case_id: int
    reference: str
    offence: Offence
    last_day: date
    officer_id: int | None

    def days_left(self, today: date) -> int:
        """Return the days until the last one; below nought once it has passed."""
        return (self.last_day - today).days


class Listed(Struct, frozen=True):
    """A hearing still to come."""

    case_id: int
    prosecution_id: int
    reference: str
    kind: HearingKind
    at: datetime
    court_name: str
    officer_id: int | None


class Cancellable(Struct, frozen=True):
    """A contract that the consumer can still cancel, but not for long; nothing of anybody."""

    case_id: int
    reference: str
    last_day: date
    reason: str
    officer_id: int | None


def recorded(session: Session, case_id: int) -> Recorded:
    """Return everything but courts that was recorded of a case's enforcement."""
    charged = select(Charge.offence_id).join(CaseOffence, CaseOffence.id == Charge.offence_id)
    return Recorded(
        _of_case(session, CaseOffence, case_id),
        _of_case(session, EnforcementAction, case_id),
        _of_case(session, Cancellation, case_id),
        taken_back(session, case_id),
        frozenset(session.scalars(charged.where(CaseOffence.case_id == case_id))),
    )


def taken_back(session: Session, case_id: int) -> dict[tuple[str, int], str]:
    """Return why each record of a case that no longer stands was taken back."""
    rows = session.execute(
        select(TakenBack.record, TakenBack.record_id, TakenBack.reason).where(TakenBack.case_id == case_id)
    )
    return {(record, record_id): reason for record, record_id, reason in rows}


def require_record(session: Session, case_id: int, record: Record, record_id: int) -> None:
    """Refuse a record that the case does not have.

    :raises NotFound: it does not.
    """
    if record is Record.DECISION:
        query = _decisions(case_id).where(CourtDecision.id == record_id)
    else:
        model = _MODELS[record]
        query = select(model.id).where(model.id == record_id, model.case_id == case_id)
    if not is_id(record_id) or session.scalar(query) is None:
        raise NotFound("There is no such record in this case.")


def get_cancellation(session: Session, case_id: int, number: int) -> Cancellation:
    """Return one contract of a case.

    :raises NotFound: the case has none with that number.
    """
    require_record(session, case_id, Record.CANCELLATION, number)
    return session.get_one(Cancellation, number)


def period_of(row: Cancellation) -> Period:
    """Return until when a contract of a case may be cancelled."""
    return cancellation_period(
        Contract(
            ContractKind.of(row.kind),
            Place.of(row.place),
            row.made_on,
            row.delivered_on,
            row.notice_on,
            Exclusion.of(row.exclusion) if row.exclusion else None,
        )
    )


def deadlines(session: Session, whose: Whose, *, after: str | None = None, size: int | None = None) -> Page[Deadline]:
    """Return the deadlines of open cases that are near or passed within a year, the first day first.

    What was charged or taken back has none.

    :param size: how many at most; None for all of them.
    :raises RuleViolation: ``after`` is no place of this list.
    """
    columns = (CaseOffence.id, CaseFile.id, CaseFile.reference, CaseOffence.offence, CaseOffence.expires_on)
    query = (
        select(*columns, CaseFile.officer_id)
        .join(CaseFile, CaseFile.id == CaseOffence.case_id)
        .where(CaseOffence.expires_on.between(whose.today - _PASSED_SHOWN, whose.today + _SHOWN_AHEAD), *_of(whose))
        .where(CaseFile.status != Status.CLOSED, ~_is_charged(), ~is_taken_back(Record.OFFENCE, CaseOffence.id))
    )
    first_day_first = Order(CaseOffence.id, (CaseOffence.expires_on,), is_rising=True)
    return read_rows(session, query, first_day_first, after=after, size=size).told_by(lambda row: _deadline(*row))


def cancellable(session: Session, whose: Whose) -> list[Cancellable]:
    """Return the contracts of open cases that can be cancelled for a month at most, the first day first."""
    begun = whose.today - _LONGEST_TO_CANCEL
    query = (
        select(Cancellation, CaseFile.reference, CaseFile.officer_id)
        .join(CaseFile, CaseFile.id == Cancellation.case_id)
        .where(Cancellation.cancelled_on.is_(None), CaseFile.status != Status.CLOSED, *_of(whose))
        .where(or_(Cancellation.made_on >= begun, Cancellation.delivered_on >= begun))
        .where(~is_taken_back(Record.CANCELLATION, Cancellation.id))
    )
    found = [(row, period_of(row), reference, owner) for row, reference, owner in session.execute(query)]
    near = [
        Cancellable(row.case_id, reference, period.last_day, period.reason, owner)
        for row, period, reference, owner in found
        if period.last_day is not None and whose.today <= period.last_day <= whose.today + _CANCELLABLE_AHEAD
    ]
    return sorted(near, key=lambda each: (each.last_day, each.case_id))


def hearings_ahead(
    session: Session, whose: Whose, *, after: str | None = None, size: int | None = None
) -> Page[Listed]:
    """Return the hearings from today on that have no outcome yet, the first one first; asked as ``deadlines`` is."""
    columns = (CaseFile.id, Prosecution.id, CaseFile.reference, Hearing.kind, Hearing.at, Hearing.court_name)
    query = (
        select(*columns, CaseFile.officer_id)
        .select_from(Hearing)
        .join(Prosecution, Prosecution.id == Hearing.prosecution_id)
        .join(CaseFile, CaseFile.id == Prosecution.case_id)
        .where(Hearing.at >= london_midnight(whose.today), *_of(whose))
        .where(~exists().where(HearingResultRow.hearing_id == Hearing.id))
    )
    first_first = Order(Hearing.id, (Hearing.at,), is_rising=True)
    return read_rows(session, query, first_first, after=after, size=size).told_by(lambda row: _listed(*row))


def _of(whose: Whose) -> Iterator[ColumnElement[bool]]:
    if whose.officer_id is not None:
        yield CaseFile.officer_id == whose.officer_id
    if whose.reader is not None:
        yield tiers.visible(whose.reader, Subject.CASE, CaseFile.id, now=whose.now)


def _deadline(offence_id: int, case_id: int, reference: str, code: str, last_day: date, owner: int | None) -> Deadline:
    return Deadline(offence_id, case_id, reference, OFFENCES[code], last_day, owner)


def _listed(case_id: int, prosecution_id: int, reference: str, kind: str, *rest: Any) -> Listed:
    return Listed(case_id, prosecution_id, reference, HearingKind.of(kind), *rest)


def is_taken_back(record: Record, key: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Return the condition that a record no longer stands."""
    return exists().where(TakenBack.record == record, TakenBack.record_id == key)


def _of_case(session: Session, model: type[Row], case_id: int) -> Sequence[Row]:
    return session.scalars(select(model).where(model.case_id == case_id).order_by(model.id)).all()


def _decisions(case_id: int) -> Select[int]:
    joined = select(CourtDecision.id).join(Defendant, Defendant.id == CourtDecision.defendant_id)
    return joined.join(Prosecution, Prosecution.id == Defendant.prosecution_id).where(Prosecution.case_id == case_id)


def _is_charged() -> ColumnElement[bool]:
    return exists().where(Charge.offence_id == CaseOffence.id)
