"""What a run reads and gives: versions as they stood, and the lines that they come to. Pure."""

from datetime import date
from decimal import Decimal

from msgspec import Struct

from tsalert.savings.rules import InterventionType
from tsalert.savings.valuing.valuation import Contribution


class Stood(Struct, frozen=True):
    """What one version of an intervention said, as far as it decides values.

    :param counted_units: how many of its units counted, by what was known when the version was written; likewise
        ``not_counted`` and ``overlaps_id``.
    """

    id: int
    reference: str
    number: int
    type: InterventionType
    on_date: date
    units: int
    refreshers: int
    prevented: Decimal
    recovered: Decimal
    future: Decimal
    memo: Decimal
    share: Decimal
    is_bank_loss: bool
    counted_units: int
    not_counted: str | None
    overlaps_id: int | None


class Line(Struct, frozen=True):
    """Some pounds of one record on the day on which they count, and the cell that they belong to, if any."""

    on: date
    moment: str
    part: Contribution
    row: str | None
    column: str | None


class Worked(Struct, frozen=True):
    """A record that was read, and its lines.

    :param overlaps: the earlier record over which only the excess of this one counts.
    :param ended: the days on which units of it ended, where that matters.
    """

    stood: Stood
    overlaps: Stood | None
    ended: tuple[date, ...]
    lines: tuple[Line, ...]
