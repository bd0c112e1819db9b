"""What a referral holds, and what may be done about it. Pure."""

from datetime import date, datetime, timedelta

from msgspec import Struct

from tsalert.core.clock import as_utc
from tsalert.core.errors import Conflict, RuleViolation
from tsalert.referrals.vocabulary import Act, BodyKind, LawfulReason, Means, State

VERIFY_AFTER = timedelta(days=365)
VICTIM = "victim"
PERSONAL = frozenset({VICTIM, "caller"})  # the parts whose sharing needs a lawful reason
_FOLLOWED = timedelta(minutes=2)
LEGAL: dict[State, tuple[Act, ...]] = {
    State.DRAFT: (Act.CHANGE, Act.SENDING, Act.WITHDRAWAL),
    State.SENT: (Act.ACKNOWLEDGEMENT, Act.OUTCOME),
    State.ACKNOWLEDGED: (Act.OUTCOME,),
    State.ENDED: (),
    State.WITHDRAWN: (),
}


class NewReferral(Struct, frozen=True):
    """What an officer passes on; exactly one of case and incident is named.

    :param contact: a body from the lists, as ``partner:3`` or ``neighbour:5``; its name is taken where none is given.
    :param shared: which parts of what we know go with the message.
    """

    message: str
    kind: BodyKind | None = None
    body: str | None = None
    contact: str | None = None
    shared: tuple[str, ...] = ()
    lawful_reason: LawfulReason | None = None
    case_id: int | None = None
    incident_id: int | None = None


class Sending(Struct, frozen=True):
    """How it left us."""

    means: Means
    sent_to: str
    sent_at: datetime | None = None


class Acknowledgement(Struct, frozen=True):
    """That they have it, and under which reference, such as a crime reference."""

    acknowledged_by: str
    their_reference: str | None = None


class NewBody(Struct, frozen=True):
    """A team outside this service, as an officer describes it."""

    kind: BodyKind
    name: str
    phone: str | None = None
    email: str | None = None
    note: str | None = None


def require_act(state: State, act: Act) -> None:
    """Refuse what may not be done about a referral in this state.

    :raises Conflict: naming what may.
    """
    if act not in LEGAL[state]:
        raise Conflict(f"This referral is {state.label.lower()}.", legal=[each.label for each in LEGAL[state]])


def require_one_subject(new: NewReferral) -> None:
    """Refuse a referral about nothing, or about two things at once.

    :raises RuleViolation: it is one of these.
    """
    if (new.case_id is None) == (new.incident_id is None):
        raise RuleViolation("Name the case or the incident.", field="case_id")


def require_lawful(new: NewReferral) -> None:
    """Refuse to share who the victim is, or who rang for them, without a lawful reason.

    :raises RuleViolation: none is given.
    """
    if PERSONAL & {*new.shared} and new.lawful_reason is None:
        raise RuleViolation("Say why their particulars may be shared.", field="lawful_reason")


def read_sent_at(told: datetime | None, *, made_at: datetime, now: datetime) -> datetime:
    """Return when it was sent.

    :raises RuleViolation: that is to come, or before it was written.
    """
    at = as_utc(told or now)
    if at > as_utc(now) + _FOLLOWED:
        raise RuleViolation("Give a time that has passed.", field="sent_at")
    if at < as_utc(made_at).replace(second=0, microsecond=0):
        raise RuleViolation("That is before it was written.", field="sent_at")
    return at


def is_unverified(verified_on: date | None, today: date) -> bool:
    """Tell whether somebody should see whether a body's contacts are still right."""
    return verified_on is None or today - verified_on > VERIFY_AFTER
