"""Finding messages to other authorities, and what they offer to us."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from tsalert.by_id import get_by_id
from tsalert.core.actors import Actor
from tsalert.core.clock import as_utc
from tsalert.core.errors import NotFound
from tsalert.exchange.models import ExchangeMessage, OfferedPack
from tsalert.exchange.rules import Kind, Sending, State
from tsalert.keysets import Order, Page, read_page
from tsalert.linked import queries as linked
from tsalert.linked.models import LinkedAuthority, LinkedKey
from tsalert.staff import queries as staff
from tsalert.tiers import queries as tiers
from tsalert.tiers.vocabulary import Subject

MOST_AT_ONCE = 20


class SendingView(Struct, frozen=True):
    """How far a message to another authority has come."""

    authority: str
    state: Sending
    made_at: datetime
    made_by: str | None
    tries: int
    due_at: datetime | None
    settled_at: datetime | None
    fault: str | None
    is_answered: bool


class PackView(Struct, frozen=True):
    """A handover that is offered to us; ``content`` is None once it is settled that we do not take it.

    ``revoked_at`` marks one whose key was revoked since it was taken in. ``earlier`` are others of the same reference.
    """

    row: OfferedPack
    authority: str
    state: State
    content: dict[str, Any] | None
    revoked_at: datetime | None
    answered_by: str | None
    answer: SendingView | None
    earlier: Sequence[OfferedPack] = ()


def find_offer(session: Session, handover_id: int, *, lock: bool = False) -> ExchangeMessage | None:
    """Return the signed offer of a handover of ours."""
    return _find(session, Kind.HANDOVER_OFFER, ExchangeMessage.handover_id == handover_id, lock=lock)


def find_answer(session: Session, pack_id: int, *, lock: bool = False) -> ExchangeMessage | None:
    """Return our answer to what was offered to us."""
    return _find(session, Kind.HANDOVER_ANSWER, ExchangeMessage.pack_id == pack_id, lock=lock)


def get_offer(session: Session, handover_id: int, *, lock: bool = False) -> ExchangeMessage:
    """Return the signed offer of a handover.

    :raises NotFound: it was sent to no linked authority.
    """
    found = find_offer(session, handover_id, lock=lock)
    if found is None:
        raise NotFound("This handover was sent to no linked authority.")
    return found


def get_answer(session: Session, pack_id: int, *, lock: bool = False) -> ExchangeMessage:
    """Return our answer to what was offered.

    :raises NotFound: it was not answered.
    """
    found = find_answer(session, pack_id, lock=lock)
    if found is None:
        raise NotFound("This was not answered.")
    return found


def find_offer_by_key(session: Session, key: str, authority_id: int) -> ExchangeMessage | None:
    """Return the offer with this number that went to this authority, locked."""
    mine = (ExchangeMessage.key == key, ExchangeMessage.authority_id == authority_id)
    query = select(ExchangeMessage).where(*mine, ExchangeMessage.kind == Kind.HANDOVER_OFFER)
    return session.scalar(query.with_for_update())


def sending_of(session: Session, message: ExchangeMessage) -> SendingView:
    """Return how far a message has come."""
    return SendingView(
        authority=linked.names(session)[message.authority_id],
        state=Sending.of(message.state),
        made_at=message.made_at,
        made_by=staff.officer_names(session).get(message.made_by or 0),
        tries=message.tries,
        due_at=message.due_at if message.state == Sending.WAITING else None,
        settled_at=message.settled_at,
        fault=message.fault,
        is_answered=message.answer_key is not None,
    )


def earlier_packs(session: Session, row: OfferedPack) -> Sequence[OfferedPack]:
    """Return what the same authority offered before under the same reference, and we took or have not answered.

    Two offers of one matter do not stand at once, unless the giver forgot the first: it was put back to before that.
    """
    same = (OfferedPack.authority_id == row.authority_id, OfferedPack.reference == row.reference)
    standing = OfferedPack.state.in_([State.OFFERED, State.ACCEPTED])
    return session.scalars(select(OfferedPack).where(*same, standing, OfferedPack.id < row.id)).all()


def find_sending(session: Session, handover_id: int) -> SendingView | None:
    """Return how far the signed offer of a handover has come; None where it was sent to no linked authority."""
    message = find_offer(session, handover_id)
    return sending_of(session, message) if message else None


def find_pack_by_key(session: Session, key: str, authority_id: int) -> OfferedPack | None:
    """Return what this authority offered under this number, locked."""
    query = select(OfferedPack).where(OfferedPack.key == key, OfferedPack.authority_id == authority_id)
    return session.scalar(query.with_for_update())


def get_pack_row(session: Session, pack_id: int, *, lock: bool = False) -> OfferedPack:
    """Return the row of one handover that is offered to us.

    :raises NotFound: there is none.
    """
    return get_by_id(session, OfferedPack, pack_id, "Nothing was offered to us under this number.", lock=lock)


def get_pack(session: Session, pack_id: int) -> PackView:
    """Return one handover that is offered to us.

    :raises NotFound: there is none.
    """
    row = get_pack_row(session, pack_id)
    answer = find_answer(session, row.id)
    (found,) = _views(session, [row])
    told = sending_of(session, answer) if answer else None
    return replace(found, answer=told, earlier=earlier_packs(session, row) if row.state == State.OFFERED else ())


def list_packs(session: Session, *, reader: Actor, now: datetime, after: int | None = None) -> Page[PackView]:
    """Return a page of what is offered to us, the newest first; none that became a restricted case.

    How far each answer has come is left out.
    """
    seen = OfferedPack.case_id.is_(None) | tiers.visible(reader, Subject.CASE, OfferedPack.case_id, now=now)
    page = read_page(session, select(OfferedPack).where(seen), Order(OfferedPack.id), after=after)
    return Page(_views(session, page.items), page.next)


def lapsed_ids(session: Session, now: datetime) -> list[int]:
    """Return what nobody answered in time."""
    late = (OfferedPack.state == State.OFFERED, OfferedPack.answer_by < as_utc(now))
    return list(session.scalars(select(OfferedPack.id).where(*late)))


def due_messages(now: datetime) -> Select[int]:
    """Return the query of the ids of what is to be sent now to those who are linked."""
    return (
        select(ExchangeMessage.id)
        .join(LinkedAuthority, LinkedAuthority.id == ExchangeMessage.authority_id)
        .where(
            ExchangeMessage.state == Sending.WAITING,
            ExchangeMessage.due_at <= as_utc(now),
            LinkedAuthority.ended_at.is_(None),
        )
        .order_by(ExchangeMessage.due_at, ExchangeMessage.id)
    )


def locked(query: Select[Any]) -> Select[Any]:
    """Return a query that locks what it finds, and reads it anew where it was read before.

    Whoever locks several rows takes the authority first, then its message, pack or handover, so that nobody who
    answers waits for somebody who takes a message in, and is waited for.
    """
    return query.with_for_update().execution_options(populate_existing=True)


def _find(session: Session, kind: Kind, about: ColumnElement[bool], *, lock: bool) -> ExchangeMessage | None:
    query = select(ExchangeMessage).where(about, ExchangeMessage.kind == kind)
    return session.scalar(locked(query) if lock else query)


def _views(session: Session, rows: Sequence[OfferedPack]) -> list[PackView]:
    authorities, officers = linked.names(session), staff.officer_names(session)
    keys = {row.key_id for row in rows}
    revoked = dict(session.execute(select(LinkedKey.id, LinkedKey.revoked_at).where(LinkedKey.id.in_(keys))).all())
    return [
        PackView(
            row=row,
            authority=authorities[row.authority_id],
            state=State.of(row.state),
            content=row.pack,
            revoked_at=revoked[row.key_id],
            answered_by=officers.get(row.answered_by or 0),
            answer=None,
        )
        for row in rows
    ]
