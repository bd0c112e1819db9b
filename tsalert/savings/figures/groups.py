"""Records of a period taken together where they are valued alike, and what they are worth. Pure."""

from datetime import date
from decimal import Decimal

from msgspec import Struct

from tsalert.savings.rules import InterventionType
from tsalert.savings.valuing.methods import Method
from tsalert.savings.valuing.profiles import Profile, rated_by_money, rated_by_unit
from tsalert.savings.valuing.valuation import Contribution, Quantity, ValueClass, product, total
from tsalert.savings.valuing.worth import Entry, Moment


class Kind(Struct, frozen=True, kw_only=True):
    """What sets records apart from others of the same period.

    :param part: the quarter, counted from the first of the period.
    :param money: the class of their evidenced money, if they have any.
    :param ward: the ward, where records are wanted by it.
    """

    type: InterventionType
    part: int = 0
    money: ValueClass | None = None
    is_bank_loss: bool = False
    ward: str | None = None


class Group(Struct, frozen=True):
    """Records that are valued alike, and what they are worth under one method.

    :param lacks: the classes in which they should be worth something and no approved rate says what.
    """

    kind: Kind
    entry: Entry
    records: int
    first_day: date
    last_day: date
    contributions: tuple[Contribution, ...]
    lacks: frozenset[ValueClass]

    @property
    def type(self) -> InterventionType:
        """What was done."""
        return self.kind.type

    @property
    def is_new(self) -> bool:
        """True for what was recorded in the period, as against what lasts from before or ended."""
        return self.entry.moment is Moment.RECORDED

    @property
    def number(self) -> int:
        """How many came in that count."""
        return self.entry.quantity.units if self.is_new else 0

    @property
    def money(self) -> Decimal:
        """Our part of the evidenced money that came in, of whichever class."""
        quantity = self.entry.quantity
        return product((self.entry.share, _evidenced(quantity))) if self.is_new else Decimal(0)


def make_group(
    kind: Kind, entry: Entry, method: Method, *, records: int = 1, days: tuple[date, date] | None = None
) -> Group:
    """Value records that are alike; ``days`` are the first and last of theirs."""
    parts = entry.contributions(method)
    first_day, last_day = days or (entry.on, entry.on)
    return Group(kind, entry, records, first_day, last_day, parts, lacking(kind.type, entry, parts, method))


def is_in_table(group: Group, profile: Profile) -> bool:
    """Tell whether a group's pounds are figures of a profile's table."""
    return holds(profile, group.kind)


def holds(profile: Profile, kind: Kind) -> bool:
    """Tell whether a profile's table holds the pounds of some kind."""
    has_row = any(rule.type is kind.type for rule in profile.rows)
    has_column = kind.money is None or kind.money in profile.classes_of("total")
    return has_row and has_column and not kind.is_bank_loss


def lacking(
    kind: InterventionType, entry: Entry, parts: tuple[Contribution, ...], method: Method
) -> frozenset[ValueClass]:
    """Say in which classes no rate values what should have a value.

    What lasts from before is counted by the rates of its first day, which then has said what it lacks.
    """
    if entry.moment is not Moment.RECORDED:
        return frozenset()
    made = {part.value_class for part in parts}
    wanted = rated_by_unit(kind) if entry.quantity.units else frozenset()
    if entry.quantity.future:
        wanted |= {ValueClass.FUTURE_FINANCIAL}
    if made & method.shares_of:
        wanted |= rated_by_money(kind)
    return wanted - made


def _evidenced(quantity: Quantity) -> Decimal:
    return total((quantity.prevented, quantity.recovered, quantity.future, quantity.memo))
