"""Everything that is held on one subscriber, and erasing them: by themselves, or by an officer for one who rings."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import Conflict, NotAllowed, RuleViolation
from tsalert.db import transaction
from tsalert.retention import messages
from tsalert.retention.access import gathering
from tsalert.retention.access.gathering import Row
from tsalert.retention.models import AccessRequest
from tsalert.retention.reaching import table
from tsalert.subscribers.joining import PUBLIC
from tsalert.subscribers.preferences import forgetting, visits
from tsalert.subscribers.preferences.acting import By, by_officer, by_reader
from tsalert.subscribers.preferences.rules import TYPED_TO_ERASE
from tsalert.subscribers.rules import Kind
from tsalert.telephone.retention import erase_in_turn

_ASKING = "You asked us what we hold on you, and we are answering. Until then we must keep it. Ring us."

_NAMES_OTHERS = (
    "What we hold on an organisation names all its contacts. Ring us, and an officer will give you what is about you."
)


class Own(Struct, frozen=True):
    """What is held on whoever looks, table by table."""

    content: dict[str, list[dict[str, str]]]


def held(session: Session, token: str, *, now: datetime) -> Own:
    """Return everything that is held on the one who looks at an open page of preferences.

    :raises Closed: the page has closed.
    :raises NotAllowed: they look for an organisation, whose other contacts are in it too.
    """
    visit = visits.require(session, token, now=now)
    subscriber_id, _ = visit.whose
    if visits.subscriber_of(session, visit).kind == Kind.PARTNER:
        raise NotAllowed(_NAMES_OTHERS)
    content: dict[str, list[dict[str, str]]] = {}
    for row in gathering.gather_of_subscriber(session, subscriber_id, reader=PUBLIC, now=now).rows:
        content.setdefault(row.table, []).append(_told(row))
    return Own(content)


def take_away(token: str, *, now: datetime) -> Own:
    """Return everything that is held on the one who looks; that it was taken away is in the trail first."""
    with transaction() as session:
        subscriber_id, _ = visits.require(session, token, now=now).whose
        audit.record(session, PUBLIC, "took away what is held", "subscriber", subscriber_id, now=now)
        return held(session, token, now=now)


def erase_own(token: str, typed: str, *, now: datetime) -> None:
    """Erase the one who looks, who typed that they mean it.

    :raises Closed: the page has closed.
    :raises RuleViolation: they did not type it, or are an organisation.
    :raises Conflict: they wait for an answer to what we hold on them.
    """
    _require_typed(typed)
    with transaction() as session:
        erase_in_turn(session)
        subscriber_id, _ = visits.require(session, token, now=now).whose
        _erase(session, subscriber_id, by_reader(now))


def erase(subscriber_id: int, typed: str, *, actor: Actor, now: datetime) -> None:
    """Erase a subscriber who asked an officer for it, who typed that it is meant.

    :raises NotAllowed: the actor may not manage subscribers.
    :raises RuleViolation: it was not typed, or they are an organisation.
    :raises Conflict: they wait for an answer to what we hold on them.
    """
    actor.require(Permission.MANAGE_SUBSCRIBERS)
    _require_typed(typed)
    with transaction() as session:
        erase_in_turn(session)
        _erase(session, subscriber_id, by_officer(actor, now))


def _erase(session: Session, subscriber_id: int, by: By) -> None:
    asking = (AccessRequest.subscriber_id == subscriber_id, AccessRequest.answered_at.is_(None))
    if session.scalar(select(AccessRequest.id).where(*asking).limit(1)) is not None:
        raise Conflict(_ASKING)  # to erase what somebody asked to see would be an offence (DPA 2018, section 173)
    end, owned = table("endpoint").c, table("subscriber_endpoint").c
    read = select(end.id, end.address).where(
        end.id.in_(select(owned.endpoint_id).where(owned.subscriber_id == subscriber_id))
    )
    addresses = dict(session.execute(read).all())
    forgetting.erase(session, subscriber_id, by=by)
    session.flush()
    gone = session.scalars(select(end.id).where(end.id.in_(addresses), end.address == ""))
    messages.forget_of(session, [addresses[each] for each in gone])


def _require_typed(typed: str) -> None:
    if typed.strip().casefold() != TYPED_TO_ERASE:
        raise RuleViolation(f"Type the word {TYPED_TO_ERASE} to go on.", field="typed")


def _told(row: Row) -> dict[str, str]:
    return {each.column: each.value for each in row.particulars}
