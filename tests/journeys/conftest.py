"""A night at work: the service in processes of its own, Twilio's stand-in, and three officers on the rota."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen
from xml.etree import ElementTree as ET

import pytest
from flask import Flask
from msgspec import Struct, field
from sqlalchemy import select
from sqlalchemy.orm import Session
from twilio.request_validator import RequestValidator

from tests.conftest import PASSWORD, command_environment
from tests.rota.conftest import give_mobile, put_on_shift
from tests.standins import twilio
from tests.standins.called import Call
from tests.standins.processes import eventually, web, worker
from tests.standins.telephone import OUR_NUMBER, Exchange, Phone
from tests.standins.twilio import Twilio
from tsalert.core.clock import utc_now
from tsalert.db import db, transaction
from tsalert.installation.service import mark_demo
from tsalert.paging.models import PageAttempt, PageRun
from tsalert.rota.vocabulary import Duty
from tsalert.staff import service as staff
from tsalert.staff.rules import RoleName

PUBLIC = "https://alerts.example.org"
MOBILES = {Duty.PRIMARY: "+447700900501", Duty.BACKUP: "+447700900502", Duty.MANAGER: "+447700900503"}
NAMES = {Duty.PRIMARY: "Pat Primary", Duty.BACKUP: "Bo Backup", Duty.MANAGER: "Mo Manager"}


class Night(Struct):
    """The service at work, the doors by which officers and callers come, and when each thing was done."""

    app: Flask
    url: str
    twilio: Twilio
    logs: tuple[Path, ...]
    tokens: dict[Duty, str]
    heard: list[str] = field(default_factory=list)
    done: dict[str, tuple[datetime, datetime]] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=count)

    @contextmanager
    def doing(self, what: str) -> Iterator[None]:
        """Note between which instants something is done."""
        began = utc_now()
        yield
        self.done[what] = (began, utc_now())

    def ask(self, path: str, told: dict[str, Any] | None = None, *, by: Duty) -> Any:
        """Ask the interface as an officer does: GET, or POST of what is told."""
        headers = {"Authorization": f"Bearer {self.tokens[by]}", "Content-Type": "application/json"}
        body = None if told is None else json.dumps(told).encode()
        try:
            with urlopen(Request(f"{self.url}/api/v1{path}", body, headers), timeout=30) as answer:
                return json.load(answer)
        except HTTPError as refusal:
            raise AssertionError((path, refusal.code, refusal.read().decode())) from refusal

    def post(self, path: str, form: dict[str, str], signature: str) -> tuple[int, str]:
        """Post a form that was signed; returns the status and the answer."""
        request = Request(self.url + path, urlencode(form).encode(), {"X-Twilio-Signature": signature})
        try:
            with urlopen(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as refusal:
            return refusal.code, refusal.read().decode()

    def post_as_twilio(self, url: str, form: dict[str, str]) -> tuple[int, str]:
        """Post to a public address of the service, signed over it."""
        return self.post(url.removeprefix(PUBLIC), form, RequestValidator(twilio.TOKEN).compute_signature(url, form))

    def ring(self, caller: str, phones: dict[str, Phone]) -> Exchange:
        """Let somebody ring the service's number, to the end of the call."""
        exchange = Exchange(self.post, PUBLIC, phones, caller, sid=f"CA{next(self._numbers) + 10**9:032x}").ring()
        exchange.call_back()
        self.heard += exchange.heard
        self.heard += [
            said.text or "" for _, _, body in exchange.answers if body for said in ET.fromstring(body).iter()
        ]
        return exchange

    def text(self, sender: str, body: str) -> str:
        """Text the service and return what it answers."""
        sid = f"SM{next(self._numbers) + 10**9:032x}"
        form = {"MessageSid": sid, "From": sender, "To": OUR_NUMBER, "Body": body}
        status, answer = self.post_as_twilio(f"{PUBLIC}/webhooks/twilio/message", form)
        assert status == 200, answer
        said = ET.fromstring(answer).findtext("Message") or ""
        self.heard.append(said)
        return said

    def rung(self, number: str) -> Call:
        """Wait until somebody was rung once, and the call is over."""
        eventually(lambda: any(call.to == number and call.is_over for call in self.twilio.calls))
        (found,) = [call for call in self.twilio.calls if call.to == number]
        return found

    def let_pass(self, *, seconds: int) -> None:
        """Let so much time go by for the pages, and for nothing else."""
        step = timedelta(seconds=seconds)
        with self.changing() as session:
            run = session.scalars(select(PageRun)).one()
            run.anchor_at, run.next_due_at = run.anchor_at - step, run.next_due_at - step

    def since_grade(self) -> timedelta:
        """Return how long after the grade the newest page was made, by the time of the pages."""
        with self.app.app_context():
            newest = db.session().scalars(select(PageAttempt.made_at).order_by(PageAttempt.id.desc()).limit(1)).one()
            return newest - db.session().scalars(select(PageRun.anchor_at)).one()

    @contextmanager
    def changing(self) -> Iterator[Session]:
        """Change the database behind the service's back."""
        with self.app.app_context(), transaction() as session:
            yield session


@pytest.fixture
def night(fresh_app: Flask, tmp_path: Path) -> Iterator[Night]:
    """Web and worker over one database, on a night with an officer, a backup and a manager on duty."""
    tokens = _people(fresh_app)
    logs = (tmp_path / "web.log", tmp_path / "worker.log")
    with twilio.running() as provider:
        account = twilio.environment(provider.url, sender=OUR_NUMBER)
        environment = command_environment(fresh_app, TSALERT_PUBLIC_URL=PUBLIC, **account)
        with web(environment, logs[0]) as url, worker(environment, logs[1]):
            at_work = Night(fresh_app, url, provider, logs, tokens)
            provider.post = at_work.post_as_twilio
            yield at_work


def _people(app: Flask) -> dict[Duty, str]:
    """Put three officers on the rota, each with a verified mobile; returns their tokens."""
    with app.app_context():
        with transaction() as session:
            mark_demo(session)  # telephone numbers kept for drama can be rung in a demonstration alone
        return {duty: _officer(duty) for duty in MOBILES}


def _officer(duty: Duty) -> str:
    now, hours = utc_now(), timedelta(hours=6)
    role = RoleName.MANAGER if duty is Duty.MANAGER else RoleName.DUTY_OFFICER
    email = f"{duty}@example.org"
    officer_id = staff.create_officer(email, name=NAMES[duty], roles=[role], password=PASSWORD, now=now)
    give_mobile(db.session(), officer_id, MOBILES[duty])
    put_on_shift(db.session(), officer_id, duty, now - hours, now + hours)
    return staff.issue_token(email, now=now)
