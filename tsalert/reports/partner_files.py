"""Partners' figures as they are typed or come in a CSV file: read row by row, each refusal with its reason. Pure."""

import csv
import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from io import StringIO

from msgspec import Struct

from tsalert.core.errors import RuleViolation
from tsalert.core.periods import Period, parse_span
from tsalert.core.spreadsheets import unguarded
from tsalert.reports.comparing import EARLIEST, named_days, year_before

EXPECTED = ("partner", "category", "period", "count")
OPTIONAL = ("printed_percent", "source")
MOST_ROWS, LARGEST_COUNT, LONGEST_NAME, LONGEST_SOURCE = 2_000, 10**12, 100, 400
_YEAR_TO = re.compile(r"(?:rolling )?year to (\w+ \d{4})", re.IGNORECASE)
_COUNT = re.compile(r"\d{1,3}(,\d{3})+|\d+", re.ASCII)
_SPLIT_COUNT = re.compile(r"\d{1,3},\d{3}", re.ASCII)
_PERCENT = re.compile(r"([+-]?\d{1,4})\s*%?", re.ASCII)


class NewFigure(Struct, frozen=True):
    """One count of a partner's; ``printed_percent`` is what stood beside it, never used for anything."""

    partner: str
    category: str
    period: Period
    number: int
    printed_percent: int | None = None
    source: str | None = None


class Refusal(Struct, frozen=True):
    """A row of a file that was not taken in, by its line."""

    line: int
    why: str


class FileRows(Struct, frozen=True):
    """What a file holds: figures with their lines, and rows that hold none."""

    figures: tuple[tuple[int, NewFigure], ...]
    refusals: tuple[Refusal, ...]


def read_file(text: str) -> FileRows:
    """Read a CSV file; its first line names its columns, in any order.

    :raises RuleViolation: a column that is needed is missing, or the file is too long.
    """
    reader = csv.reader(StringIO(text.removeprefix("\ufeff"), newline=""))
    try:
        head = [name.strip().lower().replace(" ", "_") for name in next(reader, [])]
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise RuleViolation(f"This is no CSV file: {error}.", field="file") from error
    _check_head(head)
    if len(rows) > MOST_ROWS:
        raise RuleViolation(f"A file may have up to {MOST_ROWS:,} rows.", field="file")
    return _read_rows(head, rows)


def read_figure(cells: Mapping[str, str]) -> NewFigure:
    """Read one figure from its cells.

    :raises RuleViolation: naming the cell at fault.
    """
    return NewFigure(
        read_name(cells.get("partner", ""), "partner"),
        read_name(cells.get("category", ""), "category"),
        read_period(cells.get("period", "")),
        read_count(cells.get("count", "")),
        read_percent(cells.get("printed_percent", "")),
        read_name(cells["source"], "source", longest=LONGEST_SOURCE) if cells.get("source", "").strip() else None,
    )


def read_period(text: str) -> Period:
    """Read a period as partners write it; besides our own ways also ``year to January 2022``.

    :raises RuleViolation: it is none, or lies before the year 2000.
    """
    found = _read_days(text)
    if found.first_day < EARLIEST:
        raise RuleViolation(f"Give a period from {EARLIEST.year} on.", field="period")
    return found


def _read_days(text: str) -> Period:
    rolling = _YEAR_TO.fullmatch(" ".join(text.split()))
    try:
        if rolling is None:
            found = parse_span(text)
            return named_days(found.first_day, found.last_day)
        last = parse_span(rolling[1])
    except RuleViolation as error:
        told = "Give a period like 2022/23 Q1, May 2022, year to January 2022 or 2021-02-01 to 2022-01-31."
        raise RuleViolation(told, field="period") from error
    return named_days(year_before(last).last_day + timedelta(days=1), last.last_day)


def read_count(text: str) -> int:
    """Read a count, with or without commas between thousands.

    :raises RuleViolation: it is no whole number, or too large to be one of records.
    """
    typed = text.strip()
    number = int(typed.replace(",", "")) if _COUNT.fullmatch(typed) and len(typed) < 20 else None
    if number is None or number > LARGEST_COUNT:
        raise RuleViolation("Give the count as a whole number, like 24594 or 24,594.", field="count")
    return number


def read_percent(text: str) -> int | None:
    """Read a printed change, like ``+14%`` or ``-12``; None where none is told.

    :raises RuleViolation: it is no whole percentage.
    """
    found = _PERCENT.fullmatch(text.strip().replace("\u2212", "-"))
    if found is None and text.strip():
        raise RuleViolation(
            "Give the printed change as a whole percentage, like +14% or -12%.", field="printed_percent"
        )
    return int(found[1]) if found else None


def read_name(text: str, field: str, *, longest: int = LONGEST_NAME) -> str:
    """Read a name or a source: one line with something in it.

    :raises RuleViolation: it is empty, too long, or holds what cannot be seen.
    """
    name = " ".join(text.split())
    if not name or len(name) > longest or not name.isprintable():
        raise RuleViolation(f"Give the {field} in 1 to {longest} characters.", field=field)
    return name


def _check_head(head: list[str]) -> None:
    missing = [name for name in EXPECTED if name not in head]
    if missing:
        wanted = ", ".join((*EXPECTED, *OPTIONAL))
        raise RuleViolation(f"The column {missing[0]} is missing. The first line names: {wanted}.", field="file")
    twice = [name for name in (*EXPECTED, *OPTIONAL) if head.count(name) > 1]
    if twice:
        raise RuleViolation(f"The first line names the column {twice[0]} twice.", field="file")


def _read_rows(head: list[str], rows: Iterable[tuple[int, list[str]]]) -> FileRows:
    figures: list[tuple[int, NewFigure]] = []
    refusals = []
    for line, row in rows:
        try:
            figures.append((line, read_figure(_cells(head, row))))
        except RuleViolation as error:
            refusals.append(Refusal(line, error.message))
    return FileRows(tuple(figures), tuple(refusals))


def _cells(head: list[str], row: list[str]) -> dict[str, str]:
    """Return a row's cells by their columns; empty ones may be left out or added at its end.

    :raises RuleViolation: it has more cells than the first line names, such as a count whose comma splits it in two.
    """
    further = row[len(head) :]
    if any(cell.strip() for cell in further) or (further and _has_split_count(head, row)):
        told = f"This row has more values than the {len(head)} columns. Put quotation marks around a count with commas."
        raise RuleViolation(told)
    return dict(zip(head, map(unguarded, row), strict=False))


def _has_split_count(head: list[str], row: list[str]) -> bool:
    """Tell whether a count and the cell after it read as one number that its comma split in two."""
    place = head.index("count")
    return bool(_SPLIT_COUNT.fullmatch(",".join(cell.strip() for cell in row[place : place + 2])))
