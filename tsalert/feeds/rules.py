"""What a feed holds of an alert, and how the words of the Common Alerting Protocol stand for ours. Pure."""

import re
from collections.abc import Collection
from datetime import datetime

from msgspec import Struct

from tsalert.alerts.rules import Kind, Urgency, follow_up_of
from tsalert.core.words import Word
from tsalert.subscribers.rules import topics_reached

MOST = 50
SHORTEST_EMBED, LONGEST_EMBED = 1, 20
# A withdrawn alert should be seen within a minute.
SECONDS = 60


# Outside of these, XML 1.0 holds no character, and a reader refuses the whole file for one.
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class State(Word):
    """Where a published alert stands."""

    CURRENT = "current", "Current"
    ENDED = "ended", "Ended"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Narrowing(Struct, frozen=True):
    """Which alerts are wanted; None for a topic or a ward means every one, and an alert for everywhere fits each."""

    topic: str | None = None
    ward: str | None = None


class Earlier(Struct, frozen=True):
    """The alert that another one updates or ends."""

    reference: str
    published_at: datetime
    kind: Kind = Kind.ALERT


class Item(Struct, frozen=True):
    """One published alert; ``body`` and ``advice`` are Markdown, no wards means the whole area.

    ``wards`` holds (code, name). ``changed_at`` is when it was published, held or let go on, ended or was withdrawn;
    ``withdrawn_because`` is plain text and empty where nothing was said.
    """

    reference: str
    kind: Kind
    replies_to: Earlier | None
    urgency: Urgency
    topic: str
    topic_title: str
    wards: tuple[tuple[str, str], ...]
    headline: str
    body: str
    advice: str
    published_at: datetime
    changed_at: datetime
    expires_at: datetime
    state: State
    withdrawn_because: str = ""

    @property
    def withdrawal(self) -> str:
        """What is said of its withdrawal before all else; nothing of one that stands."""
        what = "all-clear" if self.kind is Kind.ALL_CLEAR else "alert"
        return f"We have withdrawn this {what}. {self.withdrawn_because}".strip() if self.is_withdrawn else ""

    @property
    def follow_up(self) -> str:
        """The sentence that says which alert it updates or ends, as in every other form; nothing of a first alert."""
        earlier = self.replies_to
        return follow_up_of(earlier.reference, self.kind, of=earlier.kind) if earlier else ""

    @property
    def first_words(self) -> tuple[str, ...]:
        """What is said before its own words: that it was withdrawn, and which alert it continues."""
        return tuple(filter(None, (self.withdrawal, self.follow_up)))

    @property
    def is_withdrawn(self) -> bool:
        """True where it was stopped after it had begun to go out."""
        return self.state is State.WITHDRAWN


class Publisher(Struct, frozen=True):
    """Who publishes.

    :param sender: the address that mail comes from, which names the service in CAP.
    :param area_code: the authority's own code; "" where it is not set.
    """

    authority: str
    public_url: str
    sender: str
    telephone: str
    area_code: str
    is_demo: bool

    def page_of(self, reference: str) -> str:
        """Return where anybody can check an alert."""
        return f"{self.public_url}/check/{reference}"


def fits(topic: str, wards: Collection[str], wanted: Narrowing) -> bool:
    """Tell whether an alert on a topic for some wards is wanted, as it would reach a reader who chose the same."""
    reached = topics_reached(topic)
    of_topic = wanted.topic is None or reached is None or wanted.topic in reached
    named = {ward.casefold() for ward in wards}
    return of_topic and (wanted.ward is None or not named or wanted.ward.casefold() in named)


def xml_text(text: str) -> str:
    """Return a text with a mark for each character that no XML may hold."""
    return _NOT_IN_XML.sub("\ufffd", text)
