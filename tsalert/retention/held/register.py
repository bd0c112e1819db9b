"""The whole register, what the database's own description adds to it, and what is missing from it."""

from collections.abc import Iterator

from sqlalchemy import JSON, Column, MetaData, Table, Text

from tsalert.retention.held import activities, cases, people, response, service
from tsalert.retention.held.entries import Held, Treatment
from tsalert.retention.vocabulary import Root

REGISTER: dict[str, Held] = {
    entry.table: entry
    for entry in (*response.ENTRIES, *cases.ENTRIES, *people.ENTRIES, *activities.ENTRIES, *service.ENTRIES)
}
TABLES: dict[Root, str] = {entry.root: entry.table for entry in REGISTER.values() if entry.root}
_HOW = "say what it is in tsalert/retention/held: facts, persons, words, file or household"


def faults(metadata: MetaData) -> Iterator[str]:
    """Say what the register does not know of the tables, or knows of no table; nothing where it is whole."""
    for name in sorted(set(REGISTER) - set(metadata.tables)):
        yield f"{name}: the register has an entry for it, and there is no such table"
    for name, table in sorted(metadata.tables.items()):
        entry = REGISTER.get(name)
        if entry is None:
            yield f"{name}: no entry; write one with its way to a root record, and for each column of text {_HOW}"
        else:
            yield from _faults_of(entry, table)


def _faults_of(entry: Held, table: Table) -> Iterator[str]:
    columns = {column.name for column in table.columns}
    texts = {column.name for column in table.columns if holds_text(column)}
    for column in sorted(texts - set(entry.columns)):
        yield f"{entry.table}.{column}: holds text and is not classified; {_HOW}"
    for column in sorted(({*entry.columns} | {way.column for way in entry.ways}) - columns):
        yield f"{entry.table}.{column}: the register names it, and the table has no such column"
    if entry.names_people and entry.table not in REACHED_OTHERWISE and not _leads_to_root(entry):
        yield f"{entry.table}: it names people, and no way leads from it to a root record"


# Addresses are erased with their subscribers, household keys with the last of their records.
REACHED_OTHERWISE = frozenset({"endpoint", "sent_message", "sign_up", "household"})


def holds_text(column: Column[object]) -> bool:
    """Tell whether somebody's words or name could stand in a column."""
    return isinstance(column.type, Text | JSON)


def treatment_of(entry: Held, column: str) -> Treatment:
    """Return what becomes of a column; numbers, times and marks are facts."""
    return entry.columns.get(column, Treatment.FACT)


def _leads_to_root(entry: Held, passed: frozenset[str] = frozenset()) -> bool:
    if entry.root or entry.is_about:
        return True
    further = (REGISTER.get(way.parent) for way in entry.ways if way.parent not in passed)
    return any(parent and _leads_to_root(parent, passed | {entry.table}) for parent in further)
