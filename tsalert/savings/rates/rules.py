"""What a rate set must be, who may approve it, and what it takes over from. Pure."""

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal

from msgspec import Struct

from tsalert.core.errors import RuleViolation
from tsalert.savings.rules import InterventionType, Span, check_span
from tsalert.savings.valuing.valuation import EVIDENCE_GRADES, Rate, RateKind, ValueClass

REFERENCE = "reference"
BASES = {
    "published": "Published basis: the board's series goes on",
    "prudent": "Prudent basis: low, central and high",
    REFERENCE: "Reference values, in no formula",
}
# Shares and factors are parts of one; a price above a million pounds is a slip of the keyboard.
_LARGEST_PRICE = Decimal(1_000_000)
_LONGEST_TERM = 50
_MOST_DIGITS = 12
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_PARTS = ("discount_rate", "deadweight", "repeat_risk")
_ONLY_WITH_STREAM = ("term_low", "term_high", "discount_rate")


class NewRateSet(Struct, frozen=True, kw_only=True):
    """A rate set as it is written, before anybody has approved it."""

    slug: str
    title: str
    basis: str
    span: Span
    source: str
    evidence_note: str
    price_year: str | None = None
    rates: tuple[Rate, ...] = ()


class Standing(Struct, frozen=True):
    """An approved set of the same basis; ``is_open`` where it stands until another takes over."""

    slug: str
    title: str
    span: Span


class Takeover(Struct, frozen=True):
    """An approved set that gives way from a day on; wholly, where that is its own first day or before."""

    slug: str
    from_day: date
    is_whole: bool


def check_rate_set(new: NewRateSet) -> None:
    """Refuse a set that could not be chosen, quoted or worked with.

    :raises RuleViolation: naming the field at fault.
    """
    if not _SLUG.fullmatch(new.slug) or len(new.slug) > 60:
        raise RuleViolation("A name is small letters, digits and hyphens, like prudent-2027.", field="slug")
    if new.basis not in BASES:
        raise RuleViolation(f"Choose one of: {', '.join(BASES)}.", field="basis")
    check_span(new.span)
    known: set[tuple[str, str]] = set()
    for rate in new.rates:
        check_rate(rate, basis=new.basis)
        place = (rate.intervention_type, rate.component)
        if place in known:
            raise RuleViolation(f"{rate.intervention_type}, {rate.component}: there are two rates.", field="rates")
        known.add(place)


def check_rate(rate: Rate, *, basis: str) -> None:
    """Refuse a rate that no formula could use as it is.

    :raises RuleViolation: naming the field at fault.
    """
    _check_place(rate, basis)
    if rate.evidence_grade not in EVIDENCE_GRADES:
        raise RuleViolation(f"Choose a grade from {', '.join(EVIDENCE_GRADES)}.", field="evidence_grade")
    _check_amounts(rate)
    _check_parts(rate)
    _check_term(rate)


def check_approval(*, writers: Collection[int | None], approver: int | None, rates: Sequence[Rate], basis: str) -> None:
    """Refuse an approval by one who wrote any of the set, or of nothing.

    :raises RuleViolation: saying which.
    """
    if approver is not None and approver in writers:
        raise RuleViolation("Another manager than one who wrote any of these rates must approve them.")
    if not rates:
        raise RuleViolation("A set without rates cannot be approved.")
    if basis == REFERENCE:
        raise RuleViolation("Reference values are in no formula, so there is nothing to approve.")


def take_over(span: Span, approved: Iterable[Standing], *, supersedes: str | None) -> Takeover | None:
    """Say which approved set gives way to a new one, and from when; dates of one basis never overlap.

    A set that stands until another takes over gives way to any that starts later. Any other overlap needs
    ``supersedes``, and the new set must then reach at least as far as the one that it supersedes.

    :raises RuleViolation: some days would have two sets, or none that had one, or the set that is named has none of
        these dates.
    """
    found: Takeover | None = None
    for standing in approved:
        if not standing.span.overlaps(span):
            continue
        is_open = standing.span.last_day is None and span.first_day > standing.span.first_day
        if standing.slug != supersedes and not is_open:
            raise RuleViolation(
                f"{standing.title} already has some of these dates. Say that this set supersedes it.",
                field="effective_from",
            )
        if found is not None:
            raise RuleViolation("One set can supersede only one other.", field="supersedes")
        found = _give_way(span, standing)
    if supersedes is not None and (found is None or found.slug != supersedes):
        raise RuleViolation(
            f"No approved set of this basis is called {supersedes} and has some of these dates. Leave it out.",
            field="supersedes",
        )
    return found


