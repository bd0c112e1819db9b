"""Approving rates: those of a draft, or those of an approved set for more dates."""

import re
from datetime import date, datetime

from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import Conflict, RuleViolation
from tsalert.core.words import write_day
from tsalert.db import transaction
from tsalert.savings.counting import household_counts, recounting
from tsalert.savings.models import RateSet
from tsalert.savings.rates import drafting, rate_sets
from tsalert.savings.rates import rules as rate_rules
from tsalert.savings.rates.history import acts_of
from tsalert.savings.rates.rate_sets import RateSetStatus, RateSetView
from tsalert.savings.rates.rules import Standing
from tsalert.savings.rules import Span, check_span

_CONTINUES = re.compile(r"-from-\d{4}-\d{2}-\d{2}$")


def approve_rate_set(
    slug: str, *, supersedes: str | None = None, seen: str | None = None, actor: Actor, now: datetime
) -> None:
    """Approve a draft, as another manager than whoever wrote it; from then on nobody can change it.

    :param supersedes: the approved set whose dates it takes over, where they overlap.
    :param seen: the mark of the set that was read; None where it is not known.
    :raises NotFound: there is no such set.
    :raises Conflict: it is no draft any more.
    :raises RuleViolation: the approver wrote it, it holds no rate, some day would have two sets, the set named gives
        no date to it, or somebody changed it since it was read.
    """
    actor.require(Permission.MANAGE_RATES)
    with transaction() as session:
        row = drafting.lock_draft(session, slug)
        view = rate_sets.get_rate_set(session, slug)
        if seen not in {None, drafting.mark_of_set(view)}:
            raise RuleViolation(
                "Somebody changed these rates after you opened the page. Nothing was approved. They are shown here as "
                "they are now: read them, then approve them."
            )
        rate_rules.check_approval(
            writers=_writers(session, row), approver=actor.officer_id, rates=view.rates, basis=view.basis
        )
        gave_way = _supersede(session, row, supersedes=supersedes, now=now)
        _approve(session, row, actor=actor, now=now)
        audit.record(session, actor, "approved", "rate set", row.id, now=now, slug=slug, supersedes=gave_way)
        _count_anew(session, row, actor=actor, now=now)


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
        if known.status is RateSetStatus.DRAFT:
            raise Conflict("Only approved rates can be continued.")
        row = _continuation(known, span)
        gave_way = _supersede(session, row, supersedes=None, now=now)
        session.add(row)
        session.flush()
        session.add_all(drafting.rate_row(replace(rate, rate_set=row.slug), row.id) for rate in known.rates)
        _approve(session, row, actor=actor, now=now)
        told = {"slug": row.slug, "continues": slug, "supersedes": gave_way}
        audit.record(session, actor, "approved", "rate set", row.id, now=now, **told)
        _count_anew(session, row, actor=actor, now=now)
        return row.slug


def _writers(session: Session, row: RateSet) -> set[int | None]:
    """Return everybody who wrote some of a draft."""
    return {row.written_by, *(each.officer_id for each in acts_of(session, row.id))}


def _count_anew(session: Session, row: RateSet, *, actor: Actor, now: datetime) -> None:
    """Count households by the terms that stand now; how long a blocker is in place is a matter of the rates."""
    session.flush()
    if row.basis == household_counts.BASIS:
        recounting.recount_all(session, f"the terms of {row.slug} were approved", actor=actor, now=now)


def _approve(session: Session, row: RateSet, *, actor: Actor, now: datetime) -> None:
    session.flush()
    row.status, row.approved_by, row.approved_at = RateSetStatus.APPROVED, actor.officer_id, now


def _supersede(session: Session, row: RateSet, *, supersedes: str | None, now: datetime) -> str | None:
    """Let the set whose dates a draft takes over give way, if there is one; returns its name.

    The sets of the basis are locked, so that two managers cannot approve the same dates at once. The draft names what
    it supersedes before that gives way: the database ends no approved set's days for nobody.
    """
    span = Span(row.effective_from, row.effective_to)
    session.execute(select(RateSet.id).where(RateSet.basis == row.basis).order_by(RateSet.id).with_for_update())
    standing = [Standing(each.slug, each.title, each.span) for each in rate_sets.approved_sets(session, row.basis)]
    takeover = rate_rules.take_over(span, standing, supersedes=supersedes)
    old = rate_sets.find_row(session, takeover.slug) if takeover else None
    if takeover is None or old is None:
        return None
    if old.superseded_from is not None:
        since = write_day(old.superseded_from)
        raise RuleViolation(
            f"{old.title} gave way once, from {since}. Its remaining days stay as they are.", field="supersedes"
        )
    row.supersedes_id = old.id
    session.add(row)
    session.flush()
    old.superseded_from, old.superseded_at = takeover.from_day, now
    if takeover.is_whole:
        old.status = RateSetStatus.SUPERSEDED
    return takeover.slug


def _continuation(known: RateSetView, span: Span) -> RateSet:
    first = span.first_day
    return RateSet(
        slug=f"{_CONTINUES.sub('', known.slug)}-from-{first.isoformat()}",
        title=f"{known.title.partition(', continued')[0]}, continued from {write_day(first)}",
        basis=known.basis,
        status=RateSetStatus.DRAFT,
        effective_from=first,
        effective_to=span.last_day,
        price_year=known.price_year,
        source=known.source,
        evidence_note=f"The rates of {known.slug}, approved unchanged for dates that its evidence does not cover.",
    )
