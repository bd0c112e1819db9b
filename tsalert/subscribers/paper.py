"""Joining on paper: forms that people signed, entered a batch at a time; each row stands by itself."""

from collections.abc import Mapping
from datetime import date, datetime

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import Actor, Permission
from tsalert.core.clock import london_date, london_midnight
from tsalert.core.errors import RuleViolation
from tsalert.core.words import write_day
from tsalert.db import transaction
from tsalert.delivery.queries import left_since
from tsalert.subscribers.consenting import Given, record_signed
from tsalert.subscribers.contacts import read_contact
from tsalert.subscribers.joining import Wish, find_or_add, join_person, require_known, with_known_partner
from tsalert.subscribers.rules import LARGE_PRINT, Source

_EARLIEST = date(1950, 1, 1)


class Batch(Struct, frozen=True):
    """What a pile of forms has in common; ``reference`` is how they are found again, such as ``Box 3, library``."""

    reference: str
    signed_on: date
    topics: tuple[str, ...] = ()
    frequency: str | None = None
    partner_code: str | None = None


class Signed(Struct, frozen=True):
    """One signed form: an email address or a telephone number as written, and what else it says."""

    contact: str
    name: str | None = None
    postcode: str | None = None
    is_large_print: bool = False


def add_from_paper(
    batch: Batch, forms: Mapping[int, Signed], *, actor: Actor, now: datetime
) -> dict[int, RuleViolation]:
    """Put everybody on the list whose form is good, and return what is wrong with the others by their row.

    Who left or was removed and signs anew is on the list again, but not by a form of before. Entering a form twice
    changes nothing but the history of consent.

    :raises NotAllowed: the actor may not manage subscribers.
    :raises RuleViolation: the date, a topic or the partner's code of the batch is not valid.
    """
    actor.require(Permission.MANAGE_SUBSCRIBERS)
    _check_day(batch.signed_on, london_date(now))
    faults: dict[int, RuleViolation] = {}
    with transaction() as session:
        require_known(session, Wish(batch.topics))
        known = with_known_partner(session, Wish(partner_code=batch.partner_code))
        batch = replace(batch, partner_code=known.partner_code)
        for row, signed in forms.items():
            try:
                with session.begin_nested():
                    _add(session, batch, signed, actor, now)
            except RuleViolation as error:
                faults[row] = error
    return faults


def _check_day(signed_on: date, today: date) -> None:
    if not _EARLIEST <= signed_on <= today:
        raise RuleViolation("Enter the day on which the forms were signed.", field="signed_on")


def _require_later_wish(session: Session, endpoint_id: int, signed_on: date) -> None:
    """Refuse a form that was signed before the reader of its address asked us to stop: what they said last counts."""
    left_at = left_since(session, endpoint_id)
    if left_at is not None and signed_on < (left_on := london_date(left_at)):
        raise RuleViolation(
            f"They asked us to stop on {write_day(left_on)}, after this form was signed. They can sign another.",
            field="contact",
        )


def _add(session: Session, batch: Batch, signed: Signed, actor: Actor, now: datetime) -> None:
    channel, address = read_contact(signed.contact)
    wish = Wish(
        batch.topics,
        signed.postcode,
        name=signed.name,
        frequency=batch.frequency,
        formats=(LARGE_PRINT,) if signed.is_large_print else (),
        partner_code=batch.partner_code,
    )
    end = find_or_add(session, channel, address, now)
    _require_later_wish(session, end.id, batch.signed_on)
    person = join_person(session, wish, end, source=Source.PAPER, now=now)
    given = Given(london_midnight(batch.signed_on), f"paper form, {batch.reference}")
    record_signed(session, (person.subscriber_id, end.id), given, now=now, recorded_by=actor.officer_id)
    told = {"channel": end.channel, "method": Source.PAPER}
    audit.record(session, actor, "added", "subscriber", person.subscriber_id, now=now, **told)
