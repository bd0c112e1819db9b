"""What Twilio remembers of calls and recordings."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from requests.exceptions import RequestException
from twilio.base.exceptions import TwilioException

from tsalert.config import TwilioSettings
from tsalert.providers.twilio_recordings import client_of
from tsalert.telephone.ports import NotReady, PastCall, PastMessage

_ENDS = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})
_MOST = 500


class TwilioCalls:
    """The memory of one Twilio account."""

    def __init__(self, settings: TwilioSettings, *, timeout: float = 15) -> None:
        self._settings = settings
        self._timeout = timeout

    def calls_to(self, number: str, *, since: datetime) -> list[PastCall]:
        """Return the calls to a number that are over.

        :raises NotReady: Twilio is in trouble.
        """
        client = client_of(self._settings, self._timeout)
        found = _ask(lambda: client.calls.list(to=number, start_time_after=since, limit=_MOST))
        return [
            PastCall(each.sid, each._from, each.to, each.start_time, each.status, _seconds(each.duration))  # noqa: SLF001
            for each in found
            if each.direction == "inbound" and each.status in _ENDS and each.start_time
        ]

    def messages(self, *, since: datetime) -> list[PastMessage]:
        """Return the recordings that it holds, of whatever call.

        :raises NotReady: Twilio is in trouble.
        """
        client = client_of(self._settings, self._timeout)
        found = _ask(lambda: client.recordings.list(date_created_after=since, limit=_MOST))
        return [
            PastMessage(each.sid, each.call_sid, _seconds(each.duration))
            for each in found
            if each.status == "completed" and each.duration != "0"
        ]


def _ask(question: Callable[[], list[Any]]) -> list[Any]:
    try:
        return question()
    except (TwilioException, RequestException, ValueError) as error:
        raise NotReady(f"Twilio could not be asked ({type(error).__name__}).") from error


def _seconds(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() else None
