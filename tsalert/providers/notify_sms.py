"""Text messages through GOV.UK Notify: a template that is nothing but the words."""

from datetime import datetime
from typing import Any

from tsalert.delivery.ports import Message
from tsalert.delivery.rules import Channel
from tsalert.notify_settings import NotifySettings
from tsalert.providers.notify_line import NotifyLine, Way

_PLACES = frozenset({"body"})


class NotifySms:
    """A gateway to one service at Notify.

    :param public_url: of this installation; it stands in the names that Notify knows our messages by.
    """

    channel = Channel.SMS

    def __init__(self, settings: NotifySettings, *, public_url: str, timeout: float = 10, lines: int = 4) -> None:
        self._settings = settings
        self._timeout = timeout
        self._way = Way(Channel.SMS, settings.sms_template or "", _PLACES, self._create, public_url)
        self.lines = lines

    def line(self) -> NotifyLine:
        """Return a line with a kept HTTP session of its own."""
        return NotifyLine(self._settings, self._way, timeout=self._timeout)

    def look_up(self, message: Message, *, since: datetime) -> list[str] | None:
        """Return Notify's ids of the texts that bear this one's name, taken since then.

        :raises Unavailable: Notify does not answer.
        """
        line = self.line()
        try:
            return line.named(message, since)
        finally:
            line.close()

    def _create(self, client: Any, message: Message, name: str) -> Any:
        return client.send_sms_notification(
            phone_number=message.address,
            template_id=self._way.template_id,
            personalisation={"body": message.content.decode()},
            reference=name,
        )
