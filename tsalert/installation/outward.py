"""What a demonstration says of where its messages go: kept here, handed to a stand-in here, or sent to people."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from flask import Flask
from msgspec import Struct

from tsalert.config import Settings
from tsalert.settings_reader import is_loopback


class Way(Struct, frozen=True):
    """Where the messages of one channel go.

    :param by: who takes them; "" where they stay in the outbox.
    :param leaves: whether that is another machine.
    :param is_served: whether anybody takes them at all.
    """

    what: str
    by: str = ""
    leaves: bool = False
    is_served: bool = True

    @property
    def words(self) -> str:
        """Say it in half a sentence."""
        if not self.is_served:
            return "are not made"
        if not self.by:
            return "stay in the outbox"
        return f"are really sent, by {self.by}" if self.leaves else f"go to a stand-in for {self.by} on this machine"


def init_app(app: Flask, settings: Settings) -> None:
    """Let the strip of a demonstration say where messages go."""
    told = {"outward": describe(settings), "has_outbox": keeps_any(settings)}
    app.context_processor(lambda: told)


def ways(settings: Settings) -> tuple[Way, Way, Way]:
    """Return where mails, texts and calls go, in this order."""
    return _mails(settings), _texts(settings), _calls(settings)


def describe(settings: Settings) -> str:
    """Return what is true of every channel, one after the other, channels of which the same holds together."""
    every = ways(settings)
    if not any(each.leaves for each in every):
        opening = "Nothing is sent outside this machine"
        return f"{opening}: {_joined(every)}." if any(each.by for each in every) else f"{opening}."
    said = _joined(every)
    return f"{said[:1].upper()}{said[1:]}."


def keeps_any(settings: Settings) -> bool:
    """Tell whether the messages of any channel stay in the outbox."""
    return any(each.is_served and not each.by for each in ways(settings))


def _joined(every: Iterable[Way]) -> str:
    said: dict[str, list[str]] = {}
    for each in every:
        said.setdefault(each.words, []).append(each.what)
    return "; ".join(f"{' and '.join(what)} {words}" for words, what in said.items())


def _mails(settings: Settings) -> Way:
    notify = settings.notify
    if notify is not None and notify.email_template is not None:
        return Way("mails", "GOV.UK Notify", leaves=not notify.is_here)
    if settings.smtp is None:
        return Way("mails")
    return Way("mails", "a mail server", leaves=not is_loopback(settings.smtp.host))


def _texts(settings: Settings) -> Way:
    if settings.notify is not None and settings.texts_by_notify:
        return Way("texts", "GOV.UK Notify", leaves=not settings.notify.is_here)
    return _by_twilio("texts", settings)


def _calls(settings: Settings) -> Way:
    return _by_twilio("calls", settings) if settings.makes_calls else Way("calls", is_served=False)


def _by_twilio(what: str, settings: Settings) -> Way:
    if settings.twilio is None:
        return Way(what)
    return Way(what, "Twilio", leaves=not is_loopback(urlsplit(settings.twilio.api_url or "").hostname))
