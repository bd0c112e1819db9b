"""An installation that began in May 2022, and what its timetable sent."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import SERVICE, Actor
from tsalert.core.periods import quarter
from tsalert.db import transaction
from tsalert.delivery.models import Delivery, Mailing
from tsalert.quarterly.timetable import queries
from tsalert.staff.rules import RoleName

Q1 = quarter(2022, 1)
BEGAN = datetime(2022, 5, 3, 9, tzinfo=UTC)
OPENS = datetime(2022, 7, 1, 7, tzinfo=UTC)  # eight in London, a Friday


@pytest.fixture
def began(session: Session) -> None:
    """Have the first entry of the trail in May 2022."""
    with transaction() as own:
        audit.record(own, SERVICE, "installed", "installation", None, now=BEGAN)


@pytest.fixture
def manager(officer: Callable[..., Actor]) -> Actor:
    return officer(RoleName.MANAGER, name="Mo Boss")


def mails(session: Session) -> list[str]:
    """Return the subject of every mail, in the order in which they went."""
    return list(session.scalars(select(Mailing.subject).order_by(Mailing.id)))


def newest(session: Session, words: str) -> Mailing:
    """Return the newest mail whose subject holds some words."""
    query = select(Mailing).where(Mailing.subject.contains(words)).order_by(Mailing.id.desc())
    return session.scalars(query).first() or Mailing(subject="none", text="")


def readers_of(session: Session, mail: Mailing) -> int:
    return len(session.scalars(select(Delivery).where(Delivery.mailing_id == mail.id)).all())


def done(session: Session) -> list[tuple[str, date, int]]:
    return [(each.kind, each.about_on, each.recipients) for each in queries.reminders(session)]
