"""What a calculation run may be asked, and who may carry it from draft to signed, published and superseded. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from tsalert.core.clock import as_utc
from tsalert.core.errors import Conflict, RuleViolation
from tsalert.core.periods import Period

# What was on its way into the database at the instant of a run has arrived after this, or never will.
SETTLED_AFTER = timedelta(minutes=1)
LONGEST_NOTE = 1000


class RunState(StrEnum):
    """How far a run has come; it only goes forward."""

    DRAFT = "draft"
    SIGNED = "signed"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"


_NEXT = {
    RunState.DRAFT: ("sign it, as an officer who did not make it", "throw it away"),
    RunState.SIGNED: ("publish it", "let it supersede a published run"),
    RunState.PUBLISHED: ("let a newer signed run supersede it",),
    RunState.SUPERSEDED: (),
}


class Question(Struct, frozen=True):
    """What a run works out: which figures of which period, and how; the names are those of the method's parts."""

    period: Period
    profile: str
    basis: str
    recognition: str

    @property
    def text(self) -> str:
        """The question in words."""
        how = f"{self.basis} basis, {self.recognition.replace('_', ' ')}"
        return f"{self.period.prose}, profile {self.profile}, {how}"


class Answer(Protocol):
    """A run, as far as the rules look at it."""

    @property
    def id(self) -> int:
        """Its number; a later run has a larger one."""

    @property
    def question(self) -> Question:
        """What it was asked."""

    @property
    def as_of(self) -> datetime:
        """The instant whose records it read."""

    @property
    def state(self) -> RunState:
        """How far it has come."""


def check_as_of(as_of: datetime, *, now: datetime) -> None:
    """Refuse an instant that has not come.

    :raises RuleViolation: nobody knows yet what will stand then.
    """
    if as_utc(as_of) > as_utc(now):
        raise RuleViolation("A run reads what stood at an instant: it cannot be in the future.", field="as_of")


def require_state(state: RunState, *wanted: RunState) -> None:
    """Refuse a step that a run's state does not allow.

    :raises Conflict: saying what may be done instead.
    """
    if state not in wanted:
        raise Conflict(f"This run is {state}.", legal=_NEXT[state])


def check_signing(*, made_by: int | None, signer: int | None, as_of: datetime, now: datetime) -> None:
    """Refuse a signature by the run's author, or before the records of its instant have all arrived.

    :raises RuleViolation: nobody, or the author, signs.
    :raises Conflict: it is too early.
    """
    if signer is None or signer == made_by:
        raise RuleViolation("An officer who did not make this run must sign it.")
    if as_utc(now) < as_utc(as_of) + SETTLED_AFTER:
        raise Conflict("Wait a minute: what was being recorded when this run was made may still arrive.")


def check_succession(old: Answer, new: Answer) -> None:
    """Refuse a run in the place of one that answers something else, or that is newer.

    :raises RuleViolation: saying which.
    """
    if old.question != new.question:
        raise RuleViolation(f"That run answers another question: {new.question.text}.", field="by")
    if not _is_newer(new, old):
        raise RuleViolation("Only a newer run can supersede this one.", field="by")


def can_succeed(old: Answer, new: Answer) -> bool:
    """Tell whether a run may be named as the one that supersedes another."""
    is_turn = (old.state, new.state) == (RunState.PUBLISHED, RunState.SIGNED)
    return is_turn and old.question == new.question and _is_newer(new, old)


def _is_newer(new: Answer, old: Answer) -> bool:
    return new.id > old.id and as_utc(new.as_of) > as_utc(old.as_of)


def differing(first: Question, second: Question) -> list[str]:
    """Name what two questions do not share; two runs are compared whatever they ask, and this is said first."""
    pairs = {
        "period": (first.period.prose, second.period.prose),
        "profile": (first.profile, second.profile),
        "basis": (first.basis, second.basis),
        "recognition": (first.recognition, second.recognition),
    }
    return [f"{name}: {one}, then {other}" for name, (one, other) in pairs.items() if one != other]
