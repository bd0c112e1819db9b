"""Reading the versions of grades: their targets, and what starts and stops their clocks, from when to when."""

from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.core.clock import as_utc
from tsalert.response.models import Grade, IncidentClock
from tsalert.response.vocabulary import GradeName, RemoteResolution, StartRule


class GradeRules(Struct, frozen=True):
    """What a grade asks for.

    :param target: how long until somebody must be there; None sets no clock going.
    :param start_rule: what the target is counted from.
    :param stopped_by: what stops the clock besides an officer on scene, which always does.
    :param pages: whether officers are woken for it.
    """

    target: timedelta | None
    start_rule: StartRule
    stopped_by: frozenset[RemoteResolution]
    pages: bool


class GradeVersion(Struct, frozen=True):
    """One version of a grade; ``until`` is when the next one takes over, None where none does."""

    id: int
    name: GradeName
    rules: GradeRules
    effective_from: datetime
    until: datetime | None
    reason: str | None

    def is_in_force(self, now: datetime) -> bool:
        """Tell whether an incident that is graded now is graded by this version."""
        return self.effective_from <= as_utc(now) and (self.until is None or as_utc(now) < self.until)

    @property
    def stops(self) -> list[RemoteResolution]:
        """What stops its clock without a visit, in the order of the list."""
        return [how for how in RemoteResolution if how in self.rules.stopped_by]


def list_versions(session: Session) -> list[GradeVersion]:
    """Return every version of every grade, the most urgent grade first and its newest version first."""
    found: list[GradeVersion] = []
    order = list(GradeName)
    grades = session.scalars(select(Grade).order_by(Grade.effective_from.desc())).all()
    for grade in sorted(grades, key=lambda each: order.index(GradeName.of(each.name))):
        follows = found[-1] if found and found[-1].name == grade.name else None
        found.append(version_of(grade, until=follows.effective_from if follows else None))
    return found


def stops_of_running_clock(session: Session, incident_id: int) -> frozenset[RemoteResolution] | None:
    """Return what stops an incident's running clock without a visit; None where no clock runs."""
    runs = (IncidentClock.stopped_at.is_(None), IncidentClock.ended_at.is_(None))
    query = select(Grade).join(IncidentClock, IncidentClock.grade_id == Grade.id)
    grade = session.scalar(query.where(IncidentClock.incident_id == incident_id, *runs))
    return rules_of(grade).stopped_by if grade else None


def version_of(grade: Grade, *, until: datetime | None) -> GradeVersion:
    """Return a stored version as a value."""
    return GradeVersion(
        id=grade.id,
        name=GradeName.of(grade.name),
        rules=rules_of(grade),
        effective_from=grade.effective_from,
        until=until,
        reason=grade.reason,
    )


def rules_of(grade: Grade) -> GradeRules:
    """Return what a stored version asks for."""
    target = None if grade.target_seconds is None else timedelta(seconds=grade.target_seconds)
    stopped_by = frozenset(RemoteResolution.of(code) for code in grade.stopped_by)
    return GradeRules(target, StartRule.of(grade.start_rule), stopped_by, grade.pages)
