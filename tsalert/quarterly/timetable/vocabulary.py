"""What the timetable of the board's report does by itself."""

from tsalert.core.words import Word


class Kind(Word):
    """What comes on a day: a mail to those who write the report, or to managers."""

    OPENED = "opened", "The draft opens, and its writers are told"
    SUBSTANTIVE_ITEM = "substantive_item", "Review point: the first quarter's substantive item"
    YEAR_END = "year_end", "Review point: partners' end-of-year update"
    FIVE_DAYS = "five_days", "Five working days before the meeting, if anything is missing"
    DAY_BEFORE = "day_before", "The working day before the meeting, if anything is missing"
    SUMMARY = "summary", "Summary of the month for managers"
    PARTNER_DATA = "partner_data", "Review point: partners' figures that are missing"
