"""Settings from the environment or a .env file: read once, checked at once, every fault named together."""

import os
import re
from collections.abc import Mapping
from decimal import Decimal
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from dotenv import dotenv_values
from msgspec import field
from sqlalchemy import make_url

from tsalert.core.confidential import Confidential
from tsalert.mail_settings import SmtpSettings, read_sender, read_smtp
from tsalert.notify_settings import NotifySettings, read_notify
from tsalert.pace_settings import PaceSettings, read_paces
from tsalert.settings_reader import Reader, is_loopback, split_address
from tsalert.sign_in_settings import SignInSettings, read_sign_in
from tsalert.single_sign_on_settings import SingleSignOnSettings, read_single_sign_on
from tsalert.spending_settings import SpendingLimits, read_spending
from tsalert.watching_settings import WatchingSettings, read_watching

_SENDER = re.compile(r"^(\+[1-9]\d{6,14}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11})$")
_NUMBER = re.compile(r"^\+[1-9]\d{6,14}$", re.ASCII)
# Words that British networks refuse as a text's sender (Twilio error 30042).
_BLOCKED_SENDERS = frozenset({"alert", "scam", "fraud", "warn", "warning", "trust", "notify", "check", "help"})


# Seconds, but for the last in milliseconds: asked after half a minute's silence, and given up half a minute later.
_PATIENCE = {
    "connect_timeout": 5,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}


class SettingsError(Exception):
    """Some settings are missing or wrong; the message has a line for each."""


class TwilioSettings(Confidential, frozen=True):
    """How to reach Twilio; either a messaging service or a sender is set, or neither where another sends the texts.

    Calls come from ``voice_sender``.
    """

    SECRET = frozenset({"auth_token"})

    account_sid: str
    auth_token: str
    messaging_service_sid: str | None = None
    sender: str | None = None
    api_url: str | None = None
    voice_sender: str | None = None


