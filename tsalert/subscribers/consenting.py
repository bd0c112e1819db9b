"""Writing down that somebody agreed, or took it back. A step of joining and leaving."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy.orm import Session

from tsalert.subscribers.models import ConsentEvent
from tsalert.subscribers.rules import WORDINGS, Act, Source


class Given(Struct, frozen=True):
    """Consent that was given before it is written down: when, and where it can be read."""

    at: datetime
    source: str


def record_consent(
    session: Session,
    whose: tuple[int, int],
    act: Act,
    *,
    method: Source,
    now: datetime,
    recorded_by: int | None = None,
) -> None:
    """Add one event to a person's history of consent, with the words they agreed to.

    :param whose: the subscriber and the address.
    :param recorded_by: the officer who wrote it down, where one did.
    """
    subscriber_id, endpoint_id = whose
    session.add(
        ConsentEvent(
            subscriber_id=subscriber_id,
            endpoint_id=endpoint_id,
            act=act,
            method=method,
            wording="" if act is Act.WITHDRAWN else WORDINGS[method],
            source=method,
            at=now,
            recorded_at=now,
            recorded_by=recorded_by,
        )
    )


def record_signed(
    session: Session, whose: tuple[int, int], given: Given, *, now: datetime, recorded_by: int | None
) -> None:
    """Add to a person's history of consent that they signed a form, on the day on which they did.

    :param whose: the subscriber and the address.
    :param recorded_by: the officer who entered the form, if it was no command.
    """
    subscriber_id, endpoint_id = whose
    session.add(
        ConsentEvent(
            subscriber_id=subscriber_id,
            endpoint_id=endpoint_id,
            act=Act.GIVEN,
            method=Source.PAPER,
            wording=WORDINGS[Source.PAPER],
            source=given.source,
            at=given.at,
            recorded_at=now,
            recorded_by=recorded_by,
        )
    )
