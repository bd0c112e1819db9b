"""Approving rates for more dates."""

import re
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import Conflict, RuleViolation
from tsalert.db import transaction
from tsalert.savings import rate_sets
from tsalert.savings.models import RateRow, RateSet
from tsalert.savings.rate_sets import RateSetStatus, RateSetView
from tsalert.savings.rules import Span, check_span
from tsalert.savings.valuation import Rate

_CONTINUES = re.compile(r"-from-\d{4}-\d{2}-\d{2}$")


def continue_rate_set(
    slug: str, effective_from: date, effective_to: date | None, *, actor: Actor, now: datetime
) -> str:
    """Approve an approved set's rates for other dates, as a set of its own; returns its name.

    :param effective_to: the last day, or None until another set takes over.
    :raises NotFound: there is no such set.
    :raises Conflict: the set was never approved.
    :raises RuleViolation: the dates are not a span, or an approved set of the same basis has some of them.
    """
    actor.require(Permission.MANAGE_RATES)
    span = Span(effective_from, effective_to)
    check_span(span)
    with transaction() as session:
        known = rate_sets.get_rate_set(session, slug)
        if known.status is not RateSetStatus.APPROVED:
            raise Conflict("Only approved rates can be continued.")
        _refuse_overlap(session, known.basis, span)
        row = _continuation(known, span, actor, now)
        session.add(row)
        session.flush()
        session.add_all(_rate(rate, row.id) for rate in known.rates)
        audit.record(session, actor, "approved", "rate set", row.id, now=now, slug=row.slug, continues=slug)
        return row.slug


def _refuse_overlap(session: Session, basis: str, span: Span) -> None:
    """Lock the basis's sets, so that two managers cannot approve the same dates at once, and compare."""
    session.execute(select(RateSet.id).where(RateSet.basis == basis).order_by(RateSet.id).with_for_update())
    taken = next((found for found in rate_sets.approved_sets(session, basis) if found.span.overlaps(span)), None)
    if taken:
        raise RuleViolation(f"{taken.title} already has some of these dates.", field="effective_from")


def _continuation(known: RateSetView, span: Span, actor: Actor, now: datetime) -> RateSet:
    first = span.first_day
    return RateSet(
        slug=f"{_CONTINUES.sub('', known.slug)}-from-{first.isoformat()}",
        title=f"{known.title.partition(', continued')[0]}, continued from {first:%-d %B %Y}",
        basis=known.basis,
        status=RateSetStatus.APPROVED,
        effective_from=first,
        effective_to=span.last_day,
        price_year=known.price_year,
        source=known.source,
        evidence_note=f"The rates of {known.slug}, approved unchanged for dates that its evidence does not cover.",
        approved_by=actor.officer_id,
        approved_at=now,
    )


def _rate(rate: Rate, rate_set_id: int) -> RateRow:
    return RateRow(
        rate_set_id=rate_set_id,
        intervention_type=rate.intervention_type,
        component=rate.component,
        kind=rate.kind,
        value=rate.value,
        low=rate.low,
        high=rate.high,
        unit=rate.unit,
        term_years=rate.term_years,
        evidence_grade=rate.evidence_grade,
    )
