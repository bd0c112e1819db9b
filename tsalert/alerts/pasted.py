"""What a message that somebody pasted names: numbers of alerts, and sites that are not ours. Pure."""

import re
from urllib.parse import urlsplit

from tsalert.alerts.rules import read_reference

_NUMBERS = re.compile(r"\bTS[\s._\u2010-\u2015-]{0,3}[0-9]{4}[\s._\u2010-\u2015-]{0,3}[0-9]{1,9}\b", re.IGNORECASE)
_MOST_NUMBERS = 10
# A site that is written out, with its scheme or without: a fraudster's message seldom has the scheme. A name is read
# from its first letter alone: begun anew at each dot of a long row of them, one message took a process for minutes.
_SITES = re.compile(
    r"(?:https?://|www\.)[^\s<>\"'()]+|(?<![a-z0-9.-])[.-]*+((?:[a-z0-9-]+\.)+[a-z]{2,}/[^\s<>\"']*)", re.IGNORECASE
)


def references_in(message: str) -> list[str]:
    """Return the numbers of alerts that a message names, each once, in order."""
    found = (read_reference(text) for text in _NUMBERS.findall(message))
    return list(dict.fromkeys(each for each in found if each))[:_MOST_NUMBERS]


def leads_elsewhere(message: str, public_url: str) -> bool:
    """Tell whether a message leads to a site that is not ours; a link that cannot be read is none of ours."""
    own = urlsplit(public_url).hostname
    return any(_host(found[1] or found[0]) != own for found in _SITES.finditer(message))


def _host(site: str) -> str | None:
    try:
        return urlsplit(site if "://" in site else f"https://{site}").hostname
    except ValueError:
        return None
