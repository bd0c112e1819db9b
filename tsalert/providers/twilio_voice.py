"""Calls through Twilio: it asks our webhook, by the delivery's number, what to say to whoever answers."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from twilio.base import values
from twilio.rest import Client

from tsalert.config import TwilioSettings
from tsalert.delivery.ports import Message, Told
from tsalert.delivery.rules import Channel, Lane
from tsalert.providers.twilio_line import TwilioLine

_MOST_CANDIDATES = 20
# Long enough to wake somebody; most voicemails answer before it, and acknowledge nothing.
_RING_SECONDS = 40
_EVENTS = ["initiated", "ringing", "answered", "completed"]


class TwilioVoice:
    """A gateway to one Twilio account, for calls from one number.

    :param words_url: where Twilio asks what to say; the delivery's number is put behind it.
    :param callback_url: where Twilio posts what becomes of each call.
    """

    channel = Channel.VOICE

    def __init__(
        self, settings: TwilioSettings, *, words_url: str, callback_url: str, timeout: float = 10, lines: int = 4
    ) -> None:
        self._settings = settings
        self._words_url = words_url
        self._callback_url = callback_url
        self._timeout = timeout
        self.lines = lines

    def line(self) -> TwilioLine:
        """Return a line with a kept HTTP session of its own."""
        return TwilioLine(self._settings, self._create, timeout=self._timeout)

    def probe(self) -> str:
        """Fetch the account, without a message or a call.

        :raises Unavailable: Twilio does not answer, or refuses us.
        """
        return self.line().probe(self._settings.account_sid)

    def look_up(self, message: Message, *, since: datetime) -> list[str] | None:
        """Return the SIDs of our calls to the same number that were begun since then.

        A call carries no words to tell it by, but a call that was answered has asked our webhook, which knows it.

        :raises Unavailable: Twilio does not answer.
        """

        def find(client: Client) -> list[str]:
            made = client.calls.list(
                to=message.address,
                from_=self._settings.voice_sender,
                start_time_after=since,
                limit=_MOST_CANDIDATES,
            )
            return [str(each.sid) for each in made]

        return self.line().ask(find)

    def ask_after(self, references: Sequence[str]) -> Iterator[Told]:
        """Ask what became of calls, by their SIDs.

        :raises Unavailable: Twilio does not answer.
        """
        return self.line().ask_each(references, _fate_of)

    def _create(self, client: Client, message: Message) -> Any:
        return client.calls.create(
            # A machine that answers hears the words after its tone; who rings an officer wants no such pause.
            machine_detection="DetectMessageEnd" if message.lane is not Lane.PAGING else values.unset,
            to=message.address,
            from_=self._settings.voice_sender,
            url=f"{self._words_url}/{message.delivery_id}",
            status_callback=self._callback_url,
            status_callback_event=_EVENTS,
            timeout=_RING_SECONDS,
        )


def _fate_of(client: Client, reference: str) -> Told:
    return Told(reference, str(client.calls(reference).fetch().status))
