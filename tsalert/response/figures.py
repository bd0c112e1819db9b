"""A period's rapid-response figures, worked out from calls, incidents and clocks each time they are asked for."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import groupby
from typing import Any

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tsalert.core.clock import whole_seconds
from tsalert.core.periods import Period
from tsalert.places import queries as places
from tsalert.response import figure_rows
from tsalert.response.clock import Clock
from tsalert.response.counting import By, CountedIncident, Group, Run, Stop, Tally, count_up
from tsalert.response.models import Call, Grade
from tsalert.response.steps import Step
from tsalert.response.vocabulary import CallSource, Category, Disposition, GradeName, Line, Outcome

_IDS_AT_ONCE = 5_000
_NOT_GIVEN = "Not given"


class CallCount(Struct, frozen=True):
    """How many calls came on one line and came to one thing."""

    line: Line
    disposition: Disposition
    calls: int


class Count(Struct, frozen=True):
    """How many there are of one thing."""

    label: str
    number: int


class ResponsePeriod(Struct, frozen=True):
    """What a period's calls and incidents amount to; an incident counts by its first real call.

    :param counts: how many reports there are of each key, by what they are counted by.
    :param immediate: the reports that were ever graded immediate.
    :param wards: names by code.
    :param grades: every version's name by its id.
    """

    period: Period
    counts: Mapping[str, Mapping[str, int]]
    immediate: tuple[CountedIncident, ...]
    calls: tuple[CallCount, ...]
    wards: Mapping[str, str]
    grades: Mapping[int, GradeName]

    def total(self) -> Tally:
        """Count all reports."""
        return count_up(self.immediate, reports=self.counts["kept_out"].get("", 0))

    def by(self, by: By) -> list[Group]:
        """Count reports group by group: hours in their order, other groups with the most reports first."""
        members: defaultdict[str, list[CountedIncident]] = defaultdict(list)
        for incident in self.immediate:
            members[incident.keys[by]].append(incident)
        groups = [
            Group(key, label(by, key, self.wards), count_up(members[key], reports=reports))
            for key, reports in self.counts[by].items()
        ]
        return sorted(groups, key=lambda each: (int(each.key) if by is By.HOUR else -each.tally.reports, each.label))

    def outcomes(self) -> list[Count]:
        """Count reports by outcome, those without one last."""
        found = self.counts[figure_rows.OUTCOME]
        named = [Count(outcome.label, found[outcome]) for outcome in Outcome if outcome in found]
        return [*named, Count("Not recorded yet", found[""])] if "" in found else named

    def not_immediate(self) -> list[Count]:
        """Count the reports that were never graded immediate by their grade."""
        found: Counter[str] = Counter()
        for key, reports in self.counts[figure_rows.GRADE].items():
            found[_grade_label(self.grades.get(int(key)) if key else None)] += reports
        found.subtract(_grade_label(incident.grade) for incident in self.immediate)
        return [Count(name, reports) for name, reports in sorted(found.items()) if reports]

    def no_reports(self) -> list[Count]:
        """Count the incidents that are no reports, and why."""
        reasons = {
            figure_rows.LINE: "Did not come on the rapid-response number",
            figure_rows.CATEGORY: "Of another category than the board counts",
        }
        found = self.counts["kept_out"]
        return [Count(reason, found[key]) for key, reason in reasons.items() if key in found]


def response_period(session: Session, period: Period) -> ResponsePeriod:
    """Return a period's calls and incidents with how their clocks came out."""
    counts: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for axis, key, reports in session.execute(figure_rows.counts(session, period)):
        counts[axis][key] = reports
    return ResponsePeriod(
        period=period,
        counts=counts,
        immediate=tuple(counted_incidents(session, period, only_immediate=True)),
        calls=tuple(_call_counts(session, period)),
        wards=places.ward_names(session),
        grades=_grade_names(session),
    )


