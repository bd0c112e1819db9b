"""The page on which an alert is decided: its order, and what it says while nothing may leave."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from tests.alerts.conftest import new_draft, shown
from tsalert.alerts import service
from tsalert.core.actors import Actor
from tsalert.staff.rules import RoleName

SignIn = Callable[..., FlaskClient]


@pytest.fixture
def waits(author: Actor, people: None) -> int:
    """An alert that waits for approval by the real clock."""
    now = datetime.now(UTC)
    alert_id = service.write_draft(new_draft(expires_at=now + timedelta(days=7)), actor=author, now=now)
    service.submit(alert_id, actor=author, now=now)
    return alert_id


def test_whoever_decides_reads_text_readers_cost_and_objections_in_this_order(signed_in: SignIn, waits: int) -> None:
    page = signed_in(RoleName.MANAGER).get(f"/alerts/{waits}").text
    parts = ("As an email", "As a text message", "How it reads", "Who would get it now", "What it costs",
             "What stands against it", ">Decide<", "Approve and send")  # fmt: skip
    places = [page.index(part) for part in parts]
    assert places == sorted(places)
    assert "Nothing was found: no alert like it" in page


def test_of_a_sent_alert_its_progress_comes_first_and_nothing_stands_against_it(
    signed_in: SignIn, approver: Actor, waits: int
) -> None:
    service.approve(waits, shown(waits), actor=approver, now=datetime.now(UTC))
    page = signed_in().get(f"/alerts/{waits}").text
    assert page.index('id="progress"') < page.index("Written by") < page.index("As an email")
    assert "What stands against it" not in page
