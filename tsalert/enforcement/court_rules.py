"""What may follow what in court: charge, hearing, plea, verdict, sentence, order, payment. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from msgspec import Struct

from tsalert.cases.rules import require_possible_day
from tsalert.cases.vocabulary import Method
from tsalert.core.clock import as_utc, london_date
from tsalert.core.errors import Conflict, RuleViolation
from tsalert.core.money import format_pounds
from tsalert.core.words import write_day
from tsalert.enforcement.vocabulary import (
    ORDERS_OF_MONEY,
    PRISON,
    RESULTS,
    CourtKind,
    DecisionKind,
    HearingKind,
    HearingResult,
    Result,
)

# No court lists a hearing further ahead.
FARTHEST = timedelta(days=3 * 366)
LONGEST_MONTHS = 12 * 99


class NewProsecution(Struct, frozen=True):
    """Proceedings begun; ``begun_on`` is the day of the charge, requisition or information."""

    court: CourtKind
    court_name: str
    begun_on: date
    court_reference: str | None = None


class NewDefendant(Struct, frozen=True):
    """Somebody prosecuted, by the number of their record or by a name that makes one, and for what."""

    offence_ids: tuple[int, ...]
    party_id: int | None = None
    name: str | None = None
    is_business: bool = False


class NewHearing(Struct, frozen=True):
    """A day in court; it may lie ahead."""

    kind: HearingKind
    at: datetime
    court: CourtKind
    court_name: str


class HearingOutcome(Struct, frozen=True):
    """How a hearing ended."""

    result: HearingResult
    note: str | None = None


class NewDecision(Struct, frozen=True):
    """What a defendant pleaded or a court decided of them; ``charge_id`` is for a plea or verdict on one charge."""

    kind: DecisionKind
    defendant_id: int
    on_date: date
    charge_id: int | None = None
    result: Result | None = None
    months: int | None = None
    amount: Decimal | None = None
    note: str | None = None


class NewPayment(Struct, frozen=True):
    """Compensation that reached the victim."""

    order_id: int
    amount: Decimal
    on_date: date
    method: Method | None = None


class Said(Struct, frozen=True):
    """A plea, verdict or sentence that stands, as far as the next step depends on it."""

    kind: DecisionKind
    result: Result | None
    charge_id: int | None
    on_date: date


def require_in_time(limit: date | None, begun_on: date, title: str) -> None:
    """Refuse a charge that was laid after the time for it had run out.

    :raises RuleViolation: it was.
    """
    if limit is not None and begun_on > limit:
        raise RuleViolation(
            f"The time to prosecute {title.lower()} ran out on {write_day(limit)}, before these proceedings began.",
            field="offence_ids",
        )


def require_hearing(at: datetime, begun_on: date, now: datetime) -> None:
    """Refuse a hearing before the charge, or more than three years ahead.

    :raises RuleViolation: it is.
    """
    if london_date(at) < begun_on:
        raise RuleViolation("A hearing cannot be before the charge.", field="at")
    if as_utc(at) > as_utc(now) + FARTHEST:
        raise RuleViolation("Check the year.", field="at")


def require_held(at: datetime, result: HearingResult, now: datetime) -> None:
    """Refuse the outcome of a hearing that is still to come; one that was vacated may be.

    :raises RuleViolation: it is.
    """
    if result is not HearingResult.VACATED and london_date(at) > london_date(now):
        raise RuleViolation("This hearing is still to come.", field="result")


def require_decision(new: NewDecision, before: Iterable[Said], begun_on: date, now: datetime) -> None:
    """Refuse what does not follow from what was pleaded and found before.

    :raises RuleViolation: naming the field at fault.
    """
    require_possible_day(new.on_date, now, field="on_date")
    if new.on_date < begun_on:
        raise RuleViolation("No court decides before the charge.", field="on_date")
    _require_result(new)
    _require_amount(new)
    earlier = [said for said in before if said.on_date <= new.on_date]
    if new.kind is DecisionKind.PLEA:
        return
    if new.kind is DecisionKind.VERDICT:
        _require_verdict(new, earlier)
    elif not any(is_conviction(said) for said in earlier):
        raise RuleViolation(
            f"Record a plea of guilty or a verdict first: there is no {new.kind.label.lower()} without a conviction.",
            field="kind",
        )


def is_conviction(said: Said) -> bool:
    """Tell whether what was said convicts."""
    return said.result in {Result.GUILTY_PLEA, Result.CONVICTED}


def require_nothing_rests_on(said: Said, others: Sequence[Said]) -> None:
    """Refuse to take back a plea under a verdict, or the only conviction under a sentence or order.

    :raises Conflict: something rests on it.
    """
    verdicts = [each for each in others if each.kind is DecisionKind.VERDICT]
    if said.kind is DecisionKind.PLEA and any(each.charge_id == said.charge_id for each in verdicts):
        raise Conflict("A verdict rests on this plea.", legal=["take back the verdict first"])
    follows = any(each.kind not in {DecisionKind.PLEA, DecisionKind.VERDICT} for each in others)
    if is_conviction(said) and follows and not any(map(is_conviction, others)):
        raise Conflict("A sentence or order rests on this conviction.", legal=["take back the sentence first"])


def require_payment(amount: Decimal, ordered: Decimal, paid_before: Decimal) -> None:
    """Refuse more compensation than the court ordered.

    :raises RuleViolation: it is nought or more.
    """
    if amount <= 0:
        raise RuleViolation("Enter an amount above £0.", field="amount")
    if paid_before + amount > ordered:
        left = format_pounds(ordered - paid_before)
        raise RuleViolation(
            f"The court ordered {format_pounds(ordered)} and {format_pounds(paid_before)} was paid, so {left} is left.",
            field="amount",
        )


def require_paid_after(ordered_on: date, on: date) -> None:
    """Refuse a payment of compensation before the day on which it was ordered.

    :raises RuleViolation: it is.
    """
    if on < ordered_on:
        raise RuleViolation("It cannot be paid before it was ordered.", field="on_date")


def _require_result(new: NewDecision) -> None:
    allowed = RESULTS.get(new.kind)
    if allowed is None and new.result is not None:
        raise RuleViolation("An order has no such result. Leave this empty.", field="result")
    if allowed is not None and new.result not in allowed:
        raise RuleViolation(f"Choose what the {new.kind.label.lower()} was.", field="result")
    if new.kind in {DecisionKind.PLEA, DecisionKind.VERDICT} and new.charge_id is None:
        raise RuleViolation("Choose the charge.", field="charge_id")
    if new.months is not None and not (new.result in PRISON and 0 < new.months <= LONGEST_MONTHS):
        raise RuleViolation("Enter whole months, for imprisonment or a suspended sentence alone.", field="months")
    if new.result in PRISON and new.months is None:
        raise RuleViolation("Enter the length in months.", field="months")


def _require_amount(new: NewDecision) -> None:
    needs = new.kind in ORDERS_OF_MONEY or new.result is Result.FINE
    if needs and (new.amount is None or new.amount <= 0):
        raise RuleViolation("Enter an amount above £0.", field="amount")
    if not needs and new.amount is not None:
        raise RuleViolation("Only orders and fines are amounts. Leave this empty.", field="amount")


def _require_verdict(new: NewDecision, earlier: Iterable[Said]) -> None:
    of_charge = [said for said in earlier if said.charge_id == new.charge_id]
    pleas = [said for said in of_charge if said.kind is DecisionKind.PLEA]
    if not pleas:
        raise RuleViolation("Record the plea on this charge first.", field="charge_id")
    if pleas[-1].result is Result.GUILTY_PLEA and new.result is not Result.WITHDRAWN:
        raise RuleViolation("Who pleads guilty is convicted by it; no verdict follows.", field="result")
    if any(said.kind is DecisionKind.VERDICT for said in of_charge):
        raise RuleViolation("There is a verdict on this charge already. Take it back first.", field="charge_id")
