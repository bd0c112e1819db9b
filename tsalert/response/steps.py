"""Which steps an incident may take from which state: tables, and the questions asked of them."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from tsalert.core.errors import Conflict, Overtaken, RuleViolation
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
    HANDOVER_OFFERED = "handover_offered", "Offer it to another body"
    HANDED_OVER = "handed_over", "Hand over"
    HANDOVER_REFUSED = "handover_refused", "Record that it was not taken"
    OUTCOME_RECORDED = "outcome_recorded", "Record the outcome"
    CLOSED = "closed", "Close it"
    REOPENED = "reopened", "Reopen it"


ATTENDING = (Step.EN_ROUTE, Step.ON_SCENE, Step.CLEARED)

# A report says what one officer did. It is true whatever others recorded meanwhile, so two who arrive in the same
# minute never collide; a step told twice is refused by where that officer is. Every other step is a decision on what
# its maker saw, and is refused once that has changed: a grade, an outcome or an offer would silently replace that of
# a colleague; standing down, resolving, handing over or closing would end it for somebody who has set out since; and
# reopening would follow a reason that no longer stands.
REPORTS = frozenset({Step.ACKNOWLEDGED, *ATTENDING})

_HANDOVER = frozenset({Step.HANDOVER_OFFERED, Step.HANDED_OVER, Step.HANDOVER_REFUSED})
_ALWAYS = _HANDOVER | {Step.GRADED, Step.EN_ROUTE, Step.ON_SCENE, Step.OUTCOME_RECORDED, Step.CLOSED}
_UNVISITED = _ALWAYS | {Step.RESOLVED_REMOTELY, Step.STOOD_DOWN}
_WAITING = _UNVISITED | {Step.ACKNOWLEDGED, Step.CLEARED}
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


class Situation(Struct, frozen=True):
    """What decides which steps an incident may take; a running clock must be stopped or ended before it closes.

    :param is_offered: another body has been asked to take it over and has not answered.
    """

    state: IncidentState
    clock_runs: bool
    has_outcome: bool
    is_offered: bool = False

    @property
    def legal(self) -> list[Step]:
        """The steps that may be taken, in the order in which they usually are."""
        return [step for step in Step if step in LEGAL[self.state] and step not in self._barred]

    def require(self, step: Step) -> None:
        """Refuse a step that may not be taken now.

        :raises Conflict: naming the legal ones.
        """
        if step not in self.legal:
            labels = [legal.label for legal in self.legal]
            raise Conflict(self._refusal(step), legal=labels)

    @property
    def _barred(self) -> set[Step]:
        """What the state would allow and something else forbids."""
        barred = {Step.HANDOVER_OFFERED if self.is_offered else Step.HANDOVER_REFUSED}
        return barred | {Step.CLOSED} if self.clock_runs or not self.has_outcome else barred

    def _refusal(self, step: Step) -> str:
        if step not in LEGAL[self.state]:
            return f"This cannot be done now. The incident's state is: {self.state.label.lower()}."
        return {
            Step.HANDOVER_OFFERED: "It is offered to another body already. Record what they answered first.",
            Step.HANDOVER_REFUSED: "It is not offered to anybody who could refuse it.",
        }.get(step) or self._why_open()

    def _why_open(self) -> str:
        if self.clock_runs:
            return "It cannot be closed while its clock runs: somebody still waits."
        return "It cannot be closed before its outcome is recorded."


def require_fresh(step: Step, *, seen: int | None, current: int) -> None:
    """Refuse a decision made on an older version of the incident than the present one.

    :param seen: the version that its maker saw; None where they did not say.
    :raises Overtaken: the incident has changed since, and the step is no report.
    :raises RuleViolation: there has been no such version.
    """
    if seen is None or step in REPORTS:
        return
    if seen > current:
        raise RuleViolation("The incident has not reached that version.", field="version")
    if seen < current:
        raise Overtaken("Somebody has changed this incident since you opened it.")


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


_FIRST_THINGS = {IncidentState.RECEIVED: Step.GRADED, IncidentState.PAGED: Step.ACKNOWLEDGED}


def next_step(situation: Situation, presence: Presence, *, needs_visit: bool) -> Step | None:
    """Return what an officer most likely does next of what is legal; None where an incident asks nothing more of them.

    Whoever is on the way arrives, and whoever is there leaves. For all others it is graded, taken if officers are
    paged for it, then somebody goes, then its outcome is recorded, then it is closed.

    :param needs_visit: its grade sends somebody today.
    """
    own = {Presence.EN_ROUTE: Step.ON_SCENE, Presence.ON_SCENE: Step.CLEARED}
    wanted = [own[presence]] if presence in own else _next_at_the_desk(situation, needs_visit=needs_visit)
    return next((step for step in wanted if step in situation.legal), None)


def _next_at_the_desk(situation: Situation, *, needs_visit: bool) -> list[Step]:
    """Return what somebody does next who is neither there nor on the way, likeliest first."""
    if situation.state in _FIRST_THINGS:
        return [_FIRST_THINGS[situation.state]]
    is_unvisited = situation.state in _BEFORE_ATTENDING - {IncidentState.RESOLVED_REMOTELY}
    if situation.clock_runs or (needs_visit and is_unvisited and not situation.has_outcome):
        return [Step.EN_ROUTE]
    return [Step.CLOSED, Step.OUTCOME_RECORDED]


def furthest(state: IncidentState, step: Step, *, has_been_there: bool) -> IncidentState:
    """Return an incident's state after an officer's milestone: the furthest that any of them has come.

    Somebody who turns back without having been there brings it no further, nor does one who came
    before it was reopened or graded anew and leaves while somebody waits again.
    """
    if step is Step.CLEARED and (not has_been_there or state in WAITING):
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
