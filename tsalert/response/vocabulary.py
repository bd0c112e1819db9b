"""The words that calls and incidents are described with; each has a code that is stored and a label that is read."""

from tsalert.core.words import Word


class Line(Word):
    """The way a contact came in."""

    RAPID_VOICE = "rapid_voice", "Rapid-response number, spoken to"
    RAPID_VOICEMAIL = "rapid_voicemail", "Rapid-response number, voicemail"
    RAPID_SMS = "rapid_sms", "Rapid-response number, text message"
    WEB = "web", "Report on the website"
    OTHER = "other", "Another way: office, email, in person"


RAPID_RESPONSE_LINES = frozenset({Line.RAPID_VOICE, Line.RAPID_VOICEMAIL, Line.RAPID_SMS})


class CallSource(Word):
    """Who the caller is to the household."""

    RESIDENT = "resident", "The resident"
    FAMILY = "family", "Family"
    NEIGHBOUR = "neighbour", "Neighbour"
    FRIEND = "friend", "Friend"
    CARER = "carer", "Carer"
    BANK = "bank", "Bank or building society"
    POST_OFFICE = "post_office", "Post office"
    POLICE = "police", "Police (999 or 101)"
    ADULT_SOCIAL_CARE = "adult_social_care", "Adult social care"
    HOUSING = "housing", "Housing"
    TREE_OFFICER = "tree_officer", "Council tree officer"
    OTHER_COUNCIL = "other_council", "Other council officer"
    COUNCILLOR = "councillor", "Councillor or MP"
    CITIZENS_ADVICE_REFERRAL = "citizens_advice_referral", "Citizens Advice referral"
    CITIZENS_ADVICE_NOTIFICATION = "citizens_advice_notification", "Citizens Advice notification"
    OTHER_TRADING_STANDARDS = "other_trading_standards", "Other trading standards service"
    NTS_SCAMS_TEAM = "nts_scams_team", "National Trading Standards Scams Team"
    REPORT_FRAUD = "report_fraud", "Report Fraud (formerly Action Fraud)"
    CHARITY = "charity", "Charity"
    HEALTH = "health", "Health service"
    TAXI_FIRM = "taxi_firm", "Taxi firm"
    BUILDERS_MERCHANT = "builders_merchant", "Builders' merchant"
    SHOP = "shop", "Shop (gift cards)"
    HONEST_TRADER = "honest_trader", "Honest trader"
    ANONYMOUS = "anonymous", "Anonymous"
    OTHER = "other", "Other"


class Category(Word):
    """What an incident is, for the board and the quarter's figures."""

    SCAM = "scam", "Scam"
    DOORSTEP_CRIME = "doorstep_crime", "Doorstep crime"
    FINANCIAL_ABUSE = "financial_abuse", "Financial abuse"
    OTHER = "other", "Other"


REPORTED_CATEGORIES = frozenset({Category.SCAM, Category.DOORSTEP_CRIME, Category.FINANCIAL_ABUSE})


class MoneyState(Word):
    """How far the money has gone."""

    NONE = "none", "No money asked for"
    ASKED = "asked", "Asked for"
    AGREED = "agreed", "Agreed, not yet paid"
    AT_THE_BANK = "at_the_bank", "At the bank now"
    PART_PAID = "part_paid", "Part paid"
    PAID = "paid", "Paid"


class Disposition(Word):
    """What became of a call."""

    NEW_INCIDENT = "new_incident", "New incident"
    ADDED_TO_INCIDENT = "added_to_incident", "Added to an incident"
    ADVICE = "advice", "Advice given"
    OUT_OF_BOROUGH = "out_of_borough", "Out of borough, handed over"
    PASSED_TO_POLICE = "passed_to_police", "Passed to the police"
    PASSED_TO_CITIZENS_ADVICE = "passed_to_citizens_advice", "Passed to Citizens Advice"
    NOT_TRADING_STANDARDS = "not_trading_standards", "Not for Trading Standards"
    DUPLICATE = "duplicate", "Duplicate of another call"
    RANG_OFF = "rang_off", "Caller rang off"
    MISDIAL = "misdial", "Misdial"
    SPAM = "spam", "Spam"
    TEST = "test", "Test"
    WAITING = "waiting", "Waiting for an officer"


# Contacts that tell of nothing, or of nothing yet: no incident's report is counted from one of these.
UNREAL_DISPOSITIONS = frozenset(
    {Disposition.DUPLICATE, Disposition.MISDIAL, Disposition.SPAM, Disposition.TEST, Disposition.WAITING}
)

# Of these, a duplicate still tells of what happens; the others tell of nothing, so no grade is proposed from them.
UNTOLD_DISPOSITIONS = UNREAL_DISPOSITIONS - {Disposition.DUPLICATE}


def decided_options() -> list[tuple[str, str]]:
    """Return (code, label) of what an officer may decide; a call waits only until they have."""
    return [(each.value, each.label) for each in Disposition if each is not Disposition.WAITING]


class GradeName(Word):
    """How soon somebody goes; targets are dated rows of the table of grades."""

    IMMEDIATE = "immediate", "Immediate"
    PROMPT = "prompt", "Prompt"
    APPOINTMENT = "appointment", "By appointment"
    NONE = "none", "No visit"


VISITED_TODAY = frozenset({GradeName.IMMEDIATE, GradeName.PROMPT})


class StartRule(Word):
    """What a grade counts its target from, unless new facts raised it or the incident was reopened."""

    FIRST_CALL = "first_call", "The first call"
    GRADED = "graded", "The time at which it was first graded"


class StartBasis(Word):
    """Why a clock starts when it does."""

    FIRST_CALL = "first_call", "From the first call"
    NEW_FACTS = "new_facts", "New facts came in"
    WRONG_TRIAGE = "wrong_triage", "The first grade was wrong"
    REOPENED = "reopened", "The incident was reopened"


class RemoteResolution(Word):
    """What stopped the harm without anybody going there; the grade says which of them stop the clock."""

    BANK_STOPPED_PAYMENT = "bank_stopped_payment", "The bank stopped the payment"
    CALLER_STOPPED_PAYMENT = "caller_stopped_payment", "The resident stopped or refused the payment"
    TRADER_LEFT = "trader_left", "The trader left after we spoke to them"
    POLICE_WENT = "police_went", "The police went instead"


class StandDownReason(Word):
    """Why nobody needs to go any more."""

    WITHDRAWN = "withdrawn", "The caller withdrew"
    TRADER_GONE = "trader_gone", "The trader had gone before we went"
    NO_OFFENCE = "no_offence", "No scam or offence found"
    DUPLICATE = "duplicate", "The same as another incident"
    OTHER = "other", "Another reason"


class Outcome(Word):
    """How an incident came out, for the figures."""

    PAYMENT_STOPPED = "payment_stopped", "A payment was stopped"
    TRADER_SENT_AWAY = "trader_sent_away", "The trader was sent away"
    MONEY_RETURNED = "money_returned", "Money was given back"
    ADVICE_GIVEN = "advice_given", "Advice was given"
    UNDER_INVESTIGATION = "under_investigation", "It is being investigated as a case"
    PASSED_ON = "passed_on", "It was passed to another body"
    NOTHING_FOUND = "nothing_found", "No scam or offence was found"
    OTHER = "other", "Another outcome"
