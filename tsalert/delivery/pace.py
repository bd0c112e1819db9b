"""How many messages may leave now without going faster than a provider allows. Pure.

A pace is a schedule: every message moves the instant on, until which the pace is spent, by its share of a second. What
lies between it and now may leave, but never more than a moment's worth after a rest. Where messages waited while nobody
sent, as while a worker is started anew, what was missed is caught up a little faster than the pace; a minute holds
hardly more than its own all the same.
"""

from datetime import datetime, timedelta
from math import ceil, floor

from msgspec import Struct, field

_MOMENT = 1.0  # seconds
# What any minute may hold beyond its own, in seconds' worth: under one in a hundred, since messages of a minute also
# draw together on their way, and a provider counts them where they arrive.
_MINUTE, _OVER = 60, 0.4
# What was missed for longer is not caught up: it would be no restart, and its echo would last.
_LONGEST_GAP = 6.0
_CATCHING_UP = 1.2
# A sender takes a second's worth in so many turns, or half of what is free, so that many lines share it and none holds
# in hand what it cannot send soon.
_TURNS = 20
_SLACK = 1e-6


class Spent(Struct, frozen=True):
    """What was spent of a pace: until when, how many by second of the last minute, and whether more waited then.

    :param recent: seconds since 1970, each with how many left in it; fewer than none where some were given back.
    """

    until: datetime
    recent: dict[int, int] = field(default_factory=dict)
    more_waited: bool = False


def allow(spent: Spent, rate: float, wanted: int, *, now: datetime) -> int:
    """Return how many of those wanted may leave now.

    :param rate: messages a second.
    """
    free = floor(_free(spent, rate, now) + _SLACK)
    return max(0, min(wanted, free, _room(spent, rate, now), max(_most(rate), free // 2)))


def spend(spent: Spent, rate: float, count: int, *, now: datetime, more_wait: bool | None = None) -> Spent:
    """Return what is spent after so many left, even if they left without leave, as pages do.

    :param count: less than nothing where some that were counted never left.
    :param more_wait: whether others would have left too; None where nobody looked.
    """
    until = _start(spent, rate, now) + timedelta(seconds=count / rate)
    recent, second = _latest(spent, now), _second(now)
    if count:
        recent[second] = recent.get(second, 0) + count
    return Spent(until, recent, spent.more_waited if more_wait is None else more_wait)


def seconds_until_more(spent: Spent, rate: float, *, now: datetime) -> float:
    """Return how long to wait until a whole turn may leave, or until more may be known."""
    if _room(spent, rate, now) <= 0:
        return 1 - now.timestamp() % 1
    return max(0.0, (_most(rate) - _free(spent, rate, now)) / rate)


def _most(rate: float) -> int:
    return max(1, ceil(rate / _TURNS))


def _room(spent: Spent, rate: float, now: datetime) -> int:
    """Return how many fit into this second and into the minute that ends now."""
    recent, second = _latest(spent, now), _second(now)
    this_second = ceil(rate * _CATCHING_UP) - recent.get(second, 0)
    # Of the second in which the minute began, its later part is in it.
    in_minute = sum(recent.values()) - recent.get(second - _MINUTE, 0) * (now.timestamp() % 1)
    return min(this_second, floor(max(1.0, rate * (_MINUTE + _OVER)) - in_minute))


def _free(spent: Spent, rate: float, now: datetime) -> float:
    return (now - _start(spent, rate, now)).total_seconds() * rate


def _start(spent: Spent, rate: float, now: datetime) -> datetime:
    """Return from when on to count: idle time is not saved up, and a clock that was set back stops nothing for long."""
    moment = max(_MOMENT, 1 / rate)
    saved = max(moment, _LONGEST_GAP) if spent.more_waited else moment
    return min(max(spent.until, now - timedelta(seconds=saved)), now + timedelta(seconds=moment))


def _latest(spent: Spent, now: datetime) -> dict[int, int]:
    """Return what left in the last minute; what lies ahead was counted by a clock that was set back since."""
    second = _second(now)
    return {each: count for each, count in spent.recent.items() if second - _MINUTE <= each <= second}


def _second(now: datetime) -> int:
    return floor(now.timestamp())
