"""Lists of cases: narrowed to what was asked for, limited to what the reader may see, counted by status."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict, replace
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from tsalert.cases.models import CaseFile
from tsalert.cases.queries import opened_in
from tsalert.cases.vocabulary import Channel, Source, Status, WaitingFor
from tsalert.core.actors import Actor
from tsalert.core.errors import RuleViolation
from tsalert.core.periods import Period, parse_period
from tsalert.fulltext.queries import narrowed
from tsalert.fulltext.rules import read_terms
from tsalert.fulltext.vocabulary import Found
from tsalert.keysets import Order, Page, read_page
from tsalert.response.vocabulary import Category
from tsalert.tiers import queries as tiers
from tsalert.tiers.vocabulary import Subject

PAGE = 25
_BEYOND_T1 = ("kind", "channel", "waiting_for", "source", "text")
NOBODY = 0  # the officer of cases that have none


class CaseFilter(Struct, frozen=True):
    """Which cases a list shows; None leaves a part open, and the officer 0 asks for the cases of nobody."""

    category: Category | None = None
    kind: str | None = None
    channel: Channel | None = None
    status: Status | None = None
    waiting_for: WaitingFor | None = None
    officer_id: int | None = None
    ward_code: str | None = None
    source: Source | None = None
    period: Period | None = None
    text: str | None = None

    def as_data(self) -> dict[str, str | int]:
        """Return what is asked for as it is saved."""
        given = asdict(self)
        given["period"] = self.period.label if self.period else None
        return {
            name: value if isinstance(value, int) else str(value) for name, value in given.items() if value is not None
        }


def from_data(data: dict[str, str | int]) -> CaseFilter:
    """Return a filter as it was saved; a word that has left the lists since leaves its part open."""
    found = CaseFilter()
    for name, value in data.items():
        found = _with(found, name, value)
    return found


class CaseRow(Struct, frozen=True):
    """A case as a list shows it, with nothing of the victim; of one that is ``restricted`` no more than T1."""

    id: int
    reference: str
    category: str
    kind: str | None
    status: str
    waiting_for: str | None
    ward_code: str | None
    opened_at: datetime
    officer_id: int | None
    continued_in_id: int | None
    is_restricted: bool


def list_cases(
    session: Session, wanted: CaseFilter, *, reader: Actor, now: datetime, after: str | None = None, size: int = PAGE
) -> Page[CaseRow]:
    """Return a page of the cases wanted, latest opening first."""
    query = select(CaseFile).where(*_conditions(session, wanted, reader, now))
    page = read_page(session, query, Order(CaseFile.id, (CaseFile.opened_at,)), after=after, size=size)
    kept = tiers.withheld(session, reader, Subject.CASE, {row.id for row in page.items}, now=now)
    return page.told_by(lambda row: _row(row, is_restricted=row.id in kept))


def count_by_status(session: Session, wanted: CaseFilter, *, reader: Actor, now: datetime) -> dict[Status, int]:
    """Return how many of the cases wanted stand at each status, whatever status was asked for.

    A case that continues in another is counted there.
    """
    conditions = _conditions(session, replace(wanted, status=None), reader, now)
    query = select(CaseFile.status, func.count()).where(CaseFile.continued_in_id.is_(None), *conditions)
    found = {Status.of(status): number for status, number in session.execute(query.group_by(CaseFile.status))}
    return {status: found.get(status, 0) for status in Status}


def _conditions(session: Session, wanted: CaseFilter, reader: Actor, now: datetime) -> list[ColumnElement[bool]]:
    """Return what a case must fulfil; narrowed by more than T1, a list would tell that of what it may not show."""
    asked = list(_asked(session, wanted))
    if any(getattr(wanted, name) is not None for name in _BEYOND_T1):
        asked.append(tiers.visible(reader, Subject.CASE, CaseFile.id, now=now))
    return asked


def _row(case: CaseFile, *, is_restricted: bool) -> CaseRow:
    return CaseRow(
        id=case.id,
        reference=case.reference,
        category=case.category,
        kind=None if is_restricted else case.kind,
        status=case.status,
        waiting_for=None if is_restricted else case.waiting_for,
        ward_code=case.ward_code,
        opened_at=case.opened_at,
        officer_id=case.officer_id,
        continued_in_id=None if is_restricted else case.continued_in_id,
        is_restricted=is_restricted,
    )


def _asked(session: Session, wanted: CaseFilter) -> Iterator[ColumnElement[bool]]:
    for name in ("category", "kind", "channel", "status", "waiting_for", "ward_code", "source"):
        value = getattr(wanted, name)
        if value is not None:
            yield getattr(CaseFile, name) == value
    if wanted.officer_id is not None:
        nobody = wanted.officer_id == NOBODY
        yield CaseFile.officer_id.is_(None) if nobody else CaseFile.officer_id == wanted.officer_id
    if wanted.period is not None:
        yield opened_in(wanted.period)
    terms = read_terms(wanted.text or "")
    if terms:
        yield narrowed(session, Found.CASE, terms, CaseFile.id)


_READERS: dict[str, Callable[[Any], object]] = {
    "category": Category.of,
    "channel": Channel.of,
    "status": Status.of,
    "waiting_for": WaitingFor.of,
    "source": Source.of,
    "officer_id": int,
    "period": parse_period,
}


def _with(found: CaseFilter, name: str, value: str | int) -> CaseFilter:
    try:
        values: dict[str, Any] = {name: _READERS.get(name, str)(value)}
        return replace(found, **values)
    except (ValueError, TypeError, RuleViolation):
        return found
