"""What one version of an intervention is worth: on which days how much of it is counted, and why. Pure."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from tsalert.savings.rules import InterventionType
from tsalert.savings.valuing.methods import Method
from tsalert.savings.valuing.recognition import (
    Recognition,
    anniversary,
    longest_term,
    rates_of_unexpired,
    rates_of_year,
    years_begun,
)
from tsalert.savings.valuing.scenarios import rate_in
from tsalert.savings.valuing.valuation import Contribution, Quantity, Rate, financial, total, value

_NOTHING, _ALL = Decimal(0), Decimal(1)
RatesOn = Callable[[InterventionType, date], Sequence[Rate]]


class Moment(StrEnum):
    """Why something is counted on a day."""

    RECORDED = "recorded"
    ANNIVERSARY = "anniversary"
    ENDED = "ended"


class Record(Struct, frozen=True):
    """What of one version decides its worth.

    :param quantity: its money, and those of its units that count.
    :param earlier: the record of the same victim over which only the excess of this one counts.
    :param ended: the days on which units of it ended.
    """

    type: InterventionType
    on_date: date
    quantity: Quantity
    share: Decimal = _ALL
    earlier: "Record | None" = None
    ended: tuple[date, ...] = ()


class Entry(Struct, frozen=True):
    """What is counted on one day, of one record or of many that are alike."""

    on: date
    moment: Moment
    quantity: Quantity
    rates: tuple[Rate, ...]
    share: Decimal = _ALL
    counted_before: Decimal = _NOTHING

    def contributions(self, method: Method) -> tuple[Contribution, ...]:
        """Say what it is worth, class by class."""
        return value(
            self.quantity,
            self.rates,
            shares_of=method.shares_of,
            share=self.share,
            counted_before=self.counted_before,
        )


def entries(record: Record, method: Method, rates_on: RatesOn) -> tuple[Entry, ...]:
    """Return everything that a record ever counts, in the order of days.

    Without rates for its date its evidenced money still counts.
    """
    rates = rates_on(record.type, record.on_date)
    before = _counted_before(record, method, rates_on)
    if method.recognition is Recognition.YEARLY:
        return _year_by_year(record, method, rates, before)
    whole = Entry(record.on_date, Moment.RECORDED, record.quantity, first_rates(rates, method), record.share, before)
    return (whole, *_taken_back(record, method, rates, whole)) if method.takes_back else (whole,)


def value_record(record: Record, method: Method, rates_on: RatesOn) -> tuple[Contribution, ...]:
    """Say what one version is worth in all, over every day on which some of it is counted."""
    found = entries(record, method, rates_on)
    return tuple(part for entry in found for part in entry.contributions(method))


def first_rates(rates: Sequence[Rate], method: Method) -> tuple[Rate, ...]:
    """Return what is counted on the day of the record: the whole term, or the first year of it."""
    if method.recognition is Recognition.YEARLY:
        return rates_of_year(tuple(rates), method.scenario, 0)
    return tuple(rate_in(rate, method.scenario) for rate in rates)


def corrections(record: Record, method: Method, rates_on: RatesOn) -> tuple[Entry, ...]:
    """Return what the ends of its units change in a record of which sums took every unit for one that lasts.

    It must be a record that counts over no earlier one.
    """
    rates = tuple(rates_on(record.type, record.on_date))
    if method.recognition is Recognition.YEARLY:
        return tuple(_years_not_seen(record, method, rates))
    if not method.takes_back:
        return ()
    found = []
    for ended_on in _ends(record):
        unexpired = rates_of_unexpired(rates, method.scenario, years_begun(record.on_date, ended_on))
        if unexpired:
            found.append(Entry(ended_on, Moment.ENDED, Quantity(1), unexpired, record.share))
    return tuple(found)


def _years_not_seen(record: Record, method: Method, rates: tuple[Rate, ...]) -> Iterator[Entry]:
    for year in range(1, longest_term(rates, method.scenario)):
        gone = sum(years_begun(record.on_date, day) <= year for day in _ends(record))
        used = rates_of_year(rates, method.scenario, year)
        if gone and used:
            day = anniversary(record.on_date, year)
            yield Entry(day, Moment.ANNIVERSARY, Quantity(-gone), used, record.share)


def ends_counted(ended: Iterable[date], *, units: int, counted: int) -> tuple[date, ...]:
    """Return those of the ends of a record's units that take back what was counted.

    Where fewer count than were fitted, as in one household, it stays served until the last of them ends: the first
    ends, as many as units that never counted, take nothing back.
    """
    return tuple(sorted(ended)[units - counted :])


def _ends(record: Record) -> list[date]:
    """Return the ends of its units, of no more than count."""
    return sorted(record.ended)[: record.quantity.units]


def _counted_before(record: Record, method: Method, rates_on: RatesOn) -> Decimal:
    """Return the financial pounds of the earlier record, its whole term taken together."""
    earlier = record.earlier
    if earlier is None:
        return _NOTHING
    rates = [rate_in(rate, method.scenario) for rate in rates_on(earlier.type, earlier.on_date)]
    return financial(value(earlier.quantity, rates, shares_of=method.shares_of, share=earlier.share))


def _year_by_year(record: Record, method: Method, rates: Sequence[Rate], before: Decimal) -> tuple[Entry, ...]:
    """Count a year of each unit's use on every anniversary that it saw; what was counted before is used up first."""
    found: list[Entry] = []
    begun = [years_begun(record.on_date, day) for day in _ends(record)]
    for year in range(longest_term(rates, method.scenario)):
        used = rates_of_year(tuple(rates), method.scenario, year)
        units = record.quantity.units - sum(years <= year for years in begun)
        quantity = Quantity(units) if year else record.quantity
        moment = Moment.ANNIVERSARY if year else Moment.RECORDED
        entry = Entry(anniversary(record.on_date, year), moment, quantity, used, record.share, before)
        before = total((before, *(-part.less for part in entry.contributions(method))))
        if year == 0 or (units and used):
            found.append(entry)
    return tuple(found)


def _taken_back(record: Record, method: Method, rates: Sequence[Rate], whole: Entry) -> list[Entry]:
    """Take back the years that had not begun when a unit ended, but never more than was counted of them."""
    found = []
    own = financial(replace(whole, counted_before=_NOTHING).contributions(method))
    for entry in corrections(record, method, lambda *_: rates):
        left = total((own, financial(entry.contributions(method))))
        uncounted = total((left, -own, max(own, whole.counted_before), -max(left, whole.counted_before)))
        found.append(replace(entry, counted_before=uncounted))
        own = left
    return found
