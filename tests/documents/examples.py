"""A document with every part that there is."""

from datetime import UTC, datetime
from typing import Any

from tsalert.documents.description import (
    Contents,
    Document,
    Drawing,
    Facts,
    FigureTable,
    Heading,
    Image,
    Items,
    Lines,
    Look,
    PageBreak,
    Paragraph,
    Passage,
    Points,
    Signature,
    Span,
    Table,
    Turn,
)

DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100"><circle cx="50" cy="50" r="40"/></svg>'
LINK = "https://example.org/strategy"
LINKED = Span("here", is_strong=True, is_emphasised=True, address=LINK)
CALLS = FigureTable(
    "Calls", ("Month", "Calls"), (("May", "3"), ("Both", "7")), numbers=(1,), totals=(1,), notes=("By hand.",)
)
MADE = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)


def document(*blocks: Any, **changes: Any) -> Document:
    values: dict[str, Any] = {"title": "Case D26-00031-U", "author": "Testshire Trading Standards", "made_at": MADE}
    return Document(**values | {"blocks": blocks} | changes)


def everything(**changes: Any) -> Document:
    return document(
        Lines(("The Occupier", "1 Sample Street", "Testtown")),
        Paragraph("What this is about.", Look.LEAD),
        Contents("Contents", ("Facts",)),
        Heading("Facts"),
        Facts((("Opened", "2 June 2026"), ("Kind of case", "Roofing"))),
        Heading("In short", 2),
        Items(("one", "two")),
        Items(("first", "second"), is_numbered=True),
        Paragraph("Between the lists."),
        Items(("first again",), is_numbered=True),
        Passage((Span("As "), Span("ever", is_strong=True), Span(" it says "), LINKED, Span("."))),
        Points(((Span("counted on", is_emphasised=True),),), is_numbered=True, first=7),
        Table("Money", ("Day", "What", "Amount"), (("2 June", "Paid in cash", "£1,600.00"),), numbers=(2,)),
        Image(DRAWING, "A black circle", 30),
        Turn(is_landscape=True),
        FigureTable(
            "Calls", ("Month", "Calls"), (("May", "3"), ("Both", "7")), numbers=(1,), totals=(1,), notes=("By hand.",)
        ),
        Turn(is_landscape=False),
        Drawing(DRAWING, "A second circle", 30, "Circles are round"),
        PageBreak(),
        Paragraph("Certificate", Look.CENTRED),
        Signature(("A. Officer", "Trading Standards Officer")),
        Paragraph("Small print", Look.SMALL),
        **{"footer": "D26-00031-U"} | changes,
    )
