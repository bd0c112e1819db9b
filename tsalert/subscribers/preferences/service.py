"""Use cases of those who read an address; the pass of an open page is all the authority they have or need."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from tsalert.db import transaction
from tsalert.subscribers.preferences import choosing, moving, pausing, stopping, visits
from tsalert.subscribers.preferences.acting import By, by_reader
from tsalert.subscribers.preferences.choosing import Choices
from tsalert.subscribers.preferences.moving import confirm_move
from tsalert.subscribers.preferences.rules import Pause
from tsalert.subscribers.preferences.visits import (
    ask,
    ask_in_vain,
    choose_reader,
    open_by_code,
    open_by_link,
    open_for_joiner,
)

__all__ = [
    "ask",
    "ask_in_vain",
    "choose",
    "choose_reader",
    "confirm_move",
    "move",
    "open_by_code",
    "open_by_link",
    "open_for_joiner",
    "pause",
    "resume",
    "stop",
]


def choose(token: str, choices: Choices, *, now: datetime) -> None:
    """Let the reader of an address get exactly what they chose there."""
    _do(token, lambda session, whose, by: choosing.change(session, *whose, choices, by=by), now)


def pause(token: str, span: Pause, *, now: datetime) -> None:
    """Send the reader of an address nothing for a while."""
    _do(token, lambda session, whose, by: pausing.pause(session, whose[0], span, at=whose[1], by=by), now)


def resume(token: str, *, now: datetime) -> None:
    """Send to the reader of an address again before their pause is over."""
    _do(token, lambda session, whose, by: pausing.resume(session, whose[0], at=whose[1], by=by), now)


def stop(token: str, *, now: datetime) -> None:
    """Send the reader of an address nothing more there."""
    _do(token, lambda session, whose, by: stopping.stop(session, *whose, by=by), now)


def move(token: str, contact: str, *, now: datetime) -> None:
    """Ask the new address of a reader to confirm itself."""
    _do(token, lambda session, whose, by: moving.ask_to_move(session, *whose, contact, by=by), now)


def _do(token: str, step: Callable[[Session, tuple[int, int], By], None], now: datetime) -> None:
    with transaction() as session:
        step(session, visits.require(session, token, now=now).whose, by_reader(now))
