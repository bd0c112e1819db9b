"""Landlines that were asked by a call whether they want alerts, and have not joined: each for another reason."""

from datetime import datetime, timedelta

from flask import current_app

from tsalert.db import db, transaction
from tsalert.delivery.queries import find_endpoint
from tsalert.delivery.replaying import deliver_to_recorder
from tsalert.delivery.rules import Channel
from tsalert.demo.past import Crew
from tsalert.demo.sent import noon
from tsalert.subscribers import service as subscribers
from tsalert.subscribers.service import Wish

_REFUSED, _SILENT, _WAITING = "+442079460901", "+442079460902", "+442079460903"


def load_questions(team: Crew, now: datetime) -> None:
    """Load one that pressed 9, one that was rung and pressed nothing yet, and one that waits to be rung."""
    for days, number in ((4, _REFUSED), (2, _SILENT)):
        at = noon(now, days)
        subscribers.ask_by_call(number, Wish(), actor=team.manager, now=at)
        deliver_to_recorder(current_app, now=at + timedelta(minutes=1))
    with transaction() as session:
        refused = find_endpoint(session, Channel.VOICE, _REFUSED)
        assert refused is not None
        subscribers.stop_calls(session, refused.id, now=noon(now, 4) + timedelta(minutes=2))
    db.session.remove()
    subscribers.ask_by_call(_WAITING, Wish(), actor=team.manager, now=now)
