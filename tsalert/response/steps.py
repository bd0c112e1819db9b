"""Which steps an incident may take from which state: tables, and the questions asked of them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tsalert.core.errors import Conflict
from tsalert.core.words import Word


class IncidentState(Word):
    """How far an incident has come."""

    RECEIVED = "received", "Received"
    TRIAGED = "triaged", "Graded"
    PAGED = "paged", "Officers paged"
    ACKNOWLEDGED = "acknowledged", "Taken by an officer"
    EN_ROUTE = "en_route", "Officer on the way"
    ON_SCENE = "on_scene", "Officer on scene"
    CLEARED = "cleared", "Officer has left"
    RESOLVED_REMOTELY = "resolved_remotely", "Resolved without a visit"
    STOOD_DOWN = "stood_down", "Stood down"
    HANDED_OVER = "handed_over", "Handed over"
    REOPENED = "reopened", "Reopened"
    CLOSED = "closed", "Closed"


class Step(Word):
    """Something that is done about an incident."""

    GRADED = "graded", "Grade it"
    ACKNOWLEDGED = "acknowledged", "Take it"
    EN_ROUTE = "en_route", "On the way"
    ON_SCENE = "on_scene", "On scene"
    CLEARED = "cleared", "Leave the scene"
    RESOLVED_REMOTELY = "resolved_remotely", "Resolve without a visit"
    STOOD_DOWN = "stood_down", "Stand down"
    HANDED_OVER = "handed_over", "Hand over"
    OUTCOME_RECORDED = "outcome_recorded", "Record the outcome"
    CLOSED = "closed", "Close it"
    REOPENED = "reopened", "Reopen it"


ATTENDING = (Step.EN_ROUTE, Step.ON_SCENE, Step.CLEARED)

_ALWAYS = frozenset({Step.GRADED, Step.EN_ROUTE, Step.ON_SCENE, Step.HANDED_OVER, Step.OUTCOME_RECORDED, Step.CLOSED})
_UNVISITED = _ALWAYS | {Step.RESOLVED_REMOTELY, Step.STOOD_DOWN}
_WAITING = _UNVISITED | {Step.ACKNOWLEDGED}
_VISITED = _ALWAYS | {Step.CLEARED}
_ENDED = frozenset({Step.CLEARED, Step.OUTCOME_RECORDED, Step.CLOSED, Step.REOPENED})

LEGAL: dict[IncidentState, frozenset[Step]] = {
    IncidentState.RECEIVED: _UNVISITED,
    IncidentState.TRIAGED: _WAITING,
    IncidentState.PAGED: _WAITING,
    IncidentState.ACKNOWLEDGED: _WAITING,
    IncidentState.REOPENED: _WAITING,
    IncidentState.EN_ROUTE: _UNVISITED | {Step.CLEARED},
    IncidentState.ON_SCENE: _VISITED,
    IncidentState.CLEARED: _VISITED,
    IncidentState.RESOLVED_REMOTELY: _VISITED,
    IncidentState.STOOD_DOWN: _ENDED,
    IncidentState.HANDED_OVER: _ENDED,
    IncidentState.CLOSED: frozenset({Step.REOPENED}),
}


class Presence(StrEnum):
    """Where one officer is, as far as one incident goes."""

    AWAY = "away"
    EN_ROUTE = "en_route"
    ON_SCENE = "on_scene"


LEGAL_FOR_OFFICER: dict[Presence, frozenset[Step]] = {
    Presence.AWAY: frozenset({Step.EN_ROUTE, Step.ON_SCENE}),
    Presence.EN_ROUTE: frozenset({Step.ON_SCENE, Step.CLEARED}),
    Presence.ON_SCENE: frozenset({Step.CLEARED}),
}


# States in which somebody waits and nobody is on the way.
WAITING = frozenset({IncidentState.TRIAGED, IncidentState.PAGED, IncidentState.ACKNOWLEDGED, IncidentState.REOPENED})
_BEFORE_ATTENDING = WAITING | {IncidentState.RECEIVED, IncidentState.RESOLVED_REMOTELY}


@dataclass(frozen=True, slots=True)
class Situation:
    """What decides which steps an incident may take; a running clock must be stopped or ended before it closes."""

    state: IncidentState
    clock_runs: bool
    has_outcome: bool

    @property
    def legal(self) -> list[Step]:
        """The steps that may be taken, in the order in which they usually are."""
        may_close = self.has_outcome and not self.clock_runs
        return [step for step in Step if step in LEGAL[self.state] and (step is not Step.CLOSED or may_close)]

    def require(self, step: Step) -> None:
        """Refuse a step that may not be taken now.

        :raises Conflict: naming the legal ones.
        """
        if step not in self.legal:
            labels = [legal.label for legal in self.legal]
            raise Conflict(self._refusal(step), legal=labels)

    def _refusal(self, step: Step) -> str:
        if step is Step.CLOSED and Step.CLOSED in LEGAL[self.state]:
            if self.clock_runs:
                return "It cannot be closed while its clock runs: somebody still waits."
            return "It cannot be closed before its outcome is recorded."
        return f"This cannot be done now. The incident's state is: {self.state.label.lower()}."


def presence(*, en_route_at: datetime | None, on_scene_at: datetime | None) -> Presence:
    """Return where an officer is who has not left since."""
    if on_scene_at:
        return Presence.ON_SCENE
    return Presence.EN_ROUTE if en_route_at else Presence.AWAY


def require_officer_step(presence: Presence, step: Step) -> None:
    """Refuse a milestone that does not follow from where the officer is.

    :raises Conflict: naming the legal ones.
    """
    legal = LEGAL_FOR_OFFICER[presence]
    if step not in legal:
        told = {Presence.AWAY: "not attending", Presence.EN_ROUTE: "on the way", Presence.ON_SCENE: "on scene"}
        labels = [each.label for each in ATTENDING if each in legal]
        raise Conflict(f"The officer is already recorded as {told[presence]}.", legal=labels)


def furthest(state: IncidentState, step: Step, *, has_been_there: bool) -> IncidentState:
    """Return an incident's state after an officer's milestone: the furthest that any of them has come.

    Somebody who turns back without having been there brings it no further.
    """
    if step is Step.CLEARED and not has_been_there:
        return state
    reached = [IncidentState[each.name] for each in ATTENDING]
    if state not in {*reached, *_BEFORE_ATTENDING}:
        return state
    known = reached.index(state) if state in reached else -1
    return reached[max(known, ATTENDING.index(step))]


def after_grading(state: IncidentState, *, clock_runs: bool) -> IncidentState:
    """Return an incident's state after it was graded; a clock set going anew needs somebody to go anew."""
    waits_again = clock_runs and state in {IncidentState.RESOLVED_REMOTELY, IncidentState.CLEARED}
    fresh = state in {IncidentState.RECEIVED, IncidentState.REOPENED}
    return IncidentState.TRIAGED if fresh or waits_again else state
