"""Annex B: what is incomplete in a quarter's records, and what came in after it."""

from collections.abc import Iterator

from msgspec.structs import replace

from tsalert.quarterly.content import Column, Row, Section, Table
from tsalert.quarterly.figures.figuring import count
from tsalert.quarterly.figures.reading import Material
from tsalert.quarterly.vocabulary import About, SectionKey, Unit
from tsalert.response.counting import By

_NUMBER = (Column("number", "Number", Unit.COUNT),)
# The same number stands there as a part of all cases.
_NO_LOSS = tuple((table, "total", "untold") for table in ("demand_by_type", "demand_by_channel"))
_UNKNOWN_UNITS = "Units among the savings that no serial number is known of, and that no count of units has"
_RUNS = "The quarter has not ended; every figure of this report is provisional and will change."
_LATE = "What is entered after a report was published changes its figures at the next revision, and is listed there."


def data_quality_section(material: Material) -> Section:
    """Lay out what readers must know of the records behind the figures."""
    return Section(SectionKey.DATA_QUALITY, (_incomplete(material), _late(material)))


def _incomplete(material: Material) -> Table:
    notes = (_RUNS,) if material.is_provisional else ()
    return Table("quality_incomplete", "What is incomplete", "What", _NUMBER, tuple(_gaps(material)), notes)


def _gaps(material: Material) -> Iterator[Row]:
    losses, response = material.losses[material.quarter].altogether, material.figures[material.quarter].response
    savings, gaps = material.saved.overview.table, material.gaps
    unplaced = sum(group.tally.reports for group in material.response.by(By.WARD) if not group.key)
    unvalued = sum(row.total.is_incomplete for row in savings.rows)
    yield _row("to_verify", "Amounts that a second officer has still to confirm", savings.to_verify, About.PEOPLE)
    yield _row("no_loss", "Cases that tell no loss", losses.cases - losses.number, About.PEOPLE, _NO_LOSS)
    yield _row("reports_without_ward", "Reports without a ward", unplaced, About.PEOPLE)
    yield _row("interventions_without_ward", "Interventions for one household without a ward", gaps.without_ward)
    yield _row("unknown_units", _UNKNOWN_UNITS, gaps.unknown_units)
    yield _row("unvalued", "Rows of the savings table in which an approved rate is missing", unvalued)
    yield _row("running", "Two-hour clocks that have not come out", response.running + response.overdue)
    yield _row("told_late", "Arrivals told more than 15 minutes afterwards", material.response.total().told_late)


def _late(material: Material) -> Table:
    gaps = material.gaps
    rows = (
        _row("calls", "Calls", gaps.late_calls, About.PEOPLE),
        _row("cases", "Cases", gaps.late_cases.cases, About.PEOPLE),
        _row(
            "money_lines",
            "Sums of money of cases, corrections among them",
            gaps.late_cases.money_lines,
            About.PEOPLE,
        ),
        _row("interventions", "Interventions, corrections among them", gaps.late_interventions),
    )
    return Table("quality_late", "Entered after the quarter had ended", "Records", _NUMBER, rows, (_LATE,))


def _row(
    key: str, title: str, number: int, about: About = About.SERVICE, tells: tuple[tuple[str, str, str], ...] = ()
) -> Row:
    return Row(key, title, (replace(count(number), tells=tells),), about=about)
