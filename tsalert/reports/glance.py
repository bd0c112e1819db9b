"""Performance at a glance: each indicator beside its earlier figures, its change, its target and its rating."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.orm import Session

from tsalert.core.clock import london_date
from tsalert.core.periods import Period, quarter_of
from tsalert.core.words import write_day
from tsalert.reports.beginning import is_recorded, records_begin
from tsalert.reports.change import UNAVAILABLE, Change, Value, describe_change, write_value
from tsalert.reports.comparing import Compared, compare_with, quarters_in, quarters_up_to
from tsalert.reports.indicators import Indicator, indicators_on
from tsalert.reports.measures import SAVINGS
from tsalert.reports.memory import FiguresMemory
from tsalert.reports.queries import PeriodFigures, period_figures
from tsalert.reports.rag import HISTORY, Judgement, direction, judge
from tsalert.reports.vocabulary import Audience, Rag, RagRule, Unit
from tsalert.savings.figures.rebasing import rebased_table
from tsalert.savings.figures.table import SavingsTable

NOT_OVER = Judgement(Rag.NOT_RATED, "The period has not ended.")


class GlanceRow(Struct, frozen=True):
    """One indicator in one period.

    :param change: against the same period last year; ``rolling_change`` against the four quarters before.
    """

    indicator: Indicator
    current: Value
    before: Value
    last_year: Value
    rolling: Value
    rolling_before: Value
    change: Change
    rolling_change: Change
    judgement: Judgement
    quarters: int

    @property
    def direction(self) -> str:
        """Which way it went, and whether that is better."""
        return direction(self.indicator.rating.polarity, self.change.move)

    @property
    def target(self) -> str:
        """The period's target as people read it; empty where there is none."""
        target = self.indicator.rating.target
        if target is None or self.indicator.rating.rule is not RagRule.TARGET:
            return ""
        if self.indicator.measure.unit is Unit.SHARE:
            return f"{target.normalize():f}%"
        scaled = target * self.quarters
        return write_value(scaled) if self.indicator.measure.unit is Unit.MONEY else f"{scaled.normalize():,f}"


class Glance(Struct, frozen=True):
    """The indicators of a period, read at the instant of its oldest figure; records begin on the day of the first."""

    compared: Compared
    is_provisional: bool
    rows: tuple[GlanceRow, ...]
    figures: PeriodFigures
    read_at: datetime
    begins_on: date | None

    def told_of_beginning(self, earliest: Period) -> tuple[str, ...]:
        """Say when records begin, where a period is shown or compared that reaches further back."""
        if self.begins_on is None or is_recorded(earliest, self.begins_on):
            return ()
        return (
            f"Records begin on {write_day(self.begins_on)}: before that, a nought means that nothing was recorded.",
        )


Reader = Callable[[Period], PeriodFigures]


def read_glance(session: Session, memory: FiguresMemory, period: Period, *, now: datetime) -> Glance:
    """Put a period's indicators together, those that are for the service alone left out.

    Each figure is read from records of its own period; four quarters are never added up from rounded ones.
    """
    compared = compare_with(period, today=london_date(now))

    def read(wanted: Period) -> PeriodFigures:
        return memory.recall("figures", wanted, session, now=now, read=lambda: period_figures(session, wanted, now))

    def rebase(earlier: Period, onto: Period) -> SavingsTable | None:
        what = f"rebased on {onto.label}"
        return memory.recall(what, earlier, session, now=now, read=lambda: rebased_table(session, earlier, onto))

    chosen = [each for each in indicators_on(session, period.last_day) if each.audience is not Audience.SERVICE]
    rebased = {
        period: rebase(compared.last_year, period), compared.rolling: rebase(compared.rolling_before, compared.rolling)
    }  # fmt: skip
    running = quarter_of(london_date(now))  # a record of any day may become the first
    begins_on = memory.recall("begins", running, session, now=now, read=lambda: records_begin(session))
    history = [each for each in _history(chosen, period, read) if is_recorded(each.period, begins_on)]
    rows = tuple(_row(each, compared, read, rebased, history, begins_on) for each in chosen)
    figures = read(period)
    parts = (period, compared.before, compared.last_year, compared.rolling, compared.rolling_before)
    oldest = min((at for at in (memory.read_at("figures", each) for each in parts) if at), default=now)
    return Glance(compared, figures.is_provisional, rows, figures, oldest, begins_on)


def _history(chosen: Sequence[Indicator], period: Period, read: Reader) -> tuple[PeriodFigures, ...]:
    """Return the quarters before, where any rating asks for them; a year has no usual swings of quarters."""
    is_asked = any(each.rating.rule is RagRule.STATISTICAL for each in chosen)
    if not is_asked or quarters_in(period) > 1:
        return ()
    return tuple(read(each) for each in quarters_up_to(quarter_of(period.first_day), HISTORY + 1)[:-1])


def _row(
    indicator: Indicator,
    compared: Compared,
    read: Reader,
    rebased: Mapping[Period, SavingsTable | None],
    history: Sequence[PeriodFigures],
    begins_on: date | None,
) -> GlanceRow:
    measure = indicator.measure
    figures = read(compared.period)
    current, last_year = measure.read(figures), measure.read(read(compared.last_year))
    quarters = quarters_in(compared.period)
    judged = judge(
        indicator.rating,
        current,
        last_year=last_year if is_recorded(compared.last_year, begins_on) else None,
        history=[measure.read(each) for each in history],
        quarters=quarters,
    )
    return GlanceRow(
        indicator,
        current,
        measure.read(read(compared.before)),
        last_year,
        measure.read(read(compared.rolling)),
        measure.read(read(compared.rolling_before)),
        change=_change(indicator, read(compared.last_year), figures, rebased[compared.period], begins_on),
        rolling_change=_change(
            indicator, read(compared.rolling_before), read(compared.rolling), rebased[compared.rolling], begins_on
        ),
        judgement=NOT_OVER if figures.is_provisional and indicator.rating.rule is not RagRule.NONE else judged,
        quarters=quarters,
    )


def _change(
    indicator: Indicator,
    before: PeriodFigures,
    current: PeriodFigures,
    rebased: SavingsTable | None,
    begins_on: date | None,
) -> Change:
    """Tell a change between complete periods; savings by other rates are first worked out by the later ones."""
    if current.is_provisional or not is_recorded(before.period, begins_on):
        return UNAVAILABLE
    read = indicator.measure.read
    if rebased is None or indicator.measure.group != SAVINGS:
        return describe_change(read(before), read(current))
    return describe_change(read(replace(before, savings=rebased)), read(current), is_rebased=True)
