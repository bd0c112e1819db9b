"""Reviews that are due are told of once, to whoever wrote the warning or the note."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.intelligence.conftest import NOON, told
from tsalert.core.actors import Actor
from tsalert.db import db, transaction
from tsalert.delivery.models import Mailing
from tsalert.intelligence import reminding, service
from tsalert.parties import service as parties
from tsalert.parties.rules import Described
from tsalert.parties.vocabulary import PartyKind
from tsalert.parties.warning_notes import add_warning, end_warning, review_warning
from tsalert.staff.models import Officer
from tsalert.staff.rules import RoleName

DUE = NOON + timedelta(days=8)


def mails(session: Session) -> list[Mailing]:
    return list(session.scalars(select(Mailing).order_by(Mailing.id)))


@pytest.fixture
def warning(author: Actor) -> int:
    """A warning whose review is a week ahead."""
    with transaction() as session:
        party_id = parties.add(session, Described(PartyKind.PERSON, "Canary Example"), actor=author, now=NOON)
    return add_warning(party_id, "He shouts", date(2026, 6, 17), actor=author, now=NOON)


def test_a_review_is_told_of_when_it_is_due_and_once(session: Session, author: Actor, warning: int) -> None:
    note_id = service.write_note(told(review_on=date(2026, 6, 18)), is_demo=True, actor=author, now=NOON)
    assert reminding.remind(DUE - timedelta(days=2)) == 0
    assert reminding.remind(DUE) == 2
    assert reminding.remind(DUE + timedelta(days=1)) == 0
    (mail,) = mails(session)
    assert "2 reviews are due" in mail.subject
    assert f"/parties/warnings/{warning}" in mail.text
    assert f"/intelligence/{note_id}" in mail.text
    assert "Canary" not in mail.text
    assert "pavers" not in mail.text


def test_the_next_review_is_told_of_again_and_an_end_is_not(session: Session, author: Actor, warning: int) -> None:
    assert reminding.remind(DUE) == 1
    review_warning(warning, date(2026, 7, 1), actor=author, now=DUE)
    assert reminding.remind(DUE + timedelta(days=30)) == 1
    end_warning(warning, "He moved", actor=author, now=DUE)
    db.session.commit()
    assert reminding.remind(DUE + timedelta(days=90)) == 0
    assert len(mails(session)) == 2


def test_managers_are_told_where_the_author_has_gone(
    session: Session, author: Actor, warning: int, officer: Callable[..., Actor]
) -> None:
    officer(RoleName.MANAGER, name="Max Example")
    officer(RoleName.MANAGER, name="Mia Example")
    session.execute(update(Officer).where(Officer.id == author.officer_id).values(active=False))
    session.commit()
    assert reminding.remind(DUE) == 1
    assert len(mails(session)) == 2


def test_a_review_that_nobody_could_be_told_of_waits_for_somebody(
    session: Session, author: Actor, warning: int, officer: Callable[..., Actor]
) -> None:
    session.execute(update(Officer).where(Officer.id == author.officer_id).values(active=False))
    session.commit()
    assert (reminding.remind(DUE), mails(session)) == (0, [])
    officer(RoleName.MANAGER)
    assert [reminding.remind(DUE), reminding.remind(DUE)] == [1, 0]
