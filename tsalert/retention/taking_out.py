"""Taking persons out of records, column by column as the register says; facts stay under the same keys."""

from collections.abc import Iterator
from secrets import token_hex
from typing import Any

from sqlalchemy import JSON, Table, case, delete, insert, or_, select, update
from sqlalchemy.orm import Session

from tsalert.db import Base
from tsalert.retention.held.entries import REMOVED, Held, Treatment
from tsalert.retention.held.register import REGISTER
from tsalert.retention.reaching import Reach, changed, is_living, leads_to, links, rows_under, table

Counts = dict[str, int]


def take_out(session: Session, reach: Reach) -> Counts:
    """Empty what names people in everything that hangs from some records; returns how many rows changed, by table."""
    counts: Counts = {}
    for entry in _children_first():
        if entry.names_people and leads_to(entry, reach):
            rows = _delete(session, entry, reach) if entry.rows_go else _empty(session, entry, reach)
            counts |= {entry.table: rows} if rows else {}
    return counts


def without_records(session: Session, party_ids: set[int]) -> set[int]:
    """Return those of some parties that no living record names, and about whom no warning is in force."""
    named: set[int] = set()
    for entry, column in links():
        link = table(entry.table).c[column]
        named.update(session.scalars(select(link).where(link.in_(party_ids), is_living(entry)).distinct()))
    warning = table("party_warning").c
    named.update(
        session.scalars(select(warning.party_id).where(warning.party_id.in_(party_ids), warning.ended_at.is_(None)))
    )
    return party_ids - named


def lead_astray(session: Session, reach: Reach, living: set[int]) -> Counts:
    """Let links from erased records to people whom living ones still name lead to a party without a name."""
    counts: Counts = {}
    for entry, column in links():
        rows = table(entry.table)
        mine = (rows_under(entry, reach), rows.c[column].in_(living))
        for key, party_id in (
            session.execute(select(rows.c.id, rows.c[column]).where(*mine)).all() if not entry.rows_go else ()
        ):
            session.execute(update(rows).where(rows.c.id == key).values({column: _nameless(session, party_id)}))
            counts[entry.table] = counts.get(entry.table, 0) + 1
    return counts


def forget_households(session: Session, reach: Reach) -> Counts:
    """Replace the key of each household of which no living record is left; the same random one for all its records."""
    counts: Counts = {}
    for key in sorted(_households(session, reach)):
        unknown = f"removed-{token_hex(8)}"
        for entry, column in _household_columns():
            rows = table(entry.table)
            renamed = update(rows).where(rows.c[column] == key).values({column: unknown})
            counts[entry.table] = counts.get(entry.table, 0) + changed(session, renamed)
    return {name: count for name, count in counts.items() if count}


def _children_first() -> Iterator[Held]:
    """Yield the register from what points to others to what is pointed at, so that no row is left pointing nowhere."""
    for each in reversed(Base.metadata.sorted_tables):
        if each.name in REGISTER:
            yield REGISTER[each.name]


def _delete(session: Session, entry: Held, reach: Reach) -> int:
    return changed(session, delete(table(entry.table)).where(rows_under(entry, reach)))


def _empty(session: Session, entry: Held, reach: Reach) -> int:
    rows = table(entry.table)
    values = dict(_values(rows, entry))
    if not values:
        return 0
    told = or_(*(rows.c[name].is_not(None) for name in values))
    return changed(session, update(rows).where(rows_under(entry, reach), told).values(values))


def _values(rows: Table, entry: Held) -> Iterator[tuple[str, Any]]:
    """Yield what each column becomes. Words keep that something was written, since a rule may need a reason there."""
    for name in entry.of(Treatment.PERSON):
        yield name, (None if rows.c[name].nullable else _nothing(rows, name))
    for name in entry.of(Treatment.WORDS):
        yield name, case((rows.c[name].is_not(None), REMOVED), else_=None)


def _nothing(rows: Table, name: str) -> object:
    return [] if isinstance(rows.c[name].type, JSON) else REMOVED


def _nameless(session: Session, like: int) -> int:
    """Add a party that nobody knows anything of but its kind and when it became known."""
    party = table("party")
    known = session.execute(select(party.c.kind, party.c.created_at).where(party.c.id == like)).one()
    adding = insert(party).values(kind=known.kind, created_at=known.created_at).returning(party.c.id)
    return int(session.execute(adding).scalar_one())


def _household_columns() -> list[tuple[Held, str]]:
    return [(entry, column) for entry in REGISTER.values() for column in entry.of(Treatment.HOUSEHOLD)]


def _households(session: Session, reach: Reach) -> set[str]:
    """Return the households of some records of which no living record is left."""
    found: set[str] = set()
    for entry, column in _household_columns():
        if leads_to(entry, reach):
            key = table(entry.table).c[column]
            found.update(session.scalars(select(key).where(rows_under(entry, reach), key.is_not(None)).distinct()))
    for entry, column in _household_columns():
        if entry.ways:
            key = table(entry.table).c[column]
            found.difference_update(session.scalars(select(key).where(key.in_(found), is_living(entry)).distinct()))
    return found
