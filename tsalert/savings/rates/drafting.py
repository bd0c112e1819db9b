"""Writing rate sets: a draft may be changed by anybody who records interventions, until a manager approves it."""

from collections.abc import Iterable
from datetime import datetime
from types import SimpleNamespace

from msgspec.structs import asdict, replace
from sqlalchemy import delete
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.audit.rules import Detail
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import Conflict, NotFound, RuleViolation
from tsalert.core.seen import differing, mark_of
from tsalert.db import db, transaction
from tsalert.savings.models import RateRow, RateSet
from tsalert.savings.rates import rate_sets
from tsalert.savings.rates import rules as rate_rules
from tsalert.savings.rates.rate_sets import RateSetStatus, RateSetView
from tsalert.savings.rates.rules import NewRateSet
from tsalert.savings.valuing.valuation import Rate

# What a set says of itself, and what a rate says, as their forms call it.
HEAD_LABELS = {
    "title": "title",
    "basis": "basis",
    "span": "first and last day",
    "price_year": "prices",
    "source": "source",
    "evidence_note": "evidence",
}
RATE_LABELS = {
    "kind": "kind of rate",
    "value": "rate",
    "low": "low",
    "high": "high",
    "unit": "unit",
    "term_years": "years for which it counts",
    "term_low": "years, low",
    "term_high": "years, high",
    "discount_rate": "discount",
    "deadweight": "deadweight",
    "repeat_risk": "repeat risk",
    "evidence_grade": "evidence grade",
    "note": "note",
}
_NO_RATE = SimpleNamespace(**dict.fromkeys(RATE_LABELS))


def draft_rate_set(new: NewRateSet, *, actor: Actor, now: datetime) -> str:
    """Write a new draft; returns its name.

    :raises RuleViolation: it could not be worked with, or the name is taken.
    """
    actor.require(Permission.RECORD_INTERVENTION)
    rate_rules.check_rate_set(new)
    with transaction() as session:
        if rate_sets.find_row(session, new.slug) is not None:
            raise RuleViolation("There is already a rate set of that name.", field="slug")
        row = RateSet(slug=new.slug, status=RateSetStatus.DRAFT, written_by=actor.officer_id, written_at=now)
        _write(session, row, new)
        audit.record(session, actor, "drafted", "rate set", row.id, now=now, slug=new.slug, rates=len(new.rates))
        return new.slug


def change_draft(slug: str, new: NewRateSet, *, actor: Actor, now: datetime) -> None:
    """Put what a draft says, and its rates, in the place of what it said; whoever changes it has written it.

    :raises NotFound: there is no such set.
    :raises Conflict: it is no draft any more.
    :raises RuleViolation: it could not be worked with.
    """
    actor.require(Permission.RECORD_INTERVENTION)
    if new.slug != slug:
        raise RuleViolation("A rate set keeps its name.", field="slug")
    with transaction() as session:
        _replace(session, lock_draft(session, slug), new, actor=actor, now=now)


def mark_of_set(known: RateSetView) -> str:
    """Return what tells apart a set with all its rates, as it stands and after somebody changed any of it."""
    return mark_of(known, [*HEAD_LABELS, "rates"])


def mark_of_head(known: RateSetView) -> str:
    """Return what tells apart what a set says of itself, as it stands and after somebody changed it."""
    return mark_of(known, HEAD_LABELS)


def mark_of_rate(known: RateSetView, intervention_type: str | None, component: str | None) -> str:
    """Return what tells apart the rate in one place of a set, or that there is none."""
    return mark_of(find_rate(known.rates, intervention_type, component) or _NO_RATE, RATE_LABELS)


def find_rate(rates: Iterable[Rate], intervention_type: str | None, component: str | None) -> Rate | None:
    """Return the rate for a type and class; None where there is none."""
    return next((each for each in rates if _place(each) == (intervention_type, component)), None)


def change_head(slug: str, new: NewRateSet, *, seen: str | None = None, actor: Actor, now: datetime) -> None:
    """Change what a draft says of itself; its rates stay.

    :param seen: the mark of what was shown; None where it is not known.
    :raises NotFound: there is no such set.
    :raises Conflict: it is no draft any more.
    :raises RuleViolation: it could not be worked with, or a colleague changed it since.
    """
    actor.require(Permission.RECORD_INTERVENTION)
    if new.slug != slug:
        raise RuleViolation("A rate set keeps its name.", field="slug")
    with transaction() as session:
        row = lock_draft(session, slug)
        known = rate_sets.get_rate_set(session, slug)
        changed = differing(known, asdict(new), HEAD_LABELS, seen=seen)
        _replace(session, row, replace(new, rates=known.rates), actor=actor, now=now, fields=", ".join(changed))


def copy_rate_set(slug: str, name: str, *, actor: Actor, now: datetime) -> str:
    """Write a draft that says what another set says, under a name of its own; returns that name.

    :raises NotFound: there is no such set.
    :raises RuleViolation: the name is none or is taken.
    """
    known = content_of(rate_sets.get_rate_set(db.session(), slug))
    rates = tuple(replace(rate, rate_set=name) for rate in known.rates)
    title = f"Copy of {known.title}"
    return draft_rate_set(replace(known, slug=name, title=title, rates=rates), actor=actor, now=now)