def gaps(spans: Iterable[Span], *, first_day: date, last_day: date) -> list[Span]:
    """Return the runs of days, between two days, that no set holds."""
    missing, day = [], first_day
    for span in sorted(spans, key=lambda each: each.first_day):
        if span.first_day > last_day:
            break
        if span.first_day > day:
            missing.append(Span(day, span.first_day - timedelta(days=1)))
        if span.last_day is None:
            return missing
        day = max(day, span.last_day + timedelta(days=1))
    return [*missing, Span(day, last_day)] if day <= last_day else missing


def _give_way(span: Span, standing: Standing) -> Takeover:
    ends = standing.span.last_day
    if span.last_day is not None and (ends is None or span.last_day < ends):
        raise RuleViolation(
            f"{standing.title} reaches further. Choose a last day that is not before its own.", field="effective_to"
        )
    return Takeover(standing.slug, span.first_day, is_whole=span.first_day <= standing.span.first_day)


def _check_place(rate: Rate, basis: str) -> None:
    if (rate.kind is RateKind.REFERENCE) is not (basis == REFERENCE):
        raise RuleViolation("Only a set of reference values holds them, and it holds nothing else.", field="kind")
    if rate.kind is RateKind.REFERENCE:
        return
    if rate.intervention_type not in {kind.value for kind in InterventionType}:
        raise RuleViolation("Choose a type of intervention from the list.", field="intervention_type")
    if rate.component in {ValueClass.PREVENTED, ValueClass.RECOVERED, ValueClass.MEMO}:
        raise RuleViolation(f"{rate.component.label} has no rate: it is evidenced.", field="component")
    if (rate.kind is RateKind.SHARE_OF) is not (rate.component is ValueClass.HEALTH_QOL):
        raise RuleViolation("A share is a rate of health and quality of life, and that is a share.", field="kind")


def _check_amounts(rate: Rate) -> None:
    largest = Decimal(1) if rate.kind in {RateKind.SHARE_OF, RateKind.PER_AMOUNT} else _LARGEST_PRICE
    for name in ("value", "low", "high"):
        amount: Decimal | None = getattr(rate, name)
        if amount is not None and not (_is_plain(amount) and 0 <= amount <= largest):
            raise RuleViolation(f"Enter a number from 0 to {largest:,}.", field=name)
    low, high = rate.low, rate.high
    if (low is not None and low > rate.value) or (high is not None and high < rate.value):
        raise RuleViolation("Low is at most, and high at least, the central value.", field="low")


def _check_parts(rate: Rate) -> None:
    for name in _PARTS:
        part: Decimal | None = getattr(rate, name)
        if part is not None and not (_is_plain(part) and 0 <= part <= 1):
            raise RuleViolation("Enter a part of one, from 0 to 1, like 0.25.", field=name)
    if rate.repeat_risk is not None and rate.kind is not RateKind.PER_AMOUNT:
        raise RuleViolation("Repeat risk belongs to an evidenced future loss.", field="repeat_risk")
    if rate.deadweight is not None and rate.kind not in {RateKind.PER_AMOUNT, RateKind.ANNUAL_STREAM}:
        raise RuleViolation("Deadweight belongs to a future loss or a yearly rate.", field="deadweight")


def _check_term(rate: Rate) -> None:
    terms = [term for term in (rate.term_low, rate.term_years, rate.term_high) if term is not None]
    if any(not 1 <= term <= _LONGEST_TERM for term in terms):
        raise RuleViolation(f"A term is 1 to {_LONGEST_TERM} years.", field="term_years")
    if rate.kind is not RateKind.ANNUAL_STREAM:
        if any(getattr(rate, name) is not None for name in _ONLY_WITH_STREAM):
            raise RuleViolation("Only a yearly rate is discounted or has a low and a high term.", field="kind")
        return
    if rate.term_years is None:
        raise RuleViolation("Enter the years for which it counts.", field="term_years")
    if terms != sorted(terms):
        raise RuleViolation("The low term is at most, and the high at least, the central one.", field="term_low")


def _is_plain(number: Decimal) -> bool:
    exponent = number.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -_MOST_DIGITS
