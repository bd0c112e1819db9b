"""Text messages through Twilio."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from twilio.rest import Client

from tsalert.config import TwilioSettings
from tsalert.delivery.ports import Message, Told
from tsalert.delivery.rules import Channel
from tsalert.providers.twilio_line import TwilioLine

_MOST_CANDIDATES = 20


class TwilioSms:
    """A gateway to one Twilio account.

    :param callback_url: where Twilio posts what becomes of each message.
    """

    channel = Channel.SMS

    def __init__(self, settings: TwilioSettings, *, callback_url: str, timeout: float = 10, lines: int = 24) -> None:
        self._settings = settings
        self._timeout = timeout
        self.lines = lines
        sender = (
            {"messaging_service_sid": settings.messaging_service_sid}
            if settings.messaging_service_sid
            else {"from_": settings.sender}
        )
        self._options: dict[str, Any] = {**sender, "status_callback": callback_url}

    def line(self) -> TwilioLine:
        """Return a line with a kept HTTP session of its own."""
        return TwilioLine(self._settings, self._create, timeout=self._timeout)

    def probe(self) -> str:
        """Fetch the account, without a message or a call.

        :raises Unavailable: Twilio does not answer, or refuses us.
        """
        return self.line().probe(self._settings.account_sid)

    def look_up(self, message: Message, *, since: datetime) -> list[str] | None:
        """Return the SIDs of messages to the same number with the same words, sent since then.

        Twilio cannot be asked by a reference of ours.

        :raises Unavailable: Twilio does not answer.
        """
        words = message.content.decode()

        def find(client: Client) -> list[str]:
            sent = client.messages.list(to=message.address, date_sent_after=since, limit=_MOST_CANDIDATES)
            return [str(each.sid) for each in sent if each.body == words]

        return self.line().ask(find)

    def ask_after(self, references: Sequence[str]) -> Iterator[Told]:
        """Ask what became of texts, by their SIDs.

        :raises Unavailable: Twilio does not answer.
        """
        return self.line().ask_each(references, _fate_of)

    def _create(self, client: Client, message: Message) -> Any:
        return client.messages.create(to=message.address, body=message.content.decode(), **self._options)


def _fate_of(client: Client, reference: str) -> Told:
    text = client.messages(reference).fetch()
    return Told(reference, str(text.status), str(text.error_code or ""))
