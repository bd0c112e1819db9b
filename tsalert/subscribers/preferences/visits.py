"""Opening the page of what an address gets: asked for by anybody, opened by the one who reads the address."""

from datetime import datetime

from flask import current_app
from msgspec import Struct
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.config import Settings
from tsalert.core.clock import as_utc
from tsalert.core.errors import NotFound, RuleViolation, TooManyTries
from tsalert.db import transaction
from tsalert.delivery import service as delivery
from tsalert.delivery.queries import EndpointView, get_endpoint
from tsalert.delivery.rules import Channel, Lane
from tsalert.subscribers.asking import require_cheap
from tsalert.subscribers.contacts import read_contact
from tsalert.subscribers.joining import PUBLIC, find_or_add
from tsalert.subscribers.models import Subscriber
from tsalert.subscribers.preferences import rules, wording
from tsalert.subscribers.preferences.models import PreferenceVisit
from tsalert.subscribers.preferences.readers import Reader, readers_of
from tsalert.subscribers.preferences.tokens import link_signer, pass_signer
from tsalert.visitors.codes import MadeCode, attach, make_code, try_code
from tsalert.visitors.limiting import spend
from tsalert.visitors.rules import KEPT_FOR, mailbox_of, network_of

PURPOSE = "preferences"


class Closed(NotFound):
    """A page of preferences that does not open; the message is one of ``rules.Refused``."""


class Visit(Struct, frozen=True):
    """An open page: the address, who reads it, who of them looks, and when the page closes."""

    id: int
    end: EndpointView
    readers: tuple[Reader, ...]
    subscriber_id: int | None
    closes_at: datetime

    @property
    def whose(self) -> tuple[int, int]:
        """Who looks, and the address.

        :raises Closed: nobody has said yet who of the readers they are.
        """
        if self.subscriber_id is None:
            raise Closed(rules.Refused.UNKNOWN)
        return self.subscriber_id, self.end.id


def ask(contact: str, *, network: str, now: datetime) -> str:
    """Send an address that we know a link and a code, and return the token of the page on which the code is typed.

    The answer is the same for an address that we do not know, and for one that was asked too often.

    :raises RuleViolation: it is no email address or telephone number, or a landline, which gets no code.
    :raises TooManyTries: too many people asked from this network.
    """
    channel, address = read_contact(contact)
    if channel is Channel.VOICE:
        raise RuleViolation("A landline can get no code. Ring us, and we will change its alerts.", field="contact")
    span = rules.WATCHED_SPAN
    with transaction() as session:
        most = rules.ASKED_PER_NETWORK
        if not spend(session, "preferences from", network_of(network), most=most, within=span, now=now):
            raise TooManyTries("Too many people have asked from your connection. Try again in an hour, or ring us.")
        require_cheap(session, channel, network, now=now)
        most = rules.ASKED_PER_ADDRESS
        is_fresh = spend(session, PURPOSE, mailbox_of(address), most=most, within=span, now=now)
        made = make_code(session, PURPOSE, None, now=now)
        # Whoever measures how long this takes learns nothing: all is done for everybody, and undone for strangers.
        with session.begin_nested() as attempt:
            end = find_or_add(session, channel, address, now)
            is_sent = bool(readers_of(session, end.id)) and is_fresh
            _send(session, end, made, now)
            if not is_sent:
                attempt.rollback()
        whose = end.id if is_sent else None
        audit.record(session, PUBLIC, "asked for preferences", "endpoint", whose, now=now, channel=channel)
        return made.token


def ask_in_vain(*, now: datetime) -> str:
    """Return a token as anybody gets one, for a machine that filled the form."""
    with transaction() as session:
        return make_code(session, PURPOSE, None, now=now).token


def open_by_code(token: str, typed: str, *, now: datetime) -> str:
    """Open a page by the code from the message, and return its pass.

    :raises RuleViolation: the code is wrong, too old, used, or was tried too often.
    """
    visit_id = try_code(PURPOSE, token, typed, now=now)
    if visit_id is None:
        raise RuleViolation("This code is wrong, more than 10 minutes old, or used. Ask for a new one.", field="code")
    return _open(visit_id, now)


def open_by_link(token: str, *, now: datetime) -> str:
    """Open a page by the link from the message, once, and return its pass.

    :raises Closed: the link is not ours, too old, or was used.
    """
    visit_id = link_signer().read(token)
    if visit_id is None:
        raise Closed(rules.Refused.UNKNOWN)
    return _open(visit_id, now)


def open_for_joiner(endpoint_id: int, *, now: datetime) -> str:
    """Open the page of an address for whoever has proved this moment that it is theirs, and return its pass."""
    with transaction() as session:
        visit = PreferenceVisit(endpoint_id=endpoint_id, asked_at=now, opened_at=now)
        session.add(visit)
        session.flush()
        audit.record(session, PUBLIC, "opened preferences", "endpoint", endpoint_id, now=now)
        return pass_signer().sign(visit.id)


