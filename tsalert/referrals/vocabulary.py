"""The words of a referral."""

from tsalert.core.words import Word


class BodyKind(Word):
    """What sort of body information goes to."""

    ADULT_SOCIAL_CARE = "adult_social_care", "Adult social care"
    POLICE = "police", "Police"
    TRADING_STANDARDS = "trading_standards", "Another trading standards service"
    NTS_SCAMS_TEAM = "nts_scams_team", "National Trading Standards Scams Team"
    REGIONAL_INVESTIGATIONS = "regional_investigations", "Regional investigations team"
    REPORT_FRAUD = "report_fraud", "Report Fraud"
    CITIZENS_ADVICE = "citizens_advice", "Citizens Advice"
    VICTIM_SUPPORT = "victim_support", "Charity or victim support"
    BANK = "bank", "Bank or building society"
    OTHER = "other", "Another body"


class LawfulReason(Word):
    """Why the victim's particulars may be shared."""

    AGREED = "agreed", "The victim agreed"
    CRIME = "crime", "To prevent or detect crime, or to catch offenders"
    AT_RISK = "at_risk", "To protect somebody at risk"
    LIFE = "life", "To save a life"
    DUTY = "duty", "The law obliges us"


class Means(Word):
    """How it was sent."""

    SECURE_EMAIL = "secure_email", "Secure email"
    PORTAL = "portal", "Their own form or portal"
    TELEPHONE = "telephone", "Telephone"
    IN_PERSON = "in_person", "In person"
    POST = "post", "Post"


class State(Word):
    """How far a referral has come."""

    DRAFT = "draft", "Draft"
    SENT = "sent", "Sent"
    ACKNOWLEDGED = "acknowledged", "Acknowledged"
    ENDED = "ended", "Outcome known"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Act(Word):
    """Something that is done about a referral; the label is what the button says."""

    CHANGE = "change", "Change the draft"
    SENDING = "sending", "Record that it was sent"
    ACKNOWLEDGEMENT = "acknowledgement", "Record that they acknowledged it"
    OUTCOME = "outcome", "Record what came of it"
    WITHDRAWAL = "withdrawal", "Withdraw the draft"
