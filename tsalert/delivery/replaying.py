"""Delivering into the recorder at a time of the caller's choosing, for a demonstration's past."""

from datetime import datetime
from itertools import product

from flask import Flask
from sqlalchemy.orm import Session

from tsalert.db import db, transaction
from tsalert.delivery import claiming
from tsalert.delivery.claiming import Claimed, Work
from tsalert.delivery.outbox import record_sent
from tsalert.delivery.outcomes import record_outcomes
from tsalert.delivery.ports import Accepted
from tsalert.delivery.printing import Press, press_of
from tsalert.delivery.retries import outcome
from tsalert.delivery.rules import Channel

_OWNER = "replay"
_AT_ONCE = 500


def deliver_to_recorder(app: Flask, *, now: datetime) -> int:
    """Hand everything that is due at ``now`` to the recorder; returns how many messages that was.

    No worker may run meanwhile: this takes what is due, whoever else would.
    """
    press, sent = press_of(app), 0
    for channel, work in product(Channel, Work):
        while claimed := _claim(press, channel, work, now):
            record_sent(press.messages(claimed), now=now)
            with transaction() as session:
                _record(session, channel, claimed, now)
            sent += len(claimed)
    db.session.remove()
    return sent


def _claim(press: Press, channel: Channel, work: Work, now: datetime) -> list[Claimed]:
    with transaction() as session:
        claimed = claiming.claim(session, channel, _OWNER, _AT_ONCE, now=now, work=work)
        press.lay_out(session, claimed)
        return claimed


def _record(session: Session, channel: Channel, claimed: list[Claimed], now: datetime) -> None:
    taken = {each.id: outcome(Accepted(f"recorded-{each.id}"), each.standing, now=now, draw=0.5) for each in claimed}
    record_outcomes(session, channel, _OWNER, taken, now=now)
