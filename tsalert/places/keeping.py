"""Keeping postcodes: a new one is added, one that moved gets a row of its own from then on, the rest is put right."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from msgspec import Struct
from sqlalchemy import Row, bindparam, select, update
from sqlalchemy.orm import Session

from tsalert.bulk import add_many
from tsalert.places.directory import DirectoryRow
from tsalert.places.grid import cell_of
from tsalert.places.models import PostcodePlace

_AREAS = ("authority_code", "ward_code")
_REST = ("ended_on", "lat", "long", "cell")
_KEYS = (PostcodePlace.postcode, PostcodePlace.since)
_STANDING = select(*_KEYS, *(getattr(PostcodePlace, name) for name in _AREAS + _REST))


class Tally(Struct, frozen=True):
    """What a batch did."""

    added: int
    moved: int
    changed: int


def keep_rows(session: Session, rows: Sequence[DirectoryRow], edition: date) -> Tally:
    """Keep rows of an edition; a step. Of two rows of one postcode the later counts.

    A postcode whose ward or authority differs keeps its old row up to the edition's month, so that what was recorded
    before still reads as it was.
    """
    latest = {row.postcode: _values(row) for row in rows}
    known = _standing(session, list(latest))
    added = [values for postcode, values in latest.items() if postcode not in known]
    differing = [(old, latest[postcode]) for postcode, old in known.items() if _differs(old, latest[postcode])]
    moved = [(old, new) for old, new in differing if _has_moved(old, new) and old.since < edition]
    changed = [(old, new) for old, new in differing if not (_has_moved(old, new) and old.since < edition)]
    _close(session, [old for old, _ in moved], edition)
    _add(session, [*added, *(new | {"since": edition} for _, new in moved)])
    _change(session, changed)
    return Tally(len(added), len(moved), len(changed))


def _values(row: DirectoryRow) -> dict[str, Any]:
    return {
        "postcode": row.postcode,
        "since": row.introduced_on,
        "until": None,
        "ended_on": row.ended_on,
        "authority_code": row.authority,
        "ward_code": row.ward,
        "lat": row.point.lat if row.point else None,
        "long": row.point.long if row.point else None,
        "cell": cell_of(row.point) if row.point else None,
    }


def _standing(session: Session, postcodes: Sequence[str]) -> dict[str, Row[Any]]:
    query = _STANDING.where(PostcodePlace.postcode.in_(postcodes), PostcodePlace.until.is_(None))
    return {row.postcode: row for row in session.execute(query)}


def _differs(old: Row[Any], new: dict[str, Any]) -> bool:
    return any(getattr(old, name) != new[name] for name in _AREAS + _REST)


def _has_moved(old: Row[Any], new: dict[str, Any]) -> bool:
    return any(getattr(old, name) != new[name] for name in _AREAS)


def _add(session: Session, values: Sequence[dict[str, Any]]) -> None:
    add_many(session, PostcodePlace, values)


def _close(session: Session, rows: Sequence[Row[Any]], edition: date) -> None:
    if rows:
        keys = [{"of_postcode": row.postcode, "of_since": row.since} for row in rows]
        session.connection().execute(_of_key(until=edition), keys)


def _change(session: Session, pairs: Sequence[tuple[Row[Any], dict[str, Any]]]) -> None:
    if pairs:
        told: dict[str, Any] = {name: bindparam(f"new_{name}") for name in _AREAS + _REST}
        values = [
            {"of_postcode": old.postcode, "of_since": old.since} | {f"new_{name}": new[name] for name in _AREAS + _REST}
            for old, new in pairs
        ]
        session.connection().execute(_of_key(**told), values)


def _of_key(**values: Any) -> Any:
    one = (PostcodePlace.postcode == bindparam("of_postcode"), PostcodePlace.since == bindparam("of_since"))
    return update(PostcodePlace).where(*one).values(**values)
