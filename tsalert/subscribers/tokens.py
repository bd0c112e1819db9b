"""Signed values: the token of a confirmation link, and the time at which a form was drawn."""

from datetime import UTC, datetime

from flask import current_app

from tsalert.delivery.tokens import Signer, make_signer


def confirm_token(sign_up_id: int) -> str:
    """Return the token of ``/confirm/<token>``; how long it is good for is decided by the sign-up's age."""
    return _signer("confirm").sign(sign_up_id)


def read_confirm_token(token: str) -> int | None:
    """Return the sign-up that a token names, or None for a token that is not ours."""
    return _signer("confirm").read(token)


def stamp(now: datetime) -> str:
    """Return a signed mark of when a form was drawn."""
    return _signer("form").sign(int(now.timestamp()))


def read_stamp(text: str) -> datetime | None:
    """Return when a form was drawn, or None where the mark is not ours."""
    seconds = _signer("form").read(text)
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _signer(purpose: str) -> Signer:
    config = current_app.config
    return make_signer(purpose, (config["SECRET_KEY"], *config["SECRET_KEY_FALLBACKS"]))
