"""Annex C: the words of this field, for readers who do not work in it."""

from tsalert.quarterly.content import SUPPRESSED, Column, Figure, Row, Section, Table
from tsalert.quarterly.figures.figuring import NOTHING
from tsalert.quarterly.figures.reading import Material
from tsalert.quarterly.vocabulary import SectionKey, Unit

_WORDS = (
    ("Call", "One contact that reached the service, by whatever way."),
    ("Incident", "One thing that happens at one place to one household. Several calls may be about it."),
    ("Case", "A file of an investigation, or of help for a victim."),
    ("Enquiry", "Any case opened for investigation, whatever it is about, in the quarter in which it was opened."),
    (
        "Report",
        "An incident of a scam, doorstep crime or financial abuse whose first call came on the rapid-response number.",
    ),
    ("Immediate response", "A report that was graded immediate: an officer is to be there within two hours."),
    (
        "Two-hour clock",
        "The time from the call to an officer on scene. It never pauses, and lateness is kept for good.",
    ),
    (
        "Rapid-response intervention",
        "An immediate response to which an officer went and after which an intervention was recorded.",
    ),
    ("Intervention", "Something done that changed what somebody paid or will pay."),
    (
        "Detriment",
        "The money that left victims, by the quarter of their case. Only what is called net leaves out what came back.",
    ),
    ("Doorstep crime", "Crime that begins at somebody's door, such as charging much for work that was not needed."),
    ("Financial abuse", "Misuse of somebody's money by a person who is close to them or whom they trust."),
    ("Friends Against Scams", "National training in an hour that makes people able to spot scams and to warn others."),
    ("Call blocker", "A unit on the telephone line of a home that stops nuisance and scam calls."),
    ("No-cold-calling zone", "Streets whose residents have said that traders should not call uninvited."),
    ("Value class", "What a pound of benefit is: A stopped, B returned, C to E estimated, M for information alone."),
    ("Published basis", "The rates of the board's own series, kept so that years can be compared."),
    ("Prudent basis", "Lower rates that leave out what would have come about anyway; a range from low to high."),
    ("Rolling year", "The last four complete quarters."),
    ("Rating", "Green, Amber or Red by a rule that is set for an indicator beforehand; not every indicator has one."),
    ("Provisional", "Of a quarter that has not ended: the figure will change."),
    (
        SUPPRESSED,
        "Kept back in public: fewer than five people or cases, or a number from which such a one could be worked out.",
    ),
    (NOTHING.shown, "There is no such figure."),
)


def glossary_section(_: Material) -> Section:
    """Lay out what the report's words mean."""
    rows = tuple(Row(word.lower(), word, (Figure(meaning),)) for word, meaning in _WORDS)
    column = (Column("meaning", "What it means", Unit.WORDS),)
    return Section(SectionKey.GLOSSARY, (Table("glossary", "Words of this report", "Word", column, rows),))
