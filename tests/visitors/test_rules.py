"""What counts as a machine, and as one network."""

from contextlib import nullcontext
from datetime import timedelta

import pytest

from tests.conftest import NOW
from tests.refusals import refused
from tsalert.core.errors import RuleViolation
from tsalert.visitors import rules


@pytest.mark.parametrize(
    ("waited", "is_quick"),
    [
        pytest.param(None, True, id="never-drawn-by-us"),
        pytest.param(timedelta(seconds=1), True, id="faster-than-anybody-types"),
        pytest.param(timedelta(seconds=2), False, id="at-exactly-two-seconds"),
        pytest.param(timedelta(days=3), False, id="left-open-for-days"),
    ],
)
def test_a_form_that_comes_back_too_quickly(waited: timedelta | None, *, is_quick: bool) -> None:
    with refused(RuleViolation, "That was very quick") if is_quick else nullcontext():
        rules.check_filled_by_hand(NOW - waited if waited is not None else None, NOW)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("no address", "no address"),
    ],
)
def test_one_network_is_an_address_or_the_half_of_one(address: str, network: str) -> None:
    assert rules.network_of(address) == network


@pytest.mark.parametrize(
    ("address", "mailbox"),
    [
        ("Pat@Example.org", "pat@example.org"),
        ("pat+one+two@example.org", "pat@example.org"),
        ("p.a.t+x@gmail.com", "pat@gmail.com"),
        ("p.at@GoogleMail.com", "pat@gmail.com"),
        ("p.a.t@example.org", "p.a.t@example.org"),
        ("+only@example.org", "+only@example.org"),
        ("+447700900001", "+447700900001"),
    ],
)
def test_every_spelling_of_an_address_is_one_mailbox(address: str, mailbox: str) -> None:
    assert rules.mailbox_of(address) == mailbox


@pytest.mark.parametrize(
    ("typed", "code"),
    [("123456", "123456"), (" 123-456 ", "123456"), ("12345", ""), ("1234567", ""), ("١٢٣٤٥٦", ""), ("12345a", "")],
)
def test_a_code_is_read_however_it_is_grouped(typed: str, code: str) -> None:
    assert rules.read_code(typed) == code
