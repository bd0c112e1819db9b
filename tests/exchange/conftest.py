"""Two installations that run side by side, each with a database, an address and a key of its own."""

import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from threading import Thread
from typing import TypeVar

import pytest
from flask import Flask
from msgspec import Struct
from werkzeug.serving import make_server

from tests.conftest import IsolatedClient, make_app, settings
from tests.handover.conftest import STREET, VICTIM, written
from tests.linked.conftest import administrator, online, other
from tests.webhooks.conftest import LOCAL
from tsalert.cases import service as cases
from tsalert.cases.rules import NewCase
from tsalert.core.actors import Actor, Via
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.exchange import sending
from tsalert.handover import service as handovers
from tsalert.linked import own_keys, queries, service
from tsalert.linked.rules import NewAuthority
from tsalert.response.vocabulary import Category
from tsalert.staff import queries as staff
from tsalert.staff import service as staff_service
from tsalert.staff.rules import RoleName

__all__ = ["administrator", "online", "other"]
Found = TypeVar("Found")
PASSWORD = "correct horse battery staple"


class Installation(Struct):
    """One of the two: its program, where it listens, and one officer who may do everything."""

    app: Flask
    name: str
    url: str
    email: str = "all@example.org"

    def does(self, act: Callable[[Actor, datetime], Found]) -> Found:
        """Let its officer do something now."""
        with self.app.app_context():
            actor = staff.actor_of(staff.get_officer(db.session(), self.email), Via.PAGE)
            db.session.remove()
            return act(actor, utc_now())

    def works(self) -> None:
        """Let its worker send what is due."""
        self.does(lambda _actor, now: sending.send_due(now))

    def browser(self) -> IsolatedClient:
        """Return a browser in which its officer is signed in."""
        found = self.app.test_client()
        assert found.post("/sign-in", data={"email": self.email, "password": PASSWORD}).status_code == 303
        assert isinstance(found, IsolatedClient)
        return found

    def fingerprint(self) -> str:
        """Return what its administrator reads out."""
        return self.does(lambda _actor, _now: queries.own_keys(db.session())[0].fingerprint)

    def link(self, other: "Installation") -> int:
        """Link the other, whose fingerprint was read out."""
        new = NewAuthority(other.name, other.url, other.fingerprint())
        return self.does(lambda actor, now: service.register(new, actor=actor, now=now))


@contextmanager
def running(migrated: Path, folder: Path, name: str) -> Iterator[Installation]:
    folder.mkdir()
    shutil.copyfile(migrated, folder / "tsalert.db")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    # Each has secrets of its own, and so a key of its own.
    own = {"public_url": url, "authority_name": name, "address_key": name[0] * 40}
    found = make_app(settings(f"sqlite:///{folder / 'tsalert.db'}", folder, **own))
    found.extensions["tsalert_webhook_reach"] = LOCAL
    installation = Installation(found, name, url)
    with found.app_context():
        roles, officer = [*RoleName], f"Officer of {name}"
        staff_service.create_officer(installation.email, name=officer, roles=roles, password=PASSWORD, now=utc_now())
        db.session.remove()
    server = make_server("127.0.0.1", port, found, threaded=True)
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield installation
    server.shutdown()
    server.server_close()
    thread.join()
    with found.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def pair(migrated: Path, tmp_path: Path) -> Iterator[tuple[Installation, Installation]]:
    """Two installations that run, with a key each, and do not know each other."""
    with ExitStack() as both:
        here = both.enter_context(running(migrated, tmp_path / "here", "Testshire"))
        there = both.enter_context(running(migrated, tmp_path / "there", "Otherborough"))
        for each in (here, there):
            each.does(lambda actor, now: own_keys.make_key(actor=actor, now=now))
        yield here, there


@pytest.fixture
def linked(pair: tuple[Installation, Installation]) -> tuple[Installation, Installation]:
    """Two installations that are linked on both sides."""
    here, there = pair
    here.link(there)
    there.link(here)
    return pair


def offered(here: Installation, **changes: object) -> tuple[int, int]:
    """Have a case offered by one of the two; returns the numbers of the handover and of the case."""
    return here.does(lambda actor, now: offered_case(actor, now, **changes))


def offered_case(actor: Actor, now: datetime, **changes: object) -> tuple[int, int]:
    """Offer a new case; returns the numbers of the handover and of the case."""
    new = NewCase("Tree work.", Category.DOORSTEP_CRIME, kind="gardening", victim_name=VICTIM, address=STREET)
    case_id = cases.open_case(new, actor=actor, now=now)
    handover_id = handovers.draft_handover(written(case_id=case_id, **changes), actor=actor, now=now)
    handovers.offer_handover(handover_id, actor=actor, now=now)
    return handover_id, case_id
