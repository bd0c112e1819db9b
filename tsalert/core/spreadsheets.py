"""CSV that spreadsheet programs open without running anything that somebody typed into a field."""

import csv
import io
from collections.abc import Iterable, Sequence

# A cell that begins with one of these is taken for a formula.
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
_GUARD = "'"
_NUMERIC = frozenset("0123456789.,")


def guarded(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula; a negative number stays one."""
    if text.startswith("-") and text[1:] and set(text[1:]) <= _NUMERIC:
        return text
    return _GUARD + text if text.startswith((*_DANGEROUS, _GUARD)) else text


def unguarded(cell: str) -> str:
    """Return what a guarded cell says."""
    is_guarded = cell.startswith(_GUARD) and cell[1:].startswith((*_DANGEROUS, _GUARD))
    return cell[1:] if is_guarded else cell


def write_csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a CSV file with every cell guarded; None is an empty cell."""
    written = io.StringIO(newline="")
    csv.writer(written).writerow(head)
    return written.getvalue() + write_rows(rows)


def write_rows(rows: Iterable[Sequence[object]]) -> str:
    """Return rows as lines of a CSV file whose head was written before."""
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    for row in rows:
        writer.writerow(["" if cell is None else guarded(str(cell)) for cell in row])
    return written.getvalue()
