"""Somebody on the list, who asks for their page and opens it."""

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.subscribers.conftest import CONSENT, Import, letters
from tsalert.core.clock import utc_now
from tsalert.subscribers.models import Subscriber
from tsalert.subscribers.preferences import service
from tsalert.visitors.rules import SHORTEST_FILL
from tsalert.visitors.tokens import stamp

PAT = f"Pat Example,pat@example.org,,,,,,scams;doorstep-crime,immediate,{CONSENT}"
NETWORK = "192.0.2.1"


def code_in(text: str) -> str:
    found = re.search(r"code is (\d{6})", text)
    assert found, text
    return found[1]


def link_in(text: str) -> str:
    found = re.search(r"http://127\.0\.0\.1:8000(/\S+)", text)
    assert found, text
    return found[1]


@pytest.fixture
def pat(session: Session, run_import: Import) -> int:
    """Pat, who is on the list by email; returns the subscriber's id."""
    run_import(PAT)
    return session.scalars(select(Subscriber.id)).one()


@pytest.fixture
def opened(session: Session) -> Callable[..., str]:
    """Open a page by its code: ``opened("pat@example.org")`` returns the pass."""

    def open_page(contact: str, *, now: datetime | None = None) -> str:
        at = now or utc_now()
        token = service.ask(contact, network=NETWORK, now=at)
        last = letters(session)[-1]
        return service.open_by_code(token, code_in(last.text), now=at)

    return open_page


@pytest.fixture
def filled(session: Session) -> Callable[[str], dict[str, str]]:
    """Fill the form that asks for a page as a person does."""

    def fill(contact: str) -> dict[str, str]:
        return {"contact": contact, "drawn": stamp(utc_now() - SHORTEST_FILL), "leave_empty": ""}

    return fill


@pytest.fixture
def visitor(client: FlaskClient) -> FlaskClient:
    return client
