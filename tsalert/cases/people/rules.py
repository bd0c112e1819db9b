"""What is told of the people of a case, and what must hold of it. Pure."""

from datetime import date, datetime

from msgspec import Struct

from tsalert.cases.people.vocabulary import Answer, AssessedFrom, Consent, Contact, Factor, Finding, Role
from tsalert.core.errors import RuleViolation


class NewRole(Struct, frozen=True, kw_only=True):
    """Somebody who takes a role in a case: a party that is known, or a name that makes a new one.

    :param source: how we know.
    """

    role: Role
    source: str
    party_id: int | None = None
    name: str | None = None
    is_business: bool = False
    since: date | None = None


class RoleEnd(Struct, frozen=True, kw_only=True):
    """That a role holds no longer, since when, and why."""

    reason: str
    on: date | None = None


class NewAssessment(Struct, frozen=True, kw_only=True):
    """How vulnerable somebody was found; ``words`` says more, ``consent_reason`` why it is kept without consent."""

    finding: Finding
    consent: Consent
    source: AssessedFrom
    factors: tuple[Factor, ...] = ()
    words: str | None = None
    consent_reason: str | None = None
    assessed_at: datetime | None = None


class NewWishes(Struct, frozen=True, kw_only=True):
    """What somebody wishes; ``when`` and ``through`` are in their own words."""

    contact: Contact | None = None
    when: str | None = None
    through: str | None = None
    not_at_home: bool = False
    wants_prosecution: Answer = Answer.NOT_ASKED
    may_be_named: Answer = Answer.NOT_ASKED
    words: str | None = None
    told_at: datetime | None = None


def require_somebody(new: NewRole) -> None:
    """Refuse a role that is nobody's.

    :raises RuleViolation: neither a party nor a name is given.
    """
    if new.party_id is None and not (new.name or "").strip():
        raise RuleViolation("Choose a person or business, or write a name.", field="name")


def require_order(since: date, ended: date) -> None:
    """Refuse an end before the beginning.

    :raises RuleViolation: naming the field.
    """
    if ended < since:
        raise RuleViolation("It cannot end before it began.", field="on")


def require_assessment(new: NewAssessment) -> None:
    """Refuse an assessment that contradicts itself, or is kept without consent for no reason.

    :raises RuleViolation: naming the field.
    """
    if (new.finding is Finding.VULNERABLE) != bool(new.factors):
        said = "Choose what makes them vulnerable." if not new.factors else "Take the factors out, or say: vulnerable."
        raise RuleViolation(said, field="factors")
    if Factor.OTHER in new.factors and not new.words:
        raise RuleViolation("Say what else makes them vulnerable.", field="words")
    if new.consent is not Consent.GIVEN and not new.consent_reason:
        raise RuleViolation("Say why it is kept without their consent.", field="consent_reason")


def require_wishes(new: NewWishes) -> None:
    """Refuse wishes that say nothing, or that do not say through whom.

    :raises RuleViolation: naming the field.
    """
    if new.contact is Contact.THROUGH and not new.through:
        raise RuleViolation("Say through whom.", field="through")
    answered = {new.wants_prosecution, new.may_be_named} != {Answer.NOT_ASKED}
    if not (answered or new.not_at_home or any((new.contact, new.when, new.through, new.words))):
        raise RuleViolation("Say at least one thing that they wish.", field="contact")


def write_factors(factors: tuple[Factor, ...]) -> str:
    """Return factors as they are kept, each once, in the order of the list."""
    return " ".join(factor.value for factor in Factor if factor in factors)


def read_factors(kept: str) -> tuple[Factor, ...]:
    """Return factors that were kept."""
    return tuple(Factor.of(code) for code in kept.split())
