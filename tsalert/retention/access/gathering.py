"""Everything that is held on one person, across all tables, as the register of what is held knows the ways to it."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import ColumnElement, Table, func, select
from sqlalchemy.orm import Session

from tsalert.core.actors import Actor
from tsalert.retention.held.entries import Held, Treatment
from tsalert.retention.held.register import REGISTER, treatment_of
from tsalert.retention.models import AccessRequest
from tsalert.retention.reaching import Reach, leads_to, links, rows_under, table, widen
from tsalert.retention.vocabulary import Root
from tsalert.subscribers.oneness import numbers_of
from tsalert.tiers import queries as tiers
from tsalert.tiers.vocabulary import Subject

# Whose particulars these tables hold is the person who asks; everywhere else they may be somebody else's.
_OWN = frozenset({"party", "party_name", "party_identifier", "subscriber", "endpoint", "sign_up"})
# Indexes say again what stands beside them; a request says nothing that its person does not know; secrets stay ours.
_LEFT_OUT = frozenset(
    {"party_name_key", "call_place", "access_request", "access_review", "legal_hold", "page_code", "search_document"}
)
_SECRET = frozenset({"storage_key", "address_key", "network_digest", "code", "token_digest"})


class Particular(Struct, frozen=True):
    """One column of one row that is held on somebody.

    :param place: names it: table, key of the row, column.
    :param is_to_review: it may tell of somebody else, so a person looks at it before it leaves.
    """

    place: str
    column: str
    value: str
    is_to_review: bool


class Row(Struct, frozen=True):
    """One row of one table that is held on somebody.

    :param is_kept: it hangs from a restricted record that the reader has not opened.
    """

    table: str
    key: str
    particulars: tuple[Particular, ...]
    is_kept: bool = False


class Found(Struct, frozen=True):
    """All that is held on somebody, and the restricted records among it that the reader has not opened."""

    rows: list[Row]
    shut: tuple[tuple[Subject, int], ...]


def gather(session: Session, request: AccessRequest, *, reader: Actor, now: datetime) -> Found:
    """Return everything that is held on whoever asks, table by table, with what is kept from the reader marked."""
    return _gather(session, _people(session, request), reader=reader, now=now)


def gather_of_subscriber(session: Session, subscriber_id: int, *, reader: Actor, now: datetime) -> Found:
    """Return everything that is held on a subscriber, who asks for it without anybody's help."""
    return _gather(session, Reach({Root.SUBSCRIBER: numbers_of(session, subscriber_id)}), reader=reader, now=now)


def _gather(session: Session, own: Reach, *, reader: Actor, now: datetime) -> Found:
    reach = _records(session, own)
    shut = _shut(session, reach, reader, now)
    found: list[Row] = []
    for entry in REGISTER.values():
        if entry.table not in _LEFT_OUT and (leads_to(entry, reach) or entry.table in _BY_ADDRESS):
            kept = _keys(session, entry, shut)
            rows = _rows(session, entry, _condition(entry, reach), own)
            found += [replace(row, is_kept=row.key in kept) for row in rows]
    records = ((Subject.of(root.value), key) for root, keys in shut.ids.items() for key in keys)
    return Found(found, tuple(records))


def _shut(session: Session, reach: Reach, reader: Actor, now: datetime) -> Reach:
    """Return those of some records that are restricted and that the reader has not opened."""
    found = Reach()
    for subject in (Subject.CASE, Subject.INCIDENT, Subject.CALL, Subject.PARTY):
        root = Root.of(subject.value)
        ids = [key for key in reach.of(root) if not tiers.may_see(session, reader, subject, key, now=now)]
        found = found.plus(root, ids) if ids else found
    return found


def _keys(session: Session, entry: Held, shut: Reach) -> frozenset[str]:
    """Return the keys of a table's rows that hang from records which are kept from the reader."""
    if not shut.ids:
        return frozenset()
    rows = table(entry.table)
    query = select(*rows.primary_key).where(rows_under(entry, shut))
    return frozenset("-".join(str(part) for part in key) for key in session.execute(query))


