"""The printer keeps what it made of its last ten documents, in case they come again; long ones are let go of."""

from tsalert.documents.coverage import font_book

_KEPT = 10
_NOTHING = b" "


def let_go() -> None:
    """Make the printer forget every document so far, by printing as many empty ones as it keeps.

    It has no door of its own for this; without it eleven reports of a hundred pages stay in memory, above a gigabyte.
    """
    from typst import Compiler  # noqa: PLC0415 - most processes never print

    for _ in range(_KEPT + 1):
        Compiler(_NOTHING, font_paths=font_book(None), ignore_system_fonts=True).compile(format="svg")
