"""The key that opens the form for a call is each officer's own."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tsalert.audit.models import AuditEvent
from tsalert.core.actors import Actor
from tsalert.core.errors import RuleViolation
from tsalert.staff import queries, service


@pytest.mark.parametrize(("typed", "kept"), [("J", "j"), (" 7 ", "7"), ("", ""), ("n", "n")])
def test_a_letter_or_digit_is_kept_and_nothing_switches_it_off(
    session: Session, officer: Callable[..., Actor], typed: str, kept: str
) -> None:
    actor = officer()
    service.choose_shortcut(typed, actor=actor, now=NOW)
    assert queries.get_officer_by_id(session, actor.officer_id).shortcut == kept
    assert "shortcut chosen" in session.scalars(select(AuditEvent.action)).all()


@pytest.mark.parametrize("typed", ["ab", "é", "?", "Enter", "²", "\x00", "ß"])
def test_what_is_no_such_key_is_refused(session: Session, officer: Callable[..., Actor], typed: str) -> None:
    actor = officer()
    with pytest.raises(RuleViolation):
        service.choose_shortcut(typed, actor=actor, now=NOW)
    assert queries.get_officer_by_id(session, actor.officer_id).shortcut == "n"


def test_the_page_says_which_key_it_is(signed_in: Callable[..., FlaskClient]) -> None:
    browser = signed_in()
    assert 'data-shortcut="n" aria-keyshortcuts="n"' in browser.get("/board").text
    assert browser.post("/account/shortcut", data={"key": "K"}).status_code == 303
    assert ">K</kbd>" in browser.get("/board").text
    assert browser.post("/account/shortcut", data={"key": ""}).status_code == 303
    assert "data-shortcut" not in browser.get("/board").text
    refused = browser.post("/account/shortcut", data={"key": "<b>"})
    assert refused.status_code == 422
    assert "Give one letter or digit" in refused.text


def test_the_key_is_chosen_through_the_interface(client: FlaskClient, bearer: Callable[..., dict[str, str]]) -> None:
    head, path = bearer(), "/api/v1/account/shortcut"
    assert client.get(path, headers=head).get_json() == {"key": "n"}
    assert client.put(path, json={"key": "K"}, headers=head).get_json() == {"key": "k"}
    assert client.put(path, json={"key": ""}, headers=head).get_json() == {"key": ""}
    for wrong in ({"key": "F5"}, {}):
        assert client.put(path, json=wrong, headers=head).status_code == 422
    assert client.get(path).status_code == 401
