"""What Notify tells us: what became of a message, and what people text. It answers nobody by itself, so we do."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask import current_app
from msgspec import Struct
from sqlalchemy.orm import Session

from tsalert.config import Settings
from tsalert.core.errors import RuleViolation
from tsalert.db import db, transaction
from tsalert.delivery import returning
from tsalert.delivery import service as delivery
from tsalert.delivery.gathering import Gathering
from tsalert.delivery.naming import read_name
from tsalert.delivery.personal import Letter, page_one
from tsalert.delivery.rules import Channel, Content, EndpointStatus, Lane, Status
from tsalert.hygiene.reporting import is_reported, report
from tsalert.hygiene.rules import Kind
from tsalert.inbound import officers
from tsalert.inbound.rules import Keyword, read_source
from tsalert.inbound.service import Taken, may_answer, take_in
from tsalert.subscribers.contacts import read_contact
from tsalert.subscribers.wording import stopped_answer

# Of the address, and then its state with it; other words change nothing.
_KINDS = {"permanent-failure": Kind.HARD, "temporary-failure": Kind.SOFT}
_STATUSES = {"delivered": Status.DELIVERED, "technical-failure": Status.FAILED}
_USELESS_AFTER = timedelta(hours=1)


class Told(Struct, frozen=True):
    """What was reported of one message, which is known by our own number."""

    number: int
    channel: Channel
    status: Status
    at: datetime


def take_receipt(channel: Channel, name: str, word: str, *, now: datetime) -> None:
    """Note what became of a message that bears a name of ours; in any order, any number of times.

    Names that other installations gave to their messages touch nothing. What says nothing of an address is written
    together with all that comes at the same moment: it changes the counters of the same mailing.
    """
    settings: Settings = current_app.extensions["tsalert_settings"]
    number = read_name(settings.public_url, name)
    if number is None:
        return
    if word in _KINDS:
        _report_address(channel, number, word, now)
    elif word in _STATUSES:
        _gathering().do(Told(number, channel, _STATUSES[word], now))


def _gathering() -> Gathering[Told]:
    found: Gathering[Told] = current_app.extensions.setdefault("tsalert_notify_receipts", Gathering(_note_together))
    return found


def _report_address(channel: Channel, number: int, word: str, now: datetime) -> None:
    """Take what is said of an address; of reports that come again no more is asked than whether they are known."""
    if is_reported(db.session(), number, _KINDS[word]):
        return
    with transaction() as session:
        message = returning.find_by_number(session, number, channel)
        if message is not None:
            report(session, message, _KINDS[word], word, now=now)


def _note_together(told: Sequence[Told]) -> None:
    reports: dict[tuple[int, Channel], list[Status]] = {}
    for each in told:
        reports.setdefault((each.number, each.channel), []).append(each.status)
    with transaction() as session:
        returning.note_named(session, reports, now=max(each.at for each in told))


def take_text(reference: str, source: str, body: str, *, now: datetime) -> None:
    """Take one text message and let its answer be sent; the first report of it counts."""
    sender = read_source(source)
    with transaction() as session:
        taken = take_in(session, reference, sender, body, now=now)
        if taken is not None:
            _answer(session, sender, taken, now)


def _answer(session: Session, sender: str, taken: Taken, now: datetime) -> None:
    settings: Settings = current_app.extensions["tsalert_settings"]
    words, mobile = taken.answer, _mobile(sender)
    if taken.word == Keyword.STOP and may_answer(session, sender, now=now):
        words = stopped_answer(authority=settings.authority_name)
    if not words or mobile is None:
        return
    content, until = Content(sms=words), now + _USELESS_AFTER
    if taken.word == officers.VERB:
        page_one(session, Letter(Channel.SMS, mobile, content, until), now=now)
        return
    status = EndpointStatus.UNCONFIRMED
    endpoint_id = delivery.find_or_add_endpoint(session, Channel.SMS, mobile, status=status, now=now)
    mailing_id = delivery.create_mailing(session, content, lane=Lane.TRANSACTIONAL, now=now, not_after=until)
    delivery.enqueue_one(session, mailing_id, endpoint_id, now=now)


def _mobile(sender: str) -> str | None:
    """Return the number to which a text can go; None for words, landlines, and countries to which none goes."""
    try:
        channel, number = read_contact(sender)
    except RuleViolation:
        return None
    return number if channel is Channel.SMS else None
