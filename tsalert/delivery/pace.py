"""How many messages may leave now without going faster than a provider allows: a bucket of tokens as one instant. Pure.

The instant is that until which the pace is spent: every message moves it on by its share of a second. What lies between
it and now may leave, but never more than a moment's worth, so that a minute holds at most its own and that moment's.
"""

from datetime import datetime, timedelta
from math import ceil, floor

_MOMENT = 1.0  # seconds; a sixtieth of a minute is under two in a hundred
# A sender takes a second's worth in so many turns, or half of what is free, so that many lines share it and none holds
# in hand what it cannot send soon.
_TURNS = 10
_SLACK = 1e-6


def allow(spent_until: datetime, rate: float, wanted: int, *, now: datetime) -> int:
    """Return how many of those wanted may leave now.

    :param rate: messages a second.
    """
    free = floor(_free(spent_until, rate, now) + _SLACK)
    return max(0, min(wanted, free, max(_most(rate), free // 2)))


def spend(spent_until: datetime, rate: float, count: int, *, now: datetime) -> datetime:
    """Return until when the pace is spent after so many left, even if they left without leave, as pages do."""
    return _start(spent_until, rate, now) + timedelta(seconds=count / rate)


def seconds_until_more(spent_until: datetime, rate: float, *, now: datetime) -> float:
    """Return how long to wait until a whole turn may leave."""
    return max(0.0, (_most(rate) - _free(spent_until, rate, now)) / rate)


def _most(rate: float) -> int:
    return max(1, ceil(rate / _TURNS))


def _free(spent_until: datetime, rate: float, now: datetime) -> float:
    return (now - _start(spent_until, rate, now)).total_seconds() * rate


def _start(spent_until: datetime, rate: float, now: datetime) -> datetime:
    """Return from when on to count: idle time is not saved up, and a clock that was set back stops nothing for long."""
    moment = timedelta(seconds=max(_MOMENT, 1 / rate))
    return min(max(spent_until, now - moment), now + moment)
