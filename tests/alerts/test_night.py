"""What waits for the morning, and what it costs."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from msgspec.structs import replace
from sqlalchemy.orm import Session

from tests.alerts.conftest import new_draft, shown
from tests.conftest import NOW
from tsalert.alerts import proof, queries, service
from tsalert.alerts.costing import Cost, costs
from tsalert.alerts.night.rules import count_waiting, find_night
from tsalert.alerts.rules import Channel, Urgency
from tsalert.core.actors import Actor
from tsalert.core.errors import RuleViolation
from tsalert.db import db
from tsalert.delivery.models import Mailing

SignIn = Callable[..., FlaskClient]
NIGHT = NOW.replace(hour=22)
MORNING = NOW.replace(hour=7) + timedelta(days=1)
ALL = tuple(Channel)


@pytest.fixture
def at_night(author: Actor, people: None) -> int:
    """An alert that was submitted at night, for mail, text and call."""
    alert_id = service.write_draft(new_draft(channels=ALL), actor=author, now=NIGHT)
    service.submit(alert_id, actor=author, now=NIGHT)
    return alert_id


def test_texts_and_calls_wait_by_night_and_mail_does_not() -> None:
    night = find_night(ALL, Urgency.ROUTINE, NIGHT + timedelta(days=1), NIGHT)
    assert night is not None
    assert (night.channels, night.until, night.is_too_late) == ((Channel.SMS, Channel.VOICE), MORNING, False)
    assert night.words == "texts and calls"
    assert find_night([Channel.EMAIL], Urgency.ROUTINE, MORNING, NIGHT) is None
    assert find_night(ALL, Urgency.URGENT, MORNING, NIGHT) is None
    assert find_night(ALL, Urgency.ROUTINE, MORNING, NOW) is None


@pytest.mark.parametrize(("after", "late"), [(-1, True), (0, True), (1, False)])
def test_an_alert_that_ends_before_the_morning_says_so(after: int, *, late: bool) -> None:
    night = find_night([Channel.SMS], Urgency.ROUTINE, MORNING + timedelta(seconds=after), NIGHT)
    assert night is not None
    assert night.is_too_late is late


def test_what_waits_is_counted_in_words() -> None:
    night = find_night(ALL, Urgency.ROUTINE, NIGHT + timedelta(days=1), NIGHT)
    assert night is not None
    counts = {"sms": {"pending": 1204, "accepted": 3}, "voice": {"pending": 1}, "email": {"pending": 9}}
    assert count_waiting(night, counts) == "1,204 texts and 1 call"
    assert count_waiting(night, {}) == ""


def test_the_page_says_before_approval_that_texts_wait_and_afterwards_how_many(
    signed_in: SignIn, at_night: int, approver: Actor
) -> None:
    with time_machine.travel(NIGHT, tick=False):
        browser = signed_in()
        before = browser.get(f"/alerts/{at_night}").text
        assert "Nobody is rung or texted between 21:00 and 08:00." in before
        assert "its texts and calls wait until" in before
        service.approve(at_night, shown(at_night), actor=approver, now=NIGHT)
        assert "<strong>1 text</strong> must wait until" in browser.get(f"/alerts/{at_night}").text
    with time_machine.travel(NIGHT + timedelta(hours=12), tick=False):
        assert "wait until" not in signed_in().get(f"/alerts/{at_night}").text


def test_the_page_warns_of_an_alert_that_ends_in_the_night(signed_in: SignIn, author: Actor, people: None) -> None:
    draft = new_draft(expires_at=MORNING - timedelta(hours=1))
    alert_id = service.write_draft(draft, actor=author, now=NIGHT)
    with time_machine.travel(NIGHT, tick=False):
        page = signed_in().get(f"/alerts/{alert_id}").text
    assert "It ends before its texts may go out" in page


def test_the_page_says_what_texts_and_calls_cost(signed_in: SignIn, at_night: int) -> None:
    page = signed_in().get(f"/alerts/{at_night}").text
    assert "What it costs, before tax" in page
    assert "at 2.4p" in page
    assert "£0.02" in page


def test_costs_are_exact(app: Flask, session: Session, at_night: int, monkeypatch: pytest.MonkeyPatch) -> None:
    prices = {"pence_per_segment": Decimal("2.75"), "pence_per_minute": Decimal("1.1")}
    chosen = replace(app.extensions["tsalert_settings"], **prices)
    monkeypatch.setitem(app.extensions, "tsalert_settings", chosen)
    pulled = proof.pull_proof(queries.get_alert(db.session(), at_night))
    segments = pulled.sms_size.segments
    texts, calls = costs(pulled, {"email": 9, "sms": 1000, "voice": 30})
    assert (texts.pence, texts.pounds) == (segments * Decimal(2750), segments * Decimal("27.50"))
    assert (calls.units, calls.pence, calls.pounds) == (1, Decimal("33.0"), Decimal("0.33"))
    assert costs(pulled, {"email": 9}) == []
    assert Cost(Channel.SMS, 1, 1, "segment", Decimal("2.5")).pounds == Decimal("0.03"), "rounded as all money is"


def test_words_of_a_call_are_the_officers_or_else_headline_and_advice(session: Session, author: Actor) -> None:
    own = service.write_draft(new_draft(voice="Ring 020 7946 0123."), actor=author, now=NOW)
    none = service.write_draft(new_draft(advice="Say no.\n\n- Ring 999"), actor=author, now=NOW)
    said = [proof.pull_proof(queries.get_alert(db.session(), each)).wording.voice for each in (own, none)]
    assert "Ring 0 2 0, 7 9 4 6, 0 1 2 3." in said[0]
    assert "Roofers" not in said[0]
    assert "Roofers in Bickley. Say no. Ring 9 9 9." in said[1]
    assert "Its reference is T S, " in said[1]


def test_a_long_advice_is_cut_to_what_can_be_said_in_time(session: Session, author: Actor) -> None:
    draft = new_draft(advice="Shut the door and ring somebody you trust. " * 40)
    alert_id = service.write_draft(draft, actor=author, now=NOW)
    pulled = proof.pull_proof(queries.get_alert(db.session(), alert_id))
    assert 35 < pulled.voice_seconds <= 45


def test_words_that_take_too_long_to_say_are_refused(session: Session, author: Actor) -> None:
    with pytest.raises(RuleViolation, match="45 seconds") as refused:
        service.write_draft(new_draft(voice="word " * 119), actor=author, now=NOW)
    assert refused.value.field == "voice"


@pytest.mark.parametrize(("channels", "said"), [((Channel.EMAIL,), False), (ALL, True)])
def test_calls_are_made_only_where_they_were_chosen(
    session: Session, author: Actor, approver: Actor, people: None, channels: Any, *, said: bool
) -> None:
    alert_id = service.write_draft(new_draft(channels=channels), actor=author, now=NOW)
    service.submit(alert_id, actor=author, now=NOW)
    service.approve(alert_id, shown(alert_id), actor=approver, now=NOW)
    mailing = session.get(Mailing, queries.mailings_of(session, alert_id)[0])
    assert mailing is not None
    assert bool(mailing.voice) is said
