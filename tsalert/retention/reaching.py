"""The way from a root record to everything that hangs from it, as the register knows it; whatever the tables are."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar, cast

from msgspec import Struct, field
from msgspec.structs import replace
from sqlalchemy import ColumnElement, CursorResult, Executable, FromClause, Select, Table, exists, false, or_, select
from sqlalchemy.orm import Session

from tsalert.db import Base
from tsalert.retention.held.entries import Held, Treatment
from tsalert.retention.held.register import REGISTER, TABLES
from tsalert.retention.vocabulary import Root

Ids = tuple[int, ...]
Item = TypeVar("Item")


class Reach(Struct, frozen=True):
    """The root records that go together: a case with its incidents, and those with their calls."""

    ids: dict[Root, Ids] = field(default_factory=dict)

    def of(self, root: Root) -> Ids:
        """Return the ids of one kind."""
        return self.ids.get(root, ())

    def plus(self, root: Root, ids: Iterable[int]) -> "Reach":
        """Return this with more records of a kind."""
        both = tuple(sorted({*self.of(root), *ids}))
        return replace(self, ids={**self.ids, root: both})


def table(name: str) -> Table:
    """Return a table by its name; retention knows tables from the register and belongs to none of them."""
    return Base.metadata.tables[name]


def pieces(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """Yield a sequence in pieces of a bounded size."""
    for first in range(0, len(items), size):
        yield items[first : first + size]


def changed(session: Session, statement: Executable) -> int:
    """Carry out a change and return how many rows it met."""
    return cast(CursorResult[Any], session.execute(statement)).rowcount


def widen(session: Session, reach: Reach) -> Reach:
    """Add what goes with some records: a case's incidents, an incident's calls, every version of work."""
    linked, call, work = table("case_incident"), table("call"), table("intervention")
    cases = reach.of(Root.CASE)
    found = session.scalars(select(linked.c.incident_id).where(linked.c.case_id.in_(cases))) if cases else ()
    wider = reach.plus(Root.INCIDENT, found)
    incidents = wider.of(Root.INCIDENT)
    wider = wider.plus(Root.CALL, session.scalars(select(call.c.id).where(call.c.incident_id.in_(incidents))))
    references = select(work.c.reference).where(work.c.id.in_(reach.of(Root.INTERVENTION)))
    return wider.plus(Root.INTERVENTION, session.scalars(select(work.c.id).where(work.c.reference.in_(references))))


def rows_under(entry: Held, reach: Reach) -> ColumnElement[bool]:
    """Return the condition on a table's rows that they hang from some of these records."""
    rows = table(entry.table)
    found: list[ColumnElement[bool]] = []
    if entry.root and reach.of(entry.root):
        found.append(rows.c.id.in_(reach.of(entry.root)))
    if entry.is_about:
        subject, key = _about(rows)
        found += [(subject == root.value) & key.in_(ids) for root, ids in reach.ids.items() if ids]
    found += [rows.c[column].in_(keys) for column, keys in _keys_of_parents(entry, reach)]
    return or_(false(), *found)


def _about(rows: Table) -> tuple[ColumnElement[str], ColumnElement[int]]:
    """Return the columns that name the record which a row is about."""
    name, key = ("subject", "subject_id") if "subject" in rows.c else ("root_subject", "root_id")
    return rows.c[name], rows.c[key]


def _keys_of_parents(entry: Held, reach: Reach) -> Iterator[tuple[str, Ids | Select[Any]]]:
    """Yield each column that leads towards a root, and what it holds in the rows that hang from these records."""
    for way in entry.ways:
        parent = REGISTER[way.parent]
        above = table(way.parent)
        if parent.root and not parent.ways and way.parent_column == "id":
            if reach.of(parent.root):
                yield way.column, reach.of(parent.root)
        elif leads_to(parent, reach):
            yield way.column, select(above.c[way.parent_column]).where(rows_under(parent, reach))


def leads_to(entry: Held, reach: Reach) -> bool:
    """Tell whether a row of a table can hang from some of these records at all."""
    if entry.is_about or (entry.root and reach.of(entry.root)):
        return True
    return any(leads_to(REGISTER[way.parent], reach) for way in entry.ways)


def is_erased(root: Root, key: ColumnElement[int]) -> ColumnElement[bool]:
    """Return the condition that a record names nobody any more."""
    erased = table("erased_record")
    return exists().where(erased.c.subject == root.value, erased.c.subject_id == key)


def is_living(entry: Held) -> ColumnElement[bool]:
    """Return the condition on a table's rows that no record which they hang from was erased."""
    rows = table(entry.table)
    gone = [is_erased(entry.root, rows.c.id)] if entry.root else []
    for way in entry.ways:
        above = table(way.parent).alias()
        parent_gone = _gone_above(REGISTER[way.parent], above)
        gone.append(exists().where(above.c[way.parent_column] == rows.c[way.column], parent_gone))
    return ~or_(false(), *gone)


def _gone_above(entry: Held, rows: FromClause) -> ColumnElement[bool]:
    columns = rows.c
    gone = [is_erased(entry.root, columns.id)] if entry.root else []
    for way in entry.ways:
        above = table(way.parent).alias()
        gone.append(
            exists().where(above.c[way.parent_column] == columns[way.column], _gone_above(REGISTER[way.parent], above))
        )
    return or_(false(), *gone)


def links() -> list[tuple[Held, str]]:
    """Return every table that links a record to a person, and by which column."""
    return [(entry, column) for entry in REGISTER.values() for column in entry.of(Treatment.LINK)]


def people_of(session: Session, reach: Reach) -> set[int]:
    """Return the parties that some records name."""
    found: set[int] = set()
    for entry, column in links():
        named = table(entry.table).c[column]
        found.update(session.scalars(select(named).where(rows_under(entry, reach), named.is_not(None)).distinct()))
    return found


def references_of(session: Session, root: Root, ids: Sequence[int]) -> dict[int, str]:
    """Return what people call some records by; a party by its number, since its name is nobody's business here."""
    rows = table(TABLES[root])
    if "reference" not in rows.c:
        return {each: f"{root.label} {each}" for each in ids}
    found = session.execute(select(rows.c.id, rows.c.reference).where(rows.c.id.in_(ids)))
    return {key: str(reference) for key, reference in found}
