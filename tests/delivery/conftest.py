"""Fixtures: people to write to, and a provider that answers as told."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from threading import Event

import pytest
from flask import Flask
from msgspec import Struct, field
from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.core.clock import utc_now
from tsalert.db import transaction
from tsalert.delivery import service
from tsalert.delivery.models import Endpoint
from tsalert.delivery.ports import Accepted, Answer, AttemptLog, Message, Unavailable
from tsalert.delivery.rules import Channel, Content, EndpointStatus, Lane
from tsalert.delivery.sending import Sender, Surroundings

EVERYBODY = select(Endpoint.id, Endpoint.channel)
WORDS = Content(subject="Doorstep crime", text="Do not open the door.", sms="Do not open the door.", voice="Beware.")


class Provider(Struct):
    """A gateway whose answers are set by address; everybody else is accepted."""

    channel: Channel = Channel.EMAIL
    lines: int = 1
    connections: int = 1
    answers: dict[str, Answer | Exception] = field(default_factory=dict)
    sent: list[Message] = field(default_factory=list)
    before: Callable[[Message], object] = id
    candidates: list[str] | None = None
    times_closed: int = 0

    def line(self) -> "Provider":
        return self

    def send(self, messages: Sequence[Message], log: AttemptLog) -> None:
        for message in messages:
            if not log.has_time():
                return
            self.before(message)
            answer = self.answers.get(message.address, Accepted(f"ref-{message.delivery_id}"))
            if isinstance(answer, Unavailable):
                raise answer
            log.begin(message)
            self.sent.append(message)
            if isinstance(answer, Exception):
                raise answer
            log.end(message, answer)

    def close(self) -> None:
        self.times_closed += 1

    def look_up(self, message: Message, *, since: datetime) -> list[str] | None:
        return self.candidates

    @property
    def addresses(self) -> list[str]:
        return [message.address for message in self.sent]


@pytest.fixture
def people(session: Session) -> Callable[..., list[int]]:
    """Add active endpoints by their addresses: ``people("a@example.org", "+447700900001")``."""

    def add(*addresses: str) -> list[int]:
        wanted = [service.NewEndpoint(_channel_of(address), address, EndpointStatus.ACTIVE) for address in addresses]
        with transaction() as work:
            return service.find_or_add_endpoints(work, wanted, now=utc_now())

    return add


@pytest.fixture
def mailing(session: Session) -> Callable[..., int]:
    """Make a mailing to everybody, urgent so that it leaves by night too: ``mailing(lane=Lane.BULK)``."""

    def make(*, lane: Lane = Lane.URGENT, not_after: datetime | None = None, content: Content = WORDS) -> int:
        with transaction() as work:
            now = utc_now()
            mailing_id = service.create_mailing(work, content, lane=lane, now=now, not_after=not_after)
            service.enqueue(work, mailing_id, EVERYBODY, now=now)
            return mailing_id

    return make


@pytest.fixture
def journals(tmp_path: Path) -> Path:
    return tmp_path / "journals"


@pytest.fixture
def sender(app: Flask, session: Session, journals: Path) -> Iterator[Callable[[Provider], Sender]]:
    """Make senders that share nothing but the database."""
    made: list[Sender] = []

    def make(provider: Provider) -> Sender:
        made.append(Sender(provider, Surroundings(app, journals, Event(), nullcontext())))
        return made[-1]

    yield make
    for each in made:
        each._journal.close()


def _channel_of(address: str) -> Channel:
    if "@" in address:
        return Channel.EMAIL
    return Channel.SMS if address.startswith("+447") else Channel.VOICE
