"""The words of keeping and erasing."""

from tsalert.core.words import Word


class Root(Word):
    """A record that others hang from: who may be named in it decides how long all of them name anybody."""

    CALL = "call", "Call"
    INCIDENT = "incident", "Incident"
    CASE = "case", "Case"
    PARTY = "party", "Person or business"
    INTELLIGENCE_NOTE = "intelligence_note", "Intelligence note"
    INTERVENTION = "intervention", "Work recorded without a case"
    ACCESS_REQUEST = "access_request", "Request for what is held"
    SUBSCRIBER = "subscriber", "Subscriber"
    OFFICER = "officer", "Officer"
    TRAIL = "trail", "Old entries of the audit trail"
    TRACES = "traces", "Traces of use"


# What a hold can be placed on.
HOLDABLE = (Root.CALL, Root.INCIDENT, Root.CASE, Root.PARTY)


class RuleKind(Word):
    """What records are kept by which rule."""

    UNREAL_CALL = "unreal_call", "Misdial, spam or test"
    ADVICE_CALL = "advice_call", "Call that led to no incident"
    INCIDENT = "incident", "Incident that became no case"
    CASE = "case", "Case without a prosecution"
    PROSECUTION = "prosecution", "Case with a prosecution"
    INTELLIGENCE = "intelligence", "Intelligence note"
    VICTIM_LIST = "victim_list", "Names from national victim lists"
    ACCESS_REQUEST = "access_request", "Request for what is held on somebody"
    TRAIL = "trail", "Audit trail"
    TRACES = (
        "traces",
        "Traces of use: forms sent, look-ups, words looked for, messages without a call, sign-ins, failed ones, tokens",
    )


COUNTED_FROM = {
    RuleKind.UNREAL_CALL: "the day of the call",
    RuleKind.ADVICE_CALL: "the day of the call",
    RuleKind.INCIDENT: "the day it was closed",
    RuleKind.CASE: "the day its matter was closed, or the last day that an action binds the trader",
    RuleKind.PROSECUTION: "the last day in court, or the last payment of compensation",
    RuleKind.INTELLIGENCE: "the day it expired or another took its place, or else the last day set for its review",
    RuleKind.VICTIM_LIST: "the day of the list; this service holds no record of this kind yet",
    RuleKind.ACCESS_REQUEST: "the day it was answered",
    RuleKind.TRAIL: "the day of the entry",
    RuleKind.TRACES: "the day it was made or changed, or ran out",
}


class RunState(Word):
    """Where a run stands."""

    LISTED = "listed", "Listed, waiting for approval"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    DISCARDED = "discarded", "Thrown away"


class ItemState(Word):
    """What became of one record of a run's list."""

    DUE = "due", "Due"
    HELD = "held", "Held back"
    ERASED = "erased", "Persons removed"
    KEPT = "kept", "Left as it was"
