"""The page and the operation on daily and weekly mails."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.alerts.conftest import settle, subscribe
from tests.digests.conftest import MORNING, Publish
from tsalert.alerts import service as alerts
from tsalert.core.actors import Actor
from tsalert.core.clock import utc_now
from tsalert.digests import service
from tsalert.digests.models import DigestMailing
from tsalert.digests.rules import next_period
from tsalert.subscribers.rules import Frequency

pytestmark = pytest.mark.db


def test_officers_see_which_mails_went_out(
    session: Session, publish: Publish, signed_in: Callable[..., FlaskClient]
) -> None:
    subscribe(session, "ann@example.org", frequency="daily")
    session.commit()
    alert = publish()
    service.send_due(MORNING)
    page = signed_in().get("/alerts/digests").text
    assert alert.reference in page
    assert "Once a day" in page


def test_programs_see_what_the_next_mail_holds(
    session: Session, publish: Publish, client: FlaskClient, bearer: Callable[..., dict[str, str]]
) -> None:
    subscribe(session, "ann@example.org", frequency="weekly")
    session.commit()
    now = utc_now()
    alert = publish(now, expires_at=now + timedelta(days=20))
    answer = client.get("/api/v1/digests", headers=bearer()).json
    assert answer is not None
    daily, weekly = answer["coming"]
    assert (daily["references"], daily["readers"]) == ([], 0)
    assert (weekly["references"], weekly["readers"]) == ([alert.reference], 1)
    assert answer["items"] == []


def test_the_page_of_an_alert_says_what_the_mails_told_and_what_the_next_will(
    session: Session, publish: Publish, signed_in: Callable[..., FlaskClient], officer: Callable[..., Actor]
) -> None:
    subscribe(session, "ann@example.org", frequency="daily")
    subscribe(session, "bob@example.org", frequency="weekly")
    session.commit()
    now = utc_now()
    alert = publish(now, expires_at=now + timedelta(days=20))
    alert_id, browser = alert.id, signed_in()

    def read() -> list[list[str]]:
        page = browser.get(f"/alerts/{alert_id}").text
        cells = re.findall(r"<t[dh]\b[^>]*>(?:<[^>]*>)*([^<]*)", page[page.index("In daily and weekly mails") :])
        return [cells[place : place + 4] for place in (4, 8)]

    assert [row[:3] for row in read()] == [["Once a day", "0", "0"], ["Once a week", "0", "0"]]
    assert [row[3].partition(",")[0] for row in read()] == ["1", "1"]
    service.send_due(next_period(Frequency.DAILY, now).ends_at)
    assert read()[0] == ["Once a day", "1", "0", "Nobody"]
    alerts.withdraw(alert_id, "It was about another firm.", actor=officer(), now=utc_now())
    assert read()[0][3].startswith("1, ")


def test_programs_see_what_the_mails_told_of_an_alert(
    session: Session, publish: Publish, client: FlaskClient, bearer: Callable[..., dict[str, str]]
) -> None:
    subscribe(session, "ann@example.org", frequency="daily")
    session.commit()
    now = utc_now()
    alert = publish(now, expires_at=now + timedelta(days=20))
    place, token = f"/api/v1/digests/alerts/{alert.id}", bearer()
    service.send_due(next_period(Frequency.DAILY, now).ends_at)
    answer = client.get(place, headers=token).json
    assert answer is not None
    daily, weekly = answer["items"]
    assert (daily["told"], daily["told_withdrawn"], daily["waiting"]) == (1, 0, 0)
    assert (weekly["told"], weekly["waiting"]) == (0, 0)
    settle(session, session.scalars(select(DigestMailing.mailing_id)).one(), "expired")
    daily = (client.get(place, headers=token).json or {})["items"][0]
    assert (daily["told"], daily["waiting"]) == (0, 1)
    assert client.get("/api/v1/digests/alerts/404", headers=token).status_code == 404
