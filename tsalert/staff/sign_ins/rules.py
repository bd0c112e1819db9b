"""How long a sign-in lasts, and how much is kept of where it was made."""

from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from msgspec import Struct

from tsalert.core.clock import as_utc
from tsalert.core.words import Word

LONGEST = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=5)
_KEPT_BITS = {4: 24, 6: 48}
_BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
# iPads and Android name macOS and Linux too, so they come first.
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


class Way(Word):
    """How somebody showed who they are."""

    PASSWORD = "password", "Password"
    PASSKEY = "passkey", "Passkey"
    SINGLE_SIGN_ON = "single sign-on", "Single sign-on"


class Ending(Word):
    """Why a sign-in is over before its time."""

    SIGNED_OUT = "signed out", "Signed out"
    SIGNED_IN_ANEW = "signed in anew", "Signed in again in the same browser"
    ENDED_BY_OFFICER = "ended by officer", "Ended from another browser"
    ENDED_BY_ADMINISTRATOR = "ended by administrator", "Ended by an administrator"
    SIGNED_OUT_ELSEWHERE = "signed out elsewhere", "Signed out where they had signed in"


class Entry(Struct, frozen=True):
    """How somebody came in; ``provider_session`` is what the provider of single sign-on calls the same."""

    way: Way = Way.PASSWORD
    provider_session: str | None = None


def shorten_network(address: str) -> str:
    """Return the network of an address, without what tells one machine in it from another; empty where it is none.

    A borough's offices stay apart from homes, and a home is not told from its neighbours.
    """
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    plain = getattr(found, "ipv4_mapped", None) or found
    return str(ip_network((plain, _KEPT_BITS[plain.version]), strict=False))


def describe_browser(user_agent: str) -> str:
    """Return a browser in words, such as ``Firefox on Windows``: enough to know one's own, too little to track it."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "A browser")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return f"{browser} on {system}" if system else browser


def is_news(last_seen_at: datetime, now: datetime) -> bool:
    """Tell whether it is time to note again that somebody was seen."""
    return as_utc(now) - last_seen_at >= SEEN_EVERY
