"""Words of the board's report: how far it is, who reads which edition, its sections, and what a figure is about."""

from tsalert.core.words import Word


class Status(Word):
    """How far a report is. Figures stand still from the lock on, everything from the publication on."""

    DRAFT = "draft", "Draft"
    LOCKED = "locked", "Figures locked"
    SIGNED = "signed", "Signed"
    PUBLISHED = "published", "Published"


class Edition(Word):
    """Who reads it: the board everything, the public what tells of no single person."""

    BOARD = "board", "Part 2: for the board, exempt from publication"
    PUBLIC = "public", "Part 1: public"


class SectionKey(Word):
    """The sections, in the order in which they stand."""

    PURPOSE = "purpose", "Purpose and recommendations"
    HEADLINES = "headlines", "Headlines"
    GLANCE = "glance", "Performance at a glance"
    DEMAND = "demand", "Demand and detriment"
    PREVENTION = "prevention", "Prevention and intervention"
    SAVINGS = "savings", "Savings"
    ENFORCEMENT = "enforcement", "Enforcement"
    ACTIONS = "actions", "Priority actions"
    PARTNERS = "partners", "Partners' figures"
    CASE_STUDIES = "case_studies", "Case studies"
    AHEAD = "ahead", "Emerging threats and the next quarter"
    IMPLICATIONS = "implications", "Implications"
    METHOD = "method", "Annex A: method and rates"
    DATA_QUALITY = "data_quality", "Annex B: data quality and revisions"
    GLOSSARY = "glossary", "Annex C: glossary"


class Unit(Word):
    """What kind of number stands in a column."""

    COUNT = "count", "Number"
    MONEY = "money", "Pounds"
    SHARE = "share", "Percentage"
    WORDS = "words", "Words"


class About(Word):
    """Whom a figure tells of: people and their cases, or work that the service did and that is nobody's secret."""

    PEOPLE = "people", "People and cases"
    SERVICE = "service", "The service's own work"


class ChartKind(Word):
    """How a table is drawn."""

    BARS = "bars", "Bars side by side"
    STACKED = "stacked", "Bars one upon the other"
    LINES = "lines", "Lines"


class SignatureRole(Word):
    """In what capacity somebody signs."""

    AUTHOR = "author", "Author"
    SECOND = "second", "Second person"
