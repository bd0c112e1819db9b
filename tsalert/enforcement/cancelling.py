"""Until when a consumer may cancel a contract made at home or at a distance. Pure.

Source: Consumer Contracts (Information, Cancellation and Additional Charges) Regulations 2013 (SI 2013/3134),
regulations 27 to 31. They count every day, Sundays and holidays too.
"""

from datetime import date, timedelta

from msgspec import Struct

from tsalert.core.errors import RuleViolation
from tsalert.core.months import last_of_months, months_after
from tsalert.enforcement.law import CONTRACTS_2013_BEGAN
from tsalert.enforcement.vocabulary import ContractKind, Exclusion, Place

PERIOD = timedelta(days=14)
_DAY = timedelta(days=1)


class Contract(Struct, frozen=True):
    """A contract as far as it decides the cancellation period.

    :param delivered_on: for goods, the day on which the last of one order came; None while they have not.
    :param notice_on: the day on which the consumer was told in writing of the right to cancel; None if never.
    """

    kind: ContractKind
    place: Place
    made_on: date
    delivered_on: date | None = None
    notice_on: date | None = None
    exclusion: Exclusion | None = None


class Period(Struct, frozen=True):
    """The last day to cancel, and why; ``last_day`` is None while it cannot be said or where there is no right."""

    last_day: date | None
    reason: str
    has_right: bool = True

    def is_open(self, on: date) -> bool:
        """Tell whether the contract can be cancelled on a day."""
        return self.has_right and (self.last_day is None or on <= self.last_day)


def require_contract(contract: Contract) -> None:
    """Refuse a contract that the 2013 Regulations do not reach, or whose days cannot be.

    :raises RuleViolation: naming the field at fault.
    """
    if contract.made_on < CONTRACTS_2013_BEGAN:
        raise RuleViolation(
            "The 2013 Regulations reach contracts made from 13 June 2014. Before, the Cancellation of Contracts made "
            "in a Consumer's Home or Place of Work etc Regulations 2008 gave 7 days, or, at a distance, the Consumer "
            "Protection (Distance Selling) Regulations 2000 did.",
            field="made_on",
        )
    if contract.delivered_on is not None and contract.kind is not ContractKind.GOODS:
        raise RuleViolation("Only goods are delivered. Leave this empty.", field="delivered_on")
    if contract.delivered_on is not None and contract.delivered_on < contract.made_on:
        raise RuleViolation("The goods cannot have come before the contract was made.", field="delivered_on")
    if contract.exclusion is Exclusion.UNDER_42_POUNDS and contract.place is not Place.OFF_PREMISES:
        raise RuleViolation("This exclusion is for contracts made off the trader's premises.", field="exclusion")


def cancellation_period(contract: Contract) -> Period:
    """Return until when the consumer may cancel; the last day counts, to its end.

    It is 14 days from the day after the contract, for goods from the day after delivery. Who was not told of the
    right has 12 months more; told within those 12 months, 14 days from the day after.

    :raises RuleViolation: the Regulations do not reach the contract.
    """
    require_contract(contract)
    if contract.exclusion is not None:
        return Period(None, f"No right to cancel. {contract.exclusion.label}.", has_right=False)
    begins = _day_before(contract)
    if begins is None:
        return Period(None, "The goods have not come: 14 days from delivery, regulation 30(3).")
    normal = begins + PERIOD
    paragraph = "30(3)" if contract.kind is ContractKind.GOODS else "30(2)"
    if contract.notice_on is not None and contract.notice_on <= begins:
        return Period(normal, f"14 days, regulation {paragraph}.")
    if contract.notice_on is not None and contract.notice_on <= _last_day_to_be_told(begins):
        return Period(contract.notice_on + PERIOD, "14 days from the notice, which came late: regulation 31(2).")
    return Period(months_after(normal, 12), "12 months more, as no notice was given in time: regulation 31(3).")


def _day_before(contract: Contract) -> date | None:
    """Return the day after which the 14 days are counted."""
    return contract.delivered_on if contract.kind is ContractKind.GOODS else contract.made_on


def _last_day_to_be_told(begins: date) -> date:
    """Return the last of the 12 months that begin with the first of the 14 days."""
    return last_of_months(begins + _DAY, 12)
