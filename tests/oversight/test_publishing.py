"""The head of the trail leaves the program once a day, and shows later whether the trail was rewritten."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests.conftest import settings
from tsalert.audit import queries, service
from tsalert.audit.rules import Head
from tsalert.config import SettingsError, load_settings
from tsalert.core.actors import SERVICE
from tsalert.db import transaction
from tsalert.delivery.models import Endpoint, Mailing
from tsalert.oversight.publishing import publish_head

NOW = datetime(2026, 6, 10, 22, 50, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def published_to(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = app.extensions["tsalert_settings"]
    sent_out = settings(kept.database_url, kept.files.parent, audit_head_to="auditor@example.org")
    monkeypatch.setitem(app.extensions, "tsalert_settings", sent_out)


def note(subject_id: int) -> None:
    with transaction() as session:
        service.record(session, SERVICE, "noted", "thing", subject_id, now=NOW)


def test_the_head_is_sent_once_on_each_london_day(session: Session, published_to: None) -> None:
    note(1)
    length = queries.verify_chain(session).length
    assert [publish_head(NOW), publish_head(NOW + HOUR / 12), publish_head(NOW + HOUR)] == [True, False, True]
    mails = session.scalars(select(Mailing).order_by(Mailing.id)).all()
    assert [mail.subject for mail in mails] == ["Audit trail, 1 entry"] * 2
    assert session.scalars(select(Endpoint.address)).all() == ["auditor@example.org"]
    command = mails[0].text.splitlines()[-1].split()
    assert command[-3:-1] == ["--published", str(length)]
    assert queries.verify_chain(session, published=Head(length, command[-1])).is_whole


def test_nothing_is_sent_where_no_address_is_set(session: Session) -> None:
    note(1)
    assert publish_head(NOW) is False
    assert session.scalars(select(Mailing)).all() == []


def test_a_trail_that_was_sealed_anew_does_not_fit_what_was_published(session: Session) -> None:
    note(1)
    note(2)
    length = queries.verify_chain(session).length
    assert queries.verify_chain(session, published=Head(length - 1, "f" * 64)).broken_at == length - 1
    assert queries.verify_chain(session, published=Head(length + 5, "f" * 64)).broken_at == length + 1


def test_a_head_that_is_remembered_is_held_against_the_trail(session: Session, published_to: None) -> None:
    note(1)
    length = queries.verify_chain(session).length
    publish_head(NOW)
    note(2)
    assert queries.verify_chain(session).is_whole
    session.execute(text("UPDATE audit_publication SET seal = 'f'"))
    assert queries.verify_chain(session).broken_at == length


@pytest.mark.parametrize("wrong", ["nobody", "two words@example.org", "a@b@c", "Name <a@example.org>"])
def test_an_address_that_could_never_be_reached_stops_the_start(wrong: str) -> None:
    with pytest.raises(SettingsError, match="TSALERT_AUDIT_HEAD_TO must be an email address"):
        load_settings({"TSALERT_AUDIT_HEAD_TO": wrong})


def test_the_command_takes_a_published_head(command: Callable[..., Result], session: Session) -> None:
    note(1)
    length = queries.verify_chain(session).length
    told = command("audit", "verify", "--published", str(length), "f" * 64)
    assert told.exit_code == 1
    assert f"broken at entry {length}" in told.output
    assert command("audit", "verify").exit_code == 0
