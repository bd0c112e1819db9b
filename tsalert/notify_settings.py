"""How to reach GOV.UK Notify, which may send mail, texts, or both."""

import re
from urllib.parse import urlsplit

from tsalert.core.confidential import Confidential
from tsalert.settings_reader import Reader, is_loopback, split_address

_HOME = "https://api.notifications.service.gov.uk"
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_API_KEY = re.compile(rf".*\b{_UUID}-{_UUID}", re.IGNORECASE)
_TEMPLATE = re.compile(_UUID, re.IGNORECASE)
_NUMBER = re.compile(r"\+44[1-9]\d{6,10}", re.ASCII)


class NotifySettings(Confidential, frozen=True):
    """An account at Notify; a channel whose template is None goes by another provider.

    :param callback_token: what Notify shows when it reports to us.
    :param number: to which people may text; None where Notify takes no texts for us.
    """

    SECRET = frozenset({"api_key", "callback_token"})

    api_key: str
    callback_token: str
    email_template: str | None = None
    sms_template: str | None = None
    api_url: str = _HOME
    number: str | None = None

    @property
    def is_here(self) -> bool:
        """Whether a stand-in on this machine takes Notify's place."""
        return is_loopback(urlsplit(self.api_url).hostname)


def read_notify(reader: Reader, *, email: bool, sms: bool) -> NotifySettings | None:
    """Return the account, if any channel goes by it."""
    if not email and not sms:
        return None
    return NotifySettings(
        api_key=_api_key(reader),
        callback_token=reader.secret("NOTIFY_CALLBACK_TOKEN"),
        email_template=_template(reader, "NOTIFY_EMAIL_TEMPLATE") if email else None,
        sms_template=_template(reader, "NOTIFY_SMS_TEMPLATE") if sms else None,
        api_url=_api_url(reader),
        number=_number(reader) if sms else None,
    )


def _api_key(reader: Reader) -> str:
    key = reader.required("NOTIFY_API_KEY")
    if key and not _API_KEY.fullmatch(key):
        reader.fault("NOTIFY_API_KEY", "must be the whole key as Notify shows it once: its name and two long codes")
    return key


def _template(reader: Reader, name: str) -> str:
    value = reader.required(name)
    if value and not _TEMPLATE.fullmatch(value):
        reader.fault(name, "must be the ID of a template, such as f33517ff-2a88-4f6e-b855-c550268ce08a")
    return value


def _api_url(reader: Reader) -> str:
    url = reader.text("NOTIFY_API_URL", _HOME).rstrip("/")
    parts = split_address(url)
    is_address = parts is not None and parts.hostname and parts.geturl() == f"{parts.scheme}://{parts.netloc}"
    if parts is None or not is_address or parts.scheme not in _schemes(parts.hostname):
        reader.fault("NOTIFY_API_URL", "must be https:// and a host (http:// is for 127.0.0.1 only)")
    return url


def _schemes(host: str | None) -> set[str]:
    return {"https", "http"} if is_loopback(host) else {"https"}


def _number(reader: Reader) -> str | None:
    number = reader.text("NOTIFY_NUMBER")
    if number and not _NUMBER.fullmatch(number):
        reader.fault("NOTIFY_NUMBER", "must be a number like +447700900000")
    return number or None
