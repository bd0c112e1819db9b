"""The words that cases are described with; each has a code that is stored and a label that is read."""

from tsalert.core.words import Word
from tsalert.response.vocabulary import Category


class Channel(Word):
    """How the trader or fraudster reached the victim."""

    DOORSTEP = "doorstep", "Doorstep"
    TELEPHONE = "telephone", "Telephone"
    POSTAL = "postal", "By post"
    ONLINE = "online", "Online"
    TEXT = "text", "Text message"
    IN_PERSON = "in_person", "In person"
    UNKNOWN = "unknown", "Unknown"


class DoorstepKind(Word):
    """What was sold or said at the door; the last five are led by the police."""

    ROOFING = "roofing", "Roofing"
    DRIVEWAY = "driveway", "Driveway or paving"
    GUTTERING = "guttering", "Guttering or fascia"
    GARDENING = "gardening", "Gardening or tree work"
    BUILDING = "building", "Building work"
    DAMP = "damp", "Damp or insulation"
    ENERGY = "energy", "Energy or solar"
    SECURITY_ALARM = "security_alarm", "Security alarm"
    MOBILITY_AID = "mobility_aid", "Mobility aid"
    FURNITURE = "furniture", "Furniture"
    FISH_OR_FOOD = "fish_or_food", "Fish or food"
    WASTE_CLEARANCE = "waste_clearance", "Waste clearance"
    EMERGENCY_LOCKSMITH = "emergency_locksmith", "Emergency locksmith"
    ITINERANT_SELLER = "itinerant_seller", "Itinerant seller"
    DISTRACTION_BURGLARY = "distraction_burglary", "Distraction burglary"
    BOGUS_OFFICIAL = "bogus_official", "Bogus official"
    BOGUS_POLICE = "bogus_police", "Bogus police officer"
    COURIER_FRAUD = "courier_fraud", "Courier fraud"
    THEFT = "theft", "Theft"


class ScamKind(Word):
    """How the fraud dressed itself."""

    LOTTERY = "lottery", "Lottery"
    PRIZE_DRAW = "prize_draw", "Prize draw"
    CLAIRVOYANT = "clairvoyant", "Clairvoyant"
    INHERITANCE = "inheritance", "Inheritance"
    CHARITY = "charity", "Charity"
    INVESTMENT = "investment", "Investment"
    PENSION = "pension", "Pension"
    ROMANCE = "romance", "Romance"
    COMPUTER_SERVICE = "computer_service", "Computer service"
    BANK_IMPERSONATION = "bank_impersonation", "Pretending to be the bank"
    POLICE_IMPERSONATION = "police_impersonation", "Pretending to be the police"
    GOVERNMENT_IMPERSONATION = "government_impersonation", "Pretending to be government"
    FAMILY_IMPERSONATION = "family_impersonation", "Pretending to be family"
    SUBSCRIPTION_TRAP = "subscription_trap", "Subscription trap"
    TICKET = "ticket", "Tickets"
    RENTAL = "rental", "Rental"
    RECOVERY = "recovery", "Recovery of money lost before"
    PURCHASE = "purchase", "Purchase"


class AbuseKind(Word):
    """Who abused trust for money."""

    BY_FAMILY = "by_family", "By family"
    BY_CARER = "by_carer", "By carer"
    BY_BEFRIENDER = "by_befriender", "By befriender"
    POWER_OF_ATTORNEY = "power_of_attorney", "Power of attorney"
    ABUSE_OF_POSITION = "abuse_of_position", "Abuse of position"


class EnquiryKind(Word):
    """What other enquiries are about."""

    PRODUCT_SAFETY = "product_safety", "Product safety"
    FAIR_TRADING = "fair_trading", "Fair trading"
    WEIGHTS_AND_MEASURES = "weights_and_measures", "Weights and measures"
    UNDERAGE_SALES = "underage_sales", "Underage sales"
    FOOD = "food", "Food"
    ANIMAL_HEALTH = "animal_health", "Animal health"


OTHER_KIND = "other"
KINDS: dict[Category, type[Word]] = {
    Category.DOORSTEP_CRIME: DoorstepKind,
    Category.SCAM: ScamKind,
    Category.FINANCIAL_ABUSE: AbuseKind,
    Category.OTHER: EnquiryKind,
}


class Source(Word):
    """Where a case came from."""

    RAPID_RESPONSE = "rapid_response", "Rapid-response call"
    RESIDENT = "resident", "Resident"
    FAMILY = "family", "Family, friend or neighbour"
    BANK = "bank", "Bank or building society"
    POLICE = "police", "Police"
    ADULT_SOCIAL_CARE = "adult_social_care", "Adult social care"
    OTHER_COUNCIL = "other_council", "Another council team"
    CITIZENS_ADVICE_REFERRAL = "citizens_advice_referral", "Citizens Advice referral"
    CITIZENS_ADVICE_NOTIFICATION = "citizens_advice_notification", "Citizens Advice notification"
    OTHER_TRADING_STANDARDS = "other_trading_standards", "Another trading standards service"
    NTS_SCAMS_TEAM = "nts_scams_team", "National Trading Standards Scams Team"
    REPORT_FRAUD = "report_fraud", "Report fraud"
    CHARITY = "charity", "Charity"
    OWN_INITIATIVE = "own_initiative", "Our own initiative"
    OTHER = "other", "Other"


