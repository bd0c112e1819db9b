"""What may be recorded as an intervention, when it needs a second officer, and when rate sets apply. Pure."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from tsalert.core.errors import RuleViolation
from tsalert.core.money import PENNY, format_pounds
from tsalert.savings.valuation import Quantity, ValueClass

# The method suggests £5,000: below it nearly every saving would need two officers, above it the few
# large ones that a finance officer asks about would not.
VERIFIED_ABOVE = Decimal(5000)
# One event's money: twenty times the largest loss in the published cases, so more is a slip of the keyboard.
LARGEST_AMOUNT = Decimal(5_000_000)
EARLIEST_DAY = date(2000, 1, 1)
_NOTHING = Decimal(0)


class InterventionType(StrEnum):
    """What was done that changed what somebody paid or will pay."""

    SCAM_VICTIM = "scam_victim"
    DOORSTEP_CRIME = "doorstep_crime"
    CALL_BLOCKER = "call_blocker"
    FRIENDS_AGAINST_SCAMS = "friends_against_scams"
    ADVICE = "advice"

    @property
    def label(self) -> str:
        """The type in words."""
        return _TYPES[self].label

    @property
    def unit(self) -> str | None:
        """What is counted, in the plural; None where one record is one event."""
        return _TYPES[self].unit

    @property
    def has_money(self) -> bool:
        """True where the record may hold an evidenced amount."""
        return _TYPES[self].has_money

    @property
    def is_money_optional(self) -> bool:
        """True where it may also be counted without an amount."""
        return _TYPES[self].is_money_optional

    @property
    def may_be_rapid(self) -> bool:
        """True where it can be part of a rapid response."""
        return _TYPES[self].may_be_rapid


@dataclass(frozen=True, slots=True)
class _Shape:
    label: str
    has_money: bool = False
    is_money_optional: bool = False
    unit: str | None = None
    most_units: int = 1
    may_be_rapid: bool = False


_TYPES = {
    InterventionType.SCAM_VICTIM: _Shape("Scam victim helped", has_money=True, may_be_rapid=True),
    InterventionType.DOORSTEP_CRIME: _Shape("Doorstep crime stopped", has_money=True, may_be_rapid=True),
    InterventionType.CALL_BLOCKER: _Shape("Call blockers installed", unit="call blockers", most_units=1000),
    InterventionType.FRIENDS_AGAINST_SCAMS: _Shape(
        "Friends Against Scams trained", unit="people trained", most_units=10_000
    ),
    InterventionType.ADVICE: _Shape("Advice given", has_money=True, is_money_optional=True, may_be_rapid=True),
}


class Evidence(StrEnum):
    """What an amount rests on."""

    PAPER = "paper"
    BANK = "bank"
    VICTIM_STATEMENT = "victim_statement"
    OFFICER_ESTIMATE = "officer_estimate"

    @property
    def label(self) -> str:
        """The evidence in words."""
        return {
            Evidence.PAPER: "Contract, invoice, receipt or other paper",
            Evidence.BANK: "Bank record or message",
            Evidence.VICTIM_STATEMENT: "What the victim says",
            Evidence.OFFICER_ESTIMATE: "Officer's estimate",
        }[self]


class Beneficiary(StrEnum):
    """Who is better off; one for each record."""

    RESIDENT = "resident"
    FAMILY = "family"
    NHS = "nhs"
    ADULT_SOCIAL_CARE = "adult_social_care"
    COUNCIL = "council"
    BANK = "bank"
    WIDER_SOCIETY = "wider_society"

    @property
    def label(self) -> str:
        """The beneficiary in words."""
        return {Beneficiary.NHS: "NHS", Beneficiary.BANK: "Bank, which must reimburse the loss"}.get(
            self, self.replace("_", " ").capitalize()
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NewIntervention:
    """An intervention as recorded or corrected.

    :param on_date: the day in London on which it is recognised.
    :param units: how many blockers or people; 1 for the other types.
    :param prevented: money stopped before it was lost, or a contract cancelled (class A).
    :param recovered: money returned (class B).
    :param future: evidenced loss that would have followed, where only that was avoided (class C).
    :param memo: fines, costs, confiscation, goods seized (class M): never a saving.
    :param outcome: what an enforcement outcome is.
    :param share: our part in a joint operation, above 0 and at most 1.
    :param refreshers: people trained before, who count and add nothing.
    :param money_line_id: the line of the case's money from which amount and class come.
    :param other_money: why this is other money than that of another record of the same event.
    """

    type: InterventionType
    on_date: date
    units: int = 1
    prevented: Decimal = _NOTHING
    recovered: Decimal = _NOTHING
    future: Decimal = _NOTHING
    memo: Decimal = _NOTHING
    outcome: str | None = None
    share: Decimal = Decimal(1)
    refreshers: int = 0
    money_line_id: int | None = None
    other_money: str | None = None
    evidence: Evidence | None = None
    case_id: int | None = None
    incident_id: int | None = None
    household_key: str | None = None
    is_rapid_response: bool = False
    beneficiary: Beneficiary = Beneficiary.RESIDENT
    ward_code: str | None = None
    note: str | None = None

    @property
    def amount(self) -> Decimal:
        """The evidenced money, in whichever class it is."""
        return self.prevented + self.recovered + self.future

    @property
    def quantity(self) -> Quantity:
        """What the formulas work on."""
        return Quantity(self.units, self.prevented, self.recovered, self.future)

    @property
    def money(self) -> ValueClass | None:
        """The one class that holds the evidenced money, or None where there is none."""
        if self.recovered:
            return ValueClass.RECOVERED
        if self.future:
            return ValueClass.FUTURE_FINANCIAL
        return ValueClass.PREVENTED if self.prevented else None


def check_intervention(new: NewIntervention, *, today: date) -> None:
    """Refuse what cannot have happened or would count a pound twice; ``today`` is London's.

    :raises RuleViolation: naming the field at fault.
    """
    _check_day(new.on_date, today)
    shape = _TYPES[new.type]
    if not 1 <= new.units <= shape.most_units:
        least = "1" if shape.most_units == 1 else f"between 1 and {shape.most_units:,}"
        raise RuleViolation(f"{new.type.label}: the number must be {least}.", field="units")
    if new.is_rapid_response and not shape.may_be_rapid:
        raise RuleViolation(f"{new.type.label} is not a rapid response.", field="is_rapid_response")
    _check_money(new, shape)


def needs_verifying(amount: Decimal) -> bool:
    """Tell whether a second officer must confirm an amount."""
    return amount > VERIFIED_ABOVE


def check_verifier(*, recorded_by: int | None, verifier: int | None, amount: Decimal) -> None:
    """Refuse a verification that is not needed, or not by somebody else.

    :raises RuleViolation: saying which.
    """
    if not needs_verifying(amount):
        raise RuleViolation(f"Only amounts above {format_pounds(VERIFIED_ABOVE)} need a second officer.")
    if verifier is None or verifier == recorded_by:
        raise RuleViolation("Another officer than the one who recorded the amount must verify it.")


@dataclass(frozen=True, slots=True)
class Span:
    """The London days on which a rate set applies, both ends included; an open end is None."""

    first_day: date
    last_day: date | None

    def overlaps(self, other: "Span") -> bool:
        """Tell whether two spans share a day."""
        return self.first_day <= (other.last_day or date.max) and other.first_day <= (self.last_day or date.max)


def check_span(span: Span) -> None:
    """Refuse a span that holds no day or lies outside anything this service records.

    :raises RuleViolation: naming the field at fault.
    """
    if not EARLIEST_DAY <= span.first_day <= date(2100, 1, 1):
        raise RuleViolation("Rates can start on a day between 2000 and 2100.", field="effective_from")
    if span.last_day is not None and span.last_day < span.first_day:
        raise RuleViolation("The last day cannot be before the first.", field="effective_to")


def _check_day(on_date: date, today: date) -> None:
    if on_date > today:
        raise RuleViolation("The date cannot be in the future.", field="on_date")
    if on_date < EARLIEST_DAY:
        raise RuleViolation("The date is too long ago. Check the year.", field="on_date")


def _check_money(new: NewIntervention, shape: _Shape) -> None:
    amounts = {"prevented": new.prevented, "recovered": new.recovered, "future": new.future}
    given = [name for name, amount in amounts.items() if amount]
    if given and not shape.has_money:
        raise RuleViolation(f"{new.type.label}: no amount of money belongs here.", field="amount")
    if not given and (shape.is_money_optional or not shape.has_money):
        return
    if len(given) != 1:
        problem = "Enter the amount." if not given else "One event's money is prevented, recovered or future: once."
        raise RuleViolation(problem, field="amount")
    if not PENNY <= amounts[given[0]] <= LARGEST_AMOUNT:
        raise RuleViolation(f"Enter an amount from 1p to {format_pounds(LARGEST_AMOUNT)}.", field="amount")
    if new.evidence is None:
        raise RuleViolation("Say what the amount rests on.", field="evidence")
