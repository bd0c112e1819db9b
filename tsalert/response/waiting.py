"""Calls, texts and reports from the website: rows from the first moment, which wait until an officer writes them up."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import func, literal_column, select
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.by_id import get_by_id
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import Overtaken, RuleViolation
from tsalert.db import transaction
from tsalert.keysets import Order, Page, read_page
from tsalert.references.service import next_reference
from tsalert.response import kept, rules, service
from tsalert.response.models import Call
from tsalert.response.rules import NewCall
from tsalert.response.service import LoggedCall
from tsalert.response.vocabulary import Disposition, Line, MoneyState
from tsalert.staff import queries as staff
from tsalert.telephone import queries as telephone
from tsalert.telephone.queries import Story
from tsalert.telephone.service import NETWORK
from tsalert.tiers.queries import visible
from tsalert.tiers.vocabulary import Subject

# What the form takes; the whole of a longer text stands among the messages.
LONGEST_TEXT = 4000
MOST_SHOWN = 200
# Written out: a bound value is not looked up in the index of those that wait, and every page counts them.
_WAITS = Call.disposition == literal_column("'waiting'")


class Told(Struct, frozen=True):
    """What a caller wrote of the answers that an officer would ask for."""

    caller_name: str | None = None
    postcode: str | None = None
    is_safe_to_call_back: bool | None = None
    is_happening_now: bool = False
    money_state: MoneyState = MoneyState.NONE


class Contact(Struct, frozen=True):
    """What is known of a contact before anybody has written it up.

    :param told: what somebody who wrote to us answered besides.
    """

    line: Line
    phone: str | None
    phone_e164: str | None
    received_at: datetime
    happening: str | None = None
    told: Told = Told()
    via: Actor = NETWORK


class Waiting(Struct, frozen=True):
    """How many calls wait to be written up, and how many of them were missed."""

    total: int
    missed: int


class WaitingCall(Struct, frozen=True):
    """A call that waits to be written up; ``story`` of None means that it came in writing."""

    call: Call
    story: Story | None
    taken_by: str | None
    missed_at: datetime | None


def open_waiting(session: Session, contact: Contact, *, now: datetime) -> int:
    """Make the call of a contact that waits for an officer, and return its id."""
    told = contact.told
    call = Call(
        reference=next_reference(session, "C", at=now),
        line=contact.line,
        opened_at=contact.received_at,
        received_at=contact.received_at,
        recorded_at=now,
        phone=contact.phone,
        phone_e164=contact.phone_e164,
        happening=contact.happening,
        caller_name=told.caller_name,
        postcode=told.postcode,
        is_safe_to_call_back=told.is_safe_to_call_back,
        is_trader_on_site=told.is_happening_now,
        money_state=told.money_state,
        is_vulnerable=False,
        has_threat=False,
        is_work_in_progress=False,
        disposition=Disposition.WAITING,
    )
    session.add(call)
    session.flush()
    audit.record(session, contact.via, "received", "call", call.id, now=now, line=contact.line)
    return call.id


def learn_phone(session: Session, call_id: int, phone: str | None, e164: str | None) -> None:
    """Note who rings, unless an officer has written the call up by now."""
    call = session.get(Call, call_id)
    if call is not None and call.disposition == Disposition.WAITING:
        call.phone, call.phone_e164 = phone, e164


def note_voicemail(session: Session, call_id: int, *, now: datetime) -> None:
    """Note that a call ended as a message."""
    call = session.get(Call, call_id)
    if call is not None:
        call.line = Line.RAPID_VOICEMAIL
        audit.record(session, NETWORK, "ended as a message", "call", call_id, now=now, line=call.line)


def add_text(session: Session, phone: str, body: str, *, since: datetime, now: datetime) -> int | None:
    """Add a further text to the call that the same number's last one waits in; None where none does, or it is full."""
    waits = (_WAITS, Call.line == Line.RAPID_SMS, Call.phone_e164 == phone)
    query = select(Call).where(*waits, Call.received_at > since).order_by(Call.id.desc()).limit(1).with_for_update()
    call = session.scalar(query)
    joined = f"{call.happening or ''}\n{body}".strip() if call else ""
    if call is None or len(joined) > LONGEST_TEXT:
        return None
    call.happening = joined
    audit.record(session, NETWORK, "text added", "call", call.id, now=now)
    return call.id


