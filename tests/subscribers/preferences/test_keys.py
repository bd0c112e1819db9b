"""Keys are changed now and then: links that are out there still work, and who left stays left."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.subscribers.conftest import Import, endpoint_id, letters, status
from tests.subscribers.preferences.conftest import NETWORK, PAT, code_in, link_in
from tsalert.core.clock import utc_now
from tsalert.delivery import queries as delivery
from tsalert.delivery.rules import Channel
from tsalert.delivery.tokens import unsubscribe_token
from tsalert.subscribers import service as subscribers
from tsalert.subscribers.preferences import service

OLDER, OLD, NEW = "s" * 40, "o" * 40, "n" * 40


@pytest.fixture
def rotate(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Change the secret key: ``rotate(NEW, OLD, OLDER)``, the old ones as ``TSALERT_OLD_SECRET_KEYS`` has them."""

    def change(key: str, *old: str) -> None:
        monkeypatch.setitem(app.config, "SECRET_KEY", key)
        monkeypatch.setitem(app.config, "SECRET_KEY_FALLBACKS", list(old))

    return change


def test_a_link_to_leave_works_through_two_changes_of_the_key(
    client: FlaskClient, session: Session, pat: int, rotate: Callable[..., None]
) -> None:
    link = f"/unsubscribe/{unsubscribe_token(endpoint_id(session, 'pat@example.org'))}"
    rotate(NEW, OLD, OLDER)
    assert client.get(link).status_code == 200
    assert client.post(link, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert status(session, "pat@example.org") == "opted_out"
    rotate(NEW)
    assert client.post(link).status_code == 404


def test_who_left_stays_left_when_the_key_changes(
    session: Session, run_import: Import, pat: int, rotate: Callable[..., None]
) -> None:
    subscribers.unsubscribe(endpoint_id(session, "pat@example.org"), now=NOW)
    rotate(NEW, OLDER)
    assert delivery.is_suppressed(session, Channel.EMAIL, "PAT@example.org")
    report, _ = run_import(PAT)
    assert (report.added, report.left) == (0, 1)


def test_an_open_page_and_a_message_under_way_outlive_a_change_of_the_key(
    client: FlaskClient, session: Session, pat: int, opened: Callable[..., str], rotate: Callable[..., None]
) -> None:
    passed = opened("pat@example.org")
    service.ask("pat@example.org", network=NETWORK, now=utc_now())
    link = link_in(letters(session)[-1].text)
    rotate(NEW, OLDER)
    assert client.get(f"/preferences/my/{passed}").status_code == 200
    assert client.post(link).status_code == 303


def test_a_code_is_read_after_the_key_changed_only_if_it_was_made_under_the_new_one(
    session: Session, pat: int, rotate: Callable[..., None]
) -> None:
    rotate(NEW, OLDER)
    token = service.ask("pat@example.org", network=NETWORK, now=NOW)
    assert service.open_by_code(token, code_in(letters(session)[-1].text), now=NOW)
