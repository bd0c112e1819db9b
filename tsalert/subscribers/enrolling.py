"""A batch of rows put on the list, in a dozen statements whatever its size. A step of an import."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct, field
from msgspec.structs import replace
from sqlalchemy.orm import Session

from tsalert.bulk import add_many
from tsalert.delivery.queries import EndpointView, endpoints_by_id
from tsalert.delivery.rules import Channel, EndpointStatus
from tsalert.delivery.service import NewEndpoint, confirm_endpoints, find_or_add_endpoints
from tsalert.subscribers.models import ConsentEvent
from tsalert.subscribers.partners import Declaration, declare
from tsalert.subscribers.people import Person, Roll, read_roll, write_roll
from tsalert.subscribers.rows import ImportRow
from tsalert.subscribers.rules import IMPORT_WORDING, Act, Kind, Source, changes_by_import, same_name, same_person

_STILL_OPEN = frozenset({EndpointStatus.UNCONFIRMED, EndpointStatus.ACTIVE})


class Tally(Struct):
    """What became of a batch; ``unconfirmed`` holds the endpoints that still have to confirm."""

    added: int = 0
    updated: int = 0
    left: int = 0
    unconfirmed: dict[int, ImportRow] = field(default_factory=dict)


class _Work(Struct):
    """A batch in hand: ``confirming`` holds endpoints that become active, ``consents`` who agreed where."""

    roll: Roll
    tally: Tally = field(default_factory=Tally)
    confirming: set[int] = field(default_factory=set)
    consents: list[tuple[Person, int, ImportRow]] = field(default_factory=list)
    declarations: list[tuple[Person, ImportRow]] = field(default_factory=list)


def enrol(
    session: Session, rows: Sequence[ImportRow], *, topics: Mapping[str, int], now: datetime, recorded_by: int | None
) -> Tally:
    """Add or update the subscribers of a batch; whoever left, or is suppressed, is left alone.

    :param topics: the id of each topic by its slug.
    :param recorded_by: the officer who imports them, if it is no command.
    """
    endpoints = _endpoints_by_row(session, rows, now)
    work = _Work(read_roll(session, {end.id for ends in endpoints for end in ends}))
    for row, ends in zip(rows, endpoints, strict=True):
        _enrol_row(work, row, ends)
    write_roll(session, work.roll, topics, now=now)
    confirm_endpoints(session, work.confirming, now=now)
    _write_consents(session, work.consents, now, recorded_by)
    declare(session, [_declaration(person, row) for person, row in work.declarations], now=now)
    for endpoint_id in work.confirming:
        work.tally.unconfirmed.pop(endpoint_id, None)
    return work.tally


def _endpoints_by_row(session: Session, rows: Sequence[ImportRow], now: datetime) -> list[list[EndpointView]]:
    wanted = [NewEndpoint(*address, EndpointStatus.UNCONFIRMED) for row in rows for address in row.addresses]
    ids = iter(find_or_add_endpoints(session, wanted, now=now))
    found = [[next(ids) for _ in row.addresses] for row in rows]
    views = endpoints_by_id(session, {endpoint_id for each in found for endpoint_id in each}, lock=True)
    return [[views[endpoint_id] for endpoint_id in each] for each in found]


def _enrol_row(work: _Work, row: ImportRow, ends: Sequence[EndpointView]) -> None:
    """Enrol one row at those of its addresses that may still be written to."""
    known = _find_person(work.roll, row, ends)
    person = known or Person(row.kind or Kind.RESIDENT, row.name, row.ward, row.postcode, partner_code=row.partner_code)
    stays = [_subscribe(work, person, row, end) for end in ends if _is_open(end)]
    if not any(stays):
        work.tally.left += 1
        return
    if known is None:
        work.roll.people.append(person)
        work.tally.added += 1
    else:
        kind = known.kind if known.kind == Kind.PARTNER else row.kind
        person.update(kind=kind, name=row.name, ward=row.ward, postcode=row.postcode)
        work.tally.updated += 1
    person.update(language=row.language)
    person.ask_for(row.formats)
    if person.kind == Kind.PARTNER:
        work.declarations.append((person, row))


def _find_person(roll: Roll, row: ImportRow, ends: Sequence[EndpointView]) -> Person | None:
    """Return whom a row is about; an organisation and the people who read its mail stay apart."""
    by_email, by_phone = list[Person](), list[Person]()
    for end in ends:
        found = by_email if end.channel is Channel.EMAIL else by_phone
        found += [each for each in roll.readers[end.id] if _may_be(each, row)]
    return same_person(row.name, by_email, by_phone, gives_email=row.addresses[0][0] is Channel.EMAIL)


def _may_be(reader: Person, row: ImportRow) -> bool:
    return reader.kind == (row.kind or Kind.RESIDENT) or same_name(reader.name, row.name)


def _is_open(end: EndpointView) -> bool:
    return end.status in _STILL_OPEN and not end.is_suppressed


def _subscribe(work: _Work, person: Person, row: ImportRow, end: EndpointView) -> bool:
    """Change what a person gets at one address; returns whether they get anything there."""
    changes = changes_by_import(person.held_at(end.id), row.topics, row.frequency)
    person.apply(end.id, changes, source=Source.IMPORT, frequency=row.frequency)
    topics = person.open_at(end.id)
    if not topics:
        return False
    is_new = work.roll.link(person, end.id, end.channel)
    awaits = end.status is EndpointStatus.UNCONFIRMED and end.id not in work.confirming
    if not row.has_consent:
        if awaits:
            # Who confirms gets these: a row that names no topic gives no other to somebody known.
            work.tally.unconfirmed[end.id] = replace(row, topics=topics)
    elif awaits or is_new:
        work.consents.append((person, end.id, row))
        if awaits:
            work.confirming.add(end.id)
    return True


def _write_consents(
    session: Session, consents: Sequence[tuple[Person, int, ImportRow]], now: datetime, recorded_by: int | None
) -> None:
    rows = [
        {
            "subscriber_id": person.id,
            "endpoint_id": endpoint_id,
            "act": Act.GIVEN,
            "method": Source.IMPORT,
            "wording": IMPORT_WORDING,
            "source": row.consent_source,
            "at": row.consent_at,
            "recorded_at": now,
            "recorded_by": recorded_by,
        }
        for person, endpoint_id, row in consents
    ]
    add_many(session, ConsentEvent, rows)


def _declaration(person: Person, row: ImportRow) -> Declaration:
    return Declaration(person.subscriber_id, row.declared_reach, row.consent_source, row.consent_at)
