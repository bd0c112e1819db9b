"""What the live board shows: for every open incident its clock and who attends, and nothing of the people."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from operator import attrgetter

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.paging import queries as paging
from tsalert.places import queries as places
from tsalert.response.clock import Clock, ClockState, Reading, next_turn, read_clock
from tsalert.response.models import Attendance, Grade, Incident, IncidentClock
from tsalert.response.queries import IncidentRecord
from tsalert.response.steps import IncidentState
from tsalert.response.vocabulary import Category, GradeName
from tsalert.rota import queries as rota
from tsalert.rota.queries import OnDuty
from tsalert.staff import queries as staff
from tsalert.tiers.queries import restricted
from tsalert.tiers.vocabulary import Subject

_STILL_OPEN = Incident.closed_at.is_(None)
# A list of keys rather than a join: SQLite would read every clock there ever was to find those of the few.
_OPEN_IDS = select(Incident.id).where(_STILL_OPEN)


class Present(Struct, frozen=True):
    """One officer on the way or on scene; ``on_scene_at`` is None until they arrive."""

    name: str
    en_route_at: datetime | None
    on_scene_at: datetime | None


class BoardLine(Struct, frozen=True):
    """One open incident as every officer may see it; ``taken_by`` has answered its page and is not on the way yet."""

    id: int
    reference: str
    category: Category
    grade: GradeName | None
    ward: str | None
    state: IncidentState
    reading: Reading
    officers: tuple[Present, ...]
    taken_by: str | None
    is_restricted: bool

    @property
    def shown(self) -> Hashable:
        """All that a board shows of it but the time left, which it counts down by itself."""
        return _SHOWN(self)


_SHOWN: Callable[[BoardLine], Hashable] = attrgetter(
    *(name for name in BoardLine.__struct_fields__ if name != "reading"),
    "reading.state",
    "reading.due_at",
    "reading.urgency",
)


class Board(Struct, frozen=True):
    """The whole board at one moment.

    :param until: when time alone next changes it, if no row does before; None means never.
    """

    lines: tuple[BoardLine, ...]
    on_duty: tuple[OnDuty, ...]
    until: datetime | None

    def holds(self, now: datetime) -> bool:
        """Tell whether time alone has changed nothing yet."""
        return self.until is None or now < self.until

    @property
    def counts(self) -> Counter[str]:
        """How many incidents there are of each urgency, and how many of them nobody waits for."""
        return Counter(line.reading.urgency if line.reading.counts_down else "attended" for line in self.lines)


def read_board(session: Session, *, now: datetime) -> Board:
    """Read every open incident: those who wait by the time left, then the rest as they were opened."""
    clocks, wards, names = _newest_clocks(session), places.ward_names(session), staff.officer_names(session)
    present, holders = _present(session, names), paging.holders(session)
    columns = (Incident.id, Incident.reference, Incident.category, Grade.name, Incident.ward_code, Incident.state)
    kept = set(session.scalars(select(Incident.id).where(_STILL_OPEN, restricted(Subject.INCIDENT, Incident.id))))
    query = select(*columns).outerjoin(Grade, Grade.id == Incident.grade_id).where(_STILL_OPEN).order_by(Incident.id)
    lines = [
        BoardLine(
            id=number,
            reference=reference,
            category=Category.of(category),
            grade=GradeName.of(grade) if grade else None,
            ward=wards.get(ward_code or ""),
            state=IncidentState.of(state),
            reading=_read(clocks.get(number), now),
            officers=present[number],
            taken_by=names.get(holders.get(number, 0)),
            is_restricted=number in kept,
        )
        for number, reference, category, grade, ward_code, state in session.execute(query)
    ]
    turns = [next_turn(clock, now) for clock in clocks.values()]
    return Board(
        lines=tuple(sorted(lines, key=_waits)),
        on_duty=tuple(rota.on_duty(session, at=now)),
        until=min((turn for turn in [*turns, rota.next_change(session, at=now)] if turn is not None), default=None),
    )


def reading_of(record: IncidentRecord, now: datetime) -> Reading:
    """Read an incident's newest clock; one that never had any has no target."""
    return _read(record.clock, now)


def _read(clock: Clock | None, now: datetime) -> Reading:
    return read_clock(clock, max(now, clock.started_at)) if clock else Reading(ClockState.NO_TARGET)


def _newest_clocks(session: Session) -> dict[int, Clock]:
    """Return the newest clock of each open incident; the later rows of one take the place of the earlier."""
    query = select(
        IncidentClock.incident_id,
        IncidentClock.started_at,
        IncidentClock.target_seconds,
        IncidentClock.stopped_at,
        IncidentClock.ended_at,
    )
    found = session.execute(query.where(IncidentClock.incident_id.in_(_OPEN_IDS)).order_by(IncidentClock.number))
    return {number: Clock(start, timedelta(seconds=target), stop, end) for number, start, target, stop, end in found}


def _present(session: Session, names: dict[int, str]) -> dict[int, tuple[Present, ...]]:
    """Return who is at each open incident or on the way, the first to arrive first."""
    columns = (Attendance.incident_id, Attendance.officer_id, Attendance.en_route_at, Attendance.on_scene_at)
    still_there = (Attendance.incident_id.in_(_OPEN_IDS), Attendance.cleared_at.is_(None))
    query = select(*columns).where(*still_there).order_by(Attendance.id)
    found: defaultdict[int, tuple[Present, ...]] = defaultdict(tuple)
    for incident_id, officer_id, en_route_at, on_scene_at in session.execute(query):
        found[incident_id] += (Present(names[officer_id], en_route_at, on_scene_at),)
    for incident_id, officers in found.items():
        found[incident_id] = tuple(sorted(officers, key=_arrived))
    return found


def _arrived(officer: Present) -> tuple[bool, float]:
    return officer.on_scene_at is None, officer.on_scene_at.timestamp() if officer.on_scene_at else 0


def _waits(line: BoardLine) -> tuple[int, float]:
    """Order those who wait by when they are due, then those not graded yet, then those for whom nobody waits."""
    if line.reading.counts_down and line.reading.due_at is not None:
        return 0, line.reading.due_at.timestamp()
    return 1 if line.grade is None else 2, 0
