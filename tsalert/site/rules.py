"""What somebody may report on the website, how often, and how an officer reads it. Pure."""

from datetime import timedelta

from msgspec import Struct

from tsalert.core.errors import RuleViolation
from tsalert.response.vocabulary import MoneyState

LONGEST_STORY = 3000
SPAN = timedelta(hours=1)
MOST_FROM_A_NETWORK = 10
MOST_IN_ALL = 300
# For how long the page with a report's number can be opened again.
RECEIPT_LIFE = timedelta(days=7)

# What a resident may say of money, in words that need no officer beside them.
MONEY_WORDS = {
    MoneyState.NONE: "No, and nobody has asked for any",
    MoneyState.ASKED: "No, but they have asked for money",
    MoneyState.AGREED: "Not yet, but it is agreed",
    MoneyState.AT_THE_BANK: "Somebody is on the way to the bank now",
    MoneyState.PART_PAID: "Yes, some of it",
    MoneyState.PAID: "Yes, all of it",
}


class Report(Struct, frozen=True):
    """What somebody wrote; ``contact`` is a telephone number or an email address, if they gave any.

    ``money`` is None where they did not say.
    """

    happening: str
    is_now: bool
    money: MoneyState | None = None
    began: str = ""
    postcode: str | None = None
    name: str | None = None
    contact: str = ""
    is_safe: bool | None = None


def story_of(report: Report, *, can_be_rung: bool) -> str:
    """Return what an officer reads: the words as they came, then what has no field of its own on a call."""
    lines = [report.happening]
    if report.began:
        lines.append(f"When: {report.began}")
    if report.money is None:
        lines.append("They did not say whether money was asked for or paid.")
    if report.contact and not can_be_rung:
        lines.append(f"How to reach them: {report.contact}")
    return "\n".join(lines)


def refuse_more(number: str) -> RuleViolation:
    """Return the refusal of one report too many, which loses nothing of what was typed."""
    ring = f" If you need help now, ring us on {number}." if number else " If you need help now, ring us."
    return RuleViolation(f"Too many reports have come in, so this one was not taken. Send it again in an hour.{ring}")


def refuse_machine(number: str) -> RuleViolation:
    """Return the refusal of a form with words in the field that people do not see; nobody's report just vanishes."""
    ring = f", or ring us on {number}" if number else ", or ring us"
    return RuleViolation(f"Our check against machines stopped this report. Press the button once more{ring}.")