class Settings(Confidential, frozen=True):
    """Everything that differs between installations; a channel for which no provider is set goes to the recorder."""

    SECRET = frozenset({"database_url", "secret_key", "address_key", "old_secret_keys"})

    database_url: str
    files: Path
    secret_key: str
    address_key: str
    public_url: str
    old_secret_keys: tuple[str, ...] = ()
    smtp: SmtpSettings | None = None
    email_from: str = "Trading Standards Alert! <alerts@localhost>"
    twilio: TwilioSettings | None = None
    notify: NotifySettings | None = None
    paces: PaceSettings = field(default_factory=PaceSettings)
    single_sign_on: SingleSignOnSettings | None = None
    authority_name: str = "Trading Standards"
    authority_code: str = ""
    rapid_response_number: str = ""
    proxies: int = 0
    rings_per_hour: int = 60
    rings_per_prefix: int = 12
    sign_ups_per_hour: int = 1000
    confirmations_per_hour: int = 60
    confirmations_per_prefix: int = 12
    sms_countries: frozenset[int] = frozenset({44})
    bounces_held_above: int = 10
    audit_head_to: str = ""
    records_an_hour: int = 60
    handover_hours: int = 24
    evidence_largest: int = 2048 * 2**20
    evidence_scanner: tuple[str, ...] = ()
    word_template: Path | None = None
    document_fonts: Path | None = None
    pence_per_segment: Decimal = Decimal("2.4")
    pence_per_minute: Decimal = Decimal("1.2")
    spending: SpendingLimits = field(default_factory=SpendingLimits)
    watching: WatchingSettings = field(default_factory=WatchingSettings)
    sign_in: SignInSettings = field(default_factory=SignInSettings)

    @property
    def email_address(self) -> str:
        """The address that mail comes from, without the name beside it."""
        return parseaddr(self.email_from)[1]

    @property
    def texts_by_notify(self) -> bool:
        """Whether Notify sends the texts."""
        return self.notify is not None and self.notify.sms_template is not None

    @property
    def makes_calls(self) -> bool:
        """Whether calls are made, or where no text leaves either, shown as if they were."""
        return self.twilio is not None or not self.texts_by_notify

    @property
    def takes_texts(self) -> bool:
        """Whether a reader can answer a text: a sender made of letters is one-way. The recorder passes for a number."""
        if self.notify is not None and self.texts_by_notify:
            return self.notify.number is not None
        return self.twilio is None or not self.twilio.sender or self.twilio.sender.startswith("+")

    @property
    def reporting_channels(self) -> frozenset[str]:
        """The channels of which the provider tells whether a message arrived."""
        by_notify = self.notify is not None and self.notify.email_template is not None
        told = {"email": by_notify, "sms": self.texts_by_notify or self.twilio is not None}
        return frozenset(name for name, tells in (told | {"voice": self.twilio is not None}).items() if tells)


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings, by default from the environment over the file that TSALERT_ENV_FILE names (``.env``).

    :raises SettingsError: naming every fault; values of secrets are never in the message.
    """
    reader = Reader(read_environment() if environment is None else environment)
    settings = Settings(
        database_url=read_database_url(reader),
        files=Path(reader.text("FILES", "var/files")),
        secret_key=reader.secret("SECRET_KEY"),
        old_secret_keys=tuple(filter(None, map(str.strip, reader.text("OLD_SECRET_KEYS").split(",")))),
        address_key=reader.secret("ADDRESS_KEY"),
        public_url=_public_url(reader),
        smtp=(smtp := read_smtp(reader)),
        email_from=read_sender(reader, smtp),
        twilio=_twilio(reader),
        notify=read_notify(reader, email=reader.text("EMAIL") == "notify", sms=reader.text("SMS") == "notify"),
        paces=read_paces(reader),
        authority_name=reader.text("AUTHORITY_NAME", "Trading Standards"),
        authority_code=reader.text("AUTHORITY_CODE"),
        rapid_response_number=reader.text("RAPID_RESPONSE_NUMBER"),
        proxies=reader.proxies("PROXIES"),
        rings_per_hour=reader.number("RINGS_PER_HOUR", 60),
        rings_per_prefix=reader.number("RINGS_PER_PREFIX", 12),
        sign_ups_per_hour=reader.number("SIGN_UPS_PER_HOUR", 1000),
        confirmations_per_hour=reader.number("CONFIRMATIONS_PER_HOUR", 60),
        confirmations_per_prefix=reader.number("CONFIRMATIONS_PER_PREFIX", 12),
        sms_countries=reader.calling_codes("SMS_COUNTRIES") | {44},
        bounces_held_above=reader.number("BOUNCES_HELD_ABOVE", 10),
        audit_head_to=reader.address("AUDIT_HEAD_TO"),
        records_an_hour=reader.number("RECORDS_AN_HOUR", 60),
        handover_hours=reader.number("HANDOVER_HOURS", 24),
        evidence_largest=reader.number("EVIDENCE_LARGEST", 2048) * 2**20,
        evidence_scanner=reader.command("EVIDENCE_SCANNER"),
        word_template=reader.word_file("WORD_TEMPLATE"),
        document_fonts=reader.folder("DOCUMENT_FONTS"),
        **_ways_in_and_watching(reader),
        **read_spending(reader),
    )
    return _without_faults(settings, reader)


def read_environment() -> dict[str, str]:
    """Return the environment over the settings file."""
    filed = dotenv_values(os.environ.get("TSALERT_ENV_FILE", ".env"))
    return {name: value for name, value in filed.items() if value is not None} | dict(os.environ)


def sqlite_path(url: str) -> Path | None:
    """Return the file of a SQLite URL, or None for another database or one in memory."""
    prefix = "sqlite:///"
    return Path(url.removeprefix(prefix)) if url.startswith(prefix) and len(url) > len(prefix) else None


def connecting_to(url: str) -> dict[str, int]:
    """Return how a connection to PostgreSQL gives up, apart from what the URL says itself; nothing for SQLite.

    A machine that vanished, its cable pulled, closes no connection: the kernel finds out within a minute.
    """
    return {} if url.startswith("sqlite") else {k: v for k, v in _PATIENCE.items() if k not in make_url(url).query}


def _ways_in_and_watching(reader: Reader) -> dict[str, Any]:
    ways_in = {"sign_in": read_sign_in(reader), "single_sign_on": read_single_sign_on(reader)}
    return ways_in | {"watching": read_watching(reader)}


def _without_faults(settings: Settings, reader: Reader) -> Settings:
    if reader.faults:
        raise SettingsError("\n".join(reader.faults))
    return settings


def read_database_url(reader: Reader) -> str:
    """Return a database's URL with its driver, or a file's whole path: Flask-SQLAlchemy looks elsewhere for others."""
    url = reader.required("DATABASE_URL")
    path = sqlite_path(url)
    if path is not None:
        return f"sqlite:///{path.absolute()}"
    if url.startswith("postgresql+psycopg://") or not url:
        return url
    for scheme in ("postgresql://", "postgres://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    reader.fault("DATABASE_URL", "must begin with sqlite:/// or postgresql://")
    return ""


def _public_url(reader: Reader) -> str:
    """Return the address of the service, which has a machine to itself: a page's own links know of no folder above."""
    url = reader.required("PUBLIC_URL").rstrip("/")
    parts = split_address(url)
    is_bare = parts and f"{parts.scheme}://{parts.netloc}".lower() == url.lower() and " " not in url
    if url and not (is_bare and parts and parts.hostname and parts.username is None):
        reader.fault("PUBLIC_URL", "must be a web address like https://alerts.example.gov.uk")
    elif url and parts and parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname)):
        reader.fault("PUBLIC_URL", "must begin with https:// (http:// is for 127.0.0.1 only)")
    return url


