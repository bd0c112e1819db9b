"""The records behind a figure, a page at a time, each with what it adds."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from tsalert.core.periods import Period
from tsalert.keysets import PAGE, Order, page_among
from tsalert.prevention.models import InstalledUnit
from tsalert.prevention.rules import Ending
from tsalert.savings.counting.uncounted import Uncounted
from tsalert.savings.figures.groups import lacking
from tsalert.savings.figures.scopes import COUNTED, Scope, conditions, in_period
from tsalert.savings.figures.singles import longest
from tsalert.savings.figures.stretches import cuts_of, stretches
from tsalert.savings.models import Intervention
from tsalert.savings.queries import Version, read_version
from tsalert.savings.rates.rate_sets import RateSetView, set_for
from tsalert.savings.rules import Beneficiary, InterventionType
from tsalert.savings.valuing.methods import Method
from tsalert.savings.valuing.recognition import Recognition, rates_of_year
from tsalert.savings.valuing.records import rates_of, records_of
from tsalert.savings.valuing.valuation import Contribution, ValueClass
from tsalert.savings.valuing.worth import Moment, entries

_NOTHING = Decimal(0)


class Asked(Struct, frozen=True):
    """Whose records are wanted: of which period, valued how."""

    period: Period
    method: Method
    sets: tuple[RateSetView, ...]
    scope: Scope


class ValuedRecord(Struct, frozen=True):
    """One intervention and what it adds to a figure, with the moments at which it does.

    :param lacks: the classes in which no approved rate values it.
    """

    version: Version
    contributions: tuple[Contribution, ...]
    moments: tuple[Moment, ...]
    lacks: frozenset[ValueClass]

    def only(self, classes: frozenset[ValueClass]) -> "ValuedRecord":
        """Return it with what it adds, and what it lacks, in some classes."""
        kept = tuple(part for part in self.contributions if part.value_class in classes)
        return replace(self, contributions=kept, lacks=self.lacks & classes)

    @property
    def why_nothing(self) -> str:
        """Why it adds nothing, where it does not."""
        if self.lacks:
            return "no approved rate for this date"
        code = self.version.not_counted_reason
        return Uncounted.of(code).label if code else "nothing in this column"


class RecordPage(Struct, frozen=True):
    """Some records, by date; ``next`` is the ``after`` of the page that follows, if one does."""

    records: tuple[ValuedRecord, ...]
    next: str | None


def read_page(session: Session, asked: Asked, after: str | None, *, size: int | None = None) -> RecordPage:
    """Return the records that add to a period's table, or could.

    :raises RuleViolation: ``after`` is no place of this list.
    """
    most = size or PAGE
    query = select(Intervention).where(*COUNTED, *_in_table(asked), *conditions(asked.scope))
    by_date = Order(Intervention.id, (Intervention.on_date,), is_rising=True)
    ordered = by_date.sorts(query if after is None else query.where(by_date.follows(after))).limit(most + 1)
    # Each reason to be here is asked for by itself, which keeps to its index; the first of them all make the page.
    found = {row.id: row for reason in _when(asked) for row in session.scalars(ordered.where(reason))}
    page = page_among(sorted(found.values(), key=_place), _place, (date, int), after=None, size=most)
    return RecordPage(tuple(_valued(session, asked, page.items)), page.next)


def _place(row: Intervention) -> tuple[date, int]:
    return row.on_date, row.id


def _in_table(asked: Asked) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [Intervention.beneficiary != Beneficiary.BANK, Intervention.memo == _NOTHING]
    if ValueClass.RECOVERED not in asked.method.profile.classes_of("total"):
        found.append(Intervention.recovered == _NOTHING)
    return found


def _when(asked: Asked) -> Iterator[ColumnElement[bool]]:
    """Say on which days a record was made, or its unit ended, so that it counts in the period."""
    yield in_period(asked.period)
    if asked.method.takes_back:
        ended = InstalledUnit.ended_on.between(asked.period.first_day, asked.period.last_day)
        counts = InstalledUnit.ended_how != Ending.MISTAKE
        yield Intervention.reference.in_(select(InstalledUnit.intervention_reference).where(ended, counts))
    if asked.method.recognition is Recognition.YEARLY:
        yield from _lasting(asked)


def _lasting(asked: Asked) -> Iterator[ColumnElement[bool]]:
    cuts = cuts_of(each.span for each in asked.sets)
    for year in range(1, longest(asked.sets, asked.method)):
        for stretch in stretches([asked.period], cuts, year):
            types = _lasting_types(set_for(asked.sets, stretch.first_day), asked.method, year)
            days = Intervention.on_date.between(stretch.first_day, stretch.last_day)
            if types:
                yield and_(days, Intervention.type.in_(types))


def _lasting_types(chosen: RateSetView | None, method: Method, year: int) -> list[InterventionType]:
    if chosen is None:
        return []
    return [kind for kind in InterventionType if rates_of_year(chosen.rates_for(kind), method.scenario, year)]


def _valued(session: Session, asked: Asked, rows: Sequence[Intervention]) -> Iterator[ValuedRecord]:
    rates_on = rates_of(asked.sets)
    for row, record in zip(rows, records_of(session, rows), strict=True):
        counted = [entry for entry in entries(record, asked.method, rates_on) if entry.on in asked.period]
        parts = tuple(part for entry in counted for part in entry.contributions(asked.method))
        lacks = frozenset(
            kind
            for entry in counted
            for kind in lacking(record.type, entry, entry.contributions(asked.method), asked.method)
        )
        yield ValuedRecord(read_version(row), parts, tuple(entry.moment for entry in counted), lacks)
