"""How a priority action reads in the report, and what its records come to in words. Pure.

What is proposed from the records is fit for both editions: no count of people from 1 to 4 stands in it, nothing from
which one could be worked out, and no sum that is the money of few or mostly of one.
"""

import re
from collections.abc import Iterable
from decimal import Decimal

from msgspec import Struct

from tsalert.core.errors import RuleViolation
from tsalert.core.money import format_pounds
from tsalert.core.periods import Period

FEWEST_PEOPLE, FEWEST_RECORDS, LARGEST_PART = 5, 3, Decimal("0.85")
FEW = "fewer than 5"
_MARKS = re.compile(r"([\\`*_\[\]<>#|~!])")


class Told(Struct, frozen=True):
    """An update as the report shows it."""

    quarter: str
    word: str
    text: str


class Sum(Struct, frozen=True):
    """A sum of money, of how many records it is made, and the largest one of them."""

    amount: Decimal
    records: int
    largest: Decimal

    @property
    def is_safe(self) -> bool:
        """True where it tells of no single person's money."""
        return self.records >= FEWEST_RECORDS and self.largest <= self.amount * LARGEST_PART


class AbuseRecords(Struct, frozen=True):
    """What the service recorded of financial abuse in a quarter, and of what was done against it.

    :param reported: cases of scams, doorstep crime and financial abuse.
    :param categories: the number of cases of each other category of all enquiries.
    :param clocks: how the immediate responses came out, a number for each way.
    :param protocol: what banks, post offices and the police passed on under the Banking Protocol.
    :param referrals: safeguarding concerns that were sent to adult social care.
    """

    reported: int
    financial_abuse: int
    detriment: Sum
    prevented: Sum
    reports: int
    immediate: int
    protocol: int
    sessions: int
    referrals: int
    categories: tuple[int, ...] = ()
    clocks: tuple[int, ...] = ()


def plain(words: str) -> str:
    """Return words in which nothing is taken for Markdown."""
    return _MARKS.sub(r"\\\1", words)


def report_text(text: str, lead: str, told: Iterable[Told], missing: str | None) -> str:
    """Return an action as the report shows it: what it is, who leads, then updates in the order in which they come.

    :param missing: the quarter that is reported, where nothing is told of it yet.
    """
    parts = [text, f"Lead: {plain(lead)}."]
    if missing:
        parts.append(f"**{missing}:** nothing is reported yet.")
    for each in told:
        parts += [f"**{each.quarter}: {plain(each.word)}**", each.text]
    return "\n\n".join(part for part in parts if part)


def propose(found: AbuseRecords, quarter: Period) -> str:
    """Return a few sentences of what the service recorded in a quarter, for its writer to go on from."""
    sentences = [_of_cases(found), _of_prevented(found), _of_responses(found), _of_work(found)]
    return f"In {quarter.prose} " + " ".join(each for each in sentences if each)


def people(number: int, many: str) -> str:
    """Write a count of people or of their cases: none, fewer than 5, or the number."""
    if not number:
        return f"no {many}"
    return f"{FEW} {many}" if number < FEWEST_PEOPLE else f"{number:,} {many}"


def may_tell_part(part: int, whole: int, beside: Iterable[int] = ()) -> bool:
    """Tell whether a part may stand beside its whole: neither it nor the rest is a count of 1 to 4.

    :param beside: counts that the report's tables show with it. One of them that is few is suppressed there, and this
        part perhaps with it, so that it cannot be worked out; it must not be told here then.
    """
    return all(not 0 < number < FEWEST_PEOPLE for number in (part, whole - part, *beside))


def check_word(words: str, *, field: str) -> None:
    """Refuse a name that ends like a sentence or says nothing.

    :raises RuleViolation: it does.
    """
    if not any(character.isalnum() for character in words):
        raise RuleViolation("Give it a name with letters in it.", field=field)


def _of_cases(found: AbuseRecords) -> str:
    cases = people(found.reported, "cases")
    said = f"Trading Standards opened {cases} of scams, doorstep crime or financial abuse"
    if found.financial_abuse and may_tell_part(found.financial_abuse, found.reported, found.categories):
        said += f", {found.financial_abuse:,} of them of financial abuse by somebody who was trusted"
    if found.detriment.is_safe:
        said += f"; the victims had paid {format_pounds(found.detriment.amount)}"
    return f"{said}."


def _of_prevented(found: AbuseRecords) -> str:
    return f"{format_pounds(found.prevented.amount)} was kept from being lost." if found.prevented.is_safe else ""


def _of_responses(found: AbuseRecords) -> str:
    said = f"The rapid-response number brought {people(found.reports, 'reports')}"
    if found.immediate and may_tell_part(found.immediate, found.reports, found.clocks):
        said += f", {found.immediate:,} of which called for an immediate response"
    if found.protocol:
        said += f"; {people(found.protocol, 'referrals')} came under the Banking Protocol"
    return f"{said}."


def _of_work(found: AbuseRecords) -> str:
    done = []
    if found.sessions:
        done.append(f"{found.sessions:,} {'session' if found.sessions == 1 else 'sessions'} of training or talks held")
    if found.referrals:
        done.append(f"{people(found.referrals, 'safeguarding referrals')} made")
    if not done:
        return ""
    were = "was" if found.sessions == 1 else "were"
    return f"There {were} {' and '.join(done)}."
