"""Lists of wards, what is said of a postcode near the border, and how long a contact is trusted. Pure."""

import csv
import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from msgspec import Struct

from tsalert.core.errors import RuleViolation

HEADER = ["code", "name"]
_CODE = re.compile(r"^[ENSW]\d{8}$", re.ASCII)
_LONGEST_NAME = 100


class NamedWard(Struct, frozen=True):
    """A ward as the Office for National Statistics lists it."""

    code: str
    name: str


class WardList(Struct, frozen=True):
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


TRUSTED_FOR = timedelta(days=365)
REMINDED_EVERY = timedelta(days=30)


class Near(Struct, frozen=True):
    """Another authority's nearest centroid; ``name`` is None where its name is not known."""

    code: str
    name: str | None
    metres: int
    is_ours: bool = False

    @property
    def words(self) -> str:
        """How people read it: ``Greenwich, 140 m away``."""
        return f"{self.name or self.code}, {self.metres} m away"


class Standing(Struct, frozen=True, kw_only=True):
    """How a postcode stands to our border, by the directory and our own list, on a day.

    :param is_ours: None where nobody can say: our own code is not set, or it lies in no authority.
    :param ended_on: when the post office gave the postcode up; None while it is in use.
    :param listed: why it was listed as one of which somebody asks the caller.
    :param contact: the trading standards to which it belongs, where it is not ours and we know them.
    """

    postcode: str
    is_known: bool
    authority_code: str | None = None
    authority: str | None = None
    ward_code: str | None = None
    ward: str | None = None
    is_ours: bool | None = None
    ended_on: date | None = None
    near: tuple[Near, ...] = ()
    listed: str | None = None
    contact: str | None = None
    contact_phone: str | None = None

    @property
    def must_ask(self) -> bool:
        """True where somebody checks with the caller on which side it lies."""
        return bool(self.near) or self.listed is not None

    @property
    def where(self) -> str:
        """Ward and authority in words; empty where neither is known."""
        return ", ".join(filter(None, (self.ward or self.ward_code, self.authority or self.authority_code)))

    @property
    def warnings(self) -> tuple[str, ...]:
        """What an officer should know, in sentences; none of it forbids anything."""
        return tuple(filter(None, (self._unknown, self._out_of_area, self._near_border, self._listed, self._ended)))

    @property
    def _unknown(self) -> str:
        return "" if self.is_known else "The directory does not have this postcode. Check it with the caller."

    @property
    def _out_of_area(self) -> str:
        if self.is_ours is not False:
            return ""
        reach = f" Ring {self.contact} on {self.contact_phone}." if self.contact and self.contact_phone else ""
        return f"Out of our area: it is in {self.authority or self.authority_code}. Log it anyway.{reach}"

    @property
    def _near_border(self) -> str:
        return f"Near the border: check with the caller ({'; '.join(n.words for n in self.near)})." if self.near else ""

    @property
    def _listed(self) -> str:
        return f"Check with the caller: {self.listed}" if self.listed else ""

    @property
    def _ended(self) -> str:
        return f"The post office gave this postcode up in {self.ended_on:%B %Y}." if self.ended_on else ""


def is_due(*, verified_on: date | None, added_on: date, today: date) -> bool:
    """Tell whether somebody must see whether a contact is still right: a year after they last did, or it was added."""
    return today - (verified_on or added_on) >= TRUSTED_FOR


def may_remind(*, reminded_at: datetime | None, now: datetime) -> bool:
    """Tell whether another reminder of the same contact is due."""
    return reminded_at is None or now - reminded_at >= REMINDED_EVERY
