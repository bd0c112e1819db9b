"""Reading rate sets: all of them for people, the approved ones for sums."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from tsalert.core.errors import NotFound
from tsalert.savings.models import RateRow, RateSet
from tsalert.savings.rules import Span
from tsalert.savings.valuing.valuation import Rate, RateKind, ValueClass


class RateSetStatus(StrEnum):
    """How far a rate set has come; only approved ones value anything."""

    DRAFT = "draft"
    APPROVED = "approved"
    SUPERSEDED = "superseded"


class RateSetView(Struct, frozen=True):
    """A rate set with its rates; ``written_by`` and ``approved_by`` are None for one that came with the service.

    ``span`` is when it applies: it ends where another set took over. ``supersedes_id`` is the set whose days it took.
    """

    id: int
    slug: str
    title: str
    basis: str
    status: RateSetStatus
    span: Span
    price_year: str | None
    source: str
    evidence_note: str
    written_by: int | None
    approved_by: int | None
    approved_at: datetime | None
    supersedes_id: int | None
    rates: tuple[Rate, ...]

    def rates_for(self, intervention_type: str) -> tuple[Rate, ...]:
        """Return the rates of one type of intervention."""
        return tuple(rate for rate in self.rates if rate.intervention_type == intervention_type)


def list_rate_sets(session: Session) -> list[RateSetView]:
    """Return every rate set, by basis, newest dates first."""
    return _read(session, select(RateSet).order_by(RateSet.basis, RateSet.effective_from.desc(), RateSet.id))


def approved_sets(session: Session, basis: str) -> list[RateSetView]:
    """Return the approved rate sets of one basis; their dates never overlap."""
    approved = (RateSet.basis == basis, RateSet.status == RateSetStatus.APPROVED)
    return _read(session, select(RateSet).where(*approved).order_by(RateSet.effective_from))


def sets_at(session: Session, basis: str, as_of: datetime) -> list[RateSetView]:
    """Return the rate sets of one basis that stood approved at an instant, each with the dates that it had then."""
    is_superseded = and_(RateSet.superseded_at.is_not(None), RateSet.superseded_at <= as_of)
    stood = (
        RateSet.basis == basis,
        RateSet.status != RateSetStatus.DRAFT,
        or_(RateSet.approved_at.is_(None), RateSet.approved_at <= as_of),
        or_(~is_superseded, RateSet.superseded_from > RateSet.effective_from),
    )
    query = select(RateSet).where(*stood).order_by(RateSet.effective_from)
    spans = {row.id: _span_at(row, as_of) for row in session.scalars(query)}
    return [replace(found, status=RateSetStatus.APPROVED, span=spans[found.id]) for found in _read(session, query)]


def get_rate_set(session: Session, slug: str) -> RateSetView:
    """Return one rate set.

    :raises NotFound: there is none of that name.
    """
    found = _read(session, select(RateSet).where(RateSet.slug == slug)) if slug.isprintable() else []
    if not found:
        raise NotFound("There is no such rate set.")
    return found[0]


def find_row(session: Session, slug: str, *, lock: bool = False) -> RateSet | None:
    """Return the row of a set; ``lock`` keeps others from changing it until the transaction ends."""
    query = select(RateSet).where(RateSet.slug == slug)
    return session.scalar(query.with_for_update() if lock else query) if slug.isprintable() else None


def set_for(sets: Iterable[RateSetView], day: date) -> RateSetView | None:
    """Return the set whose dates hold an intervention's London day, if one does."""
    return next((found for found in sets if found.span.overlaps(Span(day, day))), None)


def _read(session: Session, query: Select[RateSet]) -> list[RateSetView]:
    sets = list(session.scalars(query))
    rates: dict[int, list[Rate]] = {found.id: [] for found in sets}
    slugs = {found.id: found.slug for found in sets}
    for row in session.scalars(select(RateRow).where(RateRow.rate_set_id.in_(slugs)).order_by(RateRow.id)):
        rates[row.rate_set_id].append(_rate(row, slugs[row.rate_set_id]))
    return [_view(found, tuple(rates[found.id])) for found in sets]


def _view(row: RateSet, rates: tuple[Rate, ...]) -> RateSetView:
    return RateSetView(
        row.id,
        row.slug,
        row.title,
        row.basis,
        RateSetStatus(row.status),
        _span(row),
        row.price_year,
        row.source,
        row.evidence_note,
        row.written_by,
        row.approved_by,
        row.approved_at,
        row.supersedes_id,
        rates,
    )


def _span(row: RateSet) -> Span:
    """Return when a set applies; one that was superseded before its first day keeps the dates it once had."""
    if row.superseded_from is None or row.superseded_from <= row.effective_from:
        return Span(row.effective_from, row.effective_to)
    return Span(row.effective_from, row.superseded_from - timedelta(days=1))


def _span_at(row: RateSet, as_of: datetime) -> Span:
    is_later = row.superseded_at is not None and row.superseded_at > as_of
    return Span(row.effective_from, row.effective_to) if is_later else _span(row)


def _rate(row: RateRow, slug: str) -> Rate:
    return Rate(
        slug,
        row.intervention_type,
        ValueClass(row.component),
        RateKind(row.kind),
        row.value,
        row.unit,
        row.evidence_grade,
        row.term_years,
        row.low,
        row.high,
        row.term_low,
        row.term_high,
        row.discount_rate,
        row.deadweight,
        row.repeat_risk,
        row.evidence_note,
    )
