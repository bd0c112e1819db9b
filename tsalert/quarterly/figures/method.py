"""Annex A: rates with their evidence, indicators with their rating, and what keeps a pound from counting twice."""

from collections.abc import Iterator, Sequence

from tsalert.core.words import write_day
from tsalert.quarterly.content import Block, Column, Prose, Row, Section, Table
from tsalert.quarterly.figures.figuring import words
from tsalert.quarterly.figures.reading import Material
from tsalert.quarterly.vocabulary import SectionKey, Unit
from tsalert.reports.indicators import Indicator
from tsalert.reports.rag import HISTORY
from tsalert.reports.vocabulary import Audience, Polarity, RagRule
from tsalert.reports.vocabulary import Unit as Measured
from tsalert.savings.rates.rate_sets import RateSetView
from tsalert.savings.rules import InterventionType
from tsalert.savings.valuing.scenarios import Scenario, rate_in
from tsalert.savings.valuing.valuation import EVIDENCE_GRADES, Rate, RateKind, exact_pounds, plain

_RATES = (
    Column("central", "Rate", Unit.WORDS),
    Column("low", "Low", Unit.WORDS),
    Column("high", "High", Unit.WORDS),
    Column("unit", "Of what", Unit.WORDS),
    Column("grade", "Evidence", Unit.WORDS),
)
_SETS = (
    Column("days", "Holds for", Unit.WORDS),
    Column("price_year", "Price year", Unit.WORDS),
    Column("source", "Source", Unit.WORDS),
    Column("evidence", "What the evidence is", Unit.WORDS),
)
_INDICATORS = (Column("definition", "What it is", Unit.WORDS), Column("rule", "How it is rated", Unit.WORDS))
_ONCE = (
    "The money of one event counts once: as stopped, as returned or as a future loss avoided.",
    "One call blocker counts in a household while its term runs; a second one adds nothing.",
    "Of a blocker and a visit for one victim within twelve months the later counts only its excess over the earlier.",
    "A Friend Against Scams counts when first trained; training again adds nothing.",
    "In joint work we count our share alone; the shares of all together never exceed the whole.",
    "Compensation counts once it is paid. Fines, costs and confiscations are for information and never a saving.",
    "A loss that a bank must reimburse is the bank's; it stands on a line of its own.",
    "A case study quotes no money that is not in the records behind these figures.",
)
_WORKED_OUT = """\
Each figure is worked out from records of its own period, by the rates that hold on each record's date, and rounded
once, when it is shown. A year is never added up from rounded quarters.

A change is told in whole percent. Where the earlier figure is under 20 the change itself comes first and the percentage
is marked as of a low base; from nothing there is no percentage; percentages change in percentage points. Where other
rates held a year before, that year is worked out anew by those of now and marked as rebased."""


def method_section(material: Material) -> Section:
    """Lay out how the report's figures come about."""
    return Section(SectionKey.METHOD, tuple(_blocks(material)))


def _blocks(material: Material) -> Iterator[Block]:
    yield Prose(_WORKED_OUT, "How figures are worked out")
    yield Prose("\n".join(f"- {rule}" for rule in _ONCE), "How no pound counts twice")
    sets = (*material.saved.overview.sets, *material.saved.prudent_sets)
    if sets:
        yield _sets(sets)
    yield from (_rates(each) for each in sets)
    found = [row.indicator for row in material.glance.rows]
    yield _indicators("method_indicators", "Indicators and how they are rated", found, Audience.PUBLIC)
    kept = _indicators("method_indicators_board", "Indicators for the board alone", found, Audience.BOARD)
    if kept.rows:
        yield kept


def _sets(sets: Sequence[RateSetView]) -> Table:
    rows = tuple(
        Row(
            each.slug,
            f"{each.title} ({each.basis})",
            (words(_days(each)), words(each.price_year or ""), words(each.source), words(each.evidence_note)),
        )
        for each in sets
    )
    return Table("method_sets", "Rate sets used", "Rate set", _SETS, rows)


def _rates(found: RateSetView) -> Table:
    rows = tuple(_rate(rate) for rate in found.rates if rate.kind is not RateKind.REFERENCE)
    grades = sorted({rate.evidence_grade for rate in found.rates})
    notes = tuple(f"Evidence {grade}: {EVIDENCE_GRADES[grade]}." for grade in grades)
    return Table(f"method_rates_{found.slug}", f"Rates: {found.title}", "What is valued", _RATES, rows, notes)


def _rate(rate: Rate) -> Row:
    title = f"{InterventionType(rate.intervention_type).label}: class {rate.component.letter}"
    ends = (_written(rate, scenario) for scenario in (Scenario.CENTRAL, Scenario.LOW, Scenario.HIGH))
    is_stream = rate.kind is RateKind.ANNUAL_STREAM
    unit = f"{rate.unit}: all years of its term together, as of the first" if is_stream else rate.unit
    figures = (*map(words, ends), words(unit), words(rate.evidence_grade))
    return Row(f"{rate.intervention_type}:{rate.component}", title, figures)


def _written(rate: Rate, scenario: Scenario) -> str:
    """Write a rate as formulas use it: the price of a unit, or a share."""
    if scenario is not Scenario.CENTRAL and rate.low is None and rate.high is None:
        return ""
    used = rate_in(rate, scenario)
    return exact_pounds(used.value) if used.kind is RateKind.PER_UNIT else plain(used.value)


def _days(found: RateSetView) -> str:
    first, last = found.span.first_day, found.span.last_day
    return f"{write_day(first)} to {write_day(last)}" if last else f"{write_day(first)} on"


def _indicators(key: str, caption: str, found: Sequence[Indicator], audience: Audience) -> Table:
    rows = tuple(
        Row(each.name, each.label, (words(each.definition), words(_rule(each))))
        for each in found
        if each.audience is audience
    )
    return Table(key, caption, "Indicator", _INDICATORS, rows, is_exempt=audience is Audience.BOARD)


def _rule(indicator: Indicator) -> str:
    rating = indicator.rating
    if rating.rule is RagRule.NONE or rating.polarity is Polarity.NEITHER:
        return "Not rated"
    if rating.rule is RagRule.STATISTICAL:
        return f"{rating.polarity.label}; by its own swings over the {HISTORY} quarters before"
    against, tolerance = _held_against(indicator), f"{rating.tolerance.normalize():f}%"
    told = f"Green at or better than {against}, Amber worse by up to {tolerance} of it, Red beyond"
    return f"{rating.polarity.label}; {told}"


def _held_against(indicator: Indicator) -> str:
    target = indicator.rating.target
    if indicator.rating.rule is RagRule.LAST_YEAR or target is None:
        return "the same period last year"
    written = exact_pounds(target) if indicator.measure.unit is Measured.MONEY else f"{target.normalize():,f}"
    return f"the target of {written}{'%' if indicator.measure.unit is Measured.SHARE else ''}"
