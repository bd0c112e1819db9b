"""A team on the rota, an incident that is paged for, and a clock that the test moves."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest
from flask import Flask
from flask.testing import FlaskClient
from msgspec import Struct, field
from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.orm import Session
from twilio.request_validator import RequestValidator

from tests.response.conftest import roof_call
from tests.rota.conftest import give_mobile, put_on_shift
from tests.standins import called
from tests.standins.called import TOKEN, Call, Post
from tsalert.config import TwilioSettings
from tsalert.core.actors import Actor, Via
from tsalert.db import db, transaction
from tsalert.delivery import claiming
from tsalert.delivery.claiming import Claimed, Work
from tsalert.delivery.models import Delivery, Endpoint, Mailing
from tsalert.delivery.outcomes import record_outcomes
from tsalert.delivery.ports import Accepted, Answer
from tsalert.delivery.retries import Outcome, outcome
from tsalert.delivery.rules import Channel
from tsalert.paging import troubles, welfare
from tsalert.paging.models import PageCode
from tsalert.response import answering, service
from tsalert.response.timeline import timeline
from tsalert.rota.vocabulary import Duty
from tsalert.staff import queries as staff_queries
from tsalert.staff.rules import RoleName

NOON = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
SHIFT = (NOON - timedelta(hours=12), NOON + timedelta(hours=12))
PUBLIC = "https://alerts.example.org"
PRIMARY, BACKUP, MANAGER = "+447700900101", "+447700900102", "+447700900103"


class Sent(Struct, frozen=True):
    """One message that waits to be sent, or was."""

    channel: str
    to: str
    words: str
    subject: str
    id: int


class Night(Struct):
    """The service at night: what was sent, and the timetable at any second of it."""

    app: Flask
    answer: Answer = field(default_factory=lambda: Accepted("taken"))
    seen: datetime = NOON

    def deliver(self, after: float) -> None:
        """Let a sender hand everything that is due to the provider, which answers as the test says."""
        now = self.seen = at(after)
        for channel in Channel:
            with transaction() as work:
                claimed = claiming.claim(work, channel, "test", 100, now=now, work=Work.PAGES)
                results = {each.id: self._outcome(each, now) for each in claimed}
                record_outcomes(work, channel, "test", results, now=now)

    def _outcome(self, each: Claimed, now: datetime) -> Outcome:
        kind = "CA" if each.standing.channel is Channel.VOICE else "SM"
        answer = Accepted(f"{kind}{each.id:032}") if isinstance(self.answer, Accepted) else self.answer
        return outcome(answer, each.standing, now=now, draw=0.0)

    def tick(self, after: float) -> None:
        """Run the sender and the timetable's jobs of paging once, so many seconds after noon."""
        now = at(after)
        self.deliver(after)
        answering.page_due(now)
        troubles.watch_pages(now)
        welfare.check_welfare(now)
        self.deliver(after)
        db.session.rollback()

    @property
    def sent(self) -> list[Sent]:
        """Everything that was handed to delivery, in order."""
        query = select(Delivery, Endpoint.address, Mailing).join(Endpoint, Endpoint.id == Delivery.endpoint_id)
        query = query.join(Mailing, Mailing.id == Delivery.mailing_id).order_by(Delivery.id)
        return [
            Sent(
                row.channel,
                address,
                getattr(mailing, "text" if row.channel == "email" else row.channel),
                mailing.subject,
                row.id,
            )
            for row, address, mailing in db.session().execute(query)
        ]

    @property
    def reached(self) -> list[tuple[str, str]]:
        """Who was reached how, in order."""
        return [(each.channel, each.to) for each in self.sent]

    def story(self, incident_id: int) -> list[str]:
        """The incident's timeline as an officer reads it."""
        return [f"{each.what}, {each.who}: {each.note}" for each in timeline(db.session(), incident_id, now=self.seen)]

    def code(self, officer: Actor, incident_id: int) -> str:
        mine = (PageCode.officer_id == officer.officer_id, PageCode.incident_id == incident_id)
        return db.session().scalars(select(PageCode.code).where(*mine, PageCode.retired_at.is_(None))).one()


