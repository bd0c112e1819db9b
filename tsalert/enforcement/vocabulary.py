"""The words of enforcement; each has a code that is stored and a label that is read."""

from tsalert.core.words import Word


class ActionKind(Word):
    """A step against a trader that no court takes part in, or that a civil court grants."""

    ADVICE = "advice", "Advice to the trader"
    WARNING = "warning", "Written warning"
    UNDERTAKING = "undertaking", "Undertaking"
    CAUTION = "caution", "Simple caution"
    INJUNCTION = "injunction", "Injunction or enforcement order"
    SEIZURE = "seizure", "Seizure"
    REFERRAL = "referral", "Referred to another enforcer"


# What binds the trader from a day on and may end on another.
BINDING = frozenset({ActionKind.UNDERTAKING, ActionKind.INJUNCTION})


class ContractKind(Word):
    """What a contract is for, which decides from what its cancellation period is counted."""

    SERVICE = "service", "Work or services alone"
    GOODS = "goods", "Goods, alone or with work, such as a roof with its tiles"
    DIGITAL = "digital", "Digital content that is not on a disc"


class Place(Word):
    """Where a contract was made."""

    OFF_PREMISES = "off_premises", "At home or elsewhere off the trader's premises"
    DISTANCE = "distance", "At a distance: by telephone, post or online"


class Exclusion(Word):
    """Contracts that the Regulations give no right to cancel, or whose right was lost, each with where it stands."""

    UNDER_42_POUNDS = "under_42_pounds", "Off premises, and no more than £42 to pay: regulation 27(3)"
    MARKET_PRICE = "market_price", "Price follows a financial market: regulation 28(1)(a)"
    MADE_TO_MEASURE = "made_to_measure", "Goods made to the consumer's specification: regulation 28(1)(b)"
    PERISHABLE = "perishable", "Goods that soon deteriorate: regulation 28(1)(c)"
    WINE_FOR_LATER = "wine_for_later", "Alcohol to be delivered after 30 days: regulation 28(1)(d)"
    URGENT_REPAIR = (
        "urgent_repair",
        "Urgent repair for which the consumer asked for a visit, and nothing beyond it: regulation 28(1)(e) and (2)",
    )
    NEWSPAPER = "newspaper", "A newspaper or magazine, other than a subscription: regulation 28(1)(f)"
    PUBLIC_AUCTION = "public_auction", "Made at a public auction: regulation 28(1)(g)"
    LEISURE_ON_A_DATE = "leisure_on_a_date", "Lodging, hire, catering or leisure on a set date: regulation 28(1)(h)"
    UNSEALED = "unsealed", "Sealed for health, or a sealed recording, and unsealed since: regulation 28(3)(a) and (b)"
    MIXED = "mixed", "Goods mixed inseparably with others since they came: regulation 28(3)(c)"
    FULLY_PERFORMED = (
        "fully_performed",
        "Service performed in full at an express request, the loss of the right acknowledged: regulation 36(2)",
    )
    DOWNLOADED = "downloaded", "Digital content begun with consent, the loss of the right acknowledged: regulation 37"
    HEALTH_OR_TRANSPORT = (
        "health_or_transport",
        "Prescribed medicine, health care or passenger transport: regulation 27(2)",
    )
    OUTSIDE = "outside", "A kind listed in regulation 6, such as land, new buildings or finance"


class CourtKind(Word):
    """Before which court a prosecution is."""

    MAGISTRATES = "magistrates", "Magistrates' court"
    CROWN = "crown", "Crown Court"
    YOUTH = "youth", "Youth court"


class HearingKind(Word):
    """What a hearing is for."""

    FIRST = "first", "First appearance"
    PLEA = "plea", "Plea and trial preparation"
    TRIAL = "trial", "Trial"
    SENTENCE = "sentence", "Sentence"
    CONFISCATION = "confiscation", "Confiscation"
    APPEAL = "appeal", "Appeal"
    OTHER = "other", "Other"


class HearingResult(Word):
    """How a hearing ended."""

    HELD = "held", "Held"
    ADJOURNED = "adjourned", "Adjourned"
    SENT_TO_CROWN_COURT = "sent_to_crown_court", "Sent to the Crown Court for trial"
    COMMITTED_FOR_SENTENCE = "committed_for_sentence", "Committed to the Crown Court for sentence"
    VACATED = "vacated", "Vacated"
    DEFENDANT_ABSENT = "defendant_absent", "The defendant did not come"


class DecisionKind(Word):
    """What a defendant said or a court decided."""

    PLEA = "plea", "Plea"
    VERDICT = "verdict", "Verdict"
    SENTENCE = "sentence", "Sentence"
    COMPENSATION = "compensation", "Compensation order"
    CONFISCATION = "confiscation", "Confiscation order"
    COSTS = "costs", "Costs"
    RESTITUTION = "restitution", "Property returned to the victim"


class Result(Word):
    """The result of a plea, a verdict or a sentence; an order for money is its amount."""

    GUILTY_PLEA = "guilty_plea", "Pleads guilty"
    NOT_GUILTY_PLEA = "not_guilty_plea", "Pleads not guilty"
    CONVICTED = "convicted", "Found guilty"
    ACQUITTED = "acquitted", "Found not guilty"
    WITHDRAWN = "withdrawn", "Charge withdrawn or no evidence offered"
    IMPRISONMENT = "imprisonment", "Imprisonment"
    SUSPENDED = "suspended", "Suspended sentence"
    COMMUNITY_ORDER = "community_order", "Community order"
    FINE = "fine", "Fine"
    DISCHARGE = "discharge", "Discharge"


RESULTS: dict[DecisionKind, tuple[Result, ...]] = {
    DecisionKind.PLEA: (Result.GUILTY_PLEA, Result.NOT_GUILTY_PLEA),
    DecisionKind.VERDICT: (Result.CONVICTED, Result.ACQUITTED, Result.WITHDRAWN),
    DecisionKind.SENTENCE: (
        Result.IMPRISONMENT,
        Result.SUSPENDED,
        Result.COMMUNITY_ORDER,
        Result.FINE,
        Result.DISCHARGE,
    ),
}
ORDERS_OF_MONEY = frozenset({DecisionKind.COMPENSATION, DecisionKind.CONFISCATION, DecisionKind.COSTS})
PRISON = frozenset({Result.IMPRISONMENT, Result.SUSPENDED})


class Record(Word):
    """A record that can be taken back for a reason; what stood stays in the file."""

    OFFENCE = "offence", "Offence"
    ACTION = "action", "Action"
    CANCELLATION = "cancellation", "Cancellation"
    DECISION = "decision", "Decision of the court"
