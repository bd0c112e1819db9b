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


class Ground(Word):
    """Why a report is revised, as the public reads it: a writer's own words may name somebody."""

    LATE = "late", "Records came in after the report was published"
    CORRECTED = "corrected", "Records were put right after the report was published"
    METHOD = "method", "The way of counting, or its rates, changed"
    TEXT = "text", "The words of the report were put right"


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


class Kind(Word):
    """What a column is to the disclosure control: of a plain one numbers add up, and words tell what they came to."""

    PLAIN = "plain", "Numbers that add up, or what they came to in words"
    MEAN = "mean", "Mean"
    MEDIAN = "median", "Median"
    LARGEST = "largest", "Largest single amount"
    QUARTER = "quarter", "A quarter that four quarters together hold"
    YEAR = "year", "Four quarters together"
    YEAR_IN_WORDS = "year_in_words", "What four quarters together came to, in words"
    SET_BEFOREHAND = "set_beforehand", "What was set before any figure was known"


class ChartKind(Word):
    """How a table is drawn."""

    BARS = "bars", "Bars side by side"
    STACKED = "stacked", "Bars one upon the other"
    LINES = "lines", "Lines"


class SignatureRole(Word):
    """In what capacity somebody signs."""

    AUTHOR = "author", "Author"
    SECOND = "second", "Second person"
