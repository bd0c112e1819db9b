"""What subscribers chose lately: large print, a pause, a landline, other wards; one who came twice; some who left."""

from datetime import datetime, timedelta

from tsalert.db import db
from tsalert.delivery.queries import find_endpoint
from tsalert.delivery.rules import Channel
from tsalert.demo.past import Crew
from tsalert.places.queries import ward_names
from tsalert.subscribers import service as subscribers
from tsalert.subscribers.directory import entries, get_subscriber
from tsalert.subscribers.preferences import officers, why_left
from tsalert.subscribers.preferences.choosing import Choices
from tsalert.subscribers.preferences.readers import open_subscriptions
from tsalert.subscribers.preferences.rules import EVERY_WARD, Pause, WhyLeft
from tsalert.subscribers.service import Wish

_DAY = timedelta(days=1)
_LANDLINE, _OTHER_LANDLINE = "020 7946 0871", "020 7946 0872"
_CAME_TWICE = 12  # the newest residents before this one chose something else
_LEFT = (
    ("robin.left@example.org", WhyLeft.TOO_MANY),
    ("jo.left@example.org", WhyLeft.MOVED_AWAY),
    ("sandy.left@example.org", WhyLeft.TOO_MANY),
    ("kit.left@example.org", WhyLeft.OTHER_SOURCE),
)


def load_choices(team: Crew, now: datetime) -> None:
    """Let some who ring change what they get, and some who joined leave."""
    newest = [entry.id for entry in entries(db.session()).items if entry.kind == "resident"]
    reads_large, pauses, adds, hears_besides = newest[:4]
    _choose(team, reads_large, now - 9 * _DAY, large_print=True)
    _choose(team, hears_besides, now - 8 * _DAY, other_wards=2)
    _join_again(team, newest[_CAME_TWICE], now - 7 * _DAY)
    officers.pause(pauses, Pause.MONTH, actor=team.officer, now=now - 3 * _DAY)
    officers.move(adds, None, _LANDLINE, actor=team.officer, now=now - 2 * _DAY)
    for number, (address, reason) in enumerate(_LEFT, start=1):
        _leave(team, address, reason, now - 20 * number * _DAY)


def _choose(team: Crew, subscriber_id: int, at: datetime, *, large_print: bool = False, other_wards: int = 0) -> None:
    """Let somebody ask for large print, or to hear of some wards besides their own, such as a parent's."""
    session = db.session()
    view = get_subscriber(session, subscriber_id)
    who, end = view.subscriber, view.addresses[0]
    held = open_subscriptions(session, who.id, end.id)
    frequency = next(each.frequency for each in held.values())
    others = [code for code in ward_names(session) if code != who.ward]
    chosen = Choices(
        tuple(held), frequency, who.postcode, who.ward or EVERY_WARD, who.name,
        large_print=large_print, further_wards=tuple(others[:other_wards]),
    )  # fmt: skip
    officers.choose(who.id, end.id, chosen, actor=team.officer, now=at)


def _join_again(team: Crew, subscriber_id: int, at: datetime) -> None:
    """Put somebody who rings on the list although they are there with another address; an officer finds that later."""
    who = get_subscriber(db.session(), subscriber_id).subscriber
    again = Wish(name=who.name, postcode=who.postcode, ward=who.ward)
    subscribers.add_by_phone(_OTHER_LANDLINE, again, actor=team.officer, now=at)


def _leave(team: Crew, address: str, reason: WhyLeft, at: datetime) -> None:
    """Let somebody join by telephone and leave by their link."""
    name = f"{address.partition('.')[0].title()} Example (invented)"
    subscribers.add_by_phone(address, Wish(name=name), actor=team.manager, now=at - 60 * _DAY)
    end = find_endpoint(db.session(), Channel.EMAIL, address)
    assert end is not None
    subscribers.unsubscribe(end.id, now=at)
    why_left.say_why(end.id, reason, now=at)
