"""The words of graded intelligence: 3×5×2, and what a note is about."""

from tsalert.core.words import Word


class Graded(Word):
    """A word whose code is read out with its label."""

    @classmethod
    def coded(cls) -> list[tuple[str, str]]:
        """Return (code, code and label) of every word, as radios take them."""
        return [(word.value, f"{word.value}: {word.label}") for word in cls]


class SourceEvaluation(Graded):
    """How far the source can be relied on."""

    RELIABLE = "1", "Reliable"
    UNTESTED = "2", "Untested"
    NOT_RELIABLE = "3", "Not reliable"


class Assessment(Graded):
    """How the source came to know."""

    KNOWN_DIRECTLY = "A", "Known directly to the source"
    CORROBORATED = "B", "Known indirectly to the source, but corroborated"
    KNOWN_INDIRECTLY = "C", "Known indirectly to the source"
    NOT_KNOWN = "D", "Not known"
    SUSPECTED_FALSE = "E", "Suspected to be false"


class Handling(Graded):
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