class Team(Struct, frozen=True):
    """Who stands tonight."""

    primary: Actor
    backup: Actor
    manager: Actor


def at(seconds: float) -> datetime:
    """Return an instant so many seconds after noon."""
    return NOON + timedelta(seconds=seconds)


@pytest.fixture
def night(app: Flask, session: Session) -> Night:
    return Night(app)


@pytest.fixture
def team(session: Session, officer: Callable[..., Actor]) -> Team:
    """Three officers on the rota, each with a verified mobile."""
    found = Team(officer(name="Pat Primary"), officer(name="Bo Backup"), officer(RoleName.MANAGER, name="Mo Manager"))
    stand(session, found.primary, Duty.PRIMARY, PRIMARY)
    stand(session, found.backup, Duty.BACKUP, BACKUP)
    stand(session, found.manager, Duty.MANAGER, MANAGER)
    return found


@pytest.fixture
def desk(officer: Callable[..., Actor]) -> Actor:
    """Whoever logs the call."""
    return officer(name="Dee Desk")


@pytest.fixture
def page(session: Session, desk: Actor) -> Callable[..., int]:
    """Log a call that is graded immediate; returns its incident."""

    def log(after: float = 0, actor: Actor | None = None) -> int:
        incident_id = service.log_call(roof_call(), actor=actor or desk, now=at(after)).incident_id
        assert incident_id is not None
        return incident_id

    return log


@pytest.fixture
def post(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> Post:
    """Post as Twilio does: signed over the public address and every parameter."""
    account = TwilioSettings("AC" + "0" * 32, TOKEN, sender="+441632960000", voice_sender="+441632960000")
    chosen = replace(app.extensions["tsalert_settings"], twilio=account, public_url=PUBLIC)
    monkeypatch.setitem(app.extensions, "tsalert_settings", chosen)

    def send(url: str, form: dict[str, str]) -> tuple[int, str]:
        signature = RequestValidator(TOKEN).compute_signature(url, form)
        answer = client.post(url.removeprefix(PUBLIC), data=form, headers={"X-Twilio-Signature": signature})
        return answer.status_code, answer.text

    return send


@pytest.fixture
def text(post: Post) -> Callable[[str, str], str]:
    """Text the service: ``text(PRIMARY, "TAKE 4821")`` returns the answer."""
    sids = iter(f"SM{number:032}" for number in range(1000))

    def send(sender: str, body: str) -> str:
        form = {"MessageSid": next(sids), "From": sender, "To": "+441632960000", "Body": body}
        status, answer = post(f"{PUBLIC}/webhooks/twilio/message", form)
        assert status == 200
        said = ET.fromstring(answer).find("Message")
        return (said.text or "") if said is not None else ""

    return send


@pytest.fixture
def ring(post: Post, night: Night) -> Callable[[Sent, str], Call]:
    """Let a telephone ring: ``ring(sent, "presses:1")`` returns the call as its owner heard it."""

    def play(sent: Sent, habit: str, order: called.Order = called.Order.AS_THEY_COME) -> Call:
        hooks = f"{PUBLIC}/webhooks/twilio"
        call = Call(f"CA{sent.id:032}", sent.to, "+441632960000", f"{hooks}/call/{sent.id}", f"{hooks}/status", 0.0)
        called.play(call, habit, order, post)
        assert call.is_over
        return call

    return play


def stand(session: Session, officer: Actor, duty: Duty, mobile: str | None) -> None:
    """Let an officer stand a duty tonight."""
    assert officer.officer_id is not None
    if mobile:
        give_mobile(session, officer.officer_id, mobile)
    put_on_shift(session, officer.officer_id, duty, *SHIFT)
    session.commit()


def by(officer: Actor, via: Via) -> Actor:
    """Return an officer who comes through another door."""
    return staff_queries.actor_of(staff_queries.get_officer_by_id(db.session(), officer.officer_id), via)
