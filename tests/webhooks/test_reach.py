"""Which machines are called."""

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsalert.webhooks.reach import is_public

INWARD = [
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "100.127.255.254", "192.0.0.8", "198.18.0.1", "192.0.2.1", "203.0.113.7", "224.0.0.1", "240.0.0.1",
    "255.255.255.255", "192.88.99.1",
]  # fmt: skip


@pytest.mark.parametrize(
    "address",
    [
        *INWARD,
        *(f"::ffff:{address}" for address in INWARD),
        "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12:3456::1", "ff02::1", "2001:db8::1", "2002:7f00:1::",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2", "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::1", "::7f00:1",
        "::ffff:0:7f00:1", "fec0::1", "feff::1", "3fff::1", "5f00::1", "localhost", "", "0x7f000001",
        "2130706433", "127.1",
    ],
)  # fmt: skip
def test_what_is_no_machine_of_the_public_internet_is_not_called(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_public_machines_are_called(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_an_address_in_other_clothes_is_judged_as_what_it_is(address: IPv4Address) -> None:
    mapped = IPv6Address(int(IPv6Address("::ffff:0:0")) | int(address))
    translated = IPv6Address(int(IPv6Address("64:ff9b::")) | int(address))
    assert {is_public(str(each)) for each in (mapped, translated)} == {is_public(str(address))}
    assert not (address.is_private and is_public(str(address)))
