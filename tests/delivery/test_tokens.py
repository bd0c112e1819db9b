"""Tokens of unsubscribe links."""

import hmac
from base64 import urlsafe_b64encode

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from tsalert.delivery.tokens import TOKEN_LENGTH, Signer, read_unsubscribe_token, unsubscribe_token

NEW, OLD = "n" * 40, "o" * 40


@given(number=st.integers(0, 2**63 - 1))
def test_a_token_names_its_number_and_always_has_the_same_length(number: int) -> None:
    signer = Signer("unsubscribe", [NEW])
    token = signer.sign(number)
    assert signer.read(token) == number
    assert len(token) == TOKEN_LENGTH


@given(number=st.integers(0, 2**63 - 1), key=st.text(min_size=1))
def test_a_token_is_sealed_as_everybody_seals(number: int, key: str) -> None:
    """Links in mails that went out years ago were sealed by Python's own ``hmac``."""
    own, body = hmac.digest(key.encode(), b"tsalert token unsubscribe", "sha256"), number.to_bytes(8, "big")
    sealed = urlsafe_b64encode(body + hmac.digest(own, body, "sha256")[:16]).decode()
    assert Signer("unsubscribe", [key]).sign(number) == sealed


def test_a_token_of_an_old_key_is_still_read() -> None:
    token = Signer("unsubscribe", [OLD]).sign(7)
    assert Signer("unsubscribe", [NEW, OLD]).read(token) == 7
    assert Signer("unsubscribe", [NEW]).read(token) is None


def test_a_token_of_one_purpose_does_not_serve_another() -> None:
    assert Signer("unsubscribe", [NEW]).read(Signer("message", [NEW]).sign(7)) is None


@pytest.mark.parametrize("token", ["", "a", "a" * 31, "a" * 32, "a" * 33, "é" * 32, "=" * 32, "\0" * 32, "a" * 10_000])
def test_what_is_no_token_is_none(token: str) -> None:
    assert Signer("unsubscribe", [NEW]).read(token) is None


@given(place=st.integers(0, TOKEN_LENGTH - 1), letter=st.sampled_from("AZaz09-_"))
def test_a_token_with_one_changed_letter_is_none(place: int, letter: str) -> None:
    signer = Signer("unsubscribe", [NEW])
    token = signer.sign(123)
    changed = token[:place] + letter + token[place + 1 :]
    assert changed == token or signer.read(changed) is None


def test_the_application_signs_with_its_own_keys(app: Flask) -> None:
    with app.app_context():
        assert read_unsubscribe_token(unsubscribe_token(42)) == 42
