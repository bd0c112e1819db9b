"""Numbers of records in addresses: one that no record can have leads nowhere, and never reaches the database."""

from flask import Flask, request

from tsalert.core.errors import NotFound
from tsalert.core.keys import LARGEST_ID

# These records are many, so their keys have 64 bits; their views look for themselves.
_LONG = frozenset({"delivery_id", "message_id"})


def init_app(app: Flask) -> None:
    """Look at the numbers of every address; called after the guard, so that a stranger is asked to sign in first."""
    app.before_request(_refuse_impossible)


def _refuse_impossible() -> None:
    numbers = (value for name, value in (request.view_args or {}).items() if name not in _LONG)
    if any(isinstance(number, int) and number > LARGEST_ID for number in numbers):
        raise NotFound("There is no record with that number.")
