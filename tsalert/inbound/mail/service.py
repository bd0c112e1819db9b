"""Taking in a mail: once, and only what our own token names is touched."""

from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tsalert.alerts import queries as alerts
from tsalert.audit import service as audit
from tsalert.core.actors import SERVICE
from tsalert.db import insert_ignoring_conflicts, transaction
from tsalert.delivery import returning
from tsalert.delivery.returning import Returned
from tsalert.hygiene.reporting import report
from tsalert.hygiene.rules import Kind
from tsalert.inbound.mail.models import InboundMail
from tsalert.inbound.mail.reading import Mail, as_unread, read_mail
from tsalert.inbound.mail.rules import Sort
from tsalert.response import waiting
from tsalert.response.vocabulary import Line
from tsalert.response.waiting import LONGEST_TEXT, Contact
from tsalert.visitors.limiting import spend

_KINDS = {Sort.BOUNCE: Kind.HARD, Sort.SOFT_BOUNCE: Kind.SOFT, Sort.COMPLAINT: Kind.COMPLAINT}
# Beyond these a mail is still kept and listed, but does not stand in the way of those who ring.
_MOST_OF_ONE, _MOST_IN_ALL = 5, 60
_SPAN = timedelta(hours=1)


class Taken(Struct, frozen=True):
    """What a mail was taken as; ``is_new`` is False where it came before."""

    sort: Sort
    is_new: bool


def take_mail(raw: bytes, *, now: datetime) -> Taken:
    """Take one mail as a mail server hands it over, any number of times; the first time counts."""
    mail = read_mail(raw)
    with transaction() as session:
        return _take(session, mail, len(raw), now)


def keep_unread(raw: bytes, *, now: datetime) -> Taken:
    """Keep a mail that could not be taken for what it is, so that an officer sees it."""
    with transaction() as session:
        return _take(session, as_unread(read_mail(raw), raw), len(raw), now)


def _take(session: Session, mail: Mail, size: int, now: datetime) -> Taken:
    values = {
        "digest": mail.digest,
        "taken_as": mail.sort,
        "code": mail.code,
        "sender": mail.sender,
        "subject": mail.subject,
        "body": mail.body,
        "size": size,
        "received_at": now,
    }
    adding = insert_ignoring_conflicts(session, InboundMail).values(values).returning(InboundMail.id)
    new_id = session.scalar(adding)
    if new_id is None:
        known = session.scalars(select(InboundMail.taken_as).where(InboundMail.digest == mail.digest)).one()
        return Taken(Sort.of(known), is_new=False)
    about = _find_message(session, mail)
    call_id = _wait(session, mail, about, now) if mail.sort is Sort.MESSAGE else None
    if about and mail.sort in _KINDS:
        report(session, about, _KINDS[mail.sort], mail.code, now=now)
    which = {"delivery_id": about.delivery_id if about else None, "call_id": call_id}
    session.execute(update(InboundMail).where(InboundMail.id == new_id).values(which))
    audit.record(session, SERVICE, "received", "inbound mail", new_id, now=now, taken_as=mail.sort)
    return Taken(mail.sort, is_new=True)


def _find_message(session: Session, mail: Mail) -> Returned | None:
    found = (returning.find_by_token(session, token) for token in mail.tokens)
    return next((each for each in found if each), None)


def _wait(session: Session, mail: Mail, about: Returned | None, now: datetime) -> int | None:
    """Let an officer see to what a person wrote."""
    if not (
        spend(session, "mail of one", mail.sender.casefold(), most=_MOST_OF_ONE, within=_SPAN, now=now)
        and spend(session, "mail in all", "", most=_MOST_IN_ALL, within=_SPAN, now=now)
    ):
        return None
    reference = alerts.reference_of_mailing(session, about.mailing_id) if about else None
    return waiting.open_waiting(session, Contact(Line.OTHER, None, None, now, _words(mail, reference)), now=now)


def _words(mail: Mail, reference: str | None) -> str:
    what = f"Answer by email to alert {reference}" if reference else "Email"
    kept = f"\n\n{mail.attachments} attached, not kept." if mail.attachments else ""
    return f"{what} from {mail.sender or 'nobody named'}: {mail.subject}\n\n{mail.body}"[: LONGEST_TEXT - 60] + kept
