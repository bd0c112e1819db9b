"""The records of an import file, each with the line it began on; one that cannot be read spoils no other."""

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator

from msgspec import Struct

from tsalert.core.errors import RuleViolation

# A quoted value may hold line breaks; one that is still open after this many lines was never closed.
_LONGEST_RECORD = 20
_BYTE_ORDER_MARK = "\ufeff"
_NEVER_CLOSED = "unexpected end of data"
# A workbook, text in UTF-16 or of another code of one byte a character, read as UTF-8.
_NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f\udc80-\udcff]")
_ADVICE = "In Excel, choose Save As, then “CSV UTF-8 (Comma delimited)”."
_MALFORMED = "This is not well-formed CSV: look for a stray quotation mark, or a value that is far too long."


class Record(Struct, frozen=True):
    """The values of one record, or why it could not be read."""

    line: int
    values: tuple[str, ...] = ()
    fault: str | None = None


def decoded(content: bytes) -> str:
    """Return the text of a whole file, without its byte order mark.

    :raises RuleViolation: it is no text in UTF-8, saying how to save it, and which line is at fault if not the first.
    """
    text = content.decode("utf-8-sig", errors="surrogateescape")
    for number, line in enumerate(text.splitlines(), 1):
        if _NO_TEXT.search(line):
            what = "This is not CSV in UTF-8." if number == 1 else f"Line {number} is not text in UTF-8."
            raise RuleViolation(f"{what} {_ADVICE}", field="file")
    return text


def require_text(first: Record) -> None:
    """Refuse a file by its first record, where that is no text: the file is a workbook, or in another encoding.

    :param first: read with ``surrogateescape``, so that bytes that are not UTF-8 are surrogates.
    :raises RuleViolation: saying how to save the file.
    """
    if first.fault or any(map(_NO_TEXT.search, first.values)):
        raise RuleViolation(f"This is not CSV in UTF-8. {_ADVICE}", field="file")


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
