"""Records behind published quarters, and what is assembled of them."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from tests.reports.conftest import Quarter
from tsalert.core.actors import Actor
from tsalert.core.periods import Period
from tsalert.quarterly.content import Section, Table
from tsalert.quarterly.figures.assembling import assemble
from tsalert.quarterly.vocabulary import SectionKey
from tsalert.reports.memory import FiguresMemory

AFTERWARDS = datetime(2023, 5, 1, 9, 0, tzinfo=UTC)


class Assembled:
    """The sections of a quarter, read by keys."""

    def __init__(self, sections: tuple[Section, ...]) -> None:
        self.sections = sections
        blocks = [block for section in sections for block in section.blocks]
        self.tables = {block.key: block for block in blocks if isinstance(block, Table)}

    def shown(self, table: str, row: str, column: str) -> str:
        """Return what stands in a cell."""
        found = self.tables[table]
        place = [each.key for each in found.columns].index(column)
        return next(each for each in found.rows if each.key == row).figures[place].shown

    def row(self, table: str, row: str) -> list[str]:
        """Return what stands in a row."""
        return [each.shown for each in next(each for each in self.tables[table].rows if each.key == row).figures]

    def section(self, key: SectionKey) -> Section:
        """Return a section."""
        return next(each for each in self.sections if each.key is key)


Assemble = Callable[..., Assembled]


@pytest.fixture
def assembled(session: Session) -> Assemble:
    """Assemble a quarter, by default as it stands long after it."""

    def make(quarter: Period, now: datetime = AFTERWARDS) -> Assembled:
        return Assembled(assemble(session, FiguresMemory(), quarter, now=now))

    return make


@pytest.fixture
def quarter(session: Session, officer: Callable[..., Actor]) -> Callable[[Period], Quarter]:
    """Begin the records of a period."""
    actor = officer()
    return lambda period: Quarter(period, actor)
