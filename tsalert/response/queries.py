"""Reading calls, incidents and clocks; what other capabilities may ask."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from statistics import median

from msgspec import Struct
from sqlalchemy import ColumnElement, Row, Select, and_, case, func, null, or_, select
from sqlalchemy.orm import Session, aliased

from tsalert.by_id import get_by_id
from tsalert.core.errors import NotFound
from tsalert.core.keys import is_id
from tsalert.core.periods import Period
from tsalert.keysets import PAGE, Order, Page, read_page, read_rows
from tsalert.places import queries as places
from tsalert.references.rules import read_reference
from tsalert.response import rows
from tsalert.response.clock import Clock, ResponseFigures, tally
from tsalert.response.models import Attendance, Breach, Call, Grade, Grading, Incident, IncidentClock
from tsalert.response.steps import IncidentState, Situation
from tsalert.response.vocabulary import (
    RAPID_RESPONSE_LINES,
    REPORTED_CATEGORIES,
    UNREAL_DISPOSITIONS,
    Category,
    Disposition,
    GradeName,
    Outcome,
)

_NEWEST = 500


class Reports(Struct, frozen=True):
    """A period's reports: how many, which were ever graded immediate, and to which of those an officer came."""

    number: int
    immediate: tuple[int, ...]
    attended: tuple[int, ...]


class Household(Struct, frozen=True):
    """Where an incident happened."""

    address: str | None
    postcode: str | None
    ward_code: str | None


class TimeToSave(Struct, frozen=True):
    """How long officers take to save a call: the median of the newest ones."""

    median_seconds: int
    calls: int


class IncidentRecord(Struct, frozen=True):
    """One incident with the names of its ward and grade; ``clock`` is its latest, None where it never had one."""

    id: int
    reference: str
    category: Category
    kind: str | None
    household: Household
    ward: str | None
    state: IncidentState
    grade: GradeName | None
    outcome: Outcome | None
    outcome_note: str | None
    offered_to: str | None
    version: int
    opened_at: datetime
    closed_at: datetime | None
    clock: Clock | None

    @property
    def situation(self) -> Situation:
        """What decides which steps it may take."""
        runs = self.clock is not None and self.clock.stopped_at is None and self.clock.ended_at is None
        has_outcome, is_offered = self.outcome is not None, self.offered_to is not None
        return Situation(self.state, clock_runs=runs, has_outcome=has_outcome, is_offered=is_offered)


def get_incident(session: Session, incident_id: int) -> IncidentRecord:
    """Return one incident.

    :raises NotFound: there is none.
    """
    query = incident_rows().where(Incident.id == incident_id)
    row = session.execute(query).first() if is_id(incident_id) else None
    if row is None:
        raise NotFound("There is no such incident.")
    return as_records(session, [row])[0]


def some_incidents(session: Session, incident_ids: Collection[int]) -> list[IncidentRecord]:
    """Return some incidents, the first first."""
    query = incident_rows().where(Incident.id.in_(incident_ids)).order_by(Incident.id)
    return as_records(session, session.execute(query).all())


def get_incident_row(session: Session, incident_id: int) -> Incident:
    """Return one incident's row alone, for a capability that copies from it; it is not locked.

    :raises NotFound: there is none.
    """
    return get_by_id(session, Incident, incident_id, "There is no such incident.")


def find_incident_id(session: Session, reference: str) -> int | None:
    """Return the incident with a reference, however it was typed."""
    stored = read_reference(reference)
    return session.scalar(select(Incident.id).where(Incident.reference == stored)) if stored else None


def list_incidents(session: Session, *, after: int | None = None, limit: int = PAGE) -> Page[IncidentRecord]:
    """Return a page of the incidents, newest first."""
    page = read_rows(session, incident_rows(), Order(Incident.id), after=after, size=limit)
    return page.all_told_by(lambda found: as_records(session, found))


def get_call(session: Session, call_id: int) -> Call:
    """Return one call.

    :raises NotFound: there is none.
    """
    return get_by_id(session, Call, call_id, "There is no such call.")


def find_call_id(session: Session, reference: str) -> int | None:
    """Return the call with a reference, however it was typed."""
    stored = read_reference(reference)
    return session.scalar(select(Call.id).where(Call.reference == stored)) if stored else None


def list_calls(session: Session, *, after: int | None = None, limit: int = PAGE) -> Page[Call]:
    """Return a page of the calls, newest first."""
    return read_page(session, select(Call), Order(Call.id), after=after, size=limit)


def time_to_save(session: Session) -> TimeToSave | None:
    """Return how long officers take from opening the form to saving a call; None where no form was used yet.

    A call that was written up later, or that came through the interface, tells nothing of it.
    """
    was_written = Call.disposition != Disposition.WAITING
    from_a_form = (Call.claimed_at.is_(None), Call.opened_at < Call.recorded_at, was_written)
    query = select(Call.opened_at, Call.recorded_at).where(*from_a_form).order_by(Call.id.desc()).limit(_NEWEST)
    took = [(recorded_at - opened_at).total_seconds() for opened_at, recorded_at in session.execute(query)]
    return TimeToSave(round(median(took)), len(took)) if took else None


def calls_of_incident(session: Session, incident_id: int) -> Sequence[Call]:
    """Return the calls of an incident, in the order in which they came."""
    return rows.calls_of(session, incident_id)


def references(session: Session, incident_ids: Collection[int]) -> dict[int, str]:
    """Return the references of some incidents by their ids."""
    found = session.execute(select(Incident.id, Incident.reference).where(Incident.id.in_(incident_ids)))
    return dict(found.all())