class Status(Word):
    """How far a case has come."""

    OPEN = "open", "Open"
    INVESTIGATING = "investigating", "Investigating"
    DECISION = "decision", "Decision"
    ACTION = "action", "Action"
    CLOSED = "closed", "Closed"


class WaitingFor(Word):
    """Whom a case waits for, beside its status."""

    VICTIM = "victim", "The victim"
    PARTNER = "partner", "A partner"
    LEGAL = "legal", "Legal advice"


class Outcome(Word):
    """What came of a case, in law and in money."""

    PAYMENT_STOPPED = "payment_stopped", "A payment was stopped"
    CONTRACT_CANCELLED = "contract_cancelled", "The contract was cancelled"
    MONEY_RETURNED = "money_returned", "Money was returned"
    ADVICE_GIVEN = "advice_given", "Advice was given"
    TRADER_WARNED = "trader_warned", "The trader was warned"
    PROSECUTION = "prosecution", "Prosecution"
    PASSED_ON = "passed_on", "Passed to another body"
    NO_OFFENCE = "no_offence", "No offence found"
    NO_FURTHER_ACTION = "no_further_action", "No further action"


class Impact(Word):
    """What a case changed for the victim."""

    ABLE_TO_STAY_AT_HOME = "able_to_stay_at_home", "Able to stay at home"
    FEELS_SAFER = "feels_safer", "Feels safer"
    LOSS_REDUCED = "loss_reduced", "Loss reduced"
    NO_CHANGE = "no_change", "No change"
    UNKNOWN = "unknown", "Not known"


class MoneyKind(Word):
    """What happened to the money of one line."""

    DEMANDED = "demanded", "Demanded"
    AGREED = "agreed", "Agreed"
    PAID = "paid", "Paid"
    PREVENTED = "prevented", "Prevented"
    RECOVERED = "recovered", "Recovered"
    REFUNDED_BY_BANK = "refunded_by_bank", "Refunded by bank"
    COMPENSATION_ORDERED = "compensation_ordered", "Compensation ordered"
    COMPENSATION_PAID = "compensation_paid", "Compensation paid"
    VALUATION = "valuation", "Independent valuation"


class Method(Word):
    """How money moved, or would have."""

    CASH = "cash", "Cash"
    BANK_TRANSFER = "bank_transfer", "Bank transfer"
    CARD = "card", "Card"
    CHEQUE = "cheque", "Cheque"
    GIFT_CARD = "gift_card", "Gift cards"
    CRYPTOCURRENCY = "cryptocurrency", "Cryptocurrency"
    GOODS = "goods", "Goods"
    OTHER = "other", "Other"


class Evidence(Word):
    """What an amount rests on."""

    PAPER = "paper", "Paper: invoice, receipt or contract"
    BANK = "bank", "Bank record"
    VICTIM_STATEMENT = "victim_statement", "The victim's statement"
    VALUER = "valuer", "Valuer's report"
    COURT = "court", "Court order"
    OFFICER_ESTIMATE = "officer_estimate", "An officer's estimate"


class Certainty(Word):
    """How sure an amount is."""

    CONFIRMED = "confirmed", "Confirmed"
    PROBABLE = "probable", "Probable"
    ESTIMATED = "estimated", "Estimated"


class NoteKind(Word):
    """What sort of statement an entry of the log is."""

    FACT = "fact", "Fact"
    OPINION = "opinion", "Opinion"
    DECISION = "decision", "Decision"
    HEARSAY = "hearsay", "Hearsay"


class HelplineKind(Word):
    """What the consumer helpline did with a complaint."""

    REFERRAL = "referral", "Passed to us"
    NOTIFICATION = "notification", "Told to us"


class PartnerBody(Word):
    """What sort of partner passed a matter to us."""

    ADULT_SOCIAL_CARE = "adult_social_care", "Adult social care"
    BANK = "bank", "Bank or building society"
    POST_OFFICE = "post_office", "Post office"
    POLICE = "police", "Police"
    OTHER_COUNCIL = "other_council", "Another council team"
    OTHER_TRADING_STANDARDS = "other_trading_standards", "Another trading standards service"
    NTS_SCAMS_TEAM = "nts_scams_team", "National Trading Standards Scams Team"
    REPORT_FRAUD = "report_fraud", "Report Fraud"
    CHARITY = "charity", "Charity"
    HEALTH = "health", "Health service"
    HOUSING = "housing", "Housing"
    COUNCILLOR = "councillor", "Councillor or MP"
    OTHER = "other", "Another body"


def category_label(category: str) -> str:
    """Return how people read a category."""
    return Category.of(category).label


def kind_label(kind: str) -> str:
    """Return how people read a type; one that has left the lists reads as it is stored."""
    labels = {word.value: word.label for words in KINDS.values() for word in words}
    return labels.get(kind, "Other" if kind == OTHER_KIND else kind)


def kind_options() -> list[tuple[str, str]]:
    """Return (code, label) of every type, each under its category."""
    grouped = [(kind.value, f"{category.label}: {kind.label}") for category, kinds in KINDS.items() for kind in kinds]
    return [*grouped, (OTHER_KIND, "Another type")]
