"""How long codes are good for, and what counts as one network and as a machine. Pure."""

from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from tsalert.core.clock import as_utc
from tsalert.core.errors import RuleViolation

SHORTEST_FILL = timedelta(seconds=2)
CODE_DIGITS = 6
CODE_TRIES = 5
CODE_LIFE = timedelta(minutes=10)
# Longer than any span that is watched, and than any link that goes with a code is good for.
KEPT_FOR = timedelta(days=2)
_WITHOUT_DOTS = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}


def check_filled_by_hand(drawn_at: datetime | None, now: datetime) -> None:
    """Refuse a form that came back faster than anybody types, or was never drawn by us.

    :raises RuleViolation: saying that a person need only press the button again.
    """
    if drawn_at is None or as_utc(now) - as_utc(drawn_at) < SHORTEST_FILL:
        raise RuleViolation("That was very quick. If you are not a machine, press the button once more.")


def network_of(address: str) -> str:
    """Return what counts as one network: an IPv4 address, or the 64 bits that one IPv6 customer has."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        # A server that listens for both kinds at once sees every IPv4 visitor within one such block.
        return str(found.ipv4_mapped or ip_network((found, 64), strict=False))
    return str(found)


def mailbox_of(address: str) -> str:
    """Return what is counted as one address, so that another spelling of it gets nothing more to the same person.

    Most mail servers take no notice of case or of what stands behind a plus, and the largest of none of the dots. A
    number is its own.
    """
    local, at, domain = address.casefold().rpartition("@")
    if not at:
        return address
    read_by = local.partition("+")[0] or local
    return f"{read_by.replace('.', '')}@{_WITHOUT_DOTS[domain]}" if domain in _WITHOUT_DOTS else f"{read_by}@{domain}"


def read_code(typed: str) -> str:
    """Return the digits of a code as typed, with spaces or dashes or without; "" where it cannot be one."""
    digits = "".join(character for character in typed if character not in " -\u2013\u00a0")
    return digits if len(digits) == CODE_DIGITS and digits.isascii() and digits.isdecimal() else ""
