"""Alerts for those who chose a daily or weekly mail: counted before, sent to nobody at once, told with the mail."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.alerts.conftest import new_draft, shown, subscribe
from tests.conftest import NOW
from tsalert.alerts import queries, service
from tsalert.alerts.audience.later import count_later, say_later
from tsalert.alerts.models import Alert
from tsalert.alerts.rules import Urgency
from tsalert.alerts.steps import Status
from tsalert.core.actors import Actor
from tsalert.core.clock import utc_now
from tsalert.core.errors import RuleViolation
from tsalert.subscribers.rules import Frequency

pytestmark = pytest.mark.db


def written(actor: Actor, *, now: datetime = NOW, **changes: Any) -> int:
    draft = new_draft(expires_at=now + timedelta(days=7), **changes)
    alert_id = service.write_draft(draft, actor=actor, now=now)
    service.submit(alert_id, actor=actor, now=now)
    return alert_id


def approve(alert_id: int, actor: Actor) -> int:
    return service.approve(alert_id, shown(alert_id), actor=actor, now=NOW)


def test_an_alert_whose_readers_all_chose_a_weekly_mail_is_sent_to_nobody_at_once(
    session: Session, author: Actor, approver: Actor
) -> None:
    subscribe(session, "ann@example.org", frequency="weekly")
    session.commit()
    alert_id = written(author)
    assert approve(alert_id, approver) == 0
    alert = queries.get_alert(session, alert_id)
    progress = queries.progress(session, alert)
    assert queries.standing(session, alert) is Status.COMPLETED
    assert progress is not None
    assert (progress.total, progress.pending, progress.failed) == (0, 0, 0)
    assert queries.find_published(session, alert.reference) is alert


@pytest.mark.parametrize("facts", [{"topic": "scams"}, {"ward": "Penge"}])
def test_an_alert_that_no_mail_would_tell_anybody_is_refused(
    session: Session, author: Actor, approver: Actor, facts: dict[str, str]
) -> None:
    subscribe(session, "ann@example.org", frequency="weekly", **facts)
    subscribe(session, "bea@example.org", ward="Bickley", status="unconfirmed")
    session.commit()
    alert_id = written(author, wards=("Bickley",))
    with pytest.raises(RuleViolation, match="Nobody would get this alert"):
        approve(alert_id, approver)
    assert session.scalars(select(Alert.published_at)).all() == [None]


def test_who_gets_it_later_is_counted_by_how_often_they_want_mail(session: Session, author: Actor) -> None:
    subscribe(session, "ann@example.org", frequency="daily")
    subscribe(session, "+447700900042", frequency="daily")
    subscribe(session, "bob@example.org", frequency="weekly")
    subscribe(session, "both@example.org")
    subscribe(session, "both@example.org", frequency="weekly")
    session.commit()
    alert = queries.get_alert(session, written(author))
    assert count_later(session, alert, now=NOW) == {Frequency.DAILY: 2, Frequency.WEEKLY: 1}
    alert.urgency = Urgency.URGENT
    assert count_later(session, alert, now=NOW) == {Frequency.DAILY: 0, Frequency.WEEKLY: 0}
    alert.channels = ["email"]
    assert count_later(session, alert, now=NOW) == {Frequency.DAILY: 1, Frequency.WEEKLY: 0}


def test_the_count_is_said_in_words() -> None:
    assert say_later({Frequency.DAILY: 1204, Frequency.WEEKLY: 1}) == (
        "1,204 with their next daily mail and 1 with their next weekly mail"
    )
    assert say_later({Frequency.DAILY: 0, Frequency.WEEKLY: 0}) == ""


def test_the_page_says_that_nobody_gets_it_at_once_before_and_after(
    session: Session, author: Actor, signed_in: Callable[..., FlaskClient]
) -> None:
    subscribe(session, "ann@example.org", frequency="weekly")
    session.commit()
    alert_id, browser = written(author, now=utc_now()), signed_in()
    page = browser.get(f"/alerts/{alert_id}").text
    assert "Later: 1 with their next weekly mail." in page
    assert "Nobody gets this alert at once" in page
    assert "Nobody would get this alert" not in page
    sent = browser.post(f"/alerts/{alert_id}/approve", data={"digest": shown(alert_id)}, follow_redirects=True).text
    assert "Approved. Nobody gets it at once: it goes out with the next daily and weekly mails." in sent
    assert "0 of 0" not in sent
    assert "Failed" not in sent


def test_programs_see_who_gets_it_later(
    session: Session, author: Actor, client: FlaskClient, bearer: Callable[..., dict[str, str]]
) -> None:
    subscribe(session, "ann@example.org", frequency="daily")
    session.commit()
    place, token = f"/api/v1/alerts/{written(author, now=utc_now())}", bearer()
    seen = client.get(place, headers=token).json
    assert seen is not None
    assert seen["preview"]["later"] == {"daily": 1, "weekly": 0}
    done = client.post(f"{place}/approve", json={"digest": seen["digest"]}, headers=token).json
    assert done is not None
    assert (done["status"], done["preview"]["later"]) == ("completed", None)
