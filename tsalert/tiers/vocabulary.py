"""What can be kept from some of the staff, and how somebody came to see it."""

from enum import StrEnum

from tsalert.core.words import Word


class Subject(Word):
    """A kind of record that may be restricted; the code is the word that the trail uses for it."""

    CALL = "call", "Call"
    INCIDENT = "incident", "Incident"
    CASE = "case", "Case"
    PARTY = "party", "Party"
    INTELLIGENCE_NOTE = "intelligence_note", "Intelligence note"
    NOTE = INTELLIGENCE_NOTE


class Origin(StrEnum):
    """How somebody came by a grant."""

    ON_THE_CASE = "on the case"
    NAMED = "named"
    BREAK_GLASS = "break glass"
