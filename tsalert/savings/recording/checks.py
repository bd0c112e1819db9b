"""What cannot be recorded as an intervention, and who may verify one. Pure."""

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal

from tsalert.core.errors import RuleViolation
from tsalert.core.money import PENNY, format_pounds
from tsalert.savings.rules import (
    EARLIEST_DAY,
    LARGEST_AMOUNT,
    VERIFIED_ABOVE,
    WHOLE,
    Beneficiary,
    NewIntervention,
    PartnerShare,
    Shape,
)
from tsalert.savings.valuing.valuation import ValueClass

# A share of a share is not known better than to a hundredth of a per cent.
SHARE_STEP = Decimal("0.0001")
MOST_PARTNERS = 20


def check_intervention(new: NewIntervention, *, today: date) -> None:
    """Refuse what cannot have happened or would count a pound twice; ``today`` is London's.

    :raises RuleViolation: naming the field at fault.
    """
    shape = new.type.shape
    _check_day(new.on_date, today)
    _check_units(new, shape)
    if new.is_rapid_response and not shape.may_be_rapid:
        raise RuleViolation(f"{shape.label} is not a rapid response.", field="is_rapid_response")
    _check_outcome(new, shape)
    _check_money(new, shape)
    if new.beneficiary is Beneficiary.BANK and not new.amount:
        raise RuleViolation("A bank has only the loss that it must reimburse: an amount of money.", field="beneficiary")
    check_shares(new.share, new.partners)


def check_shares(ours: Decimal, partners: Sequence[PartnerShare]) -> None:
    """Refuse parts of a joint operation that are no parts, or are together more than the whole.

    :raises RuleViolation: naming the field at fault.
    """
    _check_part(ours, "share")
    names = [each.partner.strip().casefold() for each in partners]
    if not all(names) or len(set(names)) < len(names):
        raise RuleViolation("Name each partner once.", field="partners")
    if len(names) > MOST_PARTNERS:
        raise RuleViolation(f"Name at most {MOST_PARTNERS} partners.", field="partners")
    for each in partners:
        _check_part(each.share, "partners")
    together = ours + sum((each.share for each in partners), Decimal(0))
    if together > WHOLE:
        raise RuleViolation(
            f"Our share and those of the partners are together {percent(together)}. They can be at most 100%.",
            field="partners",
        )


def percent(share: Decimal) -> str:
    """Write a share as people say it: ``0.125`` is ``12.5%``."""
    return f"{(share * 100).normalize():f}%"


def needs_verifying(amount: Decimal, *, above: Decimal = VERIFIED_ABOVE) -> bool:
    """Tell whether a second officer must confirm an amount."""
    return amount > above


def check_verifier(*, typed_by: Collection[int | None], verifier: int | None, is_needed: bool) -> None:
    """Refuse a verification that is not needed, or not by somebody else.

    :param typed_by: whoever wrote a version that holds the amount, also where another corrected the rest since, or the
        money line that it was taken from.
    :raises RuleViolation: saying which.
    """
    if not is_needed:
        raise RuleViolation("This amount needed no second officer when it was recorded.")
    if verifier is None or verifier in typed_by:
        raise RuleViolation("An officer who did not record the amount must verify it.")


def _check_day(on_date: date, today: date) -> None:
    if on_date > today:
        raise RuleViolation("The date cannot be in the future.", field="on_date")
    if on_date < EARLIEST_DAY:
        raise RuleViolation("The date is too long ago. Check the year.", field="on_date")


def _check_units(new: NewIntervention, shape: Shape) -> None:
    if new.refreshers and not shape.has_refreshers:
        raise RuleViolation(f"{shape.label}: nobody is trained again here.", field="refreshers")
    if not 0 <= new.refreshers <= shape.most_units:
        raise RuleViolation(f"Enter a number from 0 to {shape.most_units:,}.", field="refreshers")
    least = 0 if new.refreshers else 1
    if not least <= new.units <= shape.most_units:
        allowed = "1" if shape.most_units == 1 else f"between {least} and {shape.most_units:,}"
        raise RuleViolation(f"{shape.label}: the number must be {allowed}.", field="units")


def _check_outcome(new: NewIntervention, shape: Shape) -> None:
    if shape.has_outcome and new.outcome is None:
        raise RuleViolation("Say what the outcome is.", field="outcome")
    if not shape.has_outcome and new.outcome is not None:
        raise RuleViolation(f"{shape.label}: only enforcement has an outcome.", field="outcome")
    if new.outcome is not None and new.money is not None and new.money is not new.outcome.value_class:
        known = "money recovered" if new.outcome.value_class is ValueClass.RECOVERED else "for information, no saving"
        raise RuleViolation(f"{new.outcome.label} is always {known}.", field="money")


def _check_money(new: NewIntervention, shape: Shape) -> None:
    amounts = {
        ValueClass.PREVENTED: new.prevented,
        ValueClass.RECOVERED: new.recovered,
        ValueClass.FUTURE_FINANCIAL: new.future,
        ValueClass.MEMO: new.memo,
    }
    if min(amounts.values()) < 0:
        raise RuleViolation(
            "No amount is negative. To take money back, correct or withdraw the record that holds it.", field="amount"
        )
    given = [kind for kind, amount in amounts.items() if amount]
    if given and not shape.money:
        raise RuleViolation(f"{shape.label}: no amount of money belongs here.", field="amount")
    if not given and (shape.is_money_optional or not shape.money):
        return
    if len(given) != 1:
        problem = "Enter the amount." if not given else "Money is in one class: prevented, recovered, future or memo."
        raise RuleViolation(problem, field="amount")
    _check_amount(given[0], amounts[given[0]], new, shape)


def _check_amount(kind: ValueClass, amount: Decimal, new: NewIntervention, shape: Shape) -> None:
    if kind not in shape.money:
        raise RuleViolation(f"{shape.label}: its money cannot be {kind.label.lower()}.", field="money")
    if not PENNY <= amount <= LARGEST_AMOUNT:
        raise RuleViolation(f"Enter an amount from 1p to {format_pounds(LARGEST_AMOUNT)}.", field="amount")
    if new.evidence is None:
        raise RuleViolation("Say what the amount rests on.", field="evidence")


def _check_part(share: Decimal, field: str) -> None:
    if not 0 < share <= WHOLE:
        raise RuleViolation("A share is more than nothing and at most 100%.", field=field)
    if share % SHARE_STEP:
        raise RuleViolation("Give a share to at most two places after the point, like 33.33%.", field=field)
