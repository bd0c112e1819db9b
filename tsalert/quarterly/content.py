"""What a report says, whatever it is written as: sections of text, tables of typed figures, charts of these. Pure."""

from datetime import date
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from tsalert.quarterly.vocabulary import About, ChartKind, Edition, Kind, SectionKey, Status, Unit

SUPPRESSED = "[c]"
# The key of a column that says of which day something is: another one each time it is read, and no figure.
AS_OF = "as_of"


class Figure(Struct, frozen=True):
    """One cell of a table.

    :param shown: what people read; everything else about it is for machines.
    :param value: the number behind it, money to the penny, a share in percent; None where there is none to give.
    :param records: how many records are behind a sum of money or a mean, or before a change that words tell; None
        where that is not known or asked.
    :param largest: the largest single one of these, in pounds. Never leaves the board edition's frozen figures.
    :param tells: cells elsewhere, as keys of table, row and column: those that could be worked out from these words,
        or that hold this same number.
    """

    shown: str
    value: int | Decimal | None = None
    records: int | None = None
    largest: Decimal | None = None
    tells: tuple[tuple[str, str, str], ...] = ()


class Column(Struct, frozen=True):
    """A column under the head of a table. One that ``is_total`` is the sum of the others of its unit.

    :param kind: what the disclosure control takes it for, whatever it is called.
    """

    key: str
    title: str
    unit: Unit
    about: About = About.SERVICE
    is_total: bool = False
    kind: Kind = Kind.PLAIN


class Row(Struct, frozen=True):
    """A row with its head; ``figures`` stand under the columns in their order. One that ``is_total`` sums the others.

    :param about: whom the row tells of, where that is not as its columns say.
    """

    key: str
    title: str
    figures: tuple[Figure, ...]
    is_total: bool = False
    about: About | None = None


class Table(Struct, frozen=True):
    """A table; ``head`` names what its rows are. ``key`` is its own in the whole report, and stays the same for ever.

    :param merges: rows that the public edition shows as one when either would tell of few people: keys, then the
        key and title of the row that they make.
    :param notes: what must stand beneath it.
    """

    key: str
    caption: str
    head: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    merges: tuple[tuple[tuple[str, ...], str, str], ...] = ()
    is_exempt: bool = False

    def __post_init__(self) -> None:
        if any(len(row.figures) != len(self.columns) for row in self.rows):
            raise ValueError(f"every row of {self.key} has a figure under each column")


class Chart(Struct, frozen=True):
    """A drawing of some columns of a table that stands beneath it.

    :param finding: the title, which says what there is to see.
    :param columns: keys of the columns that are drawn; ``rows`` those of the rows, all but totals when empty.
    """

    key: str
    finding: str
    description: str
    kind: ChartKind
    table: str
    columns: tuple[str, ...]
    rows: tuple[str, ...] = ()
    is_exempt: bool = False


class Prose(Struct, frozen=True):
    """Text that somebody wrote, in the Markdown that a report takes; ``title`` is a heading above it, or empty."""

    text: str
    title: str = ""
    is_exempt: bool = False


Block = Prose | Chart | Table


class Section(Struct, frozen=True):
    """A section under its heading. What ``is_exempt`` stands in the board edition alone."""

    key: SectionKey
    blocks: tuple[Block, ...]
    is_exempt: bool = False

    @property
    def title(self) -> str:
        """Its heading."""
        return self.key.label

    def for_everybody(self) -> "Section | None":
        """Return it without what is for the board alone; None where nothing is left of it."""
        blocks = tuple(block for block in self.blocks if not block.is_exempt)
        return None if self.is_exempt or (self.blocks and not blocks) else replace(self, blocks=blocks)


class TitleBlock(Struct, frozen=True):
    """What stands at the head of a report.

    :param signatures: who signed, in what capacity and on which day, in words.
    """

    board: str
    period: str
    period_prose: str
    first_day: date
    last_day: date
    edition: Edition
    status: Status
    revision: int
    author: str
    meeting_on: date | None = None
    published_on: date | None = None
    reason: str = ""
    signatures: tuple[str, ...] = ()
    is_provisional: bool = False


class Report(Struct, frozen=True):
    """A whole report in one edition."""

    head: TitleBlock
    sections: tuple[Section, ...] = ()

    def tables(self) -> tuple[Table, ...]:
        """Every table, in the order in which they stand."""
        return tuple(block for section in self.sections for block in section.blocks if isinstance(block, Table))
