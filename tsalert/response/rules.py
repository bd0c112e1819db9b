"""What must hold of a call, a grade and a time. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from msgspec import Struct

from tsalert.core.clock import as_utc
from tsalert.core.errors import RuleViolation
from tsalert.parties.rules import UNDECIDED, Decided
from tsalert.response.vocabulary import (
    CallSource,
    Category,
    Disposition,
    GradeName,
    Line,
    MoneyState,
    StartBasis,
)

CLOCK_SKEW = timedelta(minutes=2)
OLDEST_CLAIM = timedelta(days=366)
# A form that is open for longer was left open, and says nothing of when the call came in.
LONGEST_CALL = timedelta(minutes=30)


class Danger(Struct, frozen=True):
    """The five ticks from which a grade is proposed."""

    is_trader_on_site: bool = False
    is_cash_about_to_move: bool = False
    has_threat: bool = False
    is_vulnerable: bool = False
    is_work_in_progress: bool = False


class NewIncident(Struct, frozen=True):
    """What a call that opens an incident says of it; ``grade`` of None means that it is graded later.

    :param reference: taken for it beforehand; None where the next one is taken as it is opened.
    """

    category: Category
    kind: str | None = None
    grade: GradeName | None = None
    grade_reason: str | None = None
    reference: str | None = None


class NewCall(Struct, frozen=True, kw_only=True):
    """A call as an officer logs it.

    :param opened_at: when the form was opened, by the server's clock; None means now.
    :param claimed_at: the officer's own time for the contact, for a voicemail or a call written up later.
    :param incident_reference: for a call that belongs to an incident that is already open.
    :param caller_is: whom the officer took the caller for, and ``trader_is`` the trader.
    """

    disposition: Disposition
    line: Line = Line.RAPID_VOICE
    source: CallSource | None = None
    opened_at: datetime | None = None
    claimed_at: datetime | None = None
    caller_name: str | None = None
    phone: str | None = None
    is_safe_to_call_back: bool | None = None
    address: str | None = None
    postcode: str | None = None
    ward_code: str | None = None
    happening: str | None = None
    is_trader_on_site: bool = False
    trader: str | None = None
    money_state: MoneyState = MoneyState.NONE
    money_amount: Decimal | None = None
    is_vulnerable: bool = False
    has_threat: bool = False
    is_work_in_progress: bool = False
    was_told_999: bool = False
    incident: NewIncident | None = None
    incident_reference: str | None = None
    caller_is: Decided = UNDECIDED
    trader_is: Decided = UNDECIDED

    @property
    def danger(self) -> Danger:
        """The five ticks of this call."""
        return Danger(
            self.is_trader_on_site,
            is_cash_about_to_move(self.money_state, is_trader_on_site=self.is_trader_on_site),
            self.has_threat,
            self.is_vulnerable,
            self.is_work_in_progress,
        )


class GradeDecision(Struct, frozen=True):
    """A grade given to an incident that is already open.

    :param basis: where the new clock starts; needed when the incident had a grade before.
    :param facts_at: when the new facts came in, for that basis.
    :param seen: the version of the incident on which it was decided; None where it is not known.
    """

    grade: GradeName
    reason: str | None = None
    basis: StartBasis | None = None
    facts_at: datetime | None = None
    seen: int | None = None


def is_cash_about_to_move(money: MoneyState, *, is_trader_on_site: bool) -> bool:
    """Tell whether money may leave within the hour."""
    waiting = {MoneyState.AGREED, MoneyState.PART_PAID}
    return money is MoneyState.AT_THE_BANK or (is_trader_on_site and money in waiting)


def propose_grade(danger: Danger) -> GradeName:
    """Propose how soon somebody goes; the officer decides.

    A threat, or cash about to move, is immediate, and so is a trader who is there while work
    goes on or the resident is vulnerable. Any other tick is prompt.
    """
    exposed = danger.is_vulnerable or danger.is_work_in_progress
    if danger.has_threat or danger.is_cash_about_to_move or (danger.is_trader_on_site and exposed):
        return GradeName.IMMEDIATE
    return GradeName.PROMPT if danger.is_trader_on_site or exposed else GradeName.NONE


def most_urgent(grades: Iterable[GradeName]) -> GradeName:
    """Return the most urgent of some grades; no visit where there are none."""
    order = list(GradeName)
    return min(grades, key=order.index, default=GradeName.NONE)


def possible_time(at: datetime, *, now: datetime, not_before: datetime | None = None, field: str = "at") -> datetime:
    """Return a time that somebody gave, unless it cannot be.

    People give whole minutes, so one in the same minute as what comes first (``not_before``) is
    taken to be that instant.

    :raises RuleViolation: it lies more than two minutes ahead, or before what comes first.
    """
    if as_utc(at) > as_utc(now) + CLOCK_SKEW:
        raise RuleViolation("That time is still to come. Check the date and the time.", field=field)
    if not_before is None:
        return at
    if as_utc(at) < as_utc(not_before).replace(second=0, microsecond=0):
        raise RuleViolation("That time is before the call, or before the step that comes first.", field=field)
    return max(as_utc(at), as_utc(not_before))


def check_call(new: NewCall, *, now: datetime) -> None:
    """Refuse a call that contradicts itself or lacks what its disposition needs.

    :raises RuleViolation: naming the field.
    """
    if new.disposition is Disposition.WAITING:
        raise RuleViolation("Say what becomes of the call.", field="disposition")
    _check_times(new, now=now)
    if new.money_amount is not None and new.money_state is MoneyState.NONE:
        raise RuleViolation("Say how far the money has gone, or leave the amount out.", field="money_state")
    if new.disposition is Disposition.NEW_INCIDENT:
        _check_new_incident(new)
    elif new.incident is not None:
        raise RuleViolation("Only a call that is a new incident has a category and a grade.", field="disposition")
    _check_reference(new)


def lacks_way_there(new: NewCall) -> bool:
    """Tell whether a call opens an immediate incident, and says neither where to go nor how to ring back."""
    is_immediate = new.incident is not None and new.incident.grade is GradeName.IMMEDIATE
    return is_immediate and not (new.address or new.postcode or new.phone)


def is_possible_opening(opened_at: datetime, *, now: datetime) -> bool:
    """Tell whether a form can have been opened then; a server's clock may be two minutes behind another's."""
    return as_utc(opened_at) <= as_utc(now) + CLOCK_SKEW


def _check_times(new: NewCall, *, now: datetime) -> None:
    if new.claimed_at is not None:
        possible_time(new.claimed_at, now=now, field="claimed_at")
        if as_utc(new.claimed_at) < as_utc(now) - OLDEST_CLAIM:
            raise RuleViolation("That is more than a year ago. Check the date.", field="claimed_at")
    if new.opened_at is None:
        return
    if not is_possible_opening(new.opened_at, now=now):
        raise RuleViolation("By its clock this form is not open yet. Check the call and save it again.", field="opened")
    if new.claimed_at is None and as_utc(new.opened_at) < as_utc(now) - LONGEST_CALL:
        raise RuleViolation(
            "This page was opened more than half an hour ago. Say when the call came in.", field="claimed_at"
        )


def _check_new_incident(new: NewCall) -> None:
    if new.incident is None:
        raise RuleViolation("Choose what the incident is.", field="category")
    if not new.happening:
        raise RuleViolation("Say what is happening.", field="happening")
    if new.incident.grade is not None:
        check_reason(new.incident.grade, propose_grade(new.danger), new.incident.grade_reason)


def _check_reference(new: NewCall) -> None:
    joins = new.disposition in {Disposition.ADDED_TO_INCIDENT, Disposition.DUPLICATE}
    if new.incident_reference and not joins:
        raise RuleViolation("Leave the incident out, or choose “Added to an incident”.", field="incident")
    if new.disposition is Disposition.ADDED_TO_INCIDENT and not new.incident_reference:
        raise RuleViolation("Give the reference of the incident, like R26-00062-A.", field="incident")


def check_reason(grade: GradeName, proposed: GradeName, reason: str | None) -> None:
    """Ask why, where the officer's grade is not the one proposed.

    :raises RuleViolation: no reason was given.
    """
    if grade is not proposed and not reason:
        chosen, other = proposed.label.lower(), grade.label.lower()
        raise RuleViolation(f"The answers propose “{chosen}”. Say why it is “{other}”.", field="grade_reason")


def check_decision(decision: GradeDecision, *, previous: GradeName | None, proposed: GradeName) -> None:
    """Refuse a change of grade that changes nothing, gives no reason, or leaves open where the clock starts.

    :raises RuleViolation: naming the field.
    """
    if previous is None:
        _check_first_basis(decision)
        check_reason(decision.grade, proposed, decision.reason)
        return
    if decision.grade is previous:
        raise RuleViolation(f"It is already graded “{previous.label.lower()}”.", field="grade")
    if not decision.reason:
        raise RuleViolation("Say why the grade changes.", field="grade_reason")
    if decision.basis not in {StartBasis.NEW_FACTS, StartBasis.WRONG_TRIAGE}:
        raise RuleViolation("Say whether new facts came in or the first grade was wrong.", field="basis")
    if decision.basis is StartBasis.NEW_FACTS and decision.facts_at is None:
        raise RuleViolation("Say when the new facts came in.", field="facts_at")


def _check_first_basis(decision: GradeDecision) -> None:
    if decision.basis not in {None, StartBasis.FIRST_CALL}:
        raise RuleViolation("It has no grade yet, so its clock starts at the first call.", field="basis")


def start_of_clock(decision: GradeDecision, *, first_call_at: datetime, now: datetime) -> datetime:
    """Return when a clock starts: at the first call, or at the new facts where those raised the grade.

    :raises RuleViolation: the new facts came before the first call, or are still to come.
    """
    if decision.basis is not StartBasis.NEW_FACTS or decision.facts_at is None:
        return first_call_at
    return possible_time(decision.facts_at, now=now, not_before=first_call_at, field="facts_at")
