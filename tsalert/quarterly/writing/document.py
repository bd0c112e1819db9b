"""A report as a document, for PDF and Word. Pure."""

from collections.abc import Iterator
from datetime import UTC, datetime, time

from tsalert.documents import description as paper
from tsalert.documents.description import Contents, Document, Drawing, Facts, FigureTable, Heading, Passage, Span, Turn
from tsalert.quarterly.content import Block, Chart, Prose, Report, Section, Table
from tsalert.quarterly.vocabulary import Unit
from tsalert.quarterly.writing import wording
from tsalert.quarterly.writing.drawing import drawn
from tsalert.quarterly.writing.markdown import blocks_of
from tsalert.reports.charts import WIDTH

_MOST_UPRIGHT = 7  # columns, the heads of rows among them; more need a page that lies on its side
_WIDTH = 110
_TALLEST = 200
_LONG = 5


def document_of(report: Report, *, made_at: datetime | None = None) -> Document:
    """Return a report as a document.

    :param made_at: when the file is made; by default the day on which it was published or the quarter ended.
    """
    day = report.head.published_on or report.head.last_day
    return Document(
        title=wording.title_of(report.head),
        author=report.head.author,
        made_at=made_at or datetime.combine(day, time(12), UTC),
        blocks=tuple(_blocks(report)),
        footer=wording.footer_of(report.head),
    )


def _blocks(report: Report) -> Iterator[paper.Block]:
    headings = wording.headings_of(report)
    yield Facts(wording.facts_of(report.head))
    for notice in wording.notices_of(report):
        yield Passage((Span(notice, is_strong=True),))
    if len(headings) > _LONG:
        yield Contents("Contents", headings)
    lies = False
    for heading, section in zip(headings, report.sections, strict=True):
        if _is_wide(section) is not lies:
            lies = not lies
            yield Turn(lies)
        yield from _section(heading, section, report)


def _is_wide(section: Section) -> bool:
    return any(isinstance(each, Table) and len(each.columns) >= _MOST_UPRIGHT for each in section.blocks)


def _section(heading: str, section: Section, report: Report) -> Iterator[paper.Block]:
    yield Heading(heading)
    if section.is_exempt:
        yield _strong(wording.EXEMPT)
    if not section.blocks:
        yield Passage((Span(wording.NOTHING),))
    for block in section.blocks:
        if block.is_exempt and not section.is_exempt and not (isinstance(block, Prose) and block.title):
            yield _strong(wording.EXEMPT)
        yield from _block(block, report, is_marked=block.is_exempt and not section.is_exempt)


def _block(block: Block, report: Report, *, is_marked: bool) -> Iterator[paper.Block]:
    match block:
        case Prose():
            yield from _prose(block, is_marked=is_marked)
        case Table():
            yield from _table(block)
        case Chart():
            yield from _chart(block, report)


def _prose(prose: Prose, *, is_marked: bool) -> Iterator[paper.Block]:
    if prose.title:
        yield Heading(prose.title, 2)
        if is_marked:
            yield _strong(wording.EXEMPT)
    yield from blocks_of(prose.text, 3 if prose.title else 2)


def _table(table: Table) -> Iterator[paper.Block]:
    if not table.rows:
        yield _strong(table.caption)
        for note in table.notes or (wording.NO_ROWS,):
            yield Passage((Span(note),))
        return
    yield FigureTable(
        caption=table.caption,
        head=(table.head, *(column.title for column in table.columns)),
        rows=tuple((row.title, *(figure.shown for figure in row.figures)) for row in table.rows),
        numbers=tuple(place for place, column in enumerate(table.columns, 1) if column.unit is not Unit.WORDS),
        totals=tuple(place for place, row in enumerate(table.rows) if row.is_total),
        notes=table.notes,
    )


def _chart(chart: Chart, report: Report) -> Iterator[paper.Block]:
    found = drawn(chart, report)
    if found is not None:
        width = min(_WIDTH, _TALLEST * WIDTH // found.height)
        yield Drawing(found.svg.encode(), f"{found.title}. {found.description}", width, found.title)


def _strong(text: str) -> Passage:
    return Passage((Span(text, is_strong=True),))
