"""Every link of every kind of message that we send may be opened by a scanner, a friend or a preview: nothing changes.

Two lists stand here: which modules send messages, and which addresses of ours stand in them. A new kind, or a new
link, fails until it is added, with a way to make one for residents.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from email import message_from_string
from email.policy import default
from html import unescape
from pathlib import Path
from threading import Event

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.alerts.conftest import new_draft, shown, subscribe
from tests.alerts.test_resending import ended, send
from tsalert.alerts import service as alerts
from tsalert.alerts.missing.queries import Reason, Way
from tsalert.alerts.missing.service import Again, send_again
from tsalert.circulation import reminding
from tsalert.circulation import service as circulation
from tsalert.circulation.rules import NewContact, NewPartner
from tsalert.core.actors import Actor
from tsalert.core.clock import london_date, london_midnight, utc_now
from tsalert.db import Base
from tsalert.delivery.models import SentMessage
from tsalert.delivery.queries import find_endpoint
from tsalert.delivery.rules import Channel
from tsalert.delivery.sending import Sender, Surroundings
from tsalert.digests import service as digests
from tsalert.installation.service import mark_demo
from tsalert.providers.recorder import Recorder
from tsalert.staff.rules import RoleName
from tsalert.subscribers import service as subscribers
from tsalert.subscribers.preferences import service as preferences
from tsalert.subscribers.preferences.models import PreferenceVisit
from tsalert.subscribers.preferences.tokens import link_signer
from tsalert.subscribers.service import Wish

PROGRAM = Path(__file__).parent.parent.parent / "tsalert"
SENDS = re.compile(r"\b(?:create_mailing|page_one|write_to)\(")
LINK = re.compile(r"(?:public_url|site)}(/[^\"\s\\]*)")
PLACE = re.compile(r"{[^}]*(?:\([^}]*\))?[^}]*}")
SITE = "http://127.0.0.1:8000"
NETWORK = "192.0.2.1"
# Kinds of messages by the module that sends them. Residents' are made below; officers' lead behind the sign-in.
TO_RESIDENTS = {
    "alerts/missing/service.py",
    "alerts/posting.py",
    "circulation/reminding.py",
    "digests/service.py",
    "subscribers/asking.py",
    "subscribers/preferences/moving.py",
    "subscribers/preferences/visits.py",
}
TO_OFFICERS = {
    "alerts/scheduling/telling.py",
    "alerts/trials/service.py",
    "enforcement/reminding.py",
    "exchange/telling.py",
    "handover/telling.py",
    "hygiene/telling.py",
    "intelligence/reminding.py",
    "oversight/publishing.py",
    "oversight/telling.py",
    "paging/reaching.py",
    "quarterly/timetable/reminding.py",
    "restricting/service.py",
    "retention/access/reminding.py",
    "rota/alarms.py",
    "rota/mobiles.py",
    "rota/silence.py",
    "safeguarding/reminding.py",
    "staff/telling.py",
    "staffing/service.py",
    "subscribers/telling.py",
    "telephone/telling.py",
    "watching/service.py",
    "webhooks/sending.py",
}
# Answers to whoever texts us hold no link.
ANSWERS = {"inbound/notify.py"}
THE_QUEUE = {"delivery/mailings.py", "delivery/personal.py", "staff/writing.py"}
FOR_RESIDENTS = {
    "/check/{}",
    "/confirm/{}",
    "/declare/{}",
    "/join",
    "/join{}",
    "/preferences/link/{}",
    "/preferences/move/{}",
    "/pass-on/{}{}",
    "/passed-on/",
    "/passed-on/{}",
    "/unsubscribe/",
    "/unsubscribe/{}",
}
FOR_OFFICERS = {
    "/access",
    "/alerts/{}",
    "/board",
    "/board-reports/{}",
    "/borders",
    "/cases/{}/enforcement",
    "/handovers/{}",
    "/incidents/{}",
    "/list-health",
    "/new-password/{}",
    "/oddities?week={}",
    "/offered-packs/{}",
    "/partner-figures",
    "/rota",
    "/safeguarding/{}",
    "/sign-in",
    "/subject-access/{}",
    "/subscribers",
    "/outgoing-webhooks/{}",
}
FOR_MACHINES = {
    "/alerts/published",
    "/wards",
    "/webhooks/twilio",
    "/webhooks/twilio/status",
    "/webhooks/twilio/voice/{}?{}",
    "/{}{}",
}
# A page behind these is there once an alert was passed on, and says so before.
PASSING_ON = ("/pass-on/", "/passed-on/")
# What watches who reads what, and who is signed in, changes with every look.
WATCHING = {"audit_event", "audit_head", "officer", "sign_in", "sign_in_failure"}


def sources() -> Iterator[tuple[str, str]]:
    for path in PROGRAM.rglob("*.py"):
        yield str(path.relative_to(PROGRAM)), path.read_text(encoding="utf-8")


def digest(session: Session) -> dict[str, str]:
    """Return the digest of every table but those that watch."""
    session.rollback()
    tables = [table for table in Base.metadata.sorted_tables if table.name not in WATCHING]
    rows = {table.name: sorted(map(repr, session.execute(table.select()).all())) for table in tables}
    return {name: hashlib.sha256("\n".join(each).encode()).hexdigest() for name, each in rows.items()}


def test_every_kind_of_message_is_known() -> None:
    sending = {name for name, text in sources() if SENDS.search(text)}
    assert sending == TO_RESIDENTS | TO_OFFICERS | ANSWERS | THE_QUEUE


def test_every_link_in_a_message_is_known() -> None:
    found = {PLACE.sub("{}", link) for _, text in sources() for link in LINK.findall(text)}
    assert found == FOR_RESIDENTS | FOR_OFFICERS | FOR_MACHINES


@pytest.fixture
def links(app: Flask, session: Session, officer: Callable[..., Actor], tmp_path: Path) -> dict[str, set[str]]:
    """What residents get in one day, as it would leave the machine: by the module that sent it, the links in it."""
    mark_demo(session)  # telephone numbers kept for drama count in a demonstration alone
    session.commit()
    found: dict[str, set[str]] = {}
    for name, make in MAKERS.items():
        make(session, officer)
        session.commit()
        found[name] = set(sent(app, session, tmp_path / name.replace("/", "-")))
    return found


def sent(app: Flask, session: Session, journals: Path) -> Iterator[str]:
    """Send what waits, and yield every link of ours in it, in the words, in HTML and in the headers."""
    known = set(session.scalars(select(SentMessage.id)))
    for channel in (Channel.EMAIL, Channel.SMS):
        sender = Sender(Recorder(channel), Surroundings(app, journals, Event(), nullcontext()))
        while sender.turn():
            pass
        sender.settle()
        sender._journal.close()
    for message in session.scalars(select(SentMessage).where(SentMessage.id.not_in(known))).all():
        said = [message.content] if message.channel == Channel.SMS else parts(message.content)
        yield from re.findall(rf"{re.escape(SITE)}(/[^\s<>\"]*)", unescape("\n".join(said)))


def parts(mail: str) -> Iterator[str]:
    """Yield what stands in the headers and in every part of a mail."""
    read = message_from_string(mail, policy=default)
    yield from map(str, read.values())
    yield from (part.get_content() for part in read.walk() if not part.is_multipart())


def joins(session: Session, _officer: Callable[..., Actor]) -> None:
    for contact in ("pat@example.org", "07700 900001"):
        subscribers.sign_up(contact, Wish(("all",)), network=NETWORK, now=utc_now())


def gets_an_alert(session: Session, officer: Callable[..., Actor]) -> None:
    subscribe(session, "ann@example.org")
    subscribe(session, "+447700900002")
    subscribe(session, "large@example.org", formats="large_print")
    subscribe(session, "library@example.org", kind="partner")
    session.commit()
    author, approver = officer(RoleName.DUTY_OFFICER), officer(RoleName.MANAGER)
    send(author, approver)


def is_sent_an_alert_again(session: Session, officer: Callable[..., Actor]) -> None:
    """Send those who got the alert before another one, which comes back, and send it again."""
    author, approver = officer(RoleName.DUTY_OFFICER), officer(RoleName.MANAGER)
    alert_id = send(author, approver)
    ended(session, **dict.fromkeys(("ann", "phone", "large", "library"), "soft_bounced"))
    again = Again((Reason.BOUNCED_FOR_NOW,), Way.SAME)
    assert send_again(alert_id, again, actor=approver, now=utc_now())


def asks_for_preferences(session: Session, _officer: Callable[..., Actor]) -> None:
    for contact in ("ann@example.org", "07700 900002"):
        preferences.ask(contact, network=NETWORK, now=utc_now())


def moves(session: Session, _officer: Callable[..., Actor]) -> None:
    """Ask for a move on a page whose own link was in no message, so that none of theirs is used up."""
    end = find_endpoint(session, Channel.EMAIL, "ann@example.org")
    assert end is not None
    visit = PreferenceVisit(endpoint_id=end.id, asked_at=utc_now())
    session.add(visit)
    session.commit()
    passed = preferences.open_by_link(link_signer().sign(visit.id), now=utc_now())
    preferences.move(passed, "new@example.org", now=utc_now())


def gets_a_daily_mail(session: Session, officer: Callable[..., Actor]) -> None:
    subscribe(session, "daily@example.org", frequency="daily")
    subscribe(session, "at.once@example.org")
    session.commit()
    author, approver = officer(RoleName.DUTY_OFFICER), officer(RoleName.MANAGER)
    sent_at = utc_now() - timedelta(days=2)
    alert_id = alerts.write_draft(new_draft(expires_at=sent_at + timedelta(days=7)), actor=author, now=sent_at)
    alerts.submit(alert_id, actor=author, now=sent_at)
    alerts.approve(alert_id, shown(alert_id), actor=approver, now=sent_at)
    yesterday = london_midnight(london_date(utc_now()) - timedelta(days=1))
    assert digests.send_due(yesterday + timedelta(hours=12))


def is_asked_how_many_it_reaches(session: Session, officer: Callable[..., Actor]) -> None:
    manager, a_year_ago = officer(RoleName.MANAGER), utc_now() - timedelta(days=366)
    number = circulation.add_partner(NewPartner("Penge library", kind_id=2), actor=manager, now=a_year_ago)
    contact = NewContact("penge@example.org", "Sam Example", "Librarian")
    circulation.save_contact(number, contact, actor=manager, now=a_year_ago)
    assert reminding.remind(utc_now())


MAKERS = {
    "digests/service.py": gets_a_daily_mail,
    "circulation/reminding.py": is_asked_how_many_it_reaches,
    "subscribers/asking.py": joins,
    "alerts/posting.py": gets_an_alert,
    "alerts/missing/service.py": is_sent_an_alert_again,
    "subscribers/preferences/visits.py": asks_for_preferences,
    "subscribers/preferences/moving.py": moves,
}


def test_every_kind_for_residents_is_made() -> None:
    assert set(MAKERS) == TO_RESIDENTS


def test_opening_any_link_of_any_message_to_residents_changes_nothing(
    app: Flask, session: Session, links: dict[str, set[str]]
) -> None:
    assert all(links.values()), links
    browser = app.test_client(use_cookies=False)
    before = digest(session)
    for path in sorted(set().union(*links.values())):
        for method in ("HEAD", "GET", "OPTIONS", "GET"):
            answer = browser.open(path, method=method)
            assert answer.status_code == 200 or path.startswith(PASSING_ON), path
            assert "Set-Cookie" not in answer.headers, path
        assert digest(session) == before, path


def test_opening_any_link_of_any_message_to_officers_changes_nothing(
    app: Flask, session: Session, signed_in: Callable[..., FlaskClient], officer: Callable[..., Actor]
) -> None:
    values = {
        "/board-reports/{}": "2026-27Q1",
        "/oddities?week={}": datetime(2026, 6, 8, tzinfo=UTC).date().isoformat(),
    }
    for browser in (app.test_client(use_cookies=False), signed_in(RoleName.MANAGER)):
        before = digest(session)
        for link in sorted(FOR_OFFICERS):
            path = link.replace("{}", values.get(link, "1"))
            for method in ("HEAD", "GET"):
                assert browser.open(path, method=method).status_code in {200, 303, 403, 404}, path
            assert digest(session) == before, path
