"""What we say about preferences: messages, which hold nothing that a visitor typed, and words of the record."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from tsalert.core.clock import london_date
from tsalert.delivery.rules import Content
from tsalert.subscribers.rules import Act, Frequency
from tsalert.web.filters import day

FREQUENCIES = {
    Frequency.IMMEDIATE: "At once",
    Frequency.DAILY: "Once a day",
    Frequency.WEEKLY: "Once a week",
}
ACTS = {
    Act.GIVEN: "Agreed",
    Act.CONFIRMED: "Confirmed",
    Act.WITHDRAWN: "Stopped",
    Act.CHANGED: "Changed",
}
RESUMED = "Asked to send alerts again before the pause was over."
MOVED = "Asked that alerts go to another address instead."


class Chosen(Protocol):
    """What somebody wants from now on."""

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics, by their slugs."""

    @property
    def frequency(self) -> str:
        """How often."""

    @property
    def large_print(self) -> bool:
        """Whether in large print."""


def opening(*, authority: str, link: str, code: str) -> Content:
    """Return the message that opens the page of what an address gets."""
    text = (
        f"Somebody, probably you, wants to see or change the alerts that {authority} sends to this address.\n"
        "\n"
        f"Your code is {code}. Type it within 10 minutes on the page where you asked for it.\n"
        "\n"
        "Or open this page within an hour and press its button:\n"
        "\n"
        f"{link}\n"
        "\n"
        "The code and the link work once. Do not give them to anybody: we never ask for them.\n"
        "If it was not you, do nothing, and nothing changes.\n"
        "\n"
        f"{authority}\n"
    )
    sms = f"{authority}: your code is {code}, or open {link}\nWe never ask for it. If not you, do nothing."
    return Content(subject="Your code to change your alerts", text=text, sms=sms)


def moving(*, authority: str, link: str) -> Content:
    """Return the message by which a new address confirms itself."""
    text = (
        f"Somebody asked that scam and doorstep crime alerts from {authority} come to this address.\n"
        "\n"
        "If it was you, open this page and press the button:\n"
        "\n"
        f"{link}\n"
        "\n"
        "The link works for 7 days. If it was not you, do nothing, and we will send no alerts.\n"
        "\n"
        f"{authority}\n"
    )
    sms = f"{authority}: to get scam alerts at this number open {link}\nIf not you, do nothing."
    return Content(subject="Confirm your new address for our alerts", text=text, sms=sms)


def chosen(wanted: Chosen, topics: Mapping[str, str], names: Mapping[str, str], wards: Sequence[str]) -> str:
    """Return what somebody asked for as the history of consent keeps it.

    :param topics: the title of each topic by its slug.
    :param names: the name of each ward by its code.
    :param wards: those that they hear about; none means every ward.
    """
    titles = ", ".join(topics[each] for each in wanted.topics)
    where = ", ".join(names.get(ward, ward) for ward in wards) or "every ward"
    often = FREQUENCIES[Frequency(wanted.frequency)].lower()
    form = ", in large print" if wanted.large_print else ""
    return f"Asked for: {titles}; {often}; {where}{form}."


def paused(until: datetime) -> str:
    """Return the words for a pause."""
    return f"Asked to send no alerts until {day(london_date(until))}."