def _twilio(reader: Reader) -> TwilioSettings | None:
    """Return the account for texts and calls; where Notify sends the texts, one for calls may be named."""
    kind = reader.required("SMS")
    if kind not in {"", "recorder", "twilio", "notify"}:
        reader.fault("SMS", "must be recorder, twilio or notify")
    if kind != "twilio" and not (kind == "notify" and reader.text("TWILIO_ACCOUNT_SID")):
        return None
    service, sender = _texts_from(reader) if kind == "twilio" else ("", "")
    return TwilioSettings(
        account_sid=reader.required("TWILIO_ACCOUNT_SID"),
        auth_token=reader.required("TWILIO_AUTH_TOKEN"),
        messaging_service_sid=service or None,
        sender=sender or None,
        api_url=reader.text("TWILIO_API_URL") or None,
        voice_sender=_voice_sender(reader, sender),
    )


def _texts_from(reader: Reader) -> tuple[str, str]:
    """Return the messaging service, or the sender, that texts come from."""
    service, sender = reader.text("TWILIO_MESSAGING_SERVICE_SID"), reader.text("TWILIO_FROM")
    if bool(service) == bool(sender):
        reader.fault("TWILIO_MESSAGING_SERVICE_SID", "or TSALERT_TWILIO_FROM must be set, and only one of them")
    if sender:
        _check_sender(reader, sender)
    return service, sender


def _voice_sender(reader: Reader, sender: str) -> str | None:
    """Return the number that calls come from: the one set, or else the sender of texts if it is a number."""
    number = reader.text("TWILIO_VOICE_FROM") or (sender if sender.startswith("+") else "")
    if not number:
        reader.fault("TWILIO_VOICE_FROM", "is not set, and calls cannot come from a messaging service or a word")
    elif not _NUMBER.match(number):
        reader.fault("TWILIO_VOICE_FROM", "must be a number like +441632960000")
    return number or None


def _check_sender(reader: Reader, sender: str) -> None:
    if not _SENDER.match(sender):
        reader.fault("TWILIO_FROM", "must be a number like +441632960000, or up to 11 letters and digits")
    elif sender.strip().lower() in _BLOCKED_SENDERS:
        reader.fault("TWILIO_FROM", f"cannot be {sender}: British networks block that word as a sender")
