"""Screens on walls that the tests share."""

from collections.abc import Callable
from datetime import date
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tsalert.core.actors import Actor
from tsalert.displays import service
from tsalert.displays.service import NewDisplay
from tsalert.displays.views import COOKIE
from tsalert.staff.rules import RoleName


@pytest.fixture
def manager(officer: Callable[..., Actor]) -> Actor:
    return officer(RoleName.MANAGER, name="Morgan Example")


@pytest.fixture
def token(session: Session, manager: Actor) -> str:
    """The token of a wall display named Duty office."""
    return service.make_display(NewDisplay("Duty office"), actor=manager, now=NOW)[1]


@pytest.fixture
def screen(app: Flask, token: str) -> FlaskClient:
    """The browser of a screen that opened its link and pressed the button."""
    browser = app.test_client()
    assert browser.post(f"/wall/{token}").status_code == 303
    return browser


def forged(app: Flask, token: str) -> FlaskClient:
    """Return a program that sends a screen's token to every page, which no browser does."""
    browser = app.test_client()
    browser.set_cookie(COOKIE, token, path="/")
    return browser


def made_link(page: str) -> str:
    """Return the path of the link that a page shows."""
    (address,) = [word for word in page.replace("<", " ").replace(">", " ").split() if "/wall/" in word]
    return urlsplit(address).path


LATER = date(2026, 6, 12)


@pytest.fixture
def duty(officer: Callable[..., Actor]) -> Actor:
    """The officer on duty."""
    return officer(name="Dee Example")
