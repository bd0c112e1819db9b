"""A report of a quarter that is over, its author, a second person, and records that are given by hand."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from msgspec import Struct, field
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tsalert.core.actors import Actor
from tsalert.core.periods import quarter
from tsalert.db import db
from tsalert.quarterly import editions, life, opening, queries, sources
from tsalert.quarterly.content import Column, Figure, Row, Section, Table
from tsalert.quarterly.editions import Whole
from tsalert.quarterly.vocabulary import SectionKey, SignatureRole, Unit
from tsalert.reports.memory import FiguresMemory
from tsalert.staff.rules import RoleName

QUARTER = quarter(2022, 1)


class Records(Struct):
    """What the records come to: talks given, by kind."""

    talks: dict[str, int] = field(default_factory=lambda: {"school": 12, "club": 7})

    def sections(self, *_: Any, **__: Any) -> tuple[Section, ...]:
        """Return it as the sections of figures."""
        rows = tuple(Row(kind, kind.title(), (Figure(str(number), number),)) for kind, number in self.talks.items())
        table = Table("talks", "Talks", "Kind", (Column("number", "Number", Unit.COUNT),), rows)
        return (Section(SectionKey.PREVENTION, (table,)),)


class Desk(Struct):
    """What two officers do with the report of the quarter."""

    author: Actor
    second: Actor
    memory: FiguresMemory

    def whole(self) -> Whole:
        """Return the report as it stands."""
        session = db.session()
        return editions.whole_of(session, queries.get_report(session, QUARTER), memory=self.memory, now=NOW)

    def lock(self, **changes: Any) -> None:
        """Lock its figures."""
        told: dict[str, Any] = {"actor": self.author, "now": NOW}
        life.lock(QUARTER, **told | changes)

    def sign(self, role: SignatureRole, **changes: Any) -> None:
        """Sign what it says now, the author by default as author."""
        digest = changes.pop("digest", None) or self.whole().digest
        actor = self.author if role is SignatureRole.AUTHOR else self.second
        life.sign(QUARTER, role, digest, **self._told(actor) | changes)

    def sign_both(self) -> None:
        """Sign in both capacities."""
        for role in SignatureRole:
            self.sign(role)

    def publish(self, **changes: Any) -> str:
        """Publish it."""
        return life.publish(QUARTER, **self._told(self.second) | changes)

    def finish(self) -> str:
        """Lock, sign and publish it."""
        self.lock()
        self.sign_both()
        return self.publish()

    def _told(self, actor: Actor) -> dict[str, Any]:
        return {"memory": self.memory, "actor": actor, "now": NOW}


@pytest.fixture
def records(monkeypatch: pytest.MonkeyPatch) -> Records:
    """Records that a test changes at will."""
    kept = Records()
    monkeypatch.setattr(sources, "figures_of", kept.sections)
    return kept


@pytest.fixture
def desk(session: Session, officer: Callable[..., Actor], records: Records) -> Desk:
    """The report of the first quarter of 2022/23, open."""
    author, second = officer(RoleName.CASE_OFFICER, name="Ali Author"), officer(RoleName.MANAGER, name="Sam Second")
    opening.open_report(QUARTER, meeting_on=date(2022, 7, 20), actor=author, now=NOW)
    return Desk(author, second, FiguresMemory())
