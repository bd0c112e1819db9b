"""What a watcher outside is told: 200 while all is well, 503 and plain words where it is not."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tsalert.core.actors import Actor
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.delivery import service as delivery
from tsalert.delivery.rules import Channel, Content, EndpointStatus, Lane
from tsalert.displays import service as displays
from tsalert.displays.service import NewDisplay
from tsalert.installation import signs
from tsalert.jobs import TIMETABLE
from tsalert.paging.models import Outage
from tsalert.staff.rules import RoleName

MINUTE = timedelta(minutes=1)
Heard = Callable[[timedelta], None]


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_while_a_worker_is_heard_of_all_is_well(client: FlaskClient, heard: Heard, path: str) -> None:
    heard(2 * MINUTE)
    answer = client.get(path)
    assert (answer.status_code, answer.text) == (200, "All is well.\n")
    assert answer.headers["Cache-Control"] == "no-store"
    assert client.head(path).status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_worker_that_is_silent_for_minutes_fails_it_in_plain_words(
    client: FlaskClient, heard: Heard, path: str
) -> None:
    heard(4 * MINUTE)
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (503, "text/plain")
    assert "- The worker has not been heard of since" in answer.text
    assert "nobody is paged and nothing is sent." in answer.text


def test_before_a_worker_ever_ran_it_fails(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, "No worker has been heard of yet" in answer.text) == (503, True)


def test_a_load_balancer_keeps_the_pages_while_the_worker_is_gone(client: FlaskClient, heard: Heard) -> None:
    heard(60 * MINUTE)
    assert client.get("/livez").status_code == 200


def test_a_provider_that_takes_no_page_fails_it_and_what_it_said_stays_inside(
    client: FlaskClient, session: Session, heard: Heard
) -> None:
    heard(MINUTE)
    session.add(Outage(channel="sms", began_at=NOW, reason="to +447700900123: down"))
    session.commit()
    answer = client.get("/healthz")
    assert (answer.status_code, "- Text messages to officers do not go out." in answer.text) == (503, True)
    assert "down" not in answer.text


def test_mail_that_nobody_hands_over_fails_it_and_alerts_that_wait_do_not(
    client: FlaskClient, session: Session, heard: Heard
) -> None:
    heard(MINUTE)
    end = delivery.find_or_add_endpoint(
        session, Channel.EMAIL, "pat@example.org", status=EndpointStatus.ACTIVE, now=utc_now()
    )
    words = Content(subject="Access", text="Access")
    for lane in (Lane.BULK, Lane.TRANSACTIONAL):
        long_ago = utc_now() - 11 * MINUTE
        mailing_id = delivery.create_mailing(session, words, lane=lane, now=long_ago)
        delivery.enqueue_one(session, mailing_id, end, now=long_ago)
        session.commit()
        if lane is Lane.BULK:
            assert client.get("/healthz").status_code == 200
    answer = client.get("/healthz")
    assert (answer.status_code, "Mail to single people has waited" in answer.text) == (503, True)


@pytest.mark.parametrize("path", ["/livez", "/healthz", "/readyz"])
def test_a_database_that_is_gone_is_said_so(client: FlaskClient, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    def gone(*_: object, **__: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr("sqlalchemy.orm.Session.execute", gone)
    monkeypatch.setattr("sqlalchemy.orm.Session.get", gone)
    answer = client.get(path)
    assert (answer.status_code, "- The database does not answer." in answer.text) == (503, True)


def test_the_timetable_gives_the_sign_more_often_than_it_is_missed() -> None:
    (job,) = [job for job in TIMETABLE if job.call is signs.give_sign]
    assert timedelta(seconds=3 * job.seconds) < signs.SILENT_AFTER


def test_every_officers_page_and_the_board_say_that_no_worker_runs_and_an_open_page_hears_it(
    heard: Heard, signed_in: Callable[..., FlaskClient]
) -> None:
    heard(MINUTE)
    desk = signed_in()
    assert "has not been heard of" not in desk.get("/calls").text
    seen = desk.get("/calls/waiting?seen=none").text.split('value="')[1].split('"')[0]
    heard(4 * MINUTE)
    for path in ("/calls", "/board", "/cases", f"/calls/waiting?seen={seen}"):
        assert "The worker has not been heard of since" in desk.get(path).text, path


def test_a_sign_that_comes_twice_stays_one(session: Session, heard: Heard) -> None:
    heard(4 * MINUTE)
    heard(timedelta(0))
    assert signs.silent_since(db.session(), now=utc_now()) is None


def test_a_screen_on_a_wall_says_it_too_and_goes_on_asking(
    app: Flask, session: Session, heard: Heard, officer: Callable[..., Actor]
) -> None:
    token = displays.make_display(NewDisplay("Duty office"), actor=officer(RoleName.MANAGER), now=NOW)[1]
    screen = app.test_client()
    screen.post(f"/wall/{token}")
    heard(MINUTE)
    assert 'hx-get="/board/troubles"' in screen.get("/board").text
    assert screen.get("/board/troubles").text.strip() == ""
    heard(4 * MINUTE)
    for path in ("/board", "/board/troubles"):
        assert "The worker has not been heard of since" in screen.get(path).text
