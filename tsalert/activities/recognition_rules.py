"""Whom we thank for a call, for what, and who may be named for it in public. Pure."""

from datetime import date

from msgspec import Struct

from tsalert.activities.rules import EARLIEST_DAY
from tsalert.activities.vocabulary import RecognitionKind
from tsalert.core.errors import Conflict, RuleViolation


class NewRecognition(Struct, frozen=True, kw_only=True):
    """Thanks that were decided.

    :param name: as it is to stand on the certificate.
    :param words: what they are thanked for; it is read in public, so it names no victim.
    :param decided_by: the officer who decided it.
    """

    name: str
    kind: RecognitionKind
    words: str
    decided_on: date
    decided_by: int
    incident_id: int | None = None
    case_id: int | None = None
    party_id: int | None = None
    may_be_named: bool = False
    consent_on: date | None = None


class Presentation(Struct, frozen=True):
    """When and where it was handed over."""

    on_date: date
    where: str | None = None


class Consent(Struct, frozen=True):
    """Whether somebody may be named in public, and since when they say so."""

    may_be_named: bool
    on_date: date


def check_recognition(new: NewRecognition, *, today: date) -> None:
    """Refuse thanks for nothing, or on days that cannot be.

    :raises RuleViolation: naming the field at fault.
    """
    if new.incident_id is None and new.case_id is None:
        raise RuleViolation("Say for which incident or case.", field="incident")
    _check_day(new.decided_on, "decided_on", today)
    if new.may_be_named and new.consent_on is None:
        raise RuleViolation("Say on which day they agreed to be named.", field="consent_on")
    if new.consent_on is not None:
        _check_day(new.consent_on, "consent_on", today)


def check_presentation(presented: Presentation, *, decided_on: date, today: date) -> None:
    """Refuse a presentation before it was decided, or in the future.

    :raises RuleViolation: it is one of these.
    """
    if presented.on_date > today:
        raise RuleViolation("The day cannot be in the future.", field="on_date")
    if presented.on_date < decided_on:
        raise RuleViolation("It was not decided yet on that day.", field="on_date")


def check_consent(consent: Consent, *, today: date) -> None:
    """Refuse a consent on a day that cannot be.

    :raises RuleViolation: it is one.
    """
    _check_day(consent.on_date, "on_date", today)


def require_standing(*, is_withdrawn: bool) -> None:
    """Refuse to do anything more with thanks that were taken back.

    :raises Conflict: they were.
    """
    if is_withdrawn:
        raise Conflict("This recognition was withdrawn.", legal=["decide another"])


def _check_day(day: date, field: str, today: date) -> None:
    if day > today:
        raise RuleViolation("The day cannot be in the future.", field=field)
    if day < EARLIEST_DAY:
        raise RuleViolation("The date is too long ago. Check the year.", field=field)
