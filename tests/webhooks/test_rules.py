"""Addresses, signatures and when a message is tried again."""

import hmac
from base64 import b64decode, b64encode
from contextlib import suppress
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import NOW
from tsalert.core.errors import RuleViolation
from tsalert.webhooks.rules import (
    WAITS,
    EventKind,
    Target,
    body_of,
    key_of,
    next_try,
    read_target,
    secret_of,
    signed_headers,
    stamp,
)


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
    with pytest.raises(RuleViolation, match=r"^(This is no web|Enter the whole|Leave out names)") as found:
        read_target(url)
    assert found.value.field == "url"


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


def test_a_message_is_written_as_short_as_it_can_be() -> None:
    at = datetime(2026, 6, 10, 13, 0, 5, 9, tzinfo=timezone(timedelta(hours=1)))
    assert stamp(at) == "2026-06-10T12:00:05Z"
    written = body_of(EventKind.TEST, at, {"a": "é"})
    assert written == b'{"type":"test","timestamp":"2026-06-10T12:00:05Z","data":{"a":"\\u00e9"}}'


def test_each_wait_follows_the_try_before_it() -> None:
    assert [next_try(tries, now=NOW) for tries in (2, len(WAITS))] == [NOW + WAITS[1], NOW + WAITS[-1]]
    assert next_try(len(WAITS) + 1, now=NOW) is None


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("http://hooks.example.org?a=b", Target("http", "hooks.example.org", 80, "/?a=b")),
        ("http://hooks.example.org/a", Target("http", "hooks.example.org", 80, "/a")),
    ],
)
def test_an_address_without_encryption_has_its_own_port(url: str, target: Target) -> None:
    assert read_target(url) == target


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("https://hooks.example.org:x", "This is no web address."),
        ("ftp://hooks.example.org", "Enter the whole address, beginning with https://"),
        ("https://:8443/a", "Enter the whole address, beginning with https://"),
        ("https://a:b@hooks.example.org", "Leave out names, passwords, spaces, accents and everything after #."),
        ("https://hooks.example.org/#a", "Leave out names, passwords, spaces, accents and everything after #."),
        ("https://hooks.example.org/ä", "Leave out names, passwords, spaces, accents and everything after #."),
    ],
)
def test_what_is_wrong_with_an_address_is_said(url: str, says: str) -> None:
    with pytest.raises(RuleViolation) as found:
        read_target(url)
    assert (found.value.message, found.value.field) == (says, "url")


def test_what_is_signed_is_named_and_timed() -> None:
    headers = signed_headers(b"k", "msg1", b"body", now=NOW)
    assert (headers["Webhook-Id"], headers["Webhook-Timestamp"]) == ("msg1", str(int(NOW.timestamp())))
    assert secret_of(b"k") == "whsec_aw=="
