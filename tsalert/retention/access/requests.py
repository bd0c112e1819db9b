"""Requests for what is held on somebody: recorded, extended, reviewed, answered; every step in the trail."""

from collections.abc import Collection
from datetime import date, datetime

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.by_id import get_by_id
from tsalert.core.actors import Actor, Permission
from tsalert.core.clock import london_date
from tsalert.core.errors import Conflict, RuleViolation
from tsalert.core.words import counted
from tsalert.db import db, transaction
from tsalert.keysets import Order, Page, read_page
from tsalert.references.service import next_reference
from tsalert.retention.access import gathering, rules
from tsalert.retention.access.gathering import Row
from tsalert.retention.access.rules import NOT_REVIEWED, Answer
from tsalert.retention.models import AccessRequest, AccessReview
from tsalert.retention.reaching import table
from tsalert.retention.rules import digest_of
from tsalert.subscribers.contacts import read_contact
from tsalert.telephone.retention import erase_in_turn
from tsalert.tiers import queries as tiers
from tsalert.tiers.vocabulary import Subject

_LETTER = "A"
_SUBJECT = "access_request"
_RESTRICTED = "[restricted]"


class NewRequest(Struct, frozen=True):
    """Who asks, how they are reached, when it came, and the party or subscriber who they are taken to be."""

    name: str
    received_on: date
    contact: str | None = None
    party_id: int | None = None
    subscriber_id: int | None = None


class Gathered(Struct, frozen=True):
    """What is held on whoever asks, and what was decided on each particular that may be somebody else's."""

    held: list[Row]
    reviews: dict[str, AccessReview]
    shut: tuple[tuple[Subject, int], ...] = ()

    @property
    def rows(self) -> list[Row]:
        """What is held, as the reader may see it: of a restricted record that is not opened, that it is there."""
        return [_covered(row) if row.is_kept else row for row in self.held]

    @property
    def kept(self) -> frozenset[str]:
        """The places that somebody else has to look at, who may open the restricted record."""
        return frozenset(each.place for row in self.held if row.is_kept for each in row.particulars)

    @property
    def to_review(self) -> list[str]:
        """The places that nobody has looked at yet."""
        flagged = (each.place for row in self.held for each in row.particulars if each.is_to_review)
        return [place for place in flagged if place not in self.reviews]

    @property
    def withheld(self) -> dict[str, str]:
        """The places that are withheld, with the reason."""
        return {place: each.reason or "" for place, each in self.reviews.items() if each.is_withheld}

    @property
    def content(self) -> dict[str, list[dict[str, str]]]:
        """What leaves: each table's rows, with a mark where something is withheld."""
        found: dict[str, list[dict[str, str]]] = {}
        for row in self.held:
            told = {each.column: self.shown(each.place, each.value) for each in row.particulars}
            found.setdefault(row.table, []).append(told)
        return found

    def shown(self, place: str, value: str) -> str:
        """Return a value, or that it is withheld."""
        return f"[withheld: {self.withheld[place]}]" if place in self.withheld else value

    @property
    def digest(self) -> str:
        """The seal of what leaves."""
        return digest_of(self.content)


def record_request(new: NewRequest, *, actor: Actor, now: datetime) -> int:
    """Write down that somebody asked; returns its id. From then on nothing that is held on them is erased.

    :raises RuleViolation: the day has not come, or no such person is known.
    """
    actor.require(Permission.ANSWER_ACCESS)
    rules.require_received(new.received_on, london_date(now))
    with transaction() as session:
        erase_in_turn(session)
        _require_known(session, new)
        request = AccessRequest(
            reference=next_reference(session, _LETTER, at=now), name=new.name, contact=new.contact,
            party_id=new.party_id, subscriber_id=new.subscriber_id, received_on=new.received_on,
            due_on=rules.due_on(new.received_on), recorded_by=actor.officer_id, recorded_at=now,
        )  # fmt: skip
        session.add(request)
        session.flush()
        audit.record(session, actor, "recorded", _SUBJECT, request.id, now=now, reference=request.reference)
        return request.id


def check_identity(request_id: int, *, actor: Actor, now: datetime) -> None:
    """Note that whoever asks is who they say."""
    actor.require(Permission.ANSWER_ACCESS)
    with transaction() as session:
        request = _open(session, request_id)
        request.identity_checked_on = london_date(now)
        audit.record(session, actor, "identity checked", _SUBJECT, request_id, now=now)


def extend(request_id: int, *, reason: str, actor: Actor, now: datetime) -> None:
    """Take two months more, for a complex request; the person is told why within the first month.

    :raises Conflict: it was extended or answered, or the first month is over.
    """
    actor.require(Permission.ANSWER_ACCESS)
    with transaction() as session:
        request = _open(session, request_id)
        if request.extended_on is not None:
            raise Conflict("This request was extended already.")
        rules.require_extension(request.received_on, london_date(now), reason)
        request.extended_on, request.extension_reason = london_date(now), reason.strip()
        request.due_on = rules.extended(request.received_on)
        audit.record(session, actor, "extended", _SUBJECT, request_id, now=now, due_on=request.due_on.isoformat())


