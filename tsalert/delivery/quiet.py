"""When residents may be rung and texted: by day, as London's clocks show it. Pure."""

from collections.abc import Collection
from datetime import datetime, time, timedelta

from tsalert.core.clock import as_utc, from_london_wall, in_london
from tsalert.delivery.rules import LANES, Channel, Lane

DAY_BEGINS, DAY_ENDS = time(8), time(21)
# Whoever asked for a text a minute ago waits for it; whoever is asked by a call to confirm may be asleep.
_WAIT_BY_NIGHT: dict[Channel, frozenset[Lane]] = {
    Channel.SMS: frozenset({Lane.BULK}),
    Channel.VOICE: frozenset({Lane.BULK, Lane.TRANSACTIONAL}),
}


def is_quiet(moment: datetime) -> bool:
    """Tell whether an instant lies in the hours in which nobody is disturbed; at exactly 08:00 they are over."""
    return not DAY_BEGINS <= in_london(moment).time() < DAY_ENDS


def day_begins(moment: datetime) -> datetime:
    """Return the instant itself by day, and by night the eight o'clock in London that ends it."""
    if not is_quiet(moment):
        return as_utc(moment)
    here = in_london(moment)
    day = here.date() + timedelta(days=int(here.time() >= DAY_ENDS))
    return from_london_wall(datetime.combine(day, DAY_BEGINS))


def leaves_at(channel: Channel, lane: Lane, now: datetime) -> datetime:
    """Return the earliest instant at which a message may leave: now, or when the quiet hours end."""
    return day_begins(now) if lane in _WAIT_BY_NIGHT.get(channel, ()) else as_utc(now)


def lanes_that_leave(channel: Channel, lanes: Collection[Lane], now: datetime) -> tuple[Lane, ...]:
    """Return those of some lanes whose messages may leave now, the earliest first."""
    return tuple(lane for lane in LANES if lane in lanes and leaves_at(channel, lane, now) <= as_utc(now))
