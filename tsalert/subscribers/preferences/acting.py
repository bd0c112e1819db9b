"""Who changes what somebody gets, and what is kept of it: the trail, and the history of consent."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import Actor
from tsalert.subscribers.joining import PUBLIC
from tsalert.subscribers.models import ConsentEvent
from tsalert.subscribers.rules import Act, Source


class By(Struct, frozen=True):
    """Who acts and when: the subscriber on our pages, or an officer for one who rings."""

    actor: Actor
    method: Source
    now: datetime

    @property
    def is_reader(self) -> bool:
        """True where the reader of the address acts."""
        return self.actor.officer_id is None


def by_reader(now: datetime) -> By:
    """Return whoever reads an address as the one who acts."""
    return By(PUBLIC, Source.WEB, now)


def by_officer(actor: Actor, now: datetime) -> By:
    """Return an officer who acts for one who rings."""
    return By(actor, Source.PHONE, now)


def note_consent(session: Session, subscriber_id: int, endpoint_id: int, said: tuple[Act, str], *, by: By) -> None:
    """Add to a person's history of consent what they agreed to, or asked for, and which officer wrote it down."""
    act, words = said
    session.add(
        ConsentEvent(
            subscriber_id=subscriber_id,
            endpoint_id=endpoint_id,
            act=act,
            method=by.method,
            wording=words,
            source=by.method,
            at=by.now,
            recorded_at=by.now,
            recorded_by=by.actor.officer_id,
        )
    )


def note_act(session: Session, action: str, subscriber_id: int, *, by: By, **detail: str | int) -> None:
    """Enter a change of a subscriber in the trail."""
    audit.record(session, by.actor, action, "subscriber", subscriber_id, now=by.now, method=by.method, **detail)
