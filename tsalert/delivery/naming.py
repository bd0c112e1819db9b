"""The name under which a provider knows a message of ours: our site and the delivery's number, nobody's address."""

import re
from urllib.parse import urlsplit

from tsalert.core.keys import LARGEST_LONG_ID

_NAME = re.compile(r"(.+)/([1-9][0-9]{0,18})", re.ASCII)


def message_name(public_url: str, delivery_id: int) -> str:
    """Return a name that no other installation gives, such as ``alerts.example.gov.uk/417``."""
    return f"{urlsplit(public_url).netloc}/{delivery_id}"


def read_name(public_url: str, name: str) -> int | None:
    """Return the number in a name; None for a name that this installation did not give."""
    found = _NAME.fullmatch(name)
    number = int(found[2]) if found and found[1] == urlsplit(public_url).netloc else 0
    return number if 0 < number <= LARGEST_LONG_ID else None
