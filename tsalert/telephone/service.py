"""What happens in a call, written down as it happens; steps of the room that takes calls in."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import Actor, Via
from tsalert.db import insert_ignoring_conflicts, take_turns
from tsalert.telephone import routing, telling
from tsalert.telephone.models import Recording, TelephoneCall, TelephoneEvent
from tsalert.telephone.routing import House, Plan
from tsalert.telephone.rules import (
    KEPT_FOR,
    LIMITS_REACHED,
    Answer,
    AskForMessage,
    Caller,
    EventKind,
    HangUp,
    Reason,
    Ring,
)

NETWORK = Actor(None, "telephone", frozenset(), Via.TELEPHONE)
# Any number will do that no other lock of ours uses.
_LOCK_NUMBER = 7_253_785
# Twilio waits 15 seconds for an answer.
LONGEST_LOCK = "8s"


def take_reports_in_turn(session: Session) -> None:
    """Let one report of a call be taken after the other, so that no two answer it and none slips past a limit.

    SQLite has one writer as it is. A caller listens to silence meanwhile, so nobody waits longer than a few seconds.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT set_config('lock_timeout', :longest, true)"), {"longest": LONGEST_LOCK})
    take_turns(session, _LOCK_NUMBER)


def find_call(session: Session, provider_ref: str) -> TelephoneCall | None:
    """Return the call that the provider knows by a reference."""
    return session.scalar(select(TelephoneCall).where(TelephoneCall.provider_ref == provider_ref))


def begin_call(session: Session, call_id: int, provider_ref: str, *, called: str, rang_at: datetime) -> TelephoneCall:
    """Write down that somebody rings, of whom nothing is known yet."""
    told = {"provider_ref": provider_ref, "called": called, "rang_at": rang_at}
    row = TelephoneCall(call_id=call_id, caller="", prefix="", **told)
    session.add(row)
    session.flush()
    return row


def learn_caller(session: Session, call: TelephoneCall, caller: Caller) -> None:
    """Write down who rings."""
    call.caller, call.prefix = caller.shown, caller.prefix
    session.flush()


def answer_call(session: Session, call: TelephoneCall, place: int, *, house: House, now: datetime) -> Answer:
    """Decide what a caller gets who has come to a place in the chain; asked again, the same."""
    events = events_of(session, call.id)
    known = _answer_given(events, place)
    if known is not None:
        return known
    rung = {each.officer_id for each in events if each.kind == EventKind.RANG and each.officer_id}
    chosen = routing.plan(session, call.prefix, rung, house=house, now=now)
    _raise_alarms(session, call, chosen, now)
    if chosen.candidate is None:
        reason = chosen.reason or Reason.NOBODY_TO_RING
        note(session, call, EventKind.MESSAGE_ASKED, place, now=now, word=reason)
        return AskForMessage(reason)
    ring = Ring(place, chosen.candidate.officer_id, chosen.candidate.mobile)
    note_ring(session, call, ring, now=now)
    return ring


def note_ring(session: Session, call: TelephoneCall, ring: Ring, *, now: datetime) -> None:
    """Write down that an officer's mobile was rung."""
    note(session, call, EventKind.RANG, ring.place, now=now, officer_id=ring.officer_id, number=ring.mobile)


def take_call(session: Session, call: TelephoneCall, place: int, *, now: datetime) -> bool:
    """Write down that the officer at a place took the call by a key; False where it is too late."""
    events = events_of(session, call.id)
    if has(events, EventKind.TAKEN, place):
        return True
    if has(events, EventKind.ENDED) or has(events, EventKind.NOT_TAKEN, place):
        return False
    note(session, call, EventKind.TAKEN, place, now=now, officer_id=officer_at(events, place))
    return True


def note_result(session: Session, call: TelephoneCall, place: int, *, word: str, bridged: bool, now: datetime) -> bool:
    """Write down how the ringing at a place came out; tells whether the officer had the call.

    :param bridged: the network says that the two were connected, which only the key does.
    """
    events = events_of(session, call.id)
    if has(events, EventKind.TAKEN, place):
        return True
    kind = EventKind.TAKEN if bridged else EventKind.NOT_TAKEN
    note(session, call, kind, place, now=now, officer_id=officer_at(events, place), word=word)
    return bridged


def note_end(session: Session, call: TelephoneCall, *, word: str, seconds: int | None, now: datetime) -> bool:
    """Write down that the call ended; False where that was known."""
    return note(session, call, EventKind.ENDED, 0, now=now, word=word, seconds=seconds)


def note_message(
    session: Session, call: TelephoneCall, provider_ref: str, *, seconds: int | None, now: datetime
) -> bool:
    """Write down that a caller left a message, which is to be fetched; False where that was known."""
    values = {
        "telephone_call_id": call.id,
        "provider_ref": provider_ref,
        "seconds": seconds,
        "left_at": now,
        "keep_until": now + KEPT_FOR,
        "due_at": now,
        "attempts": 0,
    }
    adding = insert_ignoring_conflicts(session, Recording).values(values)
    if session.scalar(adding.returning(Recording.id)) is None:
        return False
    audit.record(session, NETWORK, "message left", "call", call.call_id, now=now, recording=provider_ref)
    return True


def note(
    session: Session,
    call: TelephoneCall,
    kind: EventKind,
    place: int,
    *,
    now: datetime,
    **told: str | int | None,
) -> bool:
    """Add one event; False where that kind is known at that place."""
    values = {"telephone_call_id": call.id, "kind": kind, "place": place, "at": now, **told}
    adding = insert_ignoring_conflicts(session, TelephoneEvent).values(values)
    if session.scalar(adding.returning(TelephoneEvent.id)) is None:
        return False
    audit.record(session, NETWORK, kind, "call", call.call_id, now=now, place=place, officer_id=told.get("officer_id"))
    return True


def events_of(session: Session, telephone_call_id: int) -> Sequence[TelephoneEvent]:
    """Return what happened in a call, in the order in which it was told."""
    query = select(TelephoneEvent).where(TelephoneEvent.telephone_call_id == telephone_call_id)
    return session.scalars(query.order_by(TelephoneEvent.id)).all()


def has(events: Sequence[TelephoneEvent], kind: EventKind, place: int | None = None) -> bool:
    """Tell whether something happened, at one place or at any."""
    return any(each.kind == kind and place in {None, each.place} for each in events)


def officer_at(events: Sequence[TelephoneEvent], place: int) -> int | None:
    """Return who was rung at a place."""
    return next((each.officer_id for each in events if each.kind == EventKind.RANG and each.place == place), None)


def _answer_given(events: Sequence[TelephoneEvent], place: int) -> Answer | None:
    for each in events:
        if each.kind == EventKind.RANG and each.place == place:
            return Ring(place, each.officer_id or 0, each.number or "")
        if each.kind == EventKind.MESSAGE_ASKED:
            return AskForMessage(Reason.of(each.word or Reason.NOBODY_TO_RING))
    return HangUp() if has(events, EventKind.ENDED) or has(events, EventKind.TAKEN) else None


def _raise_alarms(session: Session, call: TelephoneCall, chosen: Plan, now: datetime) -> None:
    if chosen.is_uncovered:
        telling.tell_of_gap(session, now=now)
    if chosen.reason in LIMITS_REACHED and chosen.reason is not None:
        telling.tell_of_limit(session, chosen.reason, call.prefix, now=now)
