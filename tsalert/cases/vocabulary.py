"""The words in which a case is described; each list is data, and each value is what the database holds."""

from enum import StrEnum


class Channel(StrEnum):
    """How the trader or fraudster reached the victim."""

    DOORSTEP = "doorstep"
    TELEPHONE = "telephone"
    POSTAL = "postal"
    ONLINE = "online"
    TEXT = "text"
    IN_PERSON = "in_person"
    UNKNOWN = "unknown"


class Status(StrEnum):
    """How far a case has come."""

    OPEN = "open"
    INVESTIGATING = "investigating"
    DECISION = "decision"
    ACTION = "action"
    CLOSED = "closed"


class WaitingFor(StrEnum):
    """Whom a case waits for, beside its status."""

    VICTIM = "victim"
    PARTNER = "partner"
    LEGAL = "legal"


class Outcome(StrEnum):
    """What came of a case in law and in money."""

    PAYMENT_STOPPED = "payment_stopped"
    CONTRACT_CANCELLED = "contract_cancelled"
    MONEY_RETURNED = "money_returned"
    ADVICE_GIVEN = "advice_given"
    TRADER_WARNED = "trader_warned"
    PROSECUTION = "prosecution"
    PASSED_ON = "passed_on"
    NO_OFFENCE = "no_offence"
    NO_FURTHER_ACTION = "no_further_action"


class Impact(StrEnum):
    """What a case changed for the victim."""

    ABLE_TO_STAY_AT_HOME = "able_to_stay_at_home"
    FEELS_SAFER = "feels_safer"
    LOSS_REDUCED = "loss_reduced"
    NO_CHANGE = "no_change"
    UNKNOWN = "unknown"


class MoneyKind(StrEnum):
    """What happened to the money of one line."""

    DEMANDED = "demanded"
    AGREED = "agreed"
    PAID = "paid"
    PREVENTED = "prevented"
    RECOVERED = "recovered"
    REFUNDED_BY_BANK = "refunded_by_bank"
    COMPENSATION_ORDERED = "compensation_ordered"
    COMPENSATION_PAID = "compensation_paid"
    VALUATION = "valuation"


class Method(StrEnum):
    """How money moved, or would have."""

    CASH = "cash"
    BANK_TRANSFER = "bank_transfer"
    CARD = "card"
    CHEQUE = "cheque"
    GIFT_CARD = "gift_card"
    CRYPTOCURRENCY = "cryptocurrency"
    GOODS = "goods"
    OTHER = "other"


class Evidence(StrEnum):
    """What an amount rests on."""

    PAPER = "paper"
    BANK = "bank"
    VICTIM_STATEMENT = "victim_statement"
    OFFICER_ESTIMATE = "officer_estimate"
    VALUER = "valuer"
    COURT = "court"


class Certainty(StrEnum):
    """How sure an amount is."""

    CONFIRMED = "confirmed"
    PROBABLE = "probable"
    ESTIMATED = "estimated"


class NoteKind(StrEnum):
    """What sort of statement an entry of the log is."""

    FACT = "fact"
    OPINION = "opinion"
    DECISION = "decision"
    HEARSAY = "hearsay"


class HelplineKind(StrEnum):
    """What the consumer helpline did: passed the matter to us, or only told us of it."""

    REFERRAL = "referral"
    NOTIFICATION = "notification"
