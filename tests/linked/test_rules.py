"""Keys, fingerprints, and what says that it is signed."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.linked.conftest import Authority
from tsalert.core.errors import RuleViolation
from tsalert.linked import rules


@given(st.sampled_from([Authority().public for _ in range(5)]), st.sampled_from([" ", "", "-", ":", "  "]))
def test_a_fingerprint_fits_however_it_was_typed(public: str, between: str) -> None:
    typed = rules.fingerprint_of(public).upper().replace(" ", between)
    assert rules.find_compared(typed, [Authority().public, public]) == public


def test_another_fingerprint_is_refused_and_the_right_one_is_not_told() -> None:
    public = Authority().public
    with pytest.raises(RuleViolation) as refusal:
        rules.find_compared(rules.fingerprint_of(Authority().public), [public])
    assert rules.fingerprint_of(public)[:4] not in refusal.value.message
    with pytest.raises(RuleViolation, match="eight groups"):
        rules.find_compared("3f2a", [public])


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("https://Alerts.Example.org/", "https://alerts.example.org"),
        ("https://alerts.example.org:443", "https://alerts.example.org"),
        ("https://alerts.example.org:8443", "https://alerts.example.org:8443"),
    ],
)
def test_an_address_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert rules.read_base(typed) == kept


@pytest.mark.parametrize("typed", ["https://alerts.example.org/alerts", "alerts.example.org", "https://a.example/?x=1"])
def test_an_address_of_a_page_is_refused(typed: str) -> None:
    with pytest.raises(RuleViolation):
        rules.read_base(typed)


@given(st.text() | st.binary().map(lambda raw: raw.decode("latin-1")))
def test_whatever_is_read_as_signed_is_refused_in_words(text: str) -> None:
    with pytest.raises(RuleViolation):
        rules.read_signer(text)


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"[" * 100_000, b'{"a":' * 50_000, b'{"keys": NaN}', b"\xff", b'{"keys": {"a": 1}}', b"1" * 5000],
    ids=["empty", "a list", "nested", "nested objects", "not a number", "no text", "no list", "a long number"],
)
def test_what_is_no_list_of_keys_is_refused_in_words(body: bytes) -> None:
    with pytest.raises(RuleViolation):
        rules.read_published(body)


def test_keys_of_other_kinds_are_passed_over() -> None:
    public = Authority().public
    keys = [{"kty": "RSA", "n": "x"}, 7, {"crv": "Ed25519", "x": 5}, rules.describe_key(public, is_revoked=True)]
    assert rules.read_published(json.dumps({"keys": keys}).encode()) == [rules.PublishedKey(public, is_revoked=True)]
