"""A provider of identities, and browsers that are sent there and come back."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from msgspec.structs import replace
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.standins import identity
from tests.standins.identity import CLIENT, SECRET, Identity
from tsalert.providers.openid_connect import OpenIdConnect
from tsalert.single_sign_on_settings import SingleSignOnSettings
from tsalert.staff.single_sign_on.views import EXTENSION

EMAIL = "kim@example.org"


@pytest.fixture
def provider(app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[Identity]:
    """A provider at which officers of the application sign in."""
    with identity.running() as running:
        set_up(app, running, monkeypatch)
        yield running


def set_up(app: Flask, running: Identity, monkeypatch: pytest.MonkeyPatch, **changes: Any) -> None:
    """Point the application at a provider."""
    chosen = SingleSignOnSettings(issuer=running.url, client_id=CLIENT, client_secret=SECRET, **changes)
    provider = OpenIdConnect(chosen)
    monkeypatch.setitem(app.extensions, EXTENSION, lambda: provider)
    told = replace(app.extensions["tsalert_settings"], single_sign_on=chosen)
    monkeypatch.setitem(app.extensions, "tsalert_settings", told)


@pytest.fixture
def configure(app: Flask, provider: Identity, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Change what is believed of the provider: ``configure(role_claim="roles", …)``."""
    return lambda **changes: set_up(app, provider, monkeypatch, **changes)


def there(browser: FlaskClient, start: str = "/single-sign-on") -> str:
    """Follow a browser to the provider; returns the address at which it comes back."""
    sent = browser.get(start)
    assert sent.status_code == 302, sent.text
    answer = requests.get(sent.location, allow_redirects=False, timeout=10)
    back = urlsplit(answer.headers["Location"])
    assert f"{back.scheme}://{back.netloc}{back.path}" == "http://127.0.0.1:8000/single-sign-on/back"
    return f"{back.path}?{back.query}"


def sign_in(browser: FlaskClient, start: str = "/single-sign-on") -> TestResponse:
    """Sign in at the provider and come back."""
    return browser.get(there(browser, start))
