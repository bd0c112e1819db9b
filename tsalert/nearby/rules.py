"""Where an alert of another authority stands, and with which words an alert of ours begins that is made of it. Pure."""

from collections.abc import Collection
from datetime import datetime, timedelta

from msgspec import Struct

from tsalert.alerts.rules import Urgency
from tsalert.core.clock import as_utc
from tsalert.core.errors import Conflict
from tsalert.core.words import Word

FEED_PATH = "/alerts.json"
LONGEST_FEED = 2_000_000
MOST = 200
# An alert of so long ago warns of nothing any more.
KEPT_FOR = timedelta(days=365)


class State(Word):
    """Where an alert of another authority stands."""

    CURRENT = "current", "Current"
    ENDED = "ended", "Ended"
    WITHDRAWN = "withdrawn", "Withdrawn"
    LEFT = "left", "No longer in their feed"
    UNLINKED = "unlinked", "Link ended"


class Words(Struct, frozen=True):
    """What an alert of theirs says."""

    headline: str
    body: str
    advice: str
    topic: str | None
    urgency: str


def state_of(*, is_linked: bool, is_withdrawn: bool, is_in_feed: bool, expires_at: datetime, now: datetime) -> State:
    """Return where an alert stands now; what an authority says since its link ended is not read any more.

    :param is_in_feed: it stood in their feed when that was read last. A feed holds the newest alone, so what has left
        it may have been withdrawn or ended since.
    """
    if not is_linked:
        return State.UNLINKED
    if is_withdrawn:
        return State.WITHDRAWN
    if not is_in_feed:
        return State.LEFT
    return State.CURRENT if as_utc(now) < as_utc(expires_at) else State.ENDED


def require_usable(state: State) -> None:
    """Refuse to begin with what its authority took back, or could have taken back unread.

    :raises Conflict: it did, the alert has left its feed, or the link with it has ended.
    """
    if state is State.WITHDRAWN:
        raise Conflict("They have withdrawn this alert, so it cannot be used.")
    if state is State.LEFT:
        raise Conflict("This alert is no longer in their feed, so we would not hear that they have withdrawn it.")
    if state is State.UNLINKED:
        raise Conflict("The link with this authority has ended, so nobody knows whether its alert still holds.")


def begin_with(words: Words, authority: str, *, topics: Collection[str]) -> dict[str, str]:
    """Return what the form of an alert begins with; its first sentence says from whom the warning is.

    Nothing is cut off: what is longer than ours may be is shortened by whoever saves it.
    """
    begun = {
        "headline": words.headline,
        "body": f"{authority} has given this warning.\n\n{words.body}",
        "advice": words.advice,
        "urgency": words.urgency if words.urgency in [*Urgency] else Urgency.ROUTINE.value,
    }
    return begun | ({"topic": words.topic} if words.topic and words.topic in topics else {})
