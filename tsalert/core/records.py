"""The records of an import file, each with the line it began on; one that cannot be read spoils no other."""

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

# A quoted value may hold line breaks; one that is still open after this many lines was never closed.
_LONGEST_RECORD = 20
_BYTE_ORDER_MARK = "\ufeff"
_NEVER_CLOSED = "unexpected end of data"
_MALFORMED = "This is not well-formed CSV: look for a stray quotation mark, or a value that is far too long."


@dataclass(frozen=True, slots=True)
class Record:
    """The values of one record, or why it could not be read."""

    line: int
    values: tuple[str, ...] = ()
    fault: str | None = None


def read_records(lines: Iterable[str]) -> Iterator[Record]:
    """Yield every record that is not blank.

    Read ahead is bounded, so the file may be of any size. A quotation mark that is never closed
    costs its own line, not the rest of the file. A first line without commas says with its semicolons
    or tabs what stands between the values of the whole file.
    """
    ahead: deque[str] = deque()
    source = iter(lines)
    number, separator = 1, ","
    while ahead or _fetch(source, ahead):
        if number == 1:
            ahead[0] = ahead[0].removeprefix(_BYTE_ORDER_MARK)
            separator = _separator_of(ahead[0])
        record, used = _next_record(number, ahead, source, separator)
        for _ in range(used):
            ahead.popleft()
        number += used
        if record.fault or any(value.strip() for value in record.values):
            yield record


def _separator_of(first: str) -> str:
    """Return what stands between values: where a comma divides pounds from pence, spreadsheets write semicolons."""
    return "," if "," in first else next((mark for mark in ";\t" if mark in first), ",")


def _next_record(number: int, ahead: deque[str], source: Iterator[str], separator: str) -> tuple[Record, int]:
    """Return the record that begins the lines read ahead, and how many of them it took."""
    for size in range(1, _LONGEST_RECORD + 1):
        if len(ahead) < size and not _fetch(source, ahead):
            break
        try:
            values = next(csv.reader([ahead[n] for n in range(size)], strict=True, delimiter=separator), [])
        except csv.Error as error:
            if str(error) != _NEVER_CLOSED:
                return Record(number, fault=_MALFORMED), 1
            continue
        return Record(number, tuple(values)), size
    return Record(number, fault="A quotation mark is never closed."), 1


def _fetch(source: Iterator[str], ahead: deque[str]) -> bool:
    line = next(source, None)
    if line is None:
        return False
    ahead.append(line)
    return True
