"""The kinds of what is odd in a week of the trail; each has a code that is stored and a label that is read."""

from tsalert.core.words import Word


class Kind(Word):
    """Why somebody should look at what an officer opened; none of it is proof of anything."""

    OWN_NAME = "own_name", "Own surname"
    OWN_HOME = "own_home", "Own postcode"
    OFF_SHIFT = "off_shift", "At night, not on duty"
    NO_TASK = "no_task", "Opened with no task"
    TOO_MANY = "too_many", "Many records in an hour"
    EXPORTED = "exported", "Files taken out"


MEANINGS = {
    Kind.OWN_NAME: "Somebody in the record has the officer's surname, and the officer was not working on it.",
    Kind.OWN_HOME: "The record is in the officer's own postcode, and the officer was not working on it.",
    Kind.OFF_SHIFT: "Opened between 10pm and 6am by somebody who was not on duty.",
    Kind.NO_TASK: "The officer was not on duty, is not on the case or incident, and wrote nothing to it within a day.",
    Kind.TOO_MANY: "More different records were opened within an hour than is usual.",
    Kind.EXPORTED: "Files that hold lists of records, taken out of the program.",
}
