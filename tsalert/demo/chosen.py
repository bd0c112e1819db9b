"""What subscribers chose lately: large print, a pause, a landline beside an email address; and some who left."""

from datetime import datetime, timedelta

from tsalert.db import db
from tsalert.delivery.queries import find_endpoint
from tsalert.delivery.rules import Channel
from tsalert.demo.past import Crew
from tsalert.subscribers import service as subscribers
from tsalert.subscribers.directory import entries, get_subscriber
from tsalert.subscribers.preferences import officers, why_left
from tsalert.subscribers.preferences.choosing import Choices
from tsalert.subscribers.preferences.readers import open_subscriptions
from tsalert.subscribers.preferences.rules import EVERY_WARD, Pause, WhyLeft
from tsalert.subscribers.service import Wish

_DAY = timedelta(days=1)
_LANDLINE = "020 7946 0871"
_LEFT = (
    ("robin.left@example.org", WhyLeft.TOO_MANY),
    ("jo.left@example.org", WhyLeft.MOVED_AWAY),
    ("sandy.left@example.org", WhyLeft.TOO_MANY),
    ("kit.left@example.org", WhyLeft.OTHER_SOURCE),
)


def load_choices(team: Crew, now: datetime) -> None:
    """Let some who ring change what they get, and some who joined leave."""
    newest = [entry.id for entry in entries(db.session()) if entry.kind == "resident"]
    reads_large, pauses, adds = newest[:3]
    _read_large_print(team, reads_large, now - 9 * _DAY)
    officers.pause(pauses, Pause.MONTH, actor=team.officer, now=now - 3 * _DAY)
    officers.move(adds, None, _LANDLINE, actor=team.officer, now=now - 2 * _DAY)
    for number, (address, reason) in enumerate(_LEFT, start=1):
        _leave(team, address, reason, now - 20 * number * _DAY)


def _read_large_print(team: Crew, subscriber_id: int, at: datetime) -> None:
    session = db.session()
    view = get_subscriber(session, subscriber_id)
    who, end = view.subscriber, view.addresses[0]
    held = open_subscriptions(session, who.id, end.id)
    frequency = next(each.frequency for each in held.values())
    chosen = Choices(tuple(held), frequency, who.postcode, who.ward or EVERY_WARD, who.name, large_print=True)
    officers.choose(who.id, end.id, chosen, actor=team.officer, now=at)


def _leave(team: Crew, address: str, reason: WhyLeft, at: datetime) -> None:
    """Let somebody join by telephone and leave by their link."""
    name = f"{address.partition('.')[0].title()} Example (invented)"
    subscribers.add_by_phone(address, Wish(name=name), actor=team.manager, now=at - 60 * _DAY)
    end = find_endpoint(db.session(), Channel.EMAIL, address)
    assert end is not None
    subscribers.unsubscribe(end.id, now=at)
    why_left.say_why(end.id, reason, now=at)
