"""Who pleaded or was found guilty, and where, from what courts decided and nobody took back."""

from collections.abc import Collection
from datetime import date

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, and_, exists, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from tsalert.enforcement.models import CourtDecision, Defendant, EnforcementAction, Prosecution, TakenBack
from tsalert.enforcement.vocabulary import Record, Result

_GUILTY = (Result.GUILTY_PLEA, Result.CONVICTED)


class Tried(Struct, frozen=True):
    """A party's part in one prosecution; ``convicted_on`` is None where nothing that stands says guilty."""

    case_id: int
    prosecution_id: int
    party_id: int
    court_name: str
    begun_on: date
    convicted_on: date | None


class Done(Struct, frozen=True):
    """One step against a trader that stands."""

    case_id: int
    kind: str
    on_date: date


def tried_in(session: Session, case_id: int) -> list[Tried]:
    """Return everybody who is or was prosecuted in a case."""
    return _tried(session, _prosecuted().where(Prosecution.case_id == case_id))


def tried_of(session: Session, party_ids: Collection[int]) -> list[Tried]:
    """Return every prosecution of some parties."""
    return _tried(session, _prosecuted().where(Defendant.party_id.in_(party_ids)))


def actions_in(session: Session, case_ids: Collection[int]) -> list[Done]:
    """Return the steps against traders in some cases, the last one first."""
    if not case_ids:
        return []
    query = select(EnforcementAction.case_id, EnforcementAction.kind, EnforcementAction.on_date)
    standing = ~_back(Record.ACTION, EnforcementAction.id)
    rows = session.execute(query.where(EnforcementAction.case_id.in_(case_ids), standing))
    return sorted((Done(*row) for row in rows), key=lambda done: done.on_date, reverse=True)


def _prosecuted() -> Select[int, int, int, str, date, int]:
    columns = (Prosecution.case_id, Prosecution.id, Defendant.party_id, Prosecution.court_name, Prosecution.begun_on)
    joined = select(*columns, Defendant.id).join(Defendant, Defendant.prosecution_id == Prosecution.id)
    return joined.order_by(Prosecution.begun_on.desc(), Defendant.id)


def _tried(session: Session, query: Select[int, int, int, str, date, int]) -> list[Tried]:
    rows = session.execute(query).all()
    guilty = _guilty(session, [row[-1] for row in rows])
    return [Tried(*row[:-1], convicted_on=guilty.get(row[-1])) for row in rows]


def _guilty(session: Session, defendant_ids: Collection[int]) -> dict[int, date]:
    """Return the day on which each defendant was first found or pleaded guilty."""
    if not defendant_ids:
        return {}
    said = (CourtDecision.defendant_id.in_(defendant_ids), CourtDecision.result.in_(_GUILTY))
    query = select(CourtDecision.defendant_id, CourtDecision.on_date)
    rows = session.execute(
        query.where(*said, ~_back(Record.DECISION, CourtDecision.id)).order_by(CourtDecision.on_date.desc())
    )
    return dict(rows.all())


def _back(record: Record, key: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    return exists().where(and_(TakenBack.record == record, TakenBack.record_id == key))
