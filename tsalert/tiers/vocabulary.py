"""What can be kept from some of the staff, and how somebody came to see it."""

from tsalert.core.words import Word


class Subject(Word):
    """A kind of record that may be restricted; the code is the word that the trail uses for it."""

    CALL = "call", "Call"
    INCIDENT = "incident", "Incident"
    CASE = "case", "Case"
    PARTY = "party", "Party"
    NOTE = "intelligence_note", "Intelligence note"


class Origin(Word):
    """How somebody came by a grant."""

    ON_THE_CASE = "on the case", "On the case"
    NAMED = "named", "Given by name"
    BREAK_GLASS = "break glass", "Broke the glass"
