"""The worker as a real process that is killed while Notify takes its mails."""

import signal
from collections import Counter
from pathlib import Path

import pytest
from flask import Flask

from tests.conftest import command_environment
from tests.standins.notify import API_KEY, EMAIL_TEMPLATE, Notify, running
from tests.standins.processes import eventually, worker
from tsalert.core.clock import utc_now
from tsalert.db import db, transaction
from tsalert.delivery import queries, service
from tsalert.delivery.rules import Channel, Content, EndpointStatus, Lane

PEOPLE = 400


def broadcast(app: Flask) -> int:
    """Enqueue a mail to everybody, one of whom has an address that Notify refuses; return its id."""
    addresses = ["refused@example.invalid", *(f"p{number}@example.org" for number in range(PEOPLE))]
    people = [service.NewEndpoint(Channel.EMAIL, address, EndpointStatus.ACTIVE) for address in addresses]
    with app.app_context(), transaction() as session:
        now = utc_now()
        service.find_or_add_endpoints(session, people, now=now)
        mailing_id = service.create_mailing(session, Content("Beware", "Do not open."), lane=Lane.BULK, now=now)
        service.enqueue(session, mailing_id, queries.reachable_endpoints(), now=now)
        return mailing_id


def is_finished(app: Flask, mailing_id: int) -> bool:
    with app.app_context():
        return queries.progress(db.session(), mailing_id).is_finished


def environment(app: Flask, notify: Notify) -> dict[str, str]:
    return command_environment(
        app,
        TSALERT_EMAIL="notify",
        TSALERT_NOTIFY_API_KEY=API_KEY,
        TSALERT_NOTIFY_API_URL=notify.url,
        TSALERT_NOTIFY_EMAIL_TEMPLATE=EMAIL_TEMPLATE,
        TSALERT_NOTIFY_CALLBACK_TOKEN="c" * 40,
    )


@pytest.mark.any_database
def test_a_worker_killed_in_mid_broadcast_misses_nobody_doubles_nobody_and_logs_no_address(
    fresh_app: Flask, tmp_path: Path
) -> None:
    mailing_id, logs = broadcast(fresh_app), [tmp_path / "first.log", tmp_path / "second.log"]
    with running() as notify:
        with worker(environment(fresh_app, notify), logs[0]) as first:
            eventually(lambda: len(notify.taken) > PEOPLE // 4)
            first.send_signal(signal.SIGKILL)
            first.wait()
        assert len(notify.taken) < PEOPLE
        with worker(environment(fresh_app, notify), logs[1]):
            eventually(lambda: is_finished(fresh_app, mailing_id))
        times = Counter(mail["email_address"] for mail in notify.taken)
    assert times == Counter(f"p{number}@example.org" for number in range(PEOPLE))
    assert not any("@example" in log.read_text() for log in logs)
