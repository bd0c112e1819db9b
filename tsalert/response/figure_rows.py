"""The statements behind a period's figures; each reads only indexes and the rows that it counts."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, Text, and_, case, cast, func, literal, select, union_all
from sqlalchemy.orm import Session, aliased

from tsalert.core.clock import london_offsets
from tsalert.core.periods import Period
from tsalert.db import utc_hour
from tsalert.response import queries
from tsalert.response.counting import By
from tsalert.response.models import Attendance, Breach, Call, Grade, Grading, Incident, IncidentClock, Milestone
from tsalert.response.steps import Step
from tsalert.response.vocabulary import RAPID_RESPONSE_LINES, REPORTED_CATEGORIES, GradeName

# What reports are counted by besides, and what keeps an incident from being one.
GRADE, OUTCOME, LINE, CATEGORY = "grade", "outcome", "other_line", "other_category"
Rows = Select[*tuple[Any, ...]]


def immediate_grades(session: Session) -> Sequence[int]:
    """Return the ids of every version of the grade whose clocks are counted."""
    return session.scalars(select(Grade.id).where(Grade.name == GradeName.IMMEDIATE)).all()


def within(period: Period) -> tuple[ColumnElement[bool], ...]:
    """Return the condition that a call came in a period."""
    return Call.received_at >= period.starts_at, Call.received_at < period.ends_at


def counts(session: Session, period: Period) -> CompoundSelect[str, str, int]:
    """Return the statement that counts reports: rows of (what by, key, how many), in one pass over the first calls."""
    is_rapid, is_reported = Call.line.in_(RAPID_RESPONSE_LINES), Incident.category.in_(REPORTED_CATEGORIES)
    kept_out = case((~is_rapid, literal(LINE)), (~is_reported, literal(CATEGORY)), else_=literal(""))
    named = [key.label(by) for by, key in group_keys(session, period).items()]
    besides = (cast(Incident.grade_id, Text).label(GRADE), Incident.outcome.label(OUTCOME))
    first = _first_calls(select(*named, *besides, kept_out.label("kept_out")), period).cte("first_call")
    reports = first.c.kept_out == literal("")
    by_axis = [
        select(literal(axis), func.coalesce(first.c[axis], ""), func.count()).where(reports).group_by(first.c[axis])
        for axis in (*By, GRADE, OUTCOME)
    ]
    others = select(literal("kept_out"), first.c.kept_out, func.count()).group_by(first.c.kept_out)
    return union_all(*by_axis, others)


def incidents(session: Session, period: Period, *, only_immediate: bool) -> Rows:
    """Return the statement for a period's incidents by first real call; one row for each immediate clock.

    :param only_immediate: leave out what was never graded immediate, and what is no report.
    """
    grades = immediate_grades(session)
    was_immediate = select(Grading.id).where(Grading.incident_id == Incident.id, Grading.grade_id.in_(grades)).exists()
    clock = and_(IncidentClock.incident_id == Incident.id, IncidentClock.grade_id.in_(grades))
    of_incident = (Incident.id, Incident.reference, Incident.category, Incident.grade_id, Incident.outcome)
    of_clock = (IncidentClock.number, IncidentClock.target_seconds, IncidentClock.started_at)
    of_end = (IncidentClock.stopped_at, IncidentClock.ended_at, IncidentClock.end_reason)
    keys = [key.label(f"by_{by}") for by, key in group_keys(session, period).items()]
    chosen = select(*of_incident, Call.received_at, Call.line, *keys, was_immediate.label("was_immediate"))
    statement = _first_calls(chosen.add_columns(*of_clock, *of_end, Breach.id.label("breach_id")), period)
    statement = statement.outerjoin(IncidentClock, clock).outerjoin(Breach, Breach.clock_id == IncidentClock.id)
    if only_immediate:
        counted = (Call.line.in_(RAPID_RESPONSE_LINES), Incident.category.in_(REPORTED_CATEGORIES))
        statement = statement.where(was_immediate, *counted)
    return statement.order_by(Call.received_at, Call.id, IncidentClock.number)


def milestones(incident_ids: Sequence[int]) -> Rows:
    """Return the statement for what may have stopped the clocks of some incidents, officers on scene first.

    A step whose time was corrected counts by its correction.
    """
    told = (Milestone.occurred_at, Milestone.recorded_at, Milestone.recorded_by, Attendance.officer_id)
    later = aliased(Milestone)
    stands = ~select(later.id).where(later.corrects_id == Milestone.id).exists()
    stopping = Milestone.step.in_([Step.ON_SCENE, Step.RESOLVED_REMOTELY])
    return (
        select(Milestone.incident_id, Milestone.step, *told, Milestone.corrects_id)
        .outerjoin(Attendance, Attendance.id == Milestone.attendance_id)
        .where(Milestone.incident_id.in_(incident_ids), stopping, stands)
        .order_by(Milestone.step, Milestone.recorded_at)
    )


def group_keys(session: Session, period: Period) -> dict[By, ColumnElement[str]]:
    """Return the expression for each group's key; empty where it is not known."""
    offsets = reversed(london_offsets(period.starts_at, period.ends_at))
    offset = case(*((Call.received_at >= at, int(ahead.total_seconds()) // 3600) for at, ahead in offsets), else_=0)
    hour = (utc_hour(session, Call.received_at.expression) + offset) % 24
    return {
        By.SOURCE: func.coalesce(Call.source, ""),
        By.WARD: func.coalesce(Incident.ward_code, ""),
        By.HOUR: cast(hour, Text),
        By.CATEGORY: Incident.category.expression,
        By.TYPE: Incident.category + literal(": ") + func.lower(func.coalesce(Incident.kind, "")),
    }


def _first_calls(chosen: Rows, period: Period) -> Rows:
    joined = chosen.join(Call, Call.incident_id == Incident.id)
    return joined.where(Call.incident_id.is_not(None), *within(period), queries.first_real_call())
