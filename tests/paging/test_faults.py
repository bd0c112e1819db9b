"""Pages under faults, with real processes and protocols: none lost, none sent twice unknowingly."""

import os
import signal
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
from flask import Flask
from msgspec.structs import replace
from sqlalchemy import func, select
from werkzeug.serving import make_server

from tests.conftest import command_environment
from tests.outcomes import outcome_of
from tests.response.conftest import NOON, roof_call
from tests.rota.conftest import give_mobile, put_on_shift
from tests.standins import twilio
from tests.standins.called import Order
from tests.standins.processes import eventually, worker
from tests.standins.twilio import Twilio
from tests.whole import create_app
from tsalert.config import TwilioSettings
from tsalert.core.actors import Actor, Permission, Via
from tsalert.core.clock import utc_now
from tsalert.core.errors import Conflict
from tsalert.db import db, transaction
from tsalert.delivery import claiming, recovery
from tsalert.delivery.claiming import Work
from tsalert.delivery.fates import fates
from tsalert.delivery.journal import Journal
from tsalert.delivery.models import Delivery
from tsalert.delivery.rules import Channel
from tsalert.paging import policies, queries, words
from tsalert.paging.models import PageAttempt
from tsalert.paging.queries import Attempt
from tsalert.paging.rules import Policy, PolicyStep
from tsalert.response import answering, service
from tsalert.response import queries as response_queries
from tsalert.rota.vocabulary import Duty
from tsalert.staff import queries as staff_queries
from tsalert.staff import service as staff
from tsalert.staff.rules import RoleName

MANAGES = Actor(None, "command", frozenset({Permission.MANAGE_RESPONSE}), Via.COMMAND)
S = timedelta(seconds=1)
PRIMARY, BACKUP = "+447700900101", "+447700900102"
QUICK = Policy(
    steps=(
        PolicyStep(0 * S, Duty.PRIMARY, Channel.SMS),
        PolicyStep(2 * S, Duty.PRIMARY, Channel.VOICE),
        PolicyStep(4 * S, Duty.BACKUP, Channel.SMS),
        PolicyStep(5 * S, Duty.BACKUP, Channel.VOICE),
    ),
    repeat_after=600 * S,
    repage_after=900 * S,
    welfare_after=1800 * S,
    welfare_answer=300 * S,
    welfare_misses=2,
    down_after=30 * S,
)


@pytest.fixture
def telephones() -> Iterator[Twilio]:
    with twilio.running() as found:
        yield found


