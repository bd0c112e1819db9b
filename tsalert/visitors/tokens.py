"""Signed values that visitors carry: the mark of when a form was drawn, and the numbers in links."""

import hmac
from datetime import UTC, datetime
from hashlib import sha256

from flask import current_app

from tsalert.config import Settings
from tsalert.delivery.tokens import Signer, make_signer
from tsalert.visitors.rules import network_of


def signer(purpose: str) -> Signer:
    """Return who signs and reads the tokens of one purpose; a token of another purpose is none of its own."""
    config = current_app.config
    return make_signer(purpose, (config["SECRET_KEY"], *config["SECRET_KEY_FALLBACKS"]))


def stamp(now: datetime) -> str:
    """Return a signed mark of when a form was drawn."""
    return signer("form").sign(int(now.timestamp()))


def read_stamp(text: str) -> datetime | None:
    """Return when a form was drawn, or None where the mark is not ours."""
    seconds = signer("form").read(text)
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def network_digest(address: str) -> str:
    """Return what is kept of a visitor's network address: enough to count by, useless to others."""
    return digest("network", network_of(address))


def digest(purpose: str, text: str) -> str:
    """Return the keyed digest under which something that names a person is counted."""
    settings: Settings = current_app.extensions["tsalert_settings"]
    return hmac.new(settings.secret_key.encode(), f"{purpose}:{text}".encode(), sha256).hexdigest()
