"""How an alert reads by now: how old its reader must be, and what is left to fill in."""

from collections.abc import Mapping

from msgspec import Struct

from tsalert.alerts.markdown import to_text
from tsalert.alerts.models import Alert
from tsalert.alerts.readability import PLAIN_AGE, Readability, measure
from tsalert.alerts.readiness import texts_of
from tsalert.alerts.templates.rules import meaning, unfilled


class Reading(Struct, frozen=True):
    """What is told of the words of an alert; ``ease`` is None where there are none to be read.

    :param unfilled: by the name of a field, the placeholders that still stand in it.
    """

    ease: Readability | None
    unfilled: Mapping[str, tuple[str, ...]]

    @property
    def left(self) -> dict[str, str]:
        """Return what is left to fill in, each with what belongs in its place."""
        return {name: meaning(name) for names in self.unfilled.values() for name in names}

    @property
    def is_for_adults(self) -> bool:
        """Tell whether it is harder than most like to read."""
        return self.ease is not None and self.ease.age > PLAIN_AGE


def read(alert: Alert) -> Reading:
    """Return how an alert reads: its text and its advice, as they go out."""
    return Reading(measure(to_text(alert.body_markdown), to_text(alert.advice)), unfilled(texts_of(alert)))
