"""How little is kept of where somebody signs in."""

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsalert.staff.sign_ins.rules import describe_browser, shorten_network

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X)"


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::/48"),
        ("unix:", ""),
        ("", ""),
    ],
)
def test_an_address_is_kept_as_its_network(address: str, network: str) -> None:
    assert shorten_network(address) == network


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
def test_no_machine_can_be_told_from_its_neighbours(address: IPv4Address | IPv6Address) -> None:
    neighbour = type(address)(int(address) ^ 1)
    assert shorten_network(str(address)) == shorten_network(str(neighbour)) != ""


@pytest.mark.parametrize(
    ("said", "described"),
    [
        (f"{WINDOWS} AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0 Safari/537.36 Edg/150.0", "Edge on Windows"),
        (f"{WINDOWS} Gecko/20100101 Firefox/150.0", "Firefox on Windows"),
        (f"{IPHONE} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0", "Chrome on Linux"),
        ("<script>alert(1)</script>", "A browser"),
        ("", "A browser"),
    ],
)
def test_a_browser_is_kept_in_words(said: str, described: str) -> None:
    assert describe_browser(said) == described
