"""Readers who chose one mail a day or a week, and the mails that they have had."""

from datetime import datetime, timedelta

from flask import current_app

from tsalert.db import db
from tsalert.delivery.replaying import deliver_to_recorder
from tsalert.demo.past import Crew
from tsalert.digests import service as digests
from tsalert.digests.rules import DIGESTS, next_period
from tsalert.subscribers import partnering
from tsalert.subscribers.directory import entries, get_subscriber
from tsalert.subscribers.preferences import officers
from tsalert.subscribers.preferences.choosing import Choices
from tsalert.subscribers.preferences.readers import open_subscriptions
from tsalert.subscribers.preferences.rules import EVERY_WARD
from tsalert.subscribers.rules import Frequency

_MINUTE = timedelta(minutes=1)
_BEFORE = timedelta(days=120)
# Which of the newest residents want what: the first ones choose other things.
_DAILY, _WEEKLY = slice(4, 8), slice(8, 12)
_READS_LARGE_PRINT = 8


def choose_mornings(team: Crew, now: datetime) -> None:
    """Let some ask by telephone for one mail a day, and some for one a week: a partner, and one in large print."""
    newest = [entry.id for entry in entries(db.session()).items if entry.kind == "resident"]
    large_print = newest[_READS_LARGE_PRINT]
    partner = partnering.list_partners(db.session())[-1].id
    _choose(team, partner, Frequency.WEEKLY, now - _BEFORE, large_print=False)
    for frequency, chosen in ((Frequency.DAILY, newest[_DAILY]), (Frequency.WEEKLY, newest[_WEEKLY])):
        for subscriber_id in chosen:
            _choose(team, subscriber_id, frequency, now - _BEFORE, large_print=subscriber_id == large_print)


def send_mornings(sent_at: datetime, now: datetime) -> None:
    """Deliver the daily and the weekly mail that follow an alert, as far as their mornings have come."""
    mornings = sorted(next_period(frequency, sent_at).ends_at for frequency in DIGESTS)
    for morning in mornings:
        if morning + 2 * _MINUTE <= now:
            digests.send_due(morning + _MINUTE)
            deliver_to_recorder(current_app, now=morning + 2 * _MINUTE)


def _choose(team: Crew, subscriber_id: int, frequency: Frequency, at: datetime, *, large_print: bool) -> None:
    session = db.session()
    view = get_subscriber(session, subscriber_id)
    who, end = view.subscriber, view.addresses[0]
    topics = tuple(open_subscriptions(session, who.id, end.id))
    wants = Choices(topics, frequency, who.postcode, who.ward or EVERY_WARD, who.name, large_print=large_print)
    officers.choose(who.id, end.id, wants, actor=team.officer, now=at)