def look_at_link(session: Session, token: str, *, now: datetime) -> EndpointView:
    """Return the address whose page a link would open; nothing is changed.

    :raises Closed: the link is not ours, too old, or was used.
    """
    visit_id = link_signer().read(token)
    visit = session.get(PreferenceVisit, visit_id) if visit_id is not None else None
    return get_endpoint(session, _fresh(visit, now).endpoint_id)


def require(session: Session, token: str, *, now: datetime) -> Visit:
    """Return the open page that a pass stands for.

    :raises Closed: the pass is not ours, or the page has closed.
    """
    visit_id = pass_signer().read(token)
    visit = session.get(PreferenceVisit, visit_id) if visit_id is not None else None
    if visit is None:
        raise Closed(rules.Refused.UNKNOWN)
    if (
        visit.ended_at is not None
        or visit.opened_at is None
        or not rules.is_open(visit.opened_at, rules.OPEN_LIFE, now)
    ):
        raise Closed(rules.Refused.CLOSED)
    readers = tuple(readers_of(session, visit.endpoint_id))
    who = visit.subscriber_id or (readers[0].id if len(readers) == 1 else None)
    if not readers or (who is not None and who not in {each.id for each in readers}):
        raise Closed(rules.Refused.CLOSED)
    closes_at = as_utc(visit.opened_at) + rules.OPEN_LIFE
    return Visit(visit.id, get_endpoint(session, visit.endpoint_id), readers, who, closes_at)


def choose_reader(token: str, subscriber_id: int, *, now: datetime) -> None:
    """Note who of the readers of an address looks.

    :raises Closed: the page has closed.
    :raises RuleViolation: they are none of the readers.
    """
    with transaction() as session:
        visit = require(session, token, now=now)
        if subscriber_id not in {each.id for each in visit.readers}:
            raise RuleViolation("Choose who you are.", field="reader")
        session.get_one(PreferenceVisit, visit.id).subscriber_id = subscriber_id


def end_visits(session: Session, subscriber_id: int, endpoint_id: int, *, now: datetime) -> None:
    """Close every page on which one subscriber looks at one address; a step."""
    mine = (PreferenceVisit.endpoint_id == endpoint_id, PreferenceVisit.ended_at.is_(None))
    for visit in session.scalars(select(PreferenceVisit).where(*mine)):
        if visit.subscriber_id in {None, subscriber_id}:
            visit.ended_at = now


def forget_visits(now: datetime) -> None:
    """Delete visits that closed long ago; again changes nothing."""
    with transaction() as session:
        session.execute(delete(PreferenceVisit).where(PreferenceVisit.asked_at < as_utc(now) - KEPT_FOR))


def _send(session: Session, end: EndpointView, made: MadeCode, now: datetime) -> None:
    settings: Settings = current_app.extensions["tsalert_settings"]
    visit = PreferenceVisit(endpoint_id=end.id, asked_at=now)
    session.add(visit)
    session.flush()
    attach(session, PURPOSE, made.token, visit.id)
    link = f"{settings.public_url}/preferences/link/{link_signer().sign(visit.id)}"
    content = wording.opening(authority=settings.authority_name, link=link, code=made.code)
    not_after = now + rules.LINK_LIFE
    mailing_id = delivery.create_mailing(session, content, lane=Lane.TRANSACTIONAL, now=now, not_after=not_after)
    delivery.enqueue_one(session, mailing_id, end.id, now=now)


def _open(visit_id: int, now: datetime) -> str:
    with transaction() as session:
        query = select(PreferenceVisit).where(PreferenceVisit.id == visit_id).with_for_update()
        visit = _fresh(session.scalar(query.execution_options(populate_existing=True)), now)
        visit.opened_at = now
        audit.record(session, PUBLIC, "opened preferences", "endpoint", visit.endpoint_id, now=now)
        return pass_signer().sign(visit_id)


def _fresh(visit: PreferenceVisit | None, now: datetime) -> PreferenceVisit:
    """Return a visit that may still be opened.

    :raises Closed: saying why it may not.
    """
    if visit is None:
        raise Closed(rules.Refused.OLD)
    if visit.opened_at is not None or visit.ended_at is not None:
        raise Closed(rules.Refused.USED)
    if not rules.is_open(visit.asked_at, rules.LINK_LIFE, now):
        raise Closed(rules.Refused.OLD)
    return visit


def subscriber_of(session: Session, visit: Visit) -> Subscriber:
    """Return who looks at an open page."""
    return session.get_one(Subscriber, visit.whose[0])
