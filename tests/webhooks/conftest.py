"""A program that is told, and the leave to call it on this machine."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from msgspec.structs import replace
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.standins.listener import Listener, listening
from tsalert.core.actors import Actor
from tsalert.staff.rules import RoleName
from tsalert.webhooks import service
from tsalert.webhooks.calling import Reach
from tsalert.webhooks.rules import OFFERED
from tsalert.webhooks.service import NewWebhook

HOST = "hooks.example.org"
# Every name stands for this machine, which is called without TLS.
LOCAL = Reach(is_allowed=lambda _address: True, schemes=frozenset({"http"}), look_up=lambda _host, _port: ["127.0.0.1"])


@pytest.fixture
def listener(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Listener]:
    """A program on this machine, which is called by another name and may be called without TLS."""
    with listening() as found:
        monkeypatch.setitem(app.extensions, "tsalert_webhook_reach", LOCAL)
        yield found


@pytest.fixture
def look_up(app: Flask, listener: Listener, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let the name stand for other machines, of which only public ones are called: ``look_up("192.0.2.1")``."""

    def become(*addresses: str) -> None:
        changed = replace(Reach(), schemes=frozenset({"http"}), look_up=lambda _host, _port: list(addresses))
        monkeypatch.setitem(app.extensions, "tsalert_webhook_reach", changed)

    return become


@pytest.fixture
def administrator(officer: Callable[..., Actor]) -> Actor:
    return officer(RoleName.ADMINISTRATOR)


@pytest.fixture
def hook(session: Session, listener: Listener, administrator: Actor) -> tuple[int, str]:
    """The number and the secret of a program that is told of everything."""
    new = NewWebhook("Control room", f"http://{HOST}:{listener.port}/told?by=tsalert", OFFERED)
    return service.register(new, actor=administrator, now=NOW)
