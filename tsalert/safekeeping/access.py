"""How officers got in, and what was shut since a backup was made: it stays so in what comes back from the backup.

A row has the same number on both sides, for the database that is replaced goes on from the backup.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Table, delete, insert, select, tuple_, update
from sqlalchemy.orm import Session

from tsalert.db import Base

Row = Mapping[str, Any]
# What of an officer's row says whether and how they get in.
_OWN = ("active", "left_at", "password", "fs_uniquifier", "second_step_since")
# What they get in with, or may do: as it stands now, and nothing that came from the backup.
_HELD = ("authenticator", "passkey", "recovery_code", "password_link", "officer_role")
_IDENTITY = ("officer_id", "issuer", "subject")
# Of each table, when a row of it was shut, and what else says so.
_SHUT: dict[str, tuple[str, ...]] = {
    "api_token": ("revoked_at",),
    "service_account": ("ended_at",),
    "signing_key": ("revoked_at", "ended_at", "revoked_by", "reason"),
    "linked_key": ("revoked_at", "revoked_by", "reason"),
    "linked_authority": ("ended_at", "end_reason"),
    "webhook": ("ended_at",),
    "wall_display": ("revoked_at", "revoked_by"),
    "rota_calendar": ("revoked_at",),
    "access_grant": ("ended_at", "ended_by"),
}
_BY = frozenset({"revoked_by", "ended_by"})


class Access(Struct, frozen=True):
    """How officers get in, whom single sign-on means by them, and by table what was shut."""

    officers: Sequence[Row] = ()
    held: Mapping[str, Sequence[Row]] = {}
    identities: Sequence[tuple[Any, ...]] = ()
    shut: Mapping[str, Sequence[Row]] = {}


def gather(session: Session, since: datetime) -> Access:
    """Read how officers get in, and what was shut since a moment."""
    identity = _table("officer_identity")
    return Access(
        officers=_rows(session, _table("officer")),
        held={name: _rows(session, _table(name)) for name in _HELD},
        identities=[tuple(row) for row in session.execute(select(*(identity.c[name] for name in _IDENTITY)))],
        shut={name: _shut_since(session, name, since) for name in _SHUT},
    )


def carry(session: Session, was: Access) -> int:
    """Let officers get in as they did, and shut again what was shut; a step.

    Returns how many officers would have got in otherwise, by their accounts, and how much would have stood open.
    """
    officer, identity = _table("officer"), _table("officer_identity")
    here = {row["id"]: row for row in _rows(session, officer)}
    changed = [row for row in was.officers if row["id"] in here and _own(here[row["id"]]) != _own(row)]
    for row in changed:
        session.execute(update(officer).where(officer.c.id == row["id"]).values(_own(row)))
    for name, rows in was.held.items():
        _replace(session, _table(name), [row for row in rows if row["officer_id"] in here])
    if was.officers:
        known = tuple_(*(identity.c[name] for name in _IDENTITY))
        session.execute(delete(identity).where(known.not_in(was.identities)))
    shut = (_shut_again(session, _table(name), rows, here) for name, rows in was.shut.items())
    return len(changed) + sum(len(list(each)) for each in shut)


def _own(row: Row) -> dict[str, Any]:
    return {name: row[name] for name in _OWN}


def _replace(session: Session, table: Table, rows: Sequence[Row]) -> None:
    """Put rows in the place of all others; of roles, those that the backup knows. Each gets a number of its own."""
    session.execute(delete(table))
    roles = set(session.scalars(select(_table("role").c.id)))
    kept = [row for row in rows if row.get("role_id") is None or row["role_id"] in roles]
    for row in kept:
        session.execute(insert(table).values({name: value for name, value in row.items() if name != "id"}))


def _shut_since(session: Session, name: str, since: datetime) -> list[Row]:
    table = _table(name)
    return _rows(session, table, table.c[_SHUT[name][0]] >= since)


def _shut_again(session: Session, table: Table, rows: Sequence[Row], here: Container[int]) -> Iterator[int]:
    """Shut rows that stand open; who shut them is left out where the backup does not know them."""
    (number,), when = table.primary_key, table.c[_SHUT[table.name][0]]
    for row in rows:
        told = {name: row[name] for name in _SHUT[table.name] if name not in _BY or row[name] in here}
        shut = update(table).where(number == row[number.name], when.is_(None)).values(told)
        yield from session.scalars(shut.returning(number))


def _rows(session: Session, table: Table, *where: Any) -> list[Row]:
    return [dict(row) for row in session.execute(select(table).where(*where)).mappings()]


def _table(name: str) -> Table:
    return Base.metadata.tables[name]
