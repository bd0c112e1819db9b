"""Money in a text, held against the ledger of the case and against how a study rounds. Pure."""

import re
from collections.abc import Iterator
from decimal import Decimal

from tsalert.core.money import format_pounds
from tsalert.identifying.facts import Finding, finding, findings_of
from tsalert.identifying.vocabulary import Check
from tsalert.quarterly.studies.facts import Facts
from tsalert.savings.counting.case_studies import Quoted, quoted_amounts, rounded, rounded_from

_IN_WORDS = re.compile(r"\b(?:[a-z]+[\s-])?(?:hundred|thousand|million)s?\s+(?:of\s+)?pounds?\b", re.IGNORECASE)


def money_in(text: str, facts: Facts) -> Iterator[Finding]:
    """Yield every amount that is not rounded, or that is in no ledger."""
    yield from findings_of(Check.MONEY_IN_WORDS, text, _IN_WORDS, "Write it in figures.")
    place = 0
    for quoted in quoted_amounts(text):
        start, length = _where(text, quoted, place)
        place = start + length
        said = _fault(quoted, facts.amounts)
        if said:
            yield finding(said[0], text, start, start + length, said[1])


def _fault(quoted: Quoted, amounts: frozenset[Decimal]) -> tuple[Check, str] | None:
    amount = quoted.amount
    if amount is not None and amount in amounts:
        is_rounded = rounded(amount) == amount
        return None if is_rounded else (Check.MONEY_EXACT, f"Write {format_pounds(rounded(amount))}.")
    if amount and rounded_from(amount, amounts) is not None:
        return None
    return Check.MONEY_UNKNOWN, "Write an amount of the case, rounded, or say where this one is from."


def _where(text: str, quoted: Quoted, after: int) -> tuple[int, int]:
    """Return where an amount stands; the end of a range that shares a sign is found by its digits alone."""
    for written in (quoted.written, quoted.written.removeprefix("£")):
        start = text.find(written, after)
        if start >= 0:
            return start, len(written)
    return after, 0
