"""What an intervention is: its types, what each may hold, and when rate sets apply. Pure."""

from datetime import date
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from tsalert.core.errors import RuleViolation
from tsalert.core.words import Word
from tsalert.savings.valuing.valuation import Quantity, ValueClass

# The method suggests £5,000: below it nearly every saving would need two officers, above it the few
# large ones that a finance officer asks about would not.
VERIFIED_ABOVE = Decimal(5000)
# One event's money: twenty times the largest loss in the published cases, so more is a slip of the keyboard.
LARGEST_AMOUNT = Decimal(5_000_000)
EARLIEST_DAY = date(2000, 1, 1)
_NOTHING = Decimal(0)
WHOLE = Decimal(1)


class InterventionType(StrEnum):
    """What was done that changed what somebody paid or will pay."""

    SCAM_VICTIM = "scam_victim"
    DOORSTEP_CRIME = "doorstep_crime"
    CALL_BLOCKER = "call_blocker"
    FRIENDS_AGAINST_SCAMS = "friends_against_scams"
    ADVICE = "advice"
    DOOR_CAMERA = "door_camera"
    NO_COLD_CALLING_ZONE = "no_cold_calling_zone"
    TALK = "talk"
    BANKING_PROTOCOL = "banking_protocol"
    ENFORCEMENT_OUTCOME = "enforcement_outcome"

    @property
    def shape(self) -> "Shape":
        """What a record of this type may hold."""
        return _SHAPES[self]

    @property
    def label(self) -> str:
        """The type in words."""
        return self.shape.label

    @property
    def unit(self) -> str | None:
        """What is counted, in the plural; None where one record is one event."""
        return self.shape.unit

    def in_words(self, number: int) -> str:
        """Say how many there are: ``3 call blockers``, ``1 person trained``."""
        return f"{number:,} {self.shape.one if number == 1 else self.unit}"

    @property
    def has_money(self) -> bool:
        """True where the record may hold an evidenced amount."""
        return bool(self.shape.money)

    @property
    def is_money_optional(self) -> bool:
        """True where it may also be counted without an amount."""
        return self.shape.is_money_optional

    @property
    def may_be_rapid(self) -> bool:
        """True where it can be part of a rapid response."""
        return self.shape.may_be_rapid


class Shape(Struct, frozen=True):
    """What a record of one type may hold.

    :param money: the classes in which its evidenced amount may be; empty where no money belongs.
    :param unit: what is counted, in the plural; None where one record is one event.
    :param has_outcome: it says what an enforcement outcome is, which decides the class of its money.
    :param has_household: it was done for one household, which is taken from the incident or case.
    :param has_refreshers: people trained before are counted beside those trained for the first time.
    """

    label: str
    money: frozenset[ValueClass] = frozenset()
    is_money_optional: bool = False
    unit: str | None = None
    one: str | None = None
    most_units: int = 1
    may_be_rapid: bool = False
    has_household: bool = False
    has_outcome: bool = False
    has_refreshers: bool = False


