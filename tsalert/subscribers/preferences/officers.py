"""What officers do for somebody who rings: each with a permission, in the trail and in the history of consent."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from tsalert.core.actors import Actor, Permission
from tsalert.db import transaction
from tsalert.subscribers.preferences import choosing, moving, pausing, stopping
from tsalert.subscribers.preferences.acting import By, by_officer
from tsalert.subscribers.preferences.choosing import Choices
from tsalert.subscribers.preferences.rules import Pause


def choose(subscriber_id: int, endpoint_id: int, choices: Choices, *, actor: Actor, now: datetime) -> None:
    """Let a subscriber get exactly what they asked for at an address; where alerts had stopped, they start again."""
    _do(lambda session, by: choosing.change(session, subscriber_id, endpoint_id, choices, by=by), actor, now)


def pause(subscriber_id: int, span: Pause, *, actor: Actor, now: datetime) -> None:
    """Send a subscriber nothing for a while."""
    _do(lambda session, by: pausing.pause(session, subscriber_id, span, by=by), actor, now)


def resume(subscriber_id: int, *, actor: Actor, now: datetime) -> None:
    """Send to a subscriber again before their pause is over."""
    _do(lambda session, by: pausing.resume(session, subscriber_id, by=by), actor, now)


def stop_everything(subscriber_id: int, *, actor: Actor, now: datetime) -> None:
    """Send a subscriber nothing more, at any of their addresses."""
    _do(lambda session, by: stopping.stop_everything(session, subscriber_id, by=by), actor, now)


def move(subscriber_id: int, replaces: int | None, contact: str, *, actor: Actor, now: datetime) -> None:
    """Ask a subscriber's new address to confirm itself; a landline is taken at the officer's word.

    :param replaces: the address that stops then; None where the new one comes on top.
    """
    _do(lambda session, by: moving.ask_to_move(session, subscriber_id, replaces, contact, by=by), actor, now)


def _do(step: Callable[[Session, By], None], actor: Actor, now: datetime) -> None:
    actor.require(Permission.MANAGE_SUBSCRIBERS)
    with transaction() as session:
        step(session, by_officer(actor, now))
