"""Cases, and evidence that comes in; all of it invented."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.cases.conftest import described
from tests.evidence.samples import PDF
from tsalert.cases import service as cases
from tsalert.cases.rules import Progress
from tsalert.cases.vocabulary import Outcome, Status
from tsalert.core.actors import Actor
from tsalert.evidence import service, storing
from tsalert.evidence.arriving import Arrival
from tsalert.evidence.rules import NewExhibit, NewFile
from tsalert.evidence.storing import Incoming
from tsalert.staff.rules import RoleName

NOW = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
Recorder = Callable[..., int]


@pytest.fixture
def actor(officer: Callable[..., Actor]) -> Actor:
    """An officer who may work on cases and take what they hold out of the service."""
    return officer(RoleName.CASE_OFFICER, name="Robin Tate (invented)")


@pytest.fixture
def case_id(actor: Actor) -> int:
    """An open case."""
    return cases.open_case(described(), actor=actor, now=NOW)


@pytest.fixture
def exhibit(case_id: int, actor: Actor) -> Recorder:
    """Record exhibits: ``exhibit(description="A ladder")`` returns the id."""

    def record(arrival: Arrival | None = None, **said: object) -> int:
        values: dict[str, object] = {"description": "A receipt for £4,000"}
        new = NewExhibit(**values | said)  # type: ignore[arg-type]
        return service.record_exhibit(case_id, new, arrival, actor=actor, now=NOW)

    return record


@pytest.fixture
def add(case_id: int, actor: Actor) -> Recorder:
    """Add files: ``add(b"…", "name.pdf")`` returns the id."""

    def store(content: bytes = PDF, name: str = "receipt.pdf", **said: object) -> int:
        return service.add_file(case_id, NewFile(**said), arrived(content, name), actor=actor, now=NOW)  # type: ignore[arg-type]

    return store


def arrived(content: bytes = PDF, name: str | None = "receipt.pdf") -> Arrival:
    """Return a file that has come in, in pieces as the network brings it."""
    incoming = Incoming()
    for start in range(0, len(content), 1000):
        incoming.write(content[start : start + 1000])
    return Arrival(incoming, name)


def close(case_id: int, actor: Actor) -> None:
    """Close a case."""
    cases.record_progress(case_id, Progress(Status.CLOSED, outcome=next(iter(Outcome))), actor=actor, now=NOW)


def on_disk(app: Flask) -> set[Path]:
    """Return every file of evidence on the disk, whole or not."""
    with app.app_context():
        return {path for path in storing.folder().rglob("*") if path.is_file()}


@pytest.fixture
def store(app: Flask, session: Session) -> Callable[[], set[Path]]:
    """Tell which files have come onto the disk since the test began."""
    before = on_disk(app)
    return lambda: on_disk(app) - before
