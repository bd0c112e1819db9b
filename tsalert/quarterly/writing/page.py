"""A report as a page shows it, for the macro ``report`` of macros/board_report.html. Pure."""

from markupsafe import Markup
from msgspec import Struct

from tsalert.quarterly.content import Block, Chart, Prose, Report, Row, Section, Table
from tsalert.quarterly.vocabulary import Unit
from tsalert.quarterly.writing import wording
from tsalert.quarterly.writing.drawing import drawn
from tsalert.quarterly.writing.prose import html_of
from tsalert.reports import charts

_STACKED = 3  # columns from which on a phone shows a row as a list; with words or money in them fewer fit


class Part(Struct, frozen=True):
    """A block of a section; it is one of text, chart and table."""

    title: str = ""
    is_exempt: bool = False
    text: Markup | None = None
    chart: charts.Chart | None = None
    table: Table | None = None

    @property
    def head(self) -> tuple[str, ...]:
        """The titles over a table's cells, the one over the heads of its rows first."""
        return (self.table.head, *(column.title for column in self.table.columns)) if self.table else ()

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """The cells of a table, the head of each row first."""
        return tuple((row.title, *(figure.shown for figure in row.figures)) for row in self._rows)

    @property
    def numeric(self) -> tuple[int, ...]:
        """Which cells of a row stand to the right."""
        columns = self.table.columns if self.table else ()
        return tuple(place for place, column in enumerate(columns, 1) if column.unit is not Unit.WORDS)

    @property
    def totals(self) -> tuple[int, ...]:
        """Which rows sum the others."""
        return tuple(place for place, row in enumerate(self._rows) if row.is_total)

    @property
    def notes(self) -> tuple[str, ...]:
        """What stands beneath a table."""
        return self.table.notes or (() if self._rows else (wording.NO_ROWS,)) if self.table else ()

    @property
    def is_stacked(self) -> bool:
        """True where a phone shows each row of a table as a list of its cells."""
        columns = self.table.columns if self.table else ()
        is_broad = any(column.unit in {Unit.WORDS, Unit.MONEY} for column in columns)
        return len(columns) >= (_STACKED - 1 if is_broad else _STACKED)

    @property
    def _rows(self) -> tuple[Row, ...]:
        return self.table.rows if self.table else ()


class PageSection(Struct, frozen=True):
    """A section under its numbered heading."""

    name: str
    heading: str
    is_exempt: bool
    parts: tuple[Part, ...]


class Page(Struct, frozen=True):
    """A whole report."""

    title: str
    caption: str
    facts: tuple[tuple[str, str], ...]
    notices: tuple[str, ...]
    sections: tuple[PageSection, ...]


def page_of(report: Report) -> Page:
    """Return a report for a page."""
    headings = wording.headings_of(report)
    return Page(
        title=wording.title_of(report.head),
        caption=wording.footer_of(report.head),
        facts=wording.facts_of(report.head),
        notices=wording.notices_of(report),
        sections=tuple(map(lambda heading, section: _section(heading, section, report), headings, report.sections)),
    )


def _section(heading: str, section: Section, report: Report) -> PageSection:
    parts = tuple(part for block in section.blocks if (part := _part(block, report, section)))
    return PageSection(section.key.value, heading, section.is_exempt, parts)


def _part(block: Block, report: Report, section: Section) -> Part | None:
    """Return a block; a chart whose figures this edition does not show is left out."""
    is_exempt = block.is_exempt and not section.is_exempt
    match block:
        case Prose():
            return Part(block.title, is_exempt, text=html_of(block.text, 4 if block.title else 3))
        case Chart():
            found = drawn(block, report)
            return Part(is_exempt=is_exempt, chart=found) if found else None
        case Table():
            return Part(is_exempt=is_exempt, table=block)
