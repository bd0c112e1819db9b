"""The policy of paging, and where a run of pages stands in it. Pure."""

import re
from collections.abc import Collection
from datetime import datetime, timedelta
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

from tsalert.core.errors import RuleViolation
from tsalert.delivery.rules import Channel, Status
from tsalert.paging.vocabulary import Verb
from tsalert.rota.vocabulary import Duty

LONGEST_WAIT = timedelta(hours=2)
WELFARE_CHAIN = (Duty.MANAGER, Duty.BACKUP, Duty.MANAGER)
LONGEST_CHAIN = 10
MOST_STEPS = 20
CODE_LENGTH = 4
_DOUBT_LASTS = timedelta(hours=1)
# Guessing a code of four digits takes thousands of tries; an officer who mistypes needs a few.
WRONG_CODES_TOLERATED, WRONG_CODES_REMEMBERED = 5, timedelta(hours=1)
_VERB = re.compile(
    r"\s*(?P<verb>TAKE|PASS|EN[ -]?ROUTE|ARRIVED|CLEAR|OK)[\s,.:-]*(?P<code>\d{1,9})?[\s.!]*", re.IGNORECASE | re.ASCII
)


class PolicyStep(Struct, frozen=True):
    """One step: so long after the beginning, whoever has this duty is reached this way."""

    after: timedelta
    duty: Duty
    channel: Channel


class Policy(Struct, frozen=True, kw_only=True):
    """How officers are paged.

    :param steps: in the order of their times.
    :param repeat_after: how long after its last step a round that nobody answered begins again.
    :param repage_after: how long somebody who took an incident has to set out.
    :param welfare_after: how long an officer on scene may be silent before they are asked.
    :param welfare_answer: how long they have to answer.
    :param welfare_misses: how many unanswered checks raise the alarm.
    :param welfare_chain: who is rung then, one after the other, each with the time of one check to deal with it.
    :param down_after: how long a page may wait to be taken before the provider counts as down.
    """

    steps: tuple[PolicyStep, ...]
    repeat_after: timedelta
    repage_after: timedelta
    welfare_after: timedelta
    welfare_answer: timedelta
    welfare_misses: int
    down_after: timedelta
    welfare_chain: tuple[Duty, ...] = WELFARE_CHAIN

    def rung(self, misses: int) -> Duty | None:
        """Return who is rung after so many missed checks; None where everybody has been and it is at its end.

        Fewer misses than raise the alarm are none of its business.
        """
        place = misses - self.welfare_misses
        return self.welfare_chain[place] if 0 <= place < len(self.welfare_chain) else None


class Position(Struct, frozen=True):
    """Where a run stands in a round, which is counted from ``anchor_at`` and runs ``ahead`` of what is written."""

    anchor_at: datetime
    ahead: timedelta
    next_step: int


class Asked(Struct, frozen=True):
    """A verb that was texted, and the code that came with it."""

    verb: Verb
    code: str | None


class Verdict(Enum):
    """What the fate of a page means for those who wait."""

    WAITING = "waiting"
    OVERDUE = "overdue"
    DOUBTFUL = "doubtful"
    WENT_OUT = "went out"
    REFUSED = "refused"
    LET_GO = "let go"

    @property
    def went_out(self) -> bool:
        """The provider took it."""
        return self is Verdict.WENT_OUT

    @property
    def in_trouble(self) -> bool:
        """Somebody should ring by hand."""
        return self in {Verdict.OVERDUE, Verdict.DOUBTFUL, Verdict.REFUSED}

    @property
    def is_final(self) -> bool:
        """Nothing that is still to come matters."""
        return self in {Verdict.WENT_OUT, Verdict.REFUSED, Verdict.LET_GO}


def judge(status: Status, *, waited: timedelta, patience: timedelta) -> Verdict:
    """Say what a page's status means; one that leaves late, or of which nobody knows, is trouble.

    A doubt is looked up at the provider for an hour; then it stays one.
    """
    if status in {Status.PENDING, Status.CLAIMED}:
        return Verdict.WAITING if waited < patience else Verdict.OVERDUE
    if status is Status.UNKNOWN:
        return Verdict.DOUBTFUL if waited < _DOUBT_LASTS else Verdict.LET_GO
    if status in {Status.CANCELLED, Status.EXPIRED, Status.SUPPRESSED}:
        return Verdict.LET_GO
    return Verdict.REFUSED if status in {Status.FAILED, Status.HARD_BOUNCED} else Verdict.WENT_OUT


def check_policy(policy: Policy) -> None:
    """Refuse a policy by which nobody would be woken, or nobody could tell when.

    :raises RuleViolation: naming the field.
    """
    steps = policy.steps
    if not 1 <= len(steps) <= MOST_STEPS:
        raise RuleViolation(f"Give 1 to {MOST_STEPS} steps.", field="steps")
    faults = {
        "The first step must come at once, after 0 seconds.": steps[0].after > timedelta(0),
        "Put the steps in the order of their times.": list(steps) != sorted(steps, key=lambda step: step.after),
        "Two steps are the same.": len(set(steps)) < len(steps),
        "No step can come later than 2 hours after the first.": steps[-1].after > LONGEST_WAIT,
        "An email wakes nobody: at least one step must be a text or a call.": steps_wake_nobody(steps),
    }
    for said, is_so in faults.items():
        if is_so:
            raise RuleViolation(said, field="steps")
    if not 1 <= len(policy.welfare_chain) <= LONGEST_CHAIN:
        raise RuleViolation(f"Give 1 to {LONGEST_CHAIN} people to ring.", field="welfare_chain")


def steps_wake_nobody(steps: Collection[PolicyStep]) -> bool:
    """Tell whether all that a policy does is to write mail."""
    return all(step.channel is Channel.EMAIL for step in steps)


def due_at(policy: Policy, position: Position) -> datetime | None:
    """Return when the next step of the round is due; None where the round is over."""
    if position.next_step >= len(policy.steps):
        return None
    return position.anchor_at + policy.steps[position.next_step].after - position.ahead


def brought_forward(policy: Policy, position: Position, duties: Collection[Duty], *, now: datetime) -> Position | None:
    """Return the position from which the first step that is for none of these duties is due now.

    Nothing is put off by it. None means that no other duty follows.
    """
    later = policy.steps[position.next_step :]
    following = next((step for step in later if step.duty not in duties), None)
    if following is None:
        return None
    ahead = position.anchor_at + following.after - now
    return replace(position, ahead=max(position.ahead, ahead))


def at_end(policy: Policy, position: Position) -> Position:
    """Return the position at which the round is over."""
    return replace(position, next_step=len(policy.steps))


def read_verb(body: str) -> Asked | None:
    """Return what an officer's text asks for; None where it is a message that a person must read.

    A code of a wrong length is a code all the same: a wrong one.
    """
    found = _VERB.fullmatch(body[:60])
    if found is None:
        return None
    verb = re.sub(r"[ -]", "", found["verb"]).upper()
    return Asked(Verb(verb), found["code"])
