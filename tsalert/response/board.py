"""What the live board shows: for every open incident its clock and who attends, and nothing of the people."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.response import queries
from tsalert.response.clock import ClockState, Reading, read_clock
from tsalert.response.models import Attendance, Incident
from tsalert.response.queries import IncidentRecord
from tsalert.response.steps import IncidentState
from tsalert.response.vocabulary import Category, GradeName
from tsalert.staff import queries as staff


@dataclass(frozen=True, slots=True)
class Present:
    """One officer on the way or on scene; ``on_scene_at`` is None until they arrive."""

    name: str
    on_scene_at: datetime | None


@dataclass(frozen=True, slots=True)
class BoardLine:
    """One open incident as every officer may see it."""

    id: int
    reference: str
    category: Category
    grade: GradeName | None
    ward: str | None
    state: IncidentState
    reading: Reading
    officers: tuple[Present, ...]


def board_lines(session: Session, *, now: datetime) -> list[BoardLine]:
    """Return every open incident: those who wait by the time left, then the rest as they were opened."""
    still_open = Incident.closed_at.is_(None)
    found = session.execute(queries.incident_rows().where(still_open).order_by(Incident.id))
    present = _present(session)
    lines = [_line(record, present[record.id], now) for record in queries.as_records(session, found.all())]
    return sorted(lines, key=_waits)


def mark_of(lines: list[BoardLine]) -> str:
    """Return a mark that changes when the board does; time that merely passes changes nothing."""
    timeless = [replace(line, reading=replace(line.reading, remaining=None)) for line in lines]
    shown = [(line, each.reading.urgency) for line, each in zip(timeless, lines, strict=True)]
    return sha256(repr(shown).encode()).hexdigest()[:32]


def reading_of(record: IncidentRecord, now: datetime) -> Reading:
    """Read an incident's newest clock; one that never had any has no target."""
    if record.clock is None:
        return Reading(ClockState.NO_TARGET)
    return read_clock(record.clock, max(now, record.clock.started_at))


def _present(session: Session) -> dict[int, tuple[Present, ...]]:
    names = staff.officer_names(session)
    query = select(Attendance).join(Incident).where(Incident.closed_at.is_(None), Attendance.cleared_at.is_(None))
    found: defaultdict[int, tuple[Present, ...]] = defaultdict(tuple)
    for each in session.scalars(query.order_by(Attendance.on_scene_at, Attendance.id)):
        found[each.incident_id] += (Present(names[each.officer_id], each.on_scene_at),)
    return found


def _line(record: IncidentRecord, officers: tuple[Present, ...], now: datetime) -> BoardLine:
    return BoardLine(
        id=record.id,
        reference=record.reference,
        category=record.category,
        grade=record.grade,
        ward=record.ward,
        state=record.state,
        reading=reading_of(record, now),
        officers=officers,
    )


def _waits(line: BoardLine) -> tuple[int, timedelta]:
    """Order those who wait by time left, then those not graded yet, then those for whom nobody waits."""
    if line.reading.counts_down and line.reading.remaining is not None:
        return 0, line.reading.remaining
    return 1 if line.grade is None else 2, timedelta(0)