def write_up(call_id: int, new: NewCall, *, actor: Actor, now: datetime, is_demo: bool = False) -> LoggedCall:
    """Complete a call that waits; the first ring stays the time that counts, and the line what it was.

    :raises NotFound: there is no such call.
    :raises Overtaken: somebody else was first; it says who.
    :raises RuleViolation: naming the field at fault.
    """
    actor.require(Permission.LOG_CALL)
    rules.check_call(replace(new, opened_at=None), now=now)
    if new.claimed_at is not None:
        raise RuleViolation("The time of this call is that of its first ring.", field="claimed_at")
    new = service.with_reference(new, now=now)
    with transaction() as session:
        call = _lock(session, call_id)
        _require_waiting(session, call)
        call.opened_at, call.recorded_at = min(new.opened_at or now, now), now
        return service.complete(session, call, new, actor=actor, now=now, is_demo=is_demo)


def waiting_calls(session: Session, *, reader_id: int | None = None, after: str | None = None) -> Page[WaitingCall]:
    """Return a page of the calls that wait to be written up, the longest waiting first; its reader's own above them."""
    longest_first = Order(Call.id, (Call.received_at,), is_rising=True)
    page = read_page(session, select(Call).where(_WAITS), longest_first, after=after, size=MOST_SHOWN)
    found = _with_stories(session, page.items)
    return Page(sorted(found, key=lambda each: not _is_own(each, reader_id)), page.next)


def for_reader(
    session: Session, reader: Actor, found: Sequence[WaitingCall], *, now: datetime
) -> tuple[list[WaitingCall], set[int]]:
    """Return calls that wait as this reader may see them, and which of them are no more than T1."""
    calls, bare = kept.for_reader(session, reader, [each.call for each in found], now=now)
    shown = zip(found, calls, strict=True)
    return [replace(each, call=call, story=None) if call.id in bare else each for each, call in shown], bare


def untold_calls(session: Session) -> list[WaitingCall]:
    """Return the calls that wait and of which no officer on duty was told, the longest waiting first."""
    waits = (_WAITS, ~telephone.was_told(Call.id))
    query = select(Call).where(*waits).order_by(Call.received_at, Call.id).limit(MOST_SHOWN)
    return _with_stories(session, session.scalars(query).all())


def get_waiting(session: Session, call_id: int) -> WaitingCall:
    """Return one call that waits to be written up.

    :raises NotFound: there is no such call.
    :raises Overtaken: it was written up already; it says by whom.
    """
    call = get_by_id(session, Call, call_id, "There is no such call.")
    _require_waiting(session, call)
    return _with_stories(session, [call])[0]


def earlier_calls(session: Session, call: Call, *, reader: Actor, now: datetime) -> int:
    """Count the calls that came from the same number before, those left out that are restricted for this reader."""
    if call.phone_e164 is None:
        return 0
    before = (Call.phone_e164 == call.phone_e164, Call.id != call.id, Call.received_at <= call.received_at)
    seen = visible(reader, Subject.CALL, Call.id, now=now)
    return session.scalar(select(func.count()).select_from(Call).where(*before, seen)) or 0


def count_waiting(session: Session) -> Waiting:
    """Count the calls that wait to be written up."""
    missed = func.count().filter(telephone.was_told(Call.id))
    total, told = session.execute(select(func.count(), missed).select_from(Call).where(_WAITS)).one()
    return Waiting(total, told)


def _lock(session: Session, call_id: int) -> Call:
    return get_by_id(session, Call, call_id, "There is no such call.", lock=True)


def _require_waiting(session: Session, call: Call) -> None:
    if call.disposition != Disposition.WAITING:
        who = staff.officer_names(session).get(call.logged_by or 0, "Another officer")
        raise Overtaken(f"{who} has written this call up already: {call.reference}.")


def _with_stories(session: Session, calls: Sequence[Call]) -> list[WaitingCall]:
    ids = [call.id for call in calls]
    known, told = telephone.stories(session, ids), telephone.told_at(session, ids)
    names = staff.officer_names(session) if known else {}
    return [_waiting(call, known.get(call.id), told.get(call.id), names) for call in calls]


def _waiting(call: Call, story: Story | None, told: datetime | None, names: dict[int, str]) -> WaitingCall:
    taken = story.taken if story else None
    return WaitingCall(call, story, names.get(taken.officer_id or 0) if taken else None, told)


def _is_own(waiting: WaitingCall, reader_id: int | None) -> bool:
    taken = waiting.story.taken if waiting.story else None
    return taken is not None and reader_id is not None and taken.officer_id == reader_id
