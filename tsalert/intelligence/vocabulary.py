"""The words of graded intelligence: 3×5×2, and what a note is about."""

from tsalert.core.words import Word


class SourceEvaluation(Word):
    """How far the source can be relied on."""

    RELIABLE = "1", "Reliable"
    UNTESTED = "2", "Untested"
    NOT_RELIABLE = "3", "Not reliable"


class Assessment(Word):
    """How the source came to know."""

    KNOWN_DIRECTLY = "A", "Known directly to the source"
    CORROBORATED = "B", "Known indirectly to the source, but corroborated"
    KNOWN_INDIRECTLY = "C", "Known indirectly to the source"
    NOT_KNOWN = "D", "Not known"
    SUSPECTED_FALSE = "E", "Suspected to be false"


class Handling(Word):
    """How a note may be shared."""

    PERMITTED = "P", "Lawful sharing permitted"
    CONDITIONS = "C", "Lawful sharing permitted with conditions"


class About(Word):
    """What a note is about."""

    PARTY = "party", "Person or business"
    VEHICLE = "vehicle", "Vehicle registration"
    PHONE = "phone", "Telephone"
    EMAIL = "email", "Email address"
    WEBSITE = "website", "Website"
    ADDRESS = "address", "Address"