def counted_incidents(session: Session, period: Period, *, only_immediate: bool) -> list[CountedIncident]:
    """Return a period's incidents one by one, in the order of their first calls."""
    rows = session.execute(figure_rows.incidents(session, period, only_immediate=only_immediate))
    found = [list(clocks) for _, clocks in groupby(rows, lambda row: row.id)]
    stops = _stops(session, [clocks[0].id for clocks in found if clocks[0].number is not None])
    grades = _grade_names(session)
    return [_incident(clocks, stops, grades) for clocks in found]


def label(by: By, key: str, wards: Mapping[str, str]) -> str:
    """Return a group's name as people read it, "Not given" where there is no such group."""
    try:
        return _label(by, key, wards)
    except ValueError:
        return _NOT_GIVEN


def _label(by: By, key: str, wards: Mapping[str, str]) -> str:
    match by:
        case By.SOURCE:
            return CallSource.of(key).label if key else _NOT_GIVEN
        case By.WARD:
            return wards.get(key, _NOT_GIVEN)
        case By.HOUR:
            return f"{int(key):02}:00 to {int(key):02}:59"
        case By.CATEGORY:
            return Category.of(key).label
        case By.TYPE:
            category, _, kind = key.partition(":")
            return f"{Category.of(category).label}: {kind.strip().replace('_', ' ') or 'not given'}"


def _grade_label(name: GradeName | None) -> str:
    return name.label if name else "Not graded"


def _grade_names(session: Session) -> dict[int, GradeName]:
    return {number: GradeName.of(name) for number, name in session.execute(select(Grade.id, Grade.name))}


def _stops(session: Session, incident_ids: Sequence[int]) -> defaultdict[int, list[Stop]]:
    found: defaultdict[int, list[Stop]] = defaultdict(list)
    for start in range(0, len(incident_ids), _IDS_AT_ONCE):
        wanted = incident_ids[start : start + _IDS_AT_ONCE]
        for incident_id, step, occurred_at, recorded_at, *who in session.execute(figure_rows.milestones(wanted)):
            recorded_by, officer_id, corrects_id = who
            whose, is_corrected = officer_id or recorded_by, corrects_id is not None
            found[incident_id].append(Stop(step == Step.ON_SCENE, occurred_at, recorded_at, whose, is_corrected))
    return found


def _incident(
    clocks: Sequence[Any], stops: defaultdict[int, list[Stop]], grades: Mapping[int, GradeName]
) -> CountedIncident:
    row = clocks[0]
    return CountedIncident(
        id=row.id,
        reference=row.reference,
        received_at=row.received_at,
        line=Line.of(row.line),
        category=Category.of(row.category),
        grade=grades.get(row.grade_id),
        outcome=Outcome.of(row.outcome) if row.outcome else None,
        was_immediate=bool(row.was_immediate),
        keys={by: getattr(row, f"by_{by}") for by in By},
        runs=tuple(_run(each, stops[row.id]) for each in clocks if each.number is not None),
    )


def _run(row: Any, stops: Sequence[Stop]) -> Run:
    clock = Clock(row.started_at, timedelta(seconds=row.target_seconds), row.stopped_at, row.ended_at)
    return Run(clock, row.breach_id is not None, row.end_reason, _stop_of(clock, stops))


def _stop_of(clock: Clock, stops: Sequence[Stop]) -> Stop | None:
    """Return what stopped a clock; who was there already when it started stopped it in that second."""
    if clock.stopped_at is None:
        return None
    counted = ((max(clock.started_at, whole_seconds(stop.occurred_at)), stop) for stop in stops)
    return next((stop for at, stop in counted if at == clock.stopped_at), None)


def _call_counts(session: Session, period: Period) -> list[CallCount]:
    axes = (Call.line, Call.disposition)
    found = session.execute(select(*axes, func.count()).where(*figure_rows.within(period)).group_by(*axes))
    counts = [CallCount(Line.of(line), Disposition.of(disposition), calls) for line, disposition, calls in found]
    lines, dispositions = list(Line), list(Disposition)
    return sorted(counts, key=lambda each: (lines.index(each.line), dispositions.index(each.disposition)))