def put_rate(slug: str, rate: Rate, *, seen: str | None = None, actor: Actor, now: datetime) -> None:
    """Add a rate to a draft, or put it in the place of the one for the same type and class.

    :param seen: the mark of what was shown in that place; None where it is not known.
    :raises NotFound: there is no such set.
    :raises Conflict: it is no draft any more.
    :raises RuleViolation: no formula could use the rate, or a colleague changed what stands in its place.
    """
    actor.require(Permission.RECORD_INTERVENTION)
    with transaction() as session:
        row = lock_draft(session, slug)
        known = content_of(rate_sets.get_rate_set(session, slug))
        before = find_rate(known.rates, *_place(rate)) or _NO_RATE
        changed = differing(before, asdict(rate), RATE_LABELS, seen=seen)
        others = [each for each in known.rates if _place(each) != _place(rate)]
        at = next((number for number, each in enumerate(known.rates) if _place(each) == _place(rate)), len(others))
        new = replace(known, rates=(*others[:at], rate, *others[at:]))
        told = {"rate": ":".join(_place(rate)), "fields": ", ".join(changed)}
        _replace(session, row, new, actor=actor, now=now, **told)


def remove_rate(slug: str, intervention_type: str, component: str, *, actor: Actor, now: datetime) -> None:
    """Take a rate out of a draft.

    :raises NotFound: there is no such set, or no such rate in it.
    :raises Conflict: it is no draft any more.
    """
    actor.require(Permission.RECORD_INTERVENTION)
    with transaction() as session:
        row = lock_draft(session, slug)
        known = content_of(rate_sets.get_rate_set(session, slug))
        kept = tuple(each for each in known.rates if _place(each) != (intervention_type, component))
        if len(kept) == len(known.rates):
            raise NotFound("There is no such rate in this set.")
        told = {"rate": f"{intervention_type}:{component}", "fields": "taken out"}
        _replace(session, row, replace(known, rates=kept), actor=actor, now=now, **told)


def discard_draft(slug: str, *, actor: Actor, now: datetime) -> None:
    """Throw a draft away; the trail keeps that it was there.

    :raises NotFound: there is no such set.
    :raises Conflict: it is no draft any more.
    """
    actor.require(Permission.RECORD_INTERVENTION)
    with transaction() as session:
        row = lock_draft(session, slug)
        session.execute(delete(RateRow).where(RateRow.rate_set_id == row.id))
        audit.record(session, actor, "discarded", "rate set", row.id, now=now, slug=slug)
        session.delete(row)


def content_of(known: RateSetView) -> NewRateSet:
    """Return what a set says, to be written again under this or another name."""
    return NewRateSet(
        slug=known.slug,
        title=known.title,
        basis=known.basis,
        span=known.span,
        source=known.source,
        evidence_note=known.evidence_note,
        price_year=known.price_year,
        rates=known.rates,
    )


def lock_draft(session: Session, slug: str) -> RateSet:
    """Return a draft's row, which nobody else changes until the transaction ends; a step.

    :raises NotFound: there is no such set.
    :raises Conflict: it is no draft any more.
    """
    row = rate_sets.find_row(session, slug, lock=True)
    if row is None:
        raise NotFound("There is no such rate set.")
    if row.status != RateSetStatus.DRAFT:
        raise Conflict("These rates are approved and never change. Copy them to a draft of another name.")
    return row


def rate_row(rate: Rate, rate_set_id: int) -> RateRow:
    """Return a rate as a row of a set."""
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
        term_low=rate.term_low,
        term_high=rate.term_high,
        discount_rate=rate.discount_rate,
        deadweight=rate.deadweight,
        repeat_risk=rate.repeat_risk,
        evidence_grade=rate.evidence_grade,
        evidence_note=rate.note,
    )


def _replace(session: Session, row: RateSet, new: NewRateSet, *, actor: Actor, now: datetime, **told: Detail) -> None:
    rate_rules.check_rate_set(new)
    session.execute(delete(RateRow).where(RateRow.rate_set_id == row.id))
    row.written_by, row.written_at = actor.officer_id, now
    _write(session, row, new)
    audit.record(session, actor, "changed", "rate set", row.id, now=now, slug=row.slug, rates=len(new.rates), **told)


def _write(session: Session, row: RateSet, new: NewRateSet) -> None:
    row.title, row.basis, row.price_year = new.title, new.basis, new.price_year
    row.source, row.evidence_note = new.source, new.evidence_note
    row.effective_from, row.effective_to = new.span.first_day, new.span.last_day
    session.add(row)
    session.flush()
    session.add_all(rate_row(rate, row.id) for rate in new.rates)


def _place(rate: Rate) -> tuple[str, str]:
    return rate.intervention_type, rate.component
