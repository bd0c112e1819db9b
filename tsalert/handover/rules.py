"""What may become of a handover. Pure."""

from datetime import datetime, timedelta

from msgspec import Struct

from tsalert.core.clock import as_utc
from tsalert.core.errors import Conflict, RuleViolation
from tsalert.core.words import Word

LONGEST_WAIT = timedelta(days=90)


class State(Word):
    """How far a handover has come."""

    DRAFT = "draft", "Draft"
    OFFERED = "offered", "Offered"
    ACCEPTED = "accepted", "Accepted"
    REFUSED = "refused", "Refused"
    LAPSED = "lapsed", "Lapsed"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Act(Word):
    """Something that is done about a handover."""

    CHANGE = "change", "Change the draft"
    OFFER = "offer", "Offer it"
    ACCEPTANCE = "acceptance", "Record that they took it"
    REFUSAL = "refusal", "Record that they did not take it"
    WITHDRAWAL = "withdrawal", "Take it back"


LEGAL: dict[State, tuple[Act, ...]] = {
    State.DRAFT: (Act.CHANGE, Act.OFFER, Act.WITHDRAWAL),
    State.OFFERED: (Act.ACCEPTANCE, Act.REFUSAL, Act.WITHDRAWAL),
}


class NewHandover(Struct, frozen=True):
    """What an officer writes for another body; exactly one of incident and case is named.

    :param body: who is asked, such as another trading standards service.
    :param with_victim: who the victim is, where they live and how they are reached goes with it.
    """

    body: str
    facts: str
    risk: str | None = None
    actions: str | None = None
    told: str | None = None
    with_victim: bool = False
    incident_id: int | None = None
    case_id: int | None = None


def legal_acts(state: State) -> tuple[Act, ...]:
    """Return what may be done about a handover; nothing once it has ended."""
    return LEGAL.get(state, ())


def require_act(state: State, act: Act) -> None:
    """Refuse what may not be done about a handover in this state.

    :raises Conflict: naming what may.
    """
    legal = legal_acts(state)
    if act not in legal:
        raise Conflict(f"This handover is {state.label.lower()}.", legal=[each.label for each in legal])


def changes_incident(act: Act, state: State) -> bool:
    """Tell whether an act on the handover of an incident changes that too: all but to change or take back a draft."""
    return act is not Act.CHANGE and (act, state) != (Act.WITHDRAWAL, State.DRAFT)


def require_one_subject(new: NewHandover) -> None:
    """Refuse a handover of nothing, or of two things at once.

    :raises RuleViolation: it is one of these.
    """
    if (new.incident_id is None) == (new.case_id is None):
        raise RuleViolation("Name the incident or the case that is handed over.", field="incident_id")


def time_to_answer(asked: datetime | None, *, hours: int, now: datetime) -> datetime:
    """Return when an offer lapses: when the officer says, or after so many hours.

    :raises RuleViolation: that has passed, or is more than 90 days away.
    """
    if asked is None:
        return as_utc(now) + timedelta(hours=hours)
    if not as_utc(now) < as_utc(asked) <= as_utc(now) + LONGEST_WAIT:
        raise RuleViolation("Give a time to come, within 90 days.", field="answer_by")
    return as_utc(asked)


def has_lapsed(*, answer_by: datetime, now: datetime) -> bool:
    """Tell whether the time to answer is over; an answer at exactly that second is in time."""
    return as_utc(now) > as_utc(answer_by)
