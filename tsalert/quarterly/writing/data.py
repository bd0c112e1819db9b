"""A report as data for machines, without what only the disclosure control may know. Pure."""

from msgspec.structs import replace

from tsalert.quarterly import keeping
from tsalert.quarterly.content import SUPPRESSED, Block, Figure, Report, Row, Table
from tsalert.quarterly.vocabulary import Edition
from tsalert.quarterly.writing.cells import number_shown


def json_of(report: Report) -> str:
    """Return a report as one line of canonical JSON."""
    return keeping.freeze(for_readers(report))


def for_readers(report: Report) -> Report:
    """Return a report without largest amounts; the public's also without what is more exact than what people read.

    What is rounded away could be told by the difference of two revisions, which look alike. A figure that is kept back
    has no number behind it, whatever came with it.
    """
    is_public = report.head.edition is Edition.PUBLIC
    return replace(
        report,
        sections=tuple(
            replace(section, blocks=tuple(_block(block, is_public=is_public) for block in section.blocks))
            for section in report.sections
        ),
    )


def _block(block: Block, *, is_public: bool) -> Block:
    if not isinstance(block, Table):
        return block
    rows = tuple(_row(row, is_public=is_public) for row in block.rows)
    return replace(block, rows=rows, merges=() if is_public else block.merges)


def _row(row: Row, *, is_public: bool) -> Row:
    return replace(row, figures=tuple(_figure(figure, is_public=is_public) for figure in row.figures))


def _figure(figure: Figure, *, is_public: bool) -> Figure:
    if figure.shown == SUPPRESSED:
        return Figure(SUPPRESSED)
    if not is_public:
        return replace(figure, largest=None, tells=())
    value = number_shown(figure)
    return Figure(figure.shown, int(value) if isinstance(figure.value, int) and value is not None else value)
