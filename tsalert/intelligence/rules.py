"""What a note of intelligence must say, and what its grading reads as. Pure."""

from datetime import date

from msgspec import Struct

from tsalert.core.errors import RuleViolation
from tsalert.intelligence.vocabulary import About, Assessment, Handling, SourceEvaluation
from tsalert.parties.rules import check_review

_EARLIEST = date(1900, 1, 1)


class NewAbout(Struct, frozen=True):
    """One thing that a note is about: the number of a party, or a plate, number or site as it is written."""

    kind: About
    written: str | None = None
    party_id: int | None = None


class NewIntelligence(Struct, frozen=True, kw_only=True):
    """A note as an officer grades and writes it; one that ``supersedes`` another says for what ``reason``.

    :param restricted_because: why it is kept to those who are granted it by name; None where it is not.
    """

    source: SourceEvaluation
    assessment: Assessment
    handling: Handling
    text: str
    provenance: str
    information_on: date
    review_on: date
    about: tuple[NewAbout, ...]
    conditions: str | None = None
    expires_on: date | None = None
    restricted_because: str | None = None
    supersedes: int | None = None
    reason: str | None = None


class NewSharing(Struct, frozen=True, kw_only=True):
    """That a note was shared: with whom, what for, when, and that its conditions went with it."""

    to_whom: str
    purpose: str
    shared_on: date | None = None
    conditions_told: bool = False


def require_note(new: NewIntelligence, *, today: date) -> None:
    """Refuse a note that is about nothing, lacks its conditions, or whose days cannot be.

    :raises RuleViolation: naming the field.
    """
    if not new.about:
        raise RuleViolation("Say what it is about: somebody, or a vehicle, number, address or website.", field="about")
    _require_conditions(new)
    if not _EARLIEST <= new.information_on <= today:
        raise RuleViolation("Give the day on which this was so; it cannot lie ahead.", field="information_on")
    check_review(new.review_on, today=today)
    if new.expires_on is not None and new.expires_on <= today:
        raise RuleViolation("Choose a day after today.", field="expires_on")
    if (new.supersedes is None) is not (new.reason is None):
        raise RuleViolation("Say why it takes the place of the other note.", field="reason")


def require_sharing(new: NewSharing, handling: Handling, *, today: date, written_on: date) -> None:
    """Refuse to share without the conditions of a note, or on a day that cannot be.

    :raises RuleViolation: naming the field.
    """
    if handling is Handling.CONDITIONS and not new.conditions_told:
        raise RuleViolation("Tell them the conditions first, and say that you did.", field="conditions_told")
    if new.shared_on is not None and not written_on <= new.shared_on <= today:
        raise RuleViolation("Choose a day between that of the note and today.", field="shared_on")


def grade_of(source: str, assessment: str, handling: str) -> str:
    """Return a grading as it is read out: ``1BP``."""
    return f"{source}{assessment}{handling}"


def grade_in_words(source: str, assessment: str, handling: str) -> str:
    """Return a grading in words, the source first."""
    words = (SourceEvaluation.of(source), Assessment.of(assessment), Handling.of(handling))
    return "; ".join(word.label[0].lower() + word.label[1:] for word in words)


def _require_conditions(new: NewIntelligence) -> None:
    if new.handling is Handling.CONDITIONS and not new.conditions:
        raise RuleViolation("Say under which conditions it may be shared.", field="conditions")
    if new.handling is Handling.PERMITTED and new.conditions:
        raise RuleViolation("Take the conditions out, or choose sharing with conditions.", field="conditions")
