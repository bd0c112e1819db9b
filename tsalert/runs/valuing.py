"""What each record of a run is worth, by the rates and the ended units that were known at its instant."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from tsalert.runs.lines import Line, Stood, Worked
from tsalert.runs.rules import Question
from tsalert.runs.standing import PIECE, Window, ended_days, pieces, versions
from tsalert.savings.rates.rate_sets import RateSetView, set_for, sets_at
from tsalert.savings.rules import InterventionType
from tsalert.savings.valuing.methods import Basis, Method
from tsalert.savings.valuing.profiles import get_profile
from tsalert.savings.valuing.recognition import Recognition, anniversary, has_term
from tsalert.savings.valuing.scenarios import term_in
from tsalert.savings.valuing.valuation import Contribution, Quantity, Rate, ValueClass
from tsalert.savings.valuing.worth import Record, ends_counted, entries

_MONEY = (ValueClass.PREVENTED, ValueClass.RECOVERED, ValueClass.FUTURE_FINANCIAL, ValueClass.MEMO)


class Valuer:
    """Values the records of one question at one instant, and knows which rate sets it used."""

    def __init__(self, session: Session, question: Question, as_of: datetime, *, size: int = PIECE) -> None:
        self._session, self._period, self._as_of, self._size = session, question.period, as_of, size
        self._method = method_of(question)
        self._sets = sets_at(session, self._method.basis.rates, as_of)
        self._used: set[str] = set()
        self._rates: dict[tuple[str, InterventionType], tuple[Rate, ...]] = {}
        self._rows = {rule.type: rule.slug for rule in self._method.profile.rows}
        classes = self._method.profile.classes
        self._columns = {kind: name for name, kinds in classes.items() for kind in kinds}

    def work(self, *, after: str | None = None) -> Iterator[Worked]:
        """Yield every record that counts in the period, with its lines."""
        window = self._window()
        for piece in pieces(self._session, self._as_of, window, after=after, size=self._size):
            earlier = versions(self._session, {each.overlaps_id for each in piece if each.overlaps_id})
            ended = self._ended(piece, window)
            for stood in piece:
                worked = self._worked(stood, earlier.get(stood.overlaps_id or 0), ended.get(stood.reference, ()))
                if worked.lines or stood.on_date in self._period:
                    yield worked

    def used_sets(self) -> list[RateSetView]:
        """Return the rate sets used so far, by name."""
        return sorted((each for each in self._sets if each.slug in self._used), key=lambda each: each.slug)

    def _window(self) -> Window:
        """Return the period, and before it all days from which something may still last or be taken back."""
        first, last = self._period.first_day, self._period.last_day
        if not self._looks_back:
            return Window(first, last, first)
        rates = [rate for found in self._sets for rate in found.rates if has_term(rate)]
        years = max((term_in(rate, self._method.scenario) for rate in rates), default=0)
        lasting = tuple(sorted({rate.intervention_type for rate in rates}))
        return Window(first, last, anniversary(first, -years), lasting)

    @property
    def _looks_back(self) -> bool:
        return self._method.takes_back or self._method.recognition is Recognition.YEARLY

    def _ended(self, piece: Sequence[Stood], window: Window) -> dict[str, list[date]]:
        if not self._looks_back:
            return {}
        lasting = {each.reference for each in piece if each.type.value in window.lasting}
        return ended_days(self._session, self._as_of, lasting)

    def _worked(self, stood: Stood, earlier: Stood | None, ended: Sequence[date]) -> Worked:
        record = _record(stood, _record(earlier) if earlier else None, ended)
        lines = tuple(
            self._line(stood, entry.on, entry.moment.value, part)
            for entry in entries(record, self._method, self._rates_on)
            if entry.on in self._period
            for part in entry.contributions(self._method)
        )
        return Worked(stood, earlier, tuple(ended), lines)

    def _rates_on(self, kind: InterventionType, day: date) -> Sequence[Rate]:
        chosen = set_for(self._sets, day)
        if chosen is None:
            return ()
        self._used.add(chosen.slug)
        place = (chosen.slug, kind)
        if place not in self._rates:
            self._rates[place] = chosen.rates_for(kind)
        return self._rates[place]

    def _line(self, stood: Stood, on: date, moment: str, part: Contribution) -> Line:
        column = self._columns.get(part.value_class)
        row = self._row(stood) if column else None
        return Line(on, moment, part, row, column if row else None)

    def _row(self, stood: Stood) -> str | None:
        """Return the row of the table that a record counts in; none for a bank's loss or money that has no column."""
        money = _money(stood)
        is_apart = stood.is_bank_loss or (money is not None and money not in self._columns)
        return None if is_apart else self._rows.get(stood.type)


def method_of(question: Question) -> Method:
    """Return the method that a question names.

    :raises RuleViolation: there is no such profile.
    """
    return Method(get_profile(question.profile), Basis(question.basis), Recognition(question.recognition))


def _record(stood: Stood, earlier: Record | None = None, ended: Sequence[date] = ()) -> Record:
    quantity = Quantity(stood.counted_units, stood.prevented, stood.recovered, stood.future, stood.memo)
    ends = ends_counted(ended, units=stood.units, counted=stood.counted_units)
    return Record(stood.type, stood.on_date, quantity, stood.share, earlier, ends)


def _money(stood: Stood) -> ValueClass | None:
    amounts = (stood.prevented, stood.recovered, stood.future, stood.memo)
    return next((kind for kind, amount in zip(_MONEY, amounts, strict=True) if amount), None)
