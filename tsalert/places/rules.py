"""Reading a list of wards. Pure."""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass

from tsalert.core.errors import RuleViolation

HEADER = ["code", "name"]
_CODE = re.compile(r"^[ENSW]\d{8}$", re.ASCII)
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class NamedWard:
    """A ward as the Office for National Statistics lists it."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class WardList:
    """What a file of wards held; each problem says its line."""

    wards: list[NamedWard]
    problems: list[str]


def read_wards(lines: Iterable[str]) -> WardList:
    """Read lines of ``code,name`` under that header; a bad line is reported and the rest is kept.

    :raises RuleViolation: the header is another one.
    """
    found = WardList([], [])
    reader = csv.reader(lines, strict=True)
    try:
        if [title.strip().lower() for title in next(reader, [])] != HEADER:
            raise RuleViolation("The first line must be: code,name")
        for row in reader:
            _read_row(found, row, reader.line_num)
    except csv.Error as error:
        found.problems.append(f"line {reader.line_num}: {error}")
    return found


def _read_row(found: WardList, row: list[str], line: int) -> None:
    cells = [cell.strip() for cell in row]
    if not any(cells):
        return
    problem = _problem(cells)
    if problem:
        found.problems.append(f"line {line}: {problem}")
    else:
        found.wards.append(NamedWard(*cells))


def _problem(cells: list[str]) -> str | None:
    if len(cells) != len(HEADER):
        return "needs a code and a name"
    code, name = cells
    if not _CODE.match(code):
        return "the code must be a letter and eight digits, like E05013987"
    if not name or len(name) > _LONGEST_NAME or not name.isprintable():
        return f"the name must have 1 to {_LONGEST_NAME} characters that can be seen"
    return None
