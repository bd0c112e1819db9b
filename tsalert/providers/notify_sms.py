"""Text messages through GOV.UK Notify: a template that is nothing but the words."""

from typing import Any

from tsalert.delivery.ports import Message
from tsalert.delivery.rules import Channel
from tsalert.notify_settings import NotifySettings
from tsalert.providers.notify_line import NotifyGateway, Way

_PLACES = frozenset({"body"})


class NotifySms(NotifyGateway):
    """The gateway for texts.

    :param public_url: of this installation; it stands in the names that Notify knows our messages by.
    """

    channel = Channel.SMS

    def __init__(self, settings: NotifySettings, *, public_url: str, timeout: float = 10, lines: int = 4) -> None:
        way = Way(Channel.SMS, settings.sms_template or "", _PLACES, self._create, public_url)
        super().__init__(settings, way, timeout=timeout, lines=lines)

    def _create(self, client: Any, message: Message, name: str) -> Any:
        return client.send_sms_notification(
            phone_number=message.address,
            template_id=self._way.template_id,
            personalisation={"body": message.content.decode()},
            reference=name,
        )
