"""What addresses name records by: what no record can be named leads nowhere, and never reaches the database."""

from flask import Flask, request

from tsalert.core.errors import NotFound
from tsalert.core.keys import LARGEST_ID, can_be_key

# These records are many, so their keys have 64 bits; their views look for themselves.
_LONG = frozenset({"delivery_id", "message_id"})


def init_app(app: Flask) -> None:
    """Look at the parts of every address; called after the guard, so that a stranger is asked to sign in first."""
    app.before_request(_refuse_impossible)


def _refuse_impossible() -> None:
    for name, part in (request.view_args or {}).items():
        if isinstance(part, int) and part > LARGEST_ID and name not in _LONG:
            raise NotFound("There is no record with that number.")
        if isinstance(part, str) and not can_be_key(part):
            raise NotFound("There is no record with that name.")