@pytest.fixture
def site(fresh_app: Flask, telephones: Twilio) -> Iterator[Flask]:
    """The service as Twilio reaches it, over HTTP, with a quick policy and two officers on duty."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    account = TwilioSettings(
        twilio.ACCOUNT, twilio.TOKEN, sender="+441632960000", voice_sender="+441632960000", api_url=telephones.url
    )
    chosen = replace(fresh_app.extensions["tsalert_settings"], public_url=f"http://127.0.0.1:{port}", twilio=account)
    app = create_app(chosen)
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    with app.app_context():
        prepare()
    yield app
    server.shutdown()
    thread.join()
    server.server_close()
    with app.app_context():
        db.engine.dispose()


def prepare() -> None:
    """Put two officers on duty now, under a policy that waits seconds instead of minutes."""
    now = utc_now()
    policies.set_policy(QUICK, actor=MANAGES, now=now)
    for name, duty, mobile in (("Pat", Duty.PRIMARY, PRIMARY), ("Bo", Duty.BACKUP, BACKUP)):
        roles = [RoleName.DUTY_OFFICER]
        number = staff.create_officer(f"{name}@example.org", name=name, roles=roles, password=None, now=now)
        with transaction() as session:
            give_mobile(session, number, mobile)
            put_on_shift(session, number, duty, now - 3600 * S, now + 36000 * S)
    db.session.remove()


def page(app: Flask) -> int:
    with app.app_context():
        desk = Actor(None, "desk", frozenset(Permission), Via.COMMAND)
        logged = service.log_call(roof_call(), actor=desk, now=utc_now())
        db.session.remove()
    assert logged.incident_id is not None
    return logged.incident_id


def attempts(app: Flask, incident_id: int) -> list[Attempt]:
    with app.app_context():
        (run,) = queries.runs_of(db.session(), incident_id, now=NOON)
        db.session.remove()
    return list(run.attempts)


def holder(app: Flask, incident_id: int) -> int | None:
    with app.app_context():
        (run,) = queries.runs_of(db.session(), incident_id, now=NOON)
        db.session.remove()
    return run.acknowledged_by


def spoken(app: Flask, incident_id: int) -> str:
    with app.app_context():
        reference = response_queries.get_incident_row(db.session(), incident_id).reference
        db.session.remove()
    return words.spoken(reference)


@contextmanager
def working(app: Flask, log: Path) -> Iterator[object]:
    chosen = app.extensions["tsalert_settings"]
    environment = command_environment(
        app,
        TSALERT_SMS="twilio",
        TSALERT_TWILIO_ACCOUNT_SID=chosen.twilio.account_sid,
        TSALERT_TWILIO_AUTH_TOKEN=chosen.twilio.auth_token,
        TSALERT_TWILIO_FROM=chosen.twilio.sender,
        TSALERT_TWILIO_API_URL=chosen.twilio.api_url,
    )
    with worker(environment, log) as process:
        yield process


@pytest.mark.parametrize("order", Order)
def test_a_text_then_a_call_and_a_key_takes_it(site: Flask, telephones: Twilio, tmp_path: Path, order: Order) -> None:
    telephones.habits[PRIMARY], telephones.order = "presses:1", order
    with working(site, tmp_path / "worker.log"):
        incident_id = page(site)
        eventually(lambda: holder(site, incident_id) is not None)
        eventually(lambda: all(call.is_over for call in telephones.calls))
    assert [text["to"] for text in telephones.taken] == [PRIMARY]
    assert [call.to for call in telephones.calls] == [PRIMARY]
    assert telephones.calls[0].answers == [f"You have {spoken(site, incident_id)}."]
    assert [each.said for each in attempts(site, incident_id)][1] == "Answered, pressed 1 to take it"


def test_a_voicemail_that_answers_is_followed_by_the_backup(site: Flask, telephones: Twilio, tmp_path: Path) -> None:
    telephones.habits |= {PRIMARY: "voicemail", BACKUP: "presses-twice:1"}
    with working(site, tmp_path / "worker.log"):
        incident_id = page(site)
        eventually(lambda: holder(site, incident_id) is not None)
        eventually(lambda: all(call.is_over for call in telephones.calls))
    assert [call.to for call in telephones.calls] == [PRIMARY, BACKUP]
    assert telephones.calls[1].answers == [f"You have {spoken(site, incident_id)}."] * 2


def test_a_page_in_the_hands_of_a_killed_worker_is_looked_up_and_not_sent_again_and_the_next_step_comes(
    site: Flask, telephones: Twilio, tmp_path: Path
) -> None:
    telephones.habits[PRIMARY] = "taken-then-silent"
    with working(site, tmp_path / "first.log") as first:
        incident_id = page(site)
        eventually(lambda: len(telephones.taken) == 1)
        first.send_signal(signal.SIGKILL)  # type: ignore[attr-defined]
        first.wait()  # type: ignore[attr-defined]
    telephones.habits[PRIMARY] = "presses:1"
    with working(site, tmp_path / "second.log"):
        eventually(lambda: holder(site, incident_id) is not None)
    assert Counter(text["to"] for text in telephones.taken)[PRIMARY] == 1
    with site.app_context():
        (number,) = db.session().scalars(select(Delivery.doubts).order_by(Delivery.id).limit(1))
        db.session.remove()
    assert number == 1


def test_a_page_that_was_claimed_and_never_begun_goes_out_once(site: Flask, telephones: Twilio, tmp_path: Path) -> None:
    incident_id = page(site)
    with site.app_context():
        journal = Journal(recovery.journal_folder())
        with transaction() as session:
            assert claiming.claim(session, Channel.SMS, journal.owner, 1, now=utc_now(), work=Work.PAGES)
        os.close(journal._file)
        db.session.remove()
    telephones.habits[PRIMARY] = "presses:1"
    with working(site, tmp_path / "worker.log"):
        eventually(lambda: holder(site, incident_id) is not None)
    assert Counter(text["to"] for text in telephones.taken)[PRIMARY] == 1


def test_a_provider_that_comes_back_takes_what_waited(site: Flask, telephones: Twilio, tmp_path: Path) -> None:
    telephones.is_down = True
    with working(site, tmp_path / "worker.log"):
        incident_id = page(site)
        eventually(lambda: "503" in attempts(site, incident_id)[0].said)
        telephones.habits[PRIMARY] = "presses:1"
        telephones.is_down = False
        eventually(lambda: holder(site, incident_id) is not None)
    assert Counter(text["to"] for text in telephones.taken)[PRIMARY] == 1


def at_once(app: Flask, acts: list[Callable[[], object]]) -> list[object]:
    """Run several acts in the same moment; a conflict is an outcome."""
    start = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        start.wait()
        return outcome_of(app, act)

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def made(app: Flask) -> list[tuple[str, int]]:
    with app.app_context():
        query = select(PageAttempt.slot, func.count()).group_by(PageAttempt.slot, PageAttempt.channel)
        found = [(slot, count) for slot, count in db.session().execute(query)]
        db.session.remove()
    return sorted(found)


def test_timetables_that_tick_at_once_make_each_attempt_once(site: Flask) -> None:
    page(site)
    for second in (3, 6):
        later = utc_now() + second * S
        at_once(site, [lambda now=later: answering.page_due(now) for _ in range(6)])  # type: ignore[misc]
    assert [count for _, count in made(site)] == [1, 1, 1, 1]


def test_two_officers_who_take_it_at_once_leave_one_who_has_it(site: Flask) -> None:
    incident_id, now = page(site), utc_now()
    with site.app_context():
        numbers = [number for number, _ in staff_queries.active_officers(db.session())]
        who = [Actor(number, "x", frozenset(Permission), Via.PAGE) for number in numbers]
        db.session.remove()

    def take(actor: Actor, at: datetime) -> Callable[[], object]:
        return lambda: answering.take_incident(incident_id, actor=actor, now=at)

    outcomes = at_once(site, [take(actor, now) for actor in who] + [lambda: answering.page_due(now + 3 * S)])
    assert sum(outcome is True for outcome in outcomes[:2]) == 1
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 1
    assert holder(site, incident_id) in numbers


def test_a_page_and_an_alert_to_the_same_number_keep_apart(site: Flask) -> None:
    incident_id = page(site)
    with site.app_context():
        (only,) = attempts(site, incident_id)
        number = db.session().scalars(select(PageAttempt.delivery_id)).one()
        assert fates(db.session(), [number])[number].status == "pending"
        assert not claiming.is_due(db.session(), Channel.SMS, utc_now())
        assert claiming.is_due(db.session(), Channel.SMS, utc_now(), work=Work.PAGES)
        db.session.remove()
    assert only.channel == "sms"