def incident_rows() -> Select[Incident, str, IncidentClock]:
    """Return the statement for incidents with the names of their grades and their latest clocks."""
    newest = (
        select(func.max(IncidentClock.number))
        .where(IncidentClock.incident_id == Incident.id)
        .correlate(Incident)
        .scalar_subquery()
    )
    latest = and_(IncidentClock.incident_id == Incident.id, IncidentClock.number == newest)
    joined = select(Incident, Grade.name, IncidentClock).outerjoin(Grade, Grade.id == Incident.grade_id)
    return joined.outerjoin(IncidentClock, latest)


def as_records(session: Session, found: Sequence[Row[Incident, str, IncidentClock]]) -> list[IncidentRecord]:
    """Turn rows of ``incident_rows`` into records."""
    wards = places.ward_names(session)
    return [
        IncidentRecord(
            id=row.id,
            reference=row.reference,
            category=Category.of(row.category),
            kind=row.kind,
            household=Household(row.address, row.postcode, row.ward_code),
            ward=wards.get(row.ward_code or ""),
            state=IncidentState.of(row.state),
            grade=GradeName.of(grade) if grade else None,
            outcome=Outcome.of(row.outcome) if row.outcome else None,
            outcome_note=row.outcome_note,
            offered_to=row.offered_to,
            version=row.version,
            opened_at=row.opened_at,
            closed_at=row.closed_at,
            clock=rows.clock_of(clock) if clock else None,
        )
        for row, grade, clock in found
    ]


def first_real_call() -> ColumnElement[bool]:
    """Return the condition that no real call of the same incident came before."""
    earlier = aliased(Call)
    comes_before = (
        earlier.incident_id == Call.incident_id,
        earlier.disposition.not_in(UNREAL_DISPOSITIONS),
        earlier.received_at <= Call.received_at,
        or_(earlier.received_at < Call.received_at, earlier.id < Call.id),
    )
    return and_(Call.disposition.not_in(UNREAL_DISPOSITIONS), ~select(earlier.id).where(*comes_before).exists())


def response_figures(session: Session, period: Period) -> ResponseFigures:
    """Count a period's reports, and how each clock of its immediate ones came out.

    The quarter is that of an incident's first real call. An incident that was reopened has a
    clock for each time.
    """
    return figures_of(session, reports_of(session, period))


def reports_of(session: Session, period: Period) -> Reports:
    """Return the incidents whose first real call came in the period and on the rapid-response number.

    All of them are counted by the database, a hundred thousand in a year; only immediate ones are read.
    """
    report = (
        select(Incident.id)
        .join(Call, Call.incident_id == Incident.id)
        .where(
            Call.received_at >= period.starts_at,
            Call.received_at < period.ends_at,
            Call.incident_id.is_not(None),
            first_real_call(),
            Call.line.in_(RAPID_RESPONSE_LINES),
            Incident.category.in_(REPORTED_CATEGORIES),
        )
        .cte("report")
    )
    graded = select(Grading.id).join(Grade, Grade.id == Grading.grade_id)
    was_immediate = graded.where(Grading.incident_id == report.c.id, Grade.name == GradeName.IMMEDIATE).exists()
    somebody_came = (Attendance.incident_id == report.c.id, Attendance.on_scene_at.is_not(None))
    was_attended = case((select(Attendance.id).where(*somebody_came).exists(), 1), else_=0)
    number = select(null(), func.count()).select_from(report)
    found = session.execute(select(report.c.id, was_attended).where(was_immediate).union_all(number)).all()
    return Reports(
        number=sum(counted for incident_id, counted in found if incident_id is None),
        immediate=tuple(incident_id for incident_id, _ in found if incident_id is not None),
        attended=tuple(incident_id for incident_id, is_attended in found if incident_id is not None and is_attended),
    )


def figures_of(session: Session, reports: Reports) -> ResponseFigures:
    """Count reports, and how each clock of the immediate ones came out."""
    wanted = set(reports.immediate)
    if not wanted:
        return tally([], reports=reports.number, immediate=0)
    columns = (IncidentClock.started_at, IncidentClock.target_seconds, IncidentClock.stopped_at, IncidentClock.ended_at)
    clocks = (
        select(IncidentClock.incident_id, *columns, Breach.id)
        .join(Grade, Grade.id == IncidentClock.grade_id)
        .outerjoin(Breach, Breach.clock_id == IncidentClock.id)
        # Incidents of a period have numbers close together; thousands one by one cost more than their neighbours.
        .where(Grade.name == GradeName.IMMEDIATE, IncidentClock.incident_id.between(min(wanted), max(wanted)))
    )
    readings = [
        (Clock(started_at, timedelta(seconds=target), stopped_at, ended_at), breach is not None)
        for incident_id, started_at, target, stopped_at, ended_at, breach in session.execute(clocks)
        if incident_id in wanted
    ]
    return tally(readings, reports=reports.number, immediate=len(wanted))


def calls_by_disposition(session: Session, period: Period) -> dict[Disposition, int]:
    """Count what came on the rapid-response number in a period, by what became of it, in the order of the list."""
    when = (Call.received_at >= period.starts_at, Call.received_at < period.ends_at)
    query = select(Call.disposition, func.count()).where(*when, Call.line.in_(RAPID_RESPONSE_LINES))
    found = dict(session.execute(query.group_by(Call.disposition)).all())
    return {each: found[each] for each in Disposition if each in found}


def count_late_calls(session: Session, period: Period) -> int:
    """Count the calls of a period that were written down after it."""
    when = (Call.received_at >= period.starts_at, Call.received_at < period.ends_at)
    query = select(func.count()).select_from(Call).where(*when, Call.recorded_at >= period.ends_at)
    return session.scalar(query) or 0
