"""What can be found by its words, and in which of its records they stood."""

from tsalert.core.words import Word


class Found(Word):
    """What a text leads to."""

    CALL = "call", "Calls"
    INCIDENT = "incident", "Incidents"
    CASE = "case", "Cases"


# The kinds of records whose words are kept, as ``finding.sources`` names them.
SOURCES = (
    "call",
    "incident",
    "step",
    "case",
    "log",
    "money",
    "referral",
    "offence",
    "action",
    "prosecution",
    "exhibit",
    "passed on",
    "contract",
    "handover",
)
