"""Reading the timeline of a case, page by page."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.cases import queries as cases
from tsalert.cases.models import CaseNote
from tsalert.chronology.rules import Event, EventKind, in_order, place_of
from tsalert.chronology.sources import SOURCES, courts
from tsalert.core.actors import Actor
from tsalert.keysets import page_among


class Asked(Struct, frozen=True):
    """Which part of a timeline is wanted; no kinds means all."""

    kinds: tuple[EventKind, ...] = ()
    after: str | None = None


class Timeline(Struct, frozen=True):
    """Some events in order of occurrence of all that are wanted; ``next`` is the ``after`` of the page that follows."""

    items: Sequence[Event]
    total: int
    next: str | None


def whole_timeline(session: Session, case_id: int, *, reader: Actor, now: datetime) -> list[Event]:
    """Return everything that happened in a case, in order of occurrence, with all words."""
    return _with_texts(session, in_order(_events(session, case_id, reader, now)))


def timeline(session: Session, case_id: int, asked: Asked, *, reader: Actor, now: datetime) -> Timeline:
    """Return one page of what happened in a case, in order of occurrence, as a reader may see it.

    :raises NotFound: there is no such case.
    :raises RuleViolation: ``after`` is no place of a timeline.
    """
    cases.get_case(session, case_id)
    found = _events(session, case_id, reader, now)
    wanted = [event for event in found if not asked.kinds or event.kind in asked.kinds]
    page = page_among(in_order(wanted), place_of, (datetime, datetime, str, int), after=asked.after)
    return Timeline(_with_texts(session, page.items), len(wanted), page.next)


def _events(session: Session, case_id: int, reader: Actor, now: datetime) -> Iterator[Event]:
    for source in SOURCES:
        yield from source(session, case_id)
    yield from courts(session, case_id, reader=reader, now=now)


def _with_texts(session: Session, events: Sequence[Event]) -> list[Event]:
    """Return the events with the words of their entries of the log, which are read for one page alone."""
    wanted = [event.id for event in events if event.kind is EventKind.LOG]
    rows = session.execute(select(CaseNote.id, CaseNote.text, CaseNote.reason).where(CaseNote.id.in_(wanted)))
    said = {note_id: (text, reason) for note_id, text, reason in rows}
    return [_with_text(event, *said[event.id]) if event.kind is EventKind.LOG else event for event in events]


def _with_text(event: Event, text: str, reason: str | None) -> Event:
    return replace(event, text=f"{text}\n\nIn place of an earlier entry: {reason}" if reason else text)
