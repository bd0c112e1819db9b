"""Addresses, signatures and when a message is tried again."""

import hmac
from base64 import b64decode, b64encode
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import NOW
from tsalert.core.errors import RuleViolation
from tsalert.webhooks.rules import WAITS, Target, key_of, next_try, read_target, secret_of, signed_headers


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://hooks.example.org", Target("https", "hooks.example.org", 443, "/")),
        ("https://hooks.example.org:8443/a?b=c", Target("https", "hooks.example.org", 8443, "/a?b=c")),
        ("https://bücher.example/a", Target("https", "xn--bcher-kva.example", 443, "/a")),
        ("https://[2606:4700::1111]/", Target("https", "2606:4700::1111", 443, "/")),
    ],
)
def test_an_address_is_taken_apart(url: str, target: Target) -> None:
    assert read_target(url) == target


@pytest.mark.parametrize(
    "url",
    ["", "hooks.example.org", "ftp://hooks.example.org", "https://", "https://a:b@hooks.example.org", "javascript:1",
     "https://hooks.example.org/#part", "https://hooks.example.org/a b", "https://hooks.example.org/ä",
     "https://hooks.example.org:99999", "https://hooks.example.org:x", "https://[::1", "https://" + "a" * 70 + ".org"],
)  # fmt: skip
def test_what_is_no_address_to_call_is_refused_in_words(url: str) -> None:
    with pytest.raises(RuleViolation) as refused:
        read_target(url)
    assert refused.value.field == "url"


@given(st.text())
def test_whatever_is_typed_is_read_or_refused(url: str) -> None:
    with suppress(RuleViolation):
        assert read_target(url).host


def test_a_receiver_can_prove_a_message_by_its_secret_alone() -> None:
    key = key_of("a" * 40, "salt")
    headers = signed_headers(key, "msg1", b'{"type":"test"}', now=NOW)
    known = b64decode(secret_of(key).removeprefix("whsec_"))
    said = f"msg1.{headers['Webhook-Timestamp']}.".encode() + b'{"type":"test"}'
    assert headers["Webhook-Signature"] == "v1," + b64encode(hmac.digest(known, said, "sha256")).decode()
    assert key_of("a" * 40, "other") != key


def test_a_message_is_tried_for_most_of_a_day_and_then_given_up() -> None:
    waits = [next_try(tries, now=NOW) for tries in range(1, len(WAITS) + 2)]
    assert waits[0] == NOW + timedelta(seconds=10)
    assert timedelta(hours=17) < sum(WAITS, timedelta()) < timedelta(hours=19)
    assert waits[-1] is None
