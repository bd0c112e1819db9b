"""The words of case studies."""

from tsalert.core.words import Word
from tsalert.identifying.vocabulary import Check


class AgeBand(Word):
    """How old the person of a study is, as near as a study may say."""

    NOT_SAID = "not_said", "Not said"
    UNDER_25 = "under_25", "Under 25"
    FROM_25 = "from_25", "25 to 44"
    FROM_45 = "from_45", "45 to 64"
    FROM_65 = "from_65", "65 to 74"
    FROM_75 = "from_75", "75 to 84"
    FROM_85 = "from_85", "85 or over"


class Item(Word):
    """One line of the checklist, which the author and a second officer both answer for."""

    NO_NAME = "no_name", "It names nobody, and nothing by which somebody is known"
    NO_PLACE = "no_place", "It names no street, ward or smaller place"
    AGE_BAND = "age_band", "It says no age but an age band"
    MONEY_ROUNDED = "money_rounded", "Its money is that of the case, rounded to £100, or to £1,000 from £10,000 on"
    QUARTER_ONLY = "quarter_only", "It says when by the quarter, and gives no day or month"
    NOT_LIVE = "not_live", "Nothing of it is under investigation or before a court"
    NO_TRADER = "no_trader", "It names no trader who was not convicted"


# No reason makes these stand in a study; they are taken out.
NEVER_STANDS = frozenset({Check.TRADER, Check.POSTCODE, Check.REFERENCE, Check.MONEY_EXACT})


class State(Word):
    """How far a study is."""

    WRITTEN = "written", "Not signed"
    WAITING = "waiting", "Waits for a second officer"
    SIGNED = "signed", "Signed"
    WITHDRAWN = "withdrawn", "Withdrawn"
