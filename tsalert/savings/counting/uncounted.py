"""Why some of a record counts nowhere, in words for officers, by the rules that keep a pound from counting twice. Pure.

What rule 1 forbids is refused when it is recorded, and rule 8 is about case studies, so neither leaves anything here.
"""

from msgspec import Struct

from tsalert.core.money import format_pounds
from tsalert.core.words import Word
from tsalert.savings.recording.checks import percent
from tsalert.savings.rules import WHOLE, Beneficiary, EnforcementOutcome, NewIntervention


class Uncounted(Word):
    """Why a part of a record counts nowhere."""

    IN_PLACE = "in_place", "Another call blocker was in place"
    ONE_A_HOUSEHOLD = "one_a_household", "One call blocker a household counts"
    OVERLAP = "overlap", "Only its excess over an earlier record counts"
    REFRESHERS = "refreshers", "Trained before"
    PARTNERS = "partners", "The share of others"
    MEMO = "memo", "For information, never a saving"
    BANK = "bank", "The bank's loss, on a line of its own"

    @property
    def rule(self) -> int:
        """The number of the rule in the method."""
        return _RULES[self]


_RULES = {
    Uncounted.IN_PLACE: 2,
    Uncounted.ONE_A_HOUSEHOLD: 2,
    Uncounted.OVERLAP: 3,
    Uncounted.REFRESHERS: 4,
    Uncounted.PARTNERS: 5,
    Uncounted.MEMO: 6,
    Uncounted.BANK: 7,
}


class Reason(Struct, frozen=True):
    """Why some of a record does not count.

    :param what: how much of it, such as ``2 call blockers`` or ``£600``.
    :param text: the reason in sentences.
    :param other: the reference of the record that it gives way to.
    """

    kind: Uncounted
    what: str
    text: str
    other: str | None = None


def own_reasons(content: NewIntervention) -> tuple[Reason, ...]:
    """Return what of a record does not count for reasons of its own, whatever else was recorded."""
    found = []
    if content.refreshers:
        text = "They were trained before. A Friend counts once, when first trained; a refresher adds nothing."
        found.append(Reason(Uncounted.REFRESHERS, f"{content.refreshers:,} trained again", text))
    if content.share != WHOLE:
        found.append(Reason(Uncounted.PARTNERS, percent(WHOLE - content.share), _partners_words(content)))
    if content.memo:
        found.append(Reason(Uncounted.MEMO, format_pounds(content.memo), _memo_words(content)))
    if content.beneficiary is Beneficiary.BANK and content.amount:
        text = "The bank must reimburse this loss, so it is the bank's gain and stands on a line of its own."
        found.append(Reason(Uncounted.BANK, format_pounds(content.amount), text))
    return tuple(found)


def _partners_words(content: NewIntervention) -> str:
    parts = ", ".join(f"{each.partner} {percent(each.share)}" for each in content.partners)
    named = f" Others have {parts}." if parts else ""
    return f"It was done together with others; our share is {percent(content.share)}.{named}"


def _memo_words(content: NewIntervention) -> str:
    if content.outcome == EnforcementOutcome.COMPENSATION_ORDERED:
        return "Compensation counts when it is paid, not when it is ordered."
    name = EnforcementOutcome.of(content.outcome).label if content.outcome else "This money"
    return f"{name}: shown for information (class M), never a saving."
