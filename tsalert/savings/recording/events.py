"""No pound of one event counted twice: what other records of the event leave room for. Pure."""

from collections.abc import Sequence
from decimal import Decimal

from msgspec import Struct

from tsalert.core.errors import RuleViolation
from tsalert.core.money import format_pounds
from tsalert.savings.rules import NewIntervention
from tsalert.savings.valuing.valuation import ValueClass

_VERBS = {
    ValueClass.PREVENTED: "prevented",
    ValueClass.RECOVERED: "recovered",
    ValueClass.FUTURE_FINANCIAL: "a future loss avoided",
}


class Held(Struct, frozen=True):
    """Money that another record of the same event or case holds, in one class, and whether it names its line."""

    reference: str
    money: ValueClass
    amount: Decimal
    has_line: bool = False


def check_one_event(new: NewIntervention, of_event: Sequence[Held]) -> None:
    """Refuse money of an event that other records hold already, unless something says that it is other money.

    What says so is the case's own money line, or a sentence; memo money is no saving and takes no room. A line says
    nothing of a record that holds the same amount in the same class and names no line: that may be this very money.

    :raises RuleViolation: nothing says so.
    """
    if not new.amount or new.other_money:
        return
    savings = [held for held in of_event if held.money in _VERBS]
    in_the_way = [held for held in savings if new.money_line_id is None or _may_be_same(held, new)]
    if in_the_way:
        raise RuleViolation(_said(new, in_the_way[0]), field="other_money")


def check_paid(new: NewIntervention, recovered_before: Decimal, paid: Decimal | None) -> None:
    """Refuse more money back than left the victim; ``paid`` is None where the case has no money lines.

    :raises RuleViolation: more would have come back than was paid.
    """
    if not new.recovered or paid is None or recovered_before + new.recovered <= paid:
        return
    before = f", of which {format_pounds(recovered_before)} is recorded as recovered" if recovered_before else ""
    raise RuleViolation(
        f"The case says that {format_pounds(paid)} was paid{before}. No more can come back than was paid: money that "
        "was prevented was never lost. Check the amount, or add what was paid to the case's money.",
        field="amount",
    )


def _may_be_same(held: Held, new: NewIntervention) -> bool:
    return not held.has_line and (held.money, held.amount) == (new.money, new.amount)


def _said(new: NewIntervention, held: Held) -> str:
    start = f"{held.reference} holds {format_pounds(held.amount)} of this event as {_VERBS[held.money]}"
    why = {
        (ValueClass.PREVENTED, ValueClass.RECOVERED): ": money that was never lost cannot come back",
        (ValueClass.RECOVERED, ValueClass.PREVENTED): ": money that was lost and came back was not prevented",
    }.get((held.money, new.money or ValueClass.MEMO), "")
    if new.money_line_id is not None:
        return f"{start} and names no money line. Correct it to name this line, or say why this is other money."
    return f"{start}{why}. If this is other money, choose its money line of the case or say why it is other money."
