"""Writing a message to a linked authority for the worker to send; steps of what offers and of what answers."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from msgspec import Struct
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tsalert.core.actors import Actor
from tsalert.core.clock import as_utc
from tsalert.core.errors import Conflict
from tsalert.exchange import rules
from tsalert.exchange.models import ExchangeMessage
from tsalert.exchange.rules import Head, Kind, Sending
from tsalert.linked.models import LinkedAuthority
from tsalert.linked.signing import own_address


class NewMessage(Struct, frozen=True):
    """A message to write, about a handover of ours or about what was offered to us."""

    kind: Kind
    content: dict[str, Any]
    handover_id: int | None = None
    pack_id: int | None = None


def queue(
    session: Session, authority: LinkedAuthority, new: NewMessage, *, actor: Actor, now: datetime
) -> ExchangeMessage:
    """Write a message that the worker sends; a step.

    :raises Conflict: there is a message of this kind about the same already.
    """
    key = uuid4().hex
    head = Head(key, new.kind, sender=own_address(), addressee=authority.url, made_at=as_utc(now))
    payload = rules.write_message(head, new.content)
    message = ExchangeMessage(
        key=key,
        authority_id=authority.id,
        handover_id=new.handover_id,
        pack_id=new.pack_id,
        kind=new.kind,
        payload=payload,
        made_at=now,
        made_by=actor.officer_id,
        state=Sending.WAITING,
        tries=0,
        due_at=as_utc(now),
    )
    session.add(message)
    try:
        session.flush()
    except IntegrityError as error:
        raise Conflict("This was sent to a linked authority before.") from error
    return message


def start_again(message: ExchangeMessage, *, now: datetime) -> None:
    """Have a message sent from the first try on; a step.

    :raises Conflict: it waits in any case.
    """
    if message.state == Sending.WAITING:
        raise Conflict("This waits to be sent already.")
    message.state, message.tries, message.due_at, message.settled_at = Sending.WAITING, 0, as_utc(now), None
    message.fault = None
