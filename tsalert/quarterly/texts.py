"""What is written for a quarter's report, section by section; two who write at once notice each other.

A section may have a second text, for the board alone, which never leaves the board edition.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import NotFound, Overtaken
from tsalert.core.periods import Period
from tsalert.db import transaction
from tsalert.quarterly import queries
from tsalert.quarterly.content import Prose, Section
from tsalert.quarterly.models import BoardText
from tsalert.quarterly.vocabulary import SectionKey
from tsalert.quarterly.writing import markdown

WRITTEN = (
    SectionKey.PURPOSE,
    SectionKey.HEADLINES,
    SectionKey.DEMAND,
    SectionKey.PREVENTION,
    SectionKey.SAVINGS,
    SectionKey.ENFORCEMENT,
    SectionKey.AHEAD,
    SectionKey.IMPLICATIONS,
    SectionKey.DATA_QUALITY,
)
BOARD_ALONE = "For the board alone"
_IMPLIED = ("Financial", "Legal", "Vulnerable people", "Equalities", "Data protection")
_STARTS = {SectionKey.IMPLICATIONS: "\n\n".join(f"## {title}" for title in _IMPLIED) + "\n"}
_EXEMPT = "-board"


class Place(Struct, frozen=True):
    """Where a text stands: a section, and whether it is for the board alone."""

    section: SectionKey
    is_exempt: bool = False

    @property
    def name(self) -> str:
        """What it is called in addresses and where it is kept."""
        return f"{self.section.value}{_EXEMPT if self.is_exempt else ''}"

    @property
    def title(self) -> str:
        """What people call it."""
        return f"{self.section.label} ({BOARD_ALONE.lower()})" if self.is_exempt else self.section.label

    @property
    def private(self) -> "Place":
        """Where the same section's text for the board alone stands."""
        return Place(self.section, is_exempt=True)

    @property
    def start(self) -> str:
        """What its writer begins with."""
        return "" if self.is_exempt else _STARTS.get(self.section, "")


PLACES = tuple(Place(section, is_exempt) for section in WRITTEN for is_exempt in (False, True))


class Text(Struct, frozen=True):
    """A text as it stands; version 0 is one that nobody has saved yet."""

    place: Place
    body: str
    version: int = 0
    saved_by: int | None = None
    saved_at: datetime | None = None

    @property
    def is_written(self) -> bool:
        """True where it says something beyond headings."""
        return any(line.strip() and not line.lstrip().startswith("#") for line in self.body.splitlines())


def place_of(name: str) -> Place:
    """Return where a text of this name stands.

    :raises NotFound: no text has that name.
    """
    found = next((place for place in PLACES if place.name == name), None)
    if found is None:
        raise NotFound("No text of the report has that name.")
    return found


def read_text(session: Session, quarter: Period, place: Place) -> Text:
    """Return a text as it stands, or what its writer begins with."""
    row = _find(session, quarter, place)
    return _text(place, row) if row else Text(place, place.start)


def texts_of(session: Session, quarter: Period) -> dict[Place, Text]:
    """Return every text of a quarter, in the order of the report; also those that nobody has begun."""
    rows = session.scalars(select(BoardText).where(BoardText.first_day == quarter.first_day))
    kept = {row.section: row for row in rows}
    return {place: _text(place, kept[place.name]) if place.name in kept else Text(place, "") for place in PLACES}


def to_write(texts: Mapping[Place, Text]) -> list[Place]:
    """Return where nothing is written yet; a text for the board alone is nobody's duty."""
    return [place for place, text in texts.items() if not place.is_exempt and not text.is_written]


def sections_of(texts: Sequence[Text]) -> tuple[Section, ...]:
    """Return what is written as sections; what is for the board alone stands last in its own."""
    written = [text for text in texts if text.is_written]
    return tuple(
        Section(text.place.section, (Prose(text.body, BOARD_ALONE if is_exempt else "", is_exempt=is_exempt),))
        for is_exempt in (False, True)
        for text in written
        if text.place.is_exempt is is_exempt
    )


def save_text(quarter: Period, place: Place, body: str, *, seen: int, actor: Actor, now: datetime) -> Text:
    """Save a text in the place of the version that its writer saw; the same words again change nothing.

    :raises NotFound: no report of the quarter is open.
    :raises Conflict: the report is published.
    :raises RuleViolation: a report does not take this text.
    :raises Overtaken: somebody else saved meanwhile.
    """
    actor.require(Permission.WRITE_REPORT)
    markdown.check(body, field="body")
    with transaction() as session:
        report = queries.get_open(session, quarter)
        row = _find(session, quarter, place)
        if row and row.body == body:
            return _text(place, row)
        if (row.version if row else 0) != seen:
            raise Overtaken("Somebody else saved this text after you opened it.", legal=["bring the two together"])
        row = row or BoardText(first_day=quarter.first_day, section=place.name)
        row.body, row.version, row.saved_by, row.saved_at = body, seen + 1, actor.officer_id, now
        session.add(row)
        session.flush()
        told: dict[str, str | int] = {"section": place.name, "version": row.version}
        audit.record(session, actor, "wrote", "board report", report.id, now=now, **told)
        return _text(place, row)


def _find(session: Session, quarter: Period, place: Place) -> BoardText | None:
    query = select(BoardText).where(BoardText.first_day == quarter.first_day, BoardText.section == place.name)
    return session.scalar(query.execution_options(populate_existing=True))


def _text(place: Place, row: BoardText) -> Text:
    return Text(place, row.body, row.version, row.saved_by, row.saved_at)