_ONE_EVENT = frozenset({ValueClass.PREVENTED, ValueClass.RECOVERED, ValueClass.FUTURE_FINANCIAL})
# Where no approved rate stands for a future loss, one would be an estimate that nobody approved.
_DIRECT = frozenset({ValueClass.PREVENTED, ValueClass.RECOVERED})
_SHAPES = {
    InterventionType.SCAM_VICTIM: Shape("Scam victim helped", money=_ONE_EVENT, may_be_rapid=True, has_household=True),
    InterventionType.DOORSTEP_CRIME: Shape(
        "Doorstep crime stopped", money=_ONE_EVENT, may_be_rapid=True, has_household=True
    ),
    InterventionType.CALL_BLOCKER: Shape(
        "Call blockers installed", unit="call blockers", one="call blocker", most_units=1000, has_household=True
    ),
    InterventionType.FRIENDS_AGAINST_SCAMS: Shape(
        "Friends Against Scams trained",
        unit="people trained",
        one="person trained",
        most_units=10_000,
        has_refreshers=True,
    ),
    InterventionType.ADVICE: Shape(
        "Advice given", money=_DIRECT, is_money_optional=True, may_be_rapid=True, has_household=True
    ),
    InterventionType.DOOR_CAMERA: Shape(
        "Door cameras installed",
        money=_DIRECT,
        is_money_optional=True,
        unit="door cameras",
        one="door camera",
        most_units=1000,
        has_household=True,
    ),
    InterventionType.NO_COLD_CALLING_ZONE: Shape(
        "No cold calling zones set up", money=_DIRECT, is_money_optional=True, unit="zones", one="zone", most_units=100
    ),
    InterventionType.TALK: Shape(
        "Talks given", money=_DIRECT, is_money_optional=True, unit="talks", one="talk", most_units=100
    ),
    InterventionType.BANKING_PROTOCOL: Shape(
        "Banking Protocol call answered", money=_DIRECT, is_money_optional=True, may_be_rapid=True, has_household=True
    ),
    InterventionType.ENFORCEMENT_OUTCOME: Shape(
        "Enforcement outcome", money=frozenset({ValueClass.RECOVERED, ValueClass.MEMO}), has_outcome=True
    ),
}


class EnforcementOutcome(Word):
    """What came of enforcement; only compensation that was paid is money back, all else is for information."""

    FINE = "fine", "Fine"
    COSTS = "costs", "Costs awarded"
    CONFISCATION = "confiscation", "Confiscation"
    COMPENSATION_ORDERED = "compensation_ordered", "Compensation ordered, not paid yet"
    COMPENSATION_PAID = "compensation_paid", "Compensation paid"
    GOODS_SEIZED = "goods_seized", "Goods seized, at their value"

    @property
    def value_class(self) -> ValueClass:
        """The class of its money: compensation counts when it is paid, and everything else is memo."""
        return ValueClass.RECOVERED if self is EnforcementOutcome.COMPENSATION_PAID else ValueClass.MEMO


class Evidence(StrEnum):
    """What an amount rests on."""

    PAPER = "paper"
    BANK = "bank"
    VICTIM_STATEMENT = "victim_statement"
    OFFICER_ESTIMATE = "officer_estimate"
    COURT = "court"

    @property
    def label(self) -> str:
        """The evidence in words."""
        return {
            Evidence.PAPER: "Contract, invoice, receipt or other paper",
            Evidence.BANK: "Bank record or message",
            Evidence.VICTIM_STATEMENT: "What the victim says",
            Evidence.OFFICER_ESTIMATE: "Officer's estimate",
            Evidence.COURT: "Court order or record",
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


class PartnerShare(Struct, frozen=True):
    """A partner's part in a joint operation, above 0 and below 1."""

    partner: str
    share: Decimal


class NewIntervention(Struct, frozen=True, kw_only=True):
    """An intervention as recorded or corrected.

    :param on_date: the day in London on which it is recognised.
    :param units: how many blockers, people, talks; 1 for types of which one record is one event.
    :param prevented: money stopped before it was lost, or a contract cancelled (class A).
    :param recovered: money returned (class B).
    :param future: evidenced loss that would have followed, where only that was avoided (class C).
    :param memo: fines, costs, confiscation, goods seized (class M): never a saving.
    :param outcome: what an enforcement outcome is.
    :param share: our part in a joint operation, above 0 and at most 1; amounts and units are those of the whole.
    :param partners: the parts of the others.
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
    outcome: EnforcementOutcome | None = None
    share: Decimal = WHOLE
    partners: tuple[PartnerShare, ...] = ()
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
        """The evidenced saving, in whichever class it is; memo money is none."""
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
        if self.memo:
            return ValueClass.MEMO
        return ValueClass.PREVENTED if self.prevented else None

    @property
    def money_amount(self) -> Decimal:
        """The money of the record, memo money too."""
        return self.amount + self.memo


class Span(Struct, frozen=True):
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
