"""A period's rapid-response figures as page, API, command and CSV file give them out."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from msgspec import Struct
from sqlalchemy.orm import Session

from tsalert.core.clock import as_utc
from tsalert.core.periods import Period
from tsalert.response.clock import ClockState, read_clock
from tsalert.response.counting import By, CountedIncident, Group, Run, Tally, ended_because
from tsalert.response.figures import CallCount, Count, ResponsePeriod, response_period
from tsalert.response.vocabulary import StandDownReason
from tsalert.staff import queries as staff
from tsalert.web.exports import Cell

COLUMNS = (
    ("Met", ClockState.MET),
    ("Late", ClockState.LATE),
    ("Breached", ClockState.OVERDUE),
    ("Breached then ended", ClockState.BREACHED_THEN_ENDED),
    ("Not applicable", ClockState.NOT_APPLICABLE),
    ("Running", ClockState.RUNNING),
)
HEAD = (
    "By", "Group", "Calls", "Incidents", "Reports", "Immediate", *(title for title, _ in COLUMNS), "Counted", "Met %",
    "Median minutes to scene", "90th percentile minutes to scene", "Met after breach", "Told over 15 minutes later",
    "Told late %",
)  # fmt: skip


class Ended(Struct, frozen=True):
    """How many clocks ended with nobody there, for one reason, in time or after the target."""

    state: ClockState
    reason: str
    label: str
    clocks: int


class LateTold(Struct, frozen=True):
    """A clock that was met although its breach is on record, and whose arrival it was that we heard of afterwards.

    ``is_corrected`` says that the arrival was told before with another time.
    """

    incident_id: int
    reference: str
    officer: str
    due_at: datetime
    stopped_at: datetime
    recorded_at: datetime
    is_corrected: bool


class Told(Struct, frozen=True):
    """Everything that is given out of a period; provisional until it has ended."""

    period: Period
    is_provisional: bool
    total: Tally
    groups: Mapping[By, list[Group]]
    calls: tuple[CallCount, ...]
    outcomes: list[Count]
    not_immediate: list[Count]
    no_reports: list[Count]
    ended: list[Ended]
    met_after_breach: list[LateTold]


def tell(session: Session, period: Period, *, now: datetime) -> Told:
    """Work out a period's figures."""
    found = response_period(session, period)
    return Told(
        period=period,
        is_provisional=as_utc(now) < period.ends_at,
        total=found.total(),
        groups={by: found.by(by) for by in By},
        calls=found.calls,
        outcomes=found.outcomes(),
        not_immediate=found.not_immediate(),
        no_reports=found.no_reports(),
        ended=_ended(found),
        met_after_breach=list(_met_after_breach(found, staff.officer_names(session))),
    )


def end_label(reason: str) -> str:
    """Return why a clock ended with nobody there, as people read it."""
    known = {"handed_over": "Handed over to another body", "graded again": "Graded again"}
    return known.get(reason) or StandDownReason.of(reason).label


def table(told: Told) -> Iterator[tuple[Cell, ...]]:
    """Write a period's figures as rows under ``HEAD``."""
    calls = sum(each.calls for each in told.calls)
    incidents = told.total.reports + sum(each.number for each in told.no_reports)
    yield ("All", told.period.label, calls, incidents, *_cells(told.total))
    for by, groups in told.groups.items():
        yield from ((by.label, group.label, None, None, *_cells(group.tally)) for group in groups)
    for count in told.calls:
        yield _sparse("Calls", f"{count.line.label}: {count.disposition.label}", "Calls", count.calls)
    yield from (_sparse("Outcome", each.label, "Reports", each.number) for each in told.outcomes)
    yield from (_sparse("Never immediate", each.label, "Reports", each.number) for each in told.not_immediate)
    yield from (_sparse("Not counted", each.label, "Incidents", each.number) for each in told.no_reports)
    titles = {state: title for title, state in COLUMNS}
    for ending in told.ended:
        title = titles[ending.state]
        yield _sparse(f"{title} because", ending.label, title, ending.clocks)


def _cells(tally: Tally) -> tuple[Cell, ...]:
    """Write one tally, from its reports on."""
    came_out = (tally.states[state] for _, state in COLUMNS)
    share = (tally.counted, tally.met_percent, tally.median_minutes, tally.p90_minutes)
    late = (tally.met_after_breach, tally.told_late, tally.told_late_percent)
    return (tally.reports, tally.immediate, *came_out, *share, *late)


def _sparse(by: str, group: str, title: str, number: int) -> tuple[Cell, ...]:
    """Write a row that has a number under one heading alone."""
    return (by, group, *(number if each == title else None for each in HEAD[2:]))


def _ended(found: ResponsePeriod) -> list[Ended]:
    counts = sorted(ended_because(found.immediate).items())
    return [Ended(state, reason, end_label(reason), clocks) for (state, reason), clocks in counts]


def _met_after_breach(found: ResponsePeriod, names: Mapping[int, str]) -> Iterator[LateTold]:
    for incident in found.immediate:
        for run in incident.runs:
            if run.has_breach and run.state is ClockState.MET:
                yield _late_told(incident, run, names)


def _late_told(incident: CountedIncident, run: Run, names: Mapping[int, str]) -> LateTold:
    due_at, stopped_at = read_clock(run.clock, run.clock.started_at).due_at, run.clock.stopped_at
    assert due_at is not None  # an immediate clock has a target, and one that was met has stopped
    assert stopped_at is not None
    officer = names.get(run.stop.officer_id or 0, "") if run.stop else ""
    recorded_at = run.stop.recorded_at if run.stop else stopped_at
    is_corrected = run.stop is not None and run.stop.is_corrected
    return LateTold(incident.id, incident.reference, officer, due_at, stopped_at, recorded_at, is_corrected)
