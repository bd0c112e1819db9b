"""When an answer is due, and what must be done before it leaves. Pure.

Source: UK GDPR articles 12(3) and 15; the Information Commissioner's guidance on time limits and on information about
other people (DPA 2018, Schedule 2, paragraph 16).
"""

from datetime import date, timedelta

from tsalert.core.errors import Conflict, RuleViolation
from tsalert.core.months import months_after
from tsalert.core.words import Word, counted
from tsalert.core.working_days import is_working_day

EXTENSION_MONTHS = 2
NOT_REVIEWED = (
    "particular that may be somebody else's was",
    "particulars that may be somebody else's were",
)
REMINDED_AHEAD = timedelta(days=7)
_EARLIEST = date(2000, 1, 1)  # the Data Protection Act 1998 gave the right from 1 March 2000


class Answer(Word):
    """What became of a request."""

    GIVEN = "given", "All of it was given"
    IN_PART = "in_part", "Given in part, the rest withheld"
    NOTHING_HELD = "nothing_held", "Nothing is held"
    REFUSED = "refused", "Refused"


GIVING = frozenset({Answer.GIVEN, Answer.IN_PART})


def due_on(received_on: date, *, months: int = 1) -> date:
    """Return the last day to answer: the corresponding day of a later month, or the next working day after that.

    A month without such a day ends on its last one. Saturdays, Sundays and the bank holidays of England are no
    working days.
    """
    day = months_after(received_on, months)
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def extended(received_on: date) -> date:
    """Return the last day to answer a complex request, two months later."""
    return due_on(received_on, months=1 + EXTENSION_MONTHS)


def require_received(received_on: date, today: date) -> None:
    """Refuse a day on which no request can have come.

    :raises RuleViolation: it has not come yet, or nobody had this right.
    """
    if received_on > today:
        raise RuleViolation("This day has not come yet.", field="received_on")
    if received_on < _EARLIEST:
        raise RuleViolation("The date is too long ago. Check the year.", field="received_on")


def require_extension(received_on: date, today: date, reason: str) -> None:
    """Refuse to take more time without saying why, or once the first month is over.

    :raises RuleViolation: there is no reason.
    :raises Conflict: the person should have been told within the first month.
    """
    if not reason.strip():
        raise RuleViolation("Say why the request is complex.", field="reason")
    if today > due_on(received_on):
        raise Conflict("The first month is over. An extension must be told to the person before its end.")


def require_answerable(answer: Answer, *, is_identity_checked: bool, unreviewed: int, withheld: int) -> None:
    """Refuse an answer that was not prepared.

    :raises Conflict: particulars that may be somebody else's were not looked at, or nobody checked who asks.
    :raises RuleViolation: the answer does not say what is given.
    """
    if answer not in GIVING:
        return
    if not is_identity_checked:
        raise Conflict("Check who is asking before anything is given.", legal=["note that the identity was checked"])
    if unreviewed:
        raise Conflict(f"{counted(unreviewed, *NOT_REVIEWED)} not reviewed yet.")
    if (answer is Answer.IN_PART) is not bool(withheld):
        words = "Something is withheld, so not all is given." if withheld else "Nothing is withheld, so all is given."
        raise RuleViolation(words, field="answer")
