"""What a document says, apart from how it looks: the one shape behind PDF and Word."""

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import Enum, StrEnum
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import asdict, replace

T = TypeVar("T")
DEEPEST = 3
_NARROWEST, _WIDEST, _WORD, _HEAD_LINES = 6, 48, 20, 3
_MARGIN, _FEW, _WIDEST_OF_MANY = 4, 5, 30


class Look(StrEnum):
    """How a paragraph stands beside others."""

    PLAIN = "plain"
    LEAD = "lead"
    SMALL = "small"
    CENTRED = "centred"
    DISPLAY = "display"


class Heading(Struct, frozen=True):
    """A heading; the first of a document is of level 1, and none is skipped on the way down."""

    text: str
    level: int = 1


class Paragraph(Struct, frozen=True):
    """Running text; a line break in it stays one."""

    text: str
    look: Look = Look.PLAIN


class Lines(Struct, frozen=True):
    """Short lines that stand close together, as an address does."""

    lines: tuple[str, ...]


class Items(Struct, frozen=True):
    """A list."""

    items: tuple[str, ...]
    is_numbered: bool = False


class Span(Struct, frozen=True):
    """A stretch of running text with a look of its own; one with an address leads there."""

    text: str
    is_strong: bool = False
    is_emphasised: bool = False
    address: str = ""


class Passage(Struct, frozen=True):
    """Running text made of stretches."""

    spans: tuple[Span, ...]


class Points(Struct, frozen=True):
    """A list of such texts; a numbered one begins at ``first``."""

    points: tuple[tuple[Span, ...], ...]
    is_numbered: bool = False
    first: int = 1


class Facts(Struct, frozen=True):
    """Names and what each of them holds."""

    pairs: tuple[tuple[str, str], ...]


class Table(Struct, frozen=True):
    """A table with a caption and a head; columns counted in ``numbers`` stand to the right."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if not self.caption.strip() or not self.head or any(len(row) != len(self.head) for row in self.rows):
            raise ValueError("a table has a caption, a head, and a cell under each column of it")


class FigureTable(Table, frozen=True):
    """A table whose first column heads its rows; the rows counted in ``totals`` stand out, ``notes`` stand beneath."""

    totals: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()


class Contents(Struct, frozen=True):
    """The way to each heading of the first level; ``entries`` are their texts, in their order."""

    title: str
    entries: tuple[str, ...]


class TitleHere(Struct, frozen=True):
    """Where the title stands; a document without it begins with its title."""


class PageBreak(Struct, frozen=True):
    """What follows begins a page."""


class Turn(Struct, frozen=True):
    """What follows begins a page that lies on its side, or one that stands again."""

    is_landscape: bool


class Signature(Struct, frozen=True):
    """Room to sign, with who signs below it."""

    lines: tuple[str, ...]


class Image(Struct, frozen=True):
    """A picture (PNG, JPEG or SVG) with the words for those who cannot see it."""

    content: bytes
    alternative: str
    width_mm: int

    def __post_init__(self) -> None:
        if not self.alternative.strip():
            raise ValueError("a picture has words for those who cannot see it")
        if not self.suffix:
            raise ValueError("a picture is a PNG, a JPEG or an SVG")

    @property
    def suffix(self) -> str:
        """Return the ending of a file of its kind, or nothing for an unknown kind."""
        if self.content.startswith(b"\x89PNG\r\n\x1a\n"):
            return "png"
        if self.content.startswith(b"\xff\xd8\xff"):
            return "jpg"
        return "svg" if b"<svg" in self.content[:1000] else ""


class Drawing(Image, frozen=True):
    """A picture under the sentence that says what there is to see."""

    caption: str = ""


Block = (
    Heading | Paragraph | Lines | Items | Passage | Points | Facts | Table | FigureTable | Contents | TitleHere
    | PageBreak | Turn | Signature | Image | Drawing
)  # fmt: skip
KINDS: tuple[type[Block], ...] = (
    Heading, Paragraph, Lines, Items, Passage, Points, Facts, Table, FigureTable, Contents, TitleHere, PageBreak, Turn,
    Signature, Image, Drawing,
)  # fmt: skip


class Document(Struct, frozen=True):
    """A document; ``footer`` stands at the foot of each page, beside its number.

    One that ``is_centred`` is hung on a wall: what it says stands in the middle. One with a ``largest_pt`` is one
    page in its PDF, its words as large as they fit and at most so many points.
    """

    title: str
    author: str
    made_at: datetime
    blocks: tuple[Block, ...]
    footer: str = ""
    is_centred: bool = False
    language: str = "en-GB"
    is_landscape: bool = False
    largest_pt: int = 0

    @property
    def has_title_first(self) -> bool:
        """True where no part says where the title stands."""
        return not any(isinstance(block, TitleHere) for block in self.blocks)

    def __post_init__(self) -> None:
        if not self.title.strip():
            raise ValueError("a document has a title")
        deepest = 0
        for block in self.blocks:
            if isinstance(block, Heading):
                if not 1 <= block.level <= min(deepest + 1, DEEPEST):
                    raise ValueError(f"no level of headings is skipped: {block.text}")
                deepest = block.level


def mapped(value: T, change: Callable[[str], str]) -> T:
    """Return a document, or a part of one, with every text in it changed."""
    return _mapped(value, change)  # type: ignore[no-any-return]


def weights(table: Table) -> list[int]:
    """Return how wide each column is, as shares: by its longest cell, within limits, with room for its longest word.

    A long head is written on several lines rather than take the room of the cells, and so is a long cell among many.
    """
    widest = _WIDEST if len(table.head) <= _FEW else _WIDEST_OF_MANY
    columns = [[head, *(row[place] for row in table.rows)] for place, head in enumerate(table.head)]
    return [_MARGIN + min(widest, max(_NARROWEST, _room_for_words(column), _longest(column))) for column in columns]


def _longest(column: Sequence[str]) -> int:
    """Return the length of the longest cell, the head counted as its lines."""
    head, *cells = column
    return max([len(head) // _HEAD_LINES, *map(len, cells)])


def _room_for_words(column: Sequence[str]) -> int:
    longest = max((len(word) for cell in column for word in cell.split()), default=0)
    return min(_WORD, longest * 3 // 2)


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str) and not isinstance(value, Enum):
        return change(value)
    if isinstance(value, tuple):
        return tuple(_mapped(part, change) for part in value)
    if isinstance(value, Struct):
        return replace(value, **{name: _mapped(part, change) for name, part in asdict(value).items()})
    return value