def review(
    request_id: int, places: Collection[str], withheld: Collection[str], *, reason: str | None, actor: Actor,
    now: datetime,
) -> None:  # fmt: skip
    """Decide on particulars that may be somebody else's: those withheld need a reason, the others are given.

    :raises RuleViolation: something is withheld for no reason, or was not held or not to be reviewed.
    """
    actor.require(Permission.ANSWER_ACCESS)
    if withheld and not (reason or "").strip():
        raise RuleViolation("Say why something is withheld.", field="reason")
    with transaction() as session:
        request = _open(session, request_id)
        found = gathering.gather(session, request, reader=actor, now=now)
        rows = [row for row in found.rows if not row.is_kept]
        known = {each.place for row in rows for each in row.particulars if each.is_to_review}
        if not known.issuperset({*places, *withheld}):
            raise RuleViolation("What is held has changed meanwhile. Load the page again.")
        for place in sorted({*places, *withheld}):
            is_withheld = place in withheld
            session.merge(
                AccessReview(
                    request_id=request_id, place=place, is_withheld=is_withheld,
                    reason=reason if is_withheld else None, reviewed_by=actor.officer_id, reviewed_at=now,
                )
            )  # fmt: skip
        audit.record(session, actor, "reviewed", _SUBJECT, request_id, now=now, given=len({*places} - {*withheld}),
                     withheld=len({*withheld}))  # fmt: skip


def answer(request_id: int, decided: Answer, *, reason: str | None, actor: Actor, now: datetime) -> None:
    """Answer a request; what is given is sealed by its digest.

    :raises Conflict: it was answered, or not prepared.
    :raises RuleViolation: a refusal has no reason.
    """
    actor.require(Permission.ANSWER_ACCESS)
    if decided is Answer.REFUSED and not (reason or "").strip():
        raise RuleViolation("Say why it is refused.", field="reason")
    with transaction() as session:
        request = _open(session, request_id)
        found = gathered(session, request, reader=actor, now=now)
        rules.require_answerable(
            decided, is_identity_checked=request.identity_checked_on is not None, unreviewed=len(found.to_review),
            withheld=len(found.withheld),
        )  # fmt: skip
        request.decision, request.decision_reason = decided, reason
        request.answered_at, request.answered_by = now, actor.officer_id
        request.release_digest = found.digest if decided in rules.GIVING else None
        audit.record(
            session, actor, f"answered: {decided}", _SUBJECT, request_id, now=now, digest=request.release_digest
        )


def export(request_id: int, *, actor: Actor, now: datetime) -> tuple[AccessRequest, Gathered]:
    """Return what leaves; that it was taken out is in the trail before anybody has it.

    What stands in a restricted record leaves through the hands of whoever has opened it for a reason.

    :raises Withheld: some of it stands in a restricted record that they have not opened.
    :raises Conflict: particulars that may be somebody else's were not reviewed.
    """
    actor.require(Permission.ANSWER_ACCESS)
    with transaction() as session:
        found = gathered(session, get_request(session, request_id), reader=actor, now=now)
        for subject, number in found.shut:
            tiers.require_visible(session, actor, subject, number, now=now)
        if found.to_review:
            raise Conflict(f"{counted(len(found.to_review), *NOT_REVIEWED)} not reviewed yet.")
        audit.record(session, actor, "exported", _SUBJECT, request_id, now=now, digest=found.digest)
    return get_request(db.session(), request_id), found


def gathered(session: Session, request: AccessRequest, *, reader: Actor, now: datetime) -> Gathered:
    """Return what is held on whoever asks, with what was decided on it."""
    decided = session.scalars(select(AccessReview).where(AccessReview.request_id == request.id))
    found = gathering.gather(session, request, reader=reader, now=now)
    return Gathered(found.rows, {each.place: each for each in decided}, found.shut)


def get_request(session: Session, request_id: int) -> AccessRequest:
    """Return a request.

    :raises NotFound: there is none with that number.
    """
    return get_by_id(session, AccessRequest, request_id, "There is no such request.")


def list_requests(session: Session, *, after: str | None = None) -> Page[AccessRequest]:
    """Return a page of the requests, those to answer first, the most urgent at the top."""
    order = Order(AccessRequest.id, (AccessRequest.answered_at.is_not(None), AccessRequest.due_on), is_rising=True)
    return read_page(session, select(AccessRequest), order, after=after)


def find_people(session: Session, typed: str) -> list[tuple[int, str]]:
    """Return the subscribers whose address or name was typed, as (id, name)."""
    said = typed.strip().lower()  # as the database writes it small
    if not said:
        return []
    subscriber, owned, end = table("subscriber"), table("subscriber_endpoint"), table("endpoint")
    joined = subscriber.outerjoin(owned, owned.c.subscriber_id == subscriber.c.id).outerjoin(
        end, end.c.id == owned.c.endpoint_id
    )
    like = func.lower(end.c.address).in_({said, _address(said)}) | (func.lower(subscriber.c.name) == said)
    query = select(subscriber.c.id, subscriber.c.name).select_from(joined).where(like, subscriber.c.erased_at.is_(None))
    return [(key, name or "No name") for key, name in session.execute(query.distinct().limit(50))]


def _address(typed: str) -> str:
    """Return an address as it is kept, however its number was typed; or the same words, which may be a name."""
    try:
        return read_contact(typed)[1].lower()
    except RuleViolation:
        return typed


def _covered(row: Row) -> Row:
    return replace(row, particulars=tuple(replace(each, value=_RESTRICTED) for each in row.particulars))


def _open(session: Session, request_id: int) -> AccessRequest:
    request = get_by_id(session, AccessRequest, request_id, "There is no such request.", lock=True)
    if request.answered_at is not None:
        raise Conflict("This request was answered already.")
    return request


def _require_known(session: Session, new: NewRequest) -> None:
    for name, key in (("party", new.party_id), ("subscriber", new.subscriber_id)):
        rows = table(name)
        if key is not None and session.scalar(select(rows.c.id).where(rows.c.id == key)) is None:
            raise RuleViolation("There is nobody with that number.", field=f"{name}_id")
    if new.party_id is not None and new.subscriber_id is not None:
        raise RuleViolation("Name a party or a subscriber; ask twice for somebody who is both.", field="subscriber_id")
