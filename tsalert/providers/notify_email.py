"""Mail through GOV.UK Notify, which writes its own from subject and text, and puts the way to leave into its head."""

import re
from email.parser import BytesParser
from email.policy import default
from typing import Any

from msgspec import Struct

from tsalert.delivery.ports import Message
from tsalert.delivery.rules import Channel
from tsalert.notify_settings import NotifySettings
from tsalert.providers.notify_line import NotifyGateway, Way

_PLACES = frozenset({"subject", "body"})
# Notify reads a text as Markdown, and a line of three dashes as a rule.
_SIGNATURE = re.compile(r"^-- ?$", re.MULTILINE)
_PARSER = BytesParser(policy=default)


class Words(Struct, frozen=True):
    """What Notify needs of a mail; ``leave_url`` is None where a mail carries no way to leave, or none that is safe."""

    subject: str
    body: str
    leave_url: str | None


class NotifyEmail(NotifyGateway):
    """The gateway for mail.

    :param public_url: of this installation; it stands in the names that Notify knows our messages by.
    """

    channel = Channel.EMAIL

    def __init__(self, settings: NotifySettings, *, public_url: str, timeout: float = 10, lines: int = 4) -> None:
        way = Way(Channel.EMAIL, settings.email_template or "", _PLACES, self._create, public_url)
        super().__init__(settings, way, timeout=timeout, lines=lines)

    def _create(self, client: Any, message: Message, name: str) -> Any:
        words = read_words(message.content)
        return client.send_email_notification(
            email_address=message.address,
            template_id=self._way.template_id,
            personalisation={"subject": words.subject, "body": words.body},
            reference=name,
            one_click_unsubscribe_url=words.leave_url,
        )


def read_words(content: bytes) -> Words:
    """Return subject, text and way to leave of a mail."""
    mail = _PARSER.parsebytes(content)
    part = mail.get_body(("plain",))
    text = str(part.get_content()).replace("\r\n", "\n") if part is not None else ""
    leave_url = str(mail.get("List-Unsubscribe", "")).strip("<>")
    return Words(
        subject=str(mail.get("Subject", "")),
        body=_SIGNATURE.sub("---\n", text).strip(),
        leave_url=leave_url if leave_url.startswith("https://") else None,
    )
