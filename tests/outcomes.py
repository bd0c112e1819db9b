"""What comes of an act that another one may overtake."""

from collections.abc import Callable

from flask import Flask

from tsalert.core.errors import Conflict
from tsalert.db import db


def outcome_of(app: Flask, act: Callable[[], object]) -> object:
    """Carry out an act with a session of its own; a conflict is an outcome, any other error a failure."""
    with app.app_context():
        try:
            return act()
        except Conflict as refusal:
            return refusal
        finally:
            db.session.remove()
