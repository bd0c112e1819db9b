"""The names under which a provider knows our messages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsalert.delivery.naming import message_name, read_name

PUBLIC = "https://alerts.example.gov.uk"


@given(st.integers(1, 2**63 - 1))
def test_a_name_is_read_back_as_its_number(number: int) -> None:
    assert read_name(PUBLIC, message_name(PUBLIC, number)) == number


@given(st.text())
def test_no_other_text_is_a_name(text: str) -> None:
    number = read_name(PUBLIC, text)
    assert number is None or text == message_name(PUBLIC, number)


@pytest.mark.parametrize(
    "name", ["test.example.gov.uk/7", "alerts.example.gov.uk:8443/7", "alerts.example.gov.uk/07", "/7", "7", "None"]
)
def test_what_another_installation_sent_is_not_ours(name: str) -> None:
    assert read_name(PUBLIC, name) is None


def test_a_number_that_no_delivery_can_have_is_none() -> None:
    assert read_name(PUBLIC, f"alerts.example.gov.uk/{2**63}") is None