def _people(session: Session, request: AccessRequest) -> Reach:
    """Return the party who asks with those held to be the same, or the subscriber."""
    if request.subscriber_id is not None:
        return Reach({Root.SUBSCRIBER: numbers_of(session, request.subscriber_id)})
    if request.party_id is None:
        return Reach()
    party = table("party")
    identity = func.coalesce(party.c.identity_id, party.c.id)
    mine = select(identity).where(party.c.id == request.party_id).scalar_subquery()
    return Reach({Root.PARTY: tuple(session.scalars(select(party.c.id).where(identity == mine)))})


def _records(session: Session, own: Reach) -> Reach:
    """Add the calls, incidents and cases that name these people, and what hangs from them."""
    reach = own
    for entry, column in links():
        rows = table(entry.table)
        named = rows.c[column].in_(own.of(Root.PARTY))
        for key, root in (("call_id", Root.CALL), ("incident_id", Root.INCIDENT), ("case_id", Root.CASE)):
            if key in rows.c:
                reach = reach.plus(root, session.scalars(select(rows.c[key]).where(named)))
        if "prosecution_id" in rows.c:
            trial = table("prosecution")
            tried = select(rows.c.prosecution_id).where(named)
            reach = reach.plus(Root.CASE, session.scalars(select(trial.c.case_id).where(trial.c.id.in_(tried))))
    return widen(session, _upwards(session, reach))


def _upwards(session: Session, reach: Reach) -> Reach:
    call, linked = table("call"), table("case_incident")
    told = select(call.c.incident_id).where(call.c.id.in_(reach.of(Root.CALL)), call.c.incident_id.is_not(None))
    reach = reach.plus(Root.INCIDENT, session.scalars(told))
    grown = select(linked.c.case_id).where(linked.c.incident_id.in_(reach.of(Root.INCIDENT)))
    return reach.plus(Root.CASE, session.scalars(grown))


def _addresses(reach: Reach) -> Any:
    owned = table("subscriber_endpoint")
    return select(owned.c.endpoint_id).where(owned.c.subscriber_id.in_(reach.of(Root.SUBSCRIBER)))


# Tables that hang from an address, which people share, and so from no one subscriber.
_BY_ADDRESS: Mapping[str, str] = {"endpoint": "id", "sign_up": "endpoint_id", "delivery": "endpoint_id"}


def _condition(entry: Held, reach: Reach) -> ColumnElement[bool]:
    by_address = _BY_ADDRESS.get(entry.table)
    if by_address is not None:
        return table(entry.table).c[by_address].in_(_addresses(reach))
    return rows_under(entry, reach)


def _rows(session: Session, entry: Held, condition: ColumnElement[bool], own: Reach) -> Iterator[Row]:
    rows = table(entry.table)
    keys = [column.name for column in rows.primary_key]
    for row in session.execute(select(rows).where(condition).order_by(*rows.primary_key)).mappings():
        key = "-".join(str(row[name]) for name in keys)
        told = tuple(_told(entry, rows, key, row, own))
        if told:
            yield Row(entry.table, key, told)


def _told(entry: Held, rows: Table, key: str, row: Mapping[Any, Any], own: Reach) -> Iterator[Particular]:
    for column in rows.columns:
        value = row[column.name]
        if value is None or column.name in _SECRET:
            continue
        treatment = treatment_of(entry, column.name)
        is_own = entry.table in _OWN and _is_theirs(entry, row, own)
        is_to_review = treatment in {Treatment.PERSON, Treatment.WORDS} and not is_own
        yield Particular(f"{entry.table}:{key}:{column.name}", column.name, _shown(value), is_to_review)


def _is_theirs(entry: Held, row: Mapping[Any, Any], own: Reach) -> bool:
    if entry.table in _BY_ADDRESS or entry.root is Root.SUBSCRIBER:
        return True
    return row["id" if entry.root is Root.PARTY else "party_id"] in own.of(Root.PARTY)


def _shown(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return f"{value:.2f}" if isinstance(value, Decimal) else str(value)
